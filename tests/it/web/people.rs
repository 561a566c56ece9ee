//! The people table: searched, filtered, sorted at the size of a large company without reading everybody; several people exempted at once.

use merit::domain::authority::{Reach, Role};
use merit::store::{PeopleFilter, PeopleOrder, PeopleState, Store};

use super::pages::Office;
use crate::support::chromium::Chromium;
use crate::support::company::{Company, SECOND_QUARTER};
use crate::support::engines::{self, Database};

const PEOPLE: usize = 100_000;
/// One unit has so many of them.
const TEAM: usize = 20;
/// The unit above all others.
const HIGHEST: usize = PEOPLE / TEAM + 1;
const PAGE: u64 = 50;

/// A large company: every fiftieth left long ago.
async fn fill(database: &Database) -> Store {
    let store = Store::open(&database.url).await.unwrap();
    store.migrate().await.unwrap();
    let (uuid, numbers) = match database.is_postgres() {
        true => ("gen_random_uuid()", format!("generate_series(1, {PEOPLE}) AS number (n)")),
        false => (
            "randomblob(16)",
            format!(
                "(WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {PEOPLE}) SELECT n FROM number) AS number"
            ),
        ),
    };
    let pad = |text: &str| format!("substr('000000' || CAST({text} AS TEXT), length(CAST({text} AS TEXT)) + 1)");
    let unit = format!("(n - 1) / {TEAM} + 1");
    let statements = [
        format!("INSERT INTO unit (id, public_id, code, name_en, name_zh, kind) SELECT {HIGHEST}, {uuid}, 'HQ', 'All', '全部', 'headquarters'"),
        format!("INSERT INTO unit (id, public_id, code, name_en, name_zh, kind, parent_id) SELECT n, {uuid}, 'U' || {}, 'Unit', '单位', 'team', {HIGHEST} FROM {numbers} WHERE n < {HIGHEST}", pad("n")),
        format!(
            "INSERT INTO agent (id, public_id, employee_number, name, left_on, attributes)
             SELECT n, {uuid}, 'E' || {}, CASE WHEN n % 2 = 0 THEN 'Wei ' ELSE '李' END || {}, CASE WHEN n % 50 = 0 THEN 100 END, '{{}}' FROM {numbers}",
            pad("n"),
            pad(&format!("{PEOPLE} - n"))
        ),
        format!(
            "INSERT INTO assignment (id, agent_id, unit_id, post, first_day, last_day, fte, target_minor, currency)
             SELECT n, n, {unit}, 'front_line', 10, CASE WHEN n % 50 = 0 THEN 100 END, 1000000, 0, 'CNY' FROM {numbers}"
        ),
        "ANALYZE".to_owned(),
    ];
    for statement in statements {
        database.execute(&statement).await;
    }
    store
}

fn everybody() -> PeopleFilter {
    PeopleFilter {
        reach: Reach::everything(),
        day: "2026-06-01".parse().unwrap(),
        unit: None,
        number: None,
        name: None,
        state: None,
        order: PeopleOrder::Number,
    }
}

fn wanted() -> Vec<(&'static str, PeopleFilter)> {
    let all = everybody();
    let order = |order| PeopleFilter { order, ..everybody() };
    let highest = i64::try_from(HIGHEST).ok();
    vec![
        ("by number", all.clone()),
        ("by name", order(PeopleOrder::Name)),
        ("by unit", order(PeopleOrder::Unit)),
        ("number begins", PeopleFilter { number: Some("E0777".into()), ..all.clone() }),
        ("name begins", PeopleFilter { name: Some("wEi 0".into()), ..all.clone() }),
        ("name begins in Chinese", PeopleFilter { name: Some("李00".into()), ..all.clone() }),
        ("active by name", PeopleFilter { state: Some(PeopleState::Active), ..order(PeopleOrder::Name) }),
        ("left", PeopleFilter { state: Some(PeopleState::Left), ..all.clone() }),
        ("left by name", PeopleFilter { state: Some(PeopleState::Left), ..order(PeopleOrder::Name) }),
        ("of a unit", PeopleFilter { unit: Some(700), ..all.clone() }),
        ("of a unit by name", PeopleFilter { unit: Some(700), ..order(PeopleOrder::Name) }),
        ("of a unit by unit", PeopleFilter { unit: Some(700), ..order(PeopleOrder::Unit) }),
        ("of the highest unit", PeopleFilter { unit: highest, ..all.clone() }),
        ("of the highest unit, name begins", PeopleFilter { unit: highest, name: Some("wei 0".into()), ..all }),
        ("of the highest unit by unit", PeopleFilter { unit: highest, ..order(PeopleOrder::Unit) }),
    ]
}

/// The people that a filter means, by another way: all of them, sorted here.
fn expected(filter: &PeopleFilter) -> Vec<(String, String)> {
    let mut people: Vec<(usize, String, String)> = (1..=PEOPLE)
        .map(|n| (n, format!("E{n:06}"), format!("{}{:06}", if n % 2 == 0 { "Wei " } else { "李" }, PEOPLE - n)))
        .filter(|(n, number, name)| {
            let left = n % 50 == 0;
            let state = match filter.state {
                None => filter.sorted_by() != PeopleOrder::Unit || !left,
                Some(state) => left == (state == PeopleState::Left),
            };
            let in_unit = filter.unit.map(|unit| usize::try_from(unit).unwrap());
            let in_unit = in_unit.is_none_or(|unit| !left && (unit == HIGHEST || (n - 1) / TEAM + 1 == unit));
            let begins = filter.number.as_ref().is_none_or(|prefix| number.starts_with(prefix));
            let called =
                filter.name.as_ref().is_none_or(|prefix| name.to_lowercase().starts_with(&prefix.to_lowercase()));
            state && in_unit && begins && called
        })
        .collect();
    people.sort_by(|one, other| match filter.sorted_by() {
        PeopleOrder::Number => one.1.cmp(&other.1),
        PeopleOrder::Name => one.2.to_lowercase().cmp(&other.2.to_lowercase()),
        PeopleOrder::Unit => ((one.0 - 1) / TEAM, &one.1).cmp(&((other.0 - 1) / TEAM, &other.1)),
    });
    people.into_iter().map(|(_, number, name)| (number, name)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_large_company_reads_no_table_from_end_to_end() {
    let folder = tempfile::tempdir().unwrap();
    for database in engines::databases(&folder.path().join("merit.db")).await {
        let store = fill(&database).await;
        for (what, filter) in wanted() {
            let expected = expected(&filter);
            let mut after: Option<String> = None;
            for part in expected.chunks(usize::try_from(PAGE).unwrap()).take(3) {
                let plan = store.plan_of_people_page(after.as_deref(), PAGE, &filter).await.unwrap();
                // What comes before 'SCAN p' finds the rows; the rest puts those few in order.
                let finds = plan.iter().take_while(|line| *line != "SCAN p");
                let reads_all = |line: &&String| match database.is_postgres() {
                    true => ["agent", "assignment"].iter().any(|table| line.contains(&format!("Seq Scan on {table}"))),
                    // By an index it ends with the page, unless all of it has to be put in order first.
                    false => {
                        let sorts = filter.unit.is_none_or(|unit| usize::try_from(unit) == Ok(HIGHEST))
                            && line.starts_with("USE TEMP B-TREE FOR ORDER BY");
                        sorts || ["a", "s"].iter().any(|table| **line == format!("SCAN {table}"))
                    }
                };
                let reading: Vec<&String> = finds.filter(reads_all).collect();
                assert!(reading.is_empty(), "{}: {what}: {plan:#?}", database.name);
                let page = store.people_page(after.as_deref(), PAGE, &filter).await.unwrap();
                let found: Vec<(String, String)> =
                    page.rows.iter().map(|one| (one.agent.employee_number.clone(), one.agent.name.clone())).collect();
                assert_eq!(found, part, "{}: {what}", database.name);
                assert!(page.rows.iter().all(|one| one.unit.is_some() || one.agent.left.is_some()));
                after = page.rows.last().map(|one| one.agent.employee_number.clone());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_and_several_exempted_at_once() {
    let Some(chromium) = Chromium::start().await else { return };
    let company = Company::new(60);
    let app = company.load(&company.sqlite()).await;
    app.open_cycle(SECOND_QUARTER, None, &company.rules()).await.unwrap();
    let office = Office::serving(company, app).await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    let pages = [
        ("/people?sort=name", ["Name begins with", "姓名开头"]),
        ("/people?number=E03&state=active&sort=unit", ["E039", "E039"]),
        ("/people?name=aGent+5&unit=T1", ["Agent 59", "Agent 59"]),
        ("/people?state=left", ["Nobody was found", "未找到任何人"]),
        ("/people/exempt", ["Nobody is chosen", "尚未选择任何人"]),
        ("/people/exempt?who=E003&who=E004", ["Exempt 2 people", "免除 2 人的考核"]),
    ];
    office.check(&chromium, &hr, &pages).await;
    let first = hr.get("/people?lang=en").await;
    assert!(first.body.len() < 100 << 10, "{} bytes", first.body.len());
    assert!(first.body.contains("E050") && !first.body.contains("E051"));
    hr.get("/people?after=E050").await.says(200, "E051");
    hr.get("/people?name=Agent+6&format=csv&lang=en").await.says(200, "E006,Agent 6,T1,");
    assert_eq!(hr.get("/people?after=E999").await.status.as_u16(), 404);

    chromium.widen(1280).await;
    chromium.open(&format!("{}/people?lang=en", office.origin)).await;
    chromium
        .run("for (const number of ['E001', 'E002']) document.querySelector(`[name=who][value=${number}]`).click()")
        .await;
    chromium.ticks("exempt-chosen").await;
    chromium.sees("All of them are exempted for the same reason").await;
    chromium.run("document.getElementById('reason').value = 'other'").await;
    chromium.sends("note").await;
    chromium.sees("says nothing by itself: add a note").await;
    chromium.types("note", "On loan.").await;
    chromium.sends("note").await;
    chromium.sees("2 people are exempt from 2026-Q3 now").await;
    assert!(chromium.complaints().await.iter().all(|one| one.contains("409")));
    let standing = office.app.exemption(SECOND_QUARTER, "E002").await.unwrap().unwrap();
    assert_eq!(standing.note, "On loan.");
    // Who is exempt already is told of, and the others are done.
    let form = [("who", "E002"), ("who", "E003"), ("cycle", SECOND_QUARTER), ("reason", "secondment"), ("note", "")];
    let some = hr.submit("/people/exempt?who=E002&who=E003&lang=en", "/people/exempt", &form).await;
    some.says(409, "1 person is exempt from 2026-Q3 now");
    some.says(409, "Exempt already");
    assert!(office.app.exemption(SECOND_QUARTER, "E003").await.unwrap().is_some());
    let mut agent = office.session("e001", Some("E001"), None).await;
    assert_eq!(agent.get("/people/exempt?who=E003").await.status.as_u16(), 403);
}
