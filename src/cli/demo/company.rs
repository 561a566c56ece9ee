//! The sample company: a telecom operator's customer service, made by a seeded generator. Nobody in it exists.

use chrono::{Days, NaiveDate};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A headquarters, province, prefecture or team.
pub(super) struct Unit {
    pub code: String,
    pub parent: Option<String>,
    pub kind: &'static str,
    pub name_en: String,
    pub name_zh: String,
}

/// What a person does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Post {
    FrontLine,
    MiddleDesk,
    BackOffice,
    Supervisor,
}

impl Post {
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::FrontLine => "front_line",
            Self::MiddleDesk => "middle_desk",
            Self::BackOffice => "back_office",
            Self::Supervisor => "supervisor",
        }
    }

    /// Target incentive of a quarter at full time, in yuan.
    const fn target_yuan(self) -> u32 {
        match self {
            Self::FrontLine => 3000,
            Self::MiddleDesk => 3600,
            Self::BackOffice => 2700,
            Self::Supervisor => 6000,
        }
    }
}

/// A place in a team, from a day on.
pub(super) struct Place {
    pub team: String,
    pub from: NaiveDate,
}

/// A member of staff.
pub(super) struct Person {
    pub number: String,
    /// The name the telephone system knows this person by; declared as an alias on the roster.
    pub login: String,
    pub name: String,
    pub post: Post,
    pub hired: NaiveDate,
    pub left: Option<NaiveDate>,
    /// In order of date; more than one after a transfer.
    pub places: Vec<Place>,
    pub fte: &'static str,
    pub target_yuan: u32,
    /// Per mille of full skill, 0 to 1000, below zero for a few who struggle; drives every figure of this person.
    pub skill: i32,
    /// Months (1–12) away on leave.
    pub leave_month: Option<u32>,
}

impl Person {
    pub(super) fn works_on(&self, day: NaiveDate) -> bool {
        use chrono::Datelike as _;
        let employed = self.hired <= day && self.left.is_none_or(|left| day <= left);
        let rota = (day.num_days_from_ce() + self.skill).rem_euclid(7);
        employed && rota < 5 && self.leave_month != Some(day.month())
    }
}

/// The company and its year.
pub(super) struct Company {
    pub units: Vec<Unit>,
    pub people: Vec<Person>,
    pub first: NaiveDate,
    pub last: NaiveDate,
}

/// A name in English and Chinese.
type Names = (&'static str, &'static str);

/// Provinces and their prefectures.
const PROVINCES: [(Names, [Names; 2]); 3] = [
    (("Jiangnan", "江南"), [("Linhu", "临湖"), ("Qingpu", "清浦")]),
    (("Lingbei", "岭北"), [("Yunshan", "云山"), ("Hekou", "河口")]),
    (("Xihe", "西河"), [("Shanan", "沙岸"), ("Baita", "白塔")]),
];

const SURNAMES: [Names; 20] = [
    ("Wang", "王"),
    ("Li", "李"),
    ("Zhang", "张"),
    ("Liu", "刘"),
    ("Chen", "陈"),
    ("Yang", "杨"),
    ("Zhao", "赵"),
    ("Huang", "黄"),
    ("Zhou", "周"),
    ("Wu", "吴"),
    ("Xu", "徐"),
    ("Sun", "孙"),
    ("Hu", "胡"),
    ("Zhu", "朱"),
    ("Gao", "高"),
    ("Lin", "林"),
    ("He", "何"),
    ("Guo", "郭"),
    ("Ma", "马"),
    ("Luo", "罗"),
];

const GIVEN_NAMES: [Names; 24] = [
    ("Wei", "伟"),
    ("Fang", "芳"),
    ("Na", "娜"),
    ("Min", "敏"),
    ("Jing", "静"),
    ("Lei", "磊"),
    ("Yang", "洋"),
    ("Yan", "艳"),
    ("Jie", "杰"),
    ("Juan", "娟"),
    ("Tao", "涛"),
    ("Ming", "明"),
    ("Chao", "超"),
    ("Xia", "霞"),
    ("Ping", "平"),
    ("Gang", "刚"),
    ("Yu", "玉"),
    ("Lan", "兰"),
    ("Hong", "红"),
    ("Bo", "波"),
    ("Xin", "欣"),
    ("Kai", "凯"),
    ("Rui", "瑞"),
    ("Ning", "宁"),
];

/// A day of the sample's calendar; the constants below are all valid.
pub(super) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or(NaiveDate::MIN)
}

/// The sample company of a seed: always the same for the same seed.
pub(super) fn company(seed: u64) -> Company {
    let mut maker = Maker {
        random: ChaCha8Rng::seed_from_u64(seed),
        units: vec![Unit {
            code: "HQ".into(),
            parent: None,
            kind: "headquarters",
            name_en: "Qinglan Telecom customer service".into(),
            name_zh: "青岚电信客户服务部".into(),
        }],
        people: Vec::new(),
        first: day(2025, 10, 1),
        last: day(2026, 9, 30),
    };
    for (number, province) in (1..).zip(&PROVINCES) {
        maker.province(number, province);
    }
    maker.transfers();
    Company { units: maker.units, people: maker.people, first: maker.first, last: maker.last }
}

struct Maker {
    random: ChaCha8Rng,
    units: Vec<Unit>,
    people: Vec<Person>,
    first: NaiveDate,
    last: NaiveDate,
}

impl Maker {
    fn province(&mut self, number: usize, ((name_en, name_zh), prefectures): &(Names, [Names; 2])) {
        let province = format!("P{number}");
        self.unit(&province, "HQ", "province", &format!("{name_en} province"), &format!("{name_zh}省"));
        for (index, (city_en, city_zh)) in (1..).zip(prefectures) {
            let prefecture = format!("{province}-{index}");
            self.unit(&prefecture, &province, "prefecture", city_en, &format!("{city_zh}市"));
            for team in 1..=2 {
                let code = format!("{prefecture}-H{team}");
                let (en, zh) = (format!("{city_en} hotline {team}"), format!("{city_zh}热线{team}组"));
                self.team(&code, &prefecture, &en, &zh, Post::FrontLine, 18);
            }
            if index == 1 {
                let (en, zh) = (format!("{name_en} complaint desk"), format!("{name_zh}投诉处理组"));
                self.team(&format!("{prefecture}-C"), &prefecture, &en, &zh, Post::MiddleDesk, 14);
            } else {
                let (en, zh) = (format!("{name_en} back office"), format!("{name_zh}后台支撑组"));
                self.team(&format!("{prefecture}-B"), &prefecture, &en, &zh, Post::BackOffice, 13);
            }
        }
    }

    fn unit(&mut self, code: &str, parent: &str, kind: &'static str, name_en: &str, name_zh: &str) {
        self.units.push(Unit {
            code: code.into(),
            parent: Some(parent.into()),
            kind,
            name_en: name_en.into(),
            name_zh: name_zh.into(),
        });
    }

    fn team(&mut self, code: &str, parent: &str, name_en: &str, name_zh: &str, post: Post, size: usize) {
        self.unit(code, parent, "team", name_en, name_zh);
        self.person(code, Post::Supervisor);
        for _ in 0..size {
            self.person(code, post);
        }
    }

    fn person(&mut self, team: &str, post: Post) {
        let count = self.people.len() + 1;
        let (surname, surname_zh) = pick(&mut self.random, &SURNAMES);
        let (given, given_zh) = pick(&mut self.random, &GIVEN_NAMES);
        let staff = post != Post::Supervisor;
        let struggles = staff && self.random.random_range(0..100) < 4;
        let skill: i32 = (0..4).map(|_| self.random.random_range(0..=250)).sum();
        let skill = if struggles { skill - 1500 } else { skill };
        let joined_late = staff && self.random.random_range(0..100) < 8;
        let left_early = staff && !joined_late && self.random.random_range(0..100) < 7;
        let hired = match joined_late {
            true => self.first + Days::new(self.random.random_range(20..330)),
            false => day(2017, 1, 1) + Days::new(self.random.random_range(0..3000)),
        };
        let left = left_early.then(|| self.first + Days::new(self.random.random_range(100..350)));
        let part_time = staff && self.random.random_range(0..100) < 6;
        let on_leave = self.random.random_range(0..100) < 4;
        let leave_month = self.random.random_range(1..=12);
        self.people.push(Person {
            number: format!("QL{count:05}"),
            login: format!("{}{}{count:03}", surname.to_lowercase(), given.to_lowercase()),
            name: format!("{surname_zh}{given_zh} {surname} {given}"),
            post,
            hired,
            left,
            places: vec![Place { team: team.into(), from: hired.max(day(2025, 1, 1)) }],
            fte: if part_time { "0.5" } else { "1" },
            target_yuan: post.target_yuan(),
            skill,
            leave_month: on_leave.then_some(leave_month),
        });
    }

    /// About one front-line agent in twenty moves to another team during the year.
    fn transfers(&mut self) {
        let teams: Vec<String> =
            self.units.iter().filter(|unit| unit.code.contains("-H")).map(|unit| unit.code.clone()).collect();
        for person in &mut self.people {
            let moves = person.post == Post::FrontLine && self.random.random_range(0..100) < 5;
            let moved_on = day(2026, 2, 1) + Days::new(self.random.random_range(0..200));
            let team = pick(&mut self.random, &teams);
            let stays = person.left.is_none() && person.hired < day(2025, 12, 1);
            if moves && stays && person.places.iter().all(|place| place.team != team) {
                person.places.push(Place { team, from: moved_on });
            }
        }
    }
}

/// One of `choices`, which is not empty.
fn pick<T: Clone + Default>(random: &mut ChaCha8Rng, choices: &[T]) -> T {
    choices.get(random.random_range(0..choices.len().max(1))).cloned().unwrap_or_default()
}
