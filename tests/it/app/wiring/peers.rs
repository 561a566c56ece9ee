//! What peers reach together, who has too few of them, and values drawn toward them.

use merit::domain::fixed::Fixed;
use merit::domain::peers::PeerStanding;

use crate::support::cases::{appraise, company, fixed, line, line_of, load, only_card, put_card, result, write_cases};
use crate::support::company::FIRST_QUARTER;
use crate::support::engines;

#[tokio::test(flavor = "multi_thread")]
async fn peers_are_pooled_and_values_are_drawn_toward_them() {
    let people = ["E001", "E002", "E003", "E004", "E005"].map(|number| format!("{number},T1,front_line,2026-01-01,"));
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let company = company(&people);
    let shrink = ", shrink: {strength: 20}";
    let lines = [line("csat_t2b", 60, shrink), line("fcr_repeat", 40, shrink)];
    put_card(&company, "front_line", &lines, "peers: {by: [post], min_members: 3}\n");
    let rows = [
        "E001,2026-04-10,csat_t2b,,16,20",
        "E002,2026-04-10,csat_t2b,,18,20",
        "E003,2026-04-10,csat_t2b,,19,20",
        "E004,2026-04-10,csat_t2b,,19,20",
        "E001,2026-04-10,fcr_repeat,,18,20",
        "E002,2026-04-10,fcr_repeat,,20,20",
    ];
    write_cases(&company, "cases", &rows);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = load(&company, &database.url).await;
        appraise(&company, &app, FIRST_QUARTER).await;
        // 72 of 80 replies: 90 %. Worse members count whole, those with the same value half.
        for (agent, percentile, shrunk, points) in [
            ("E001", "12.5", "85", "25"),
            ("E002", "37.5", "90", "50"),
            ("E003", "75", "92.5", "62.5"),
            ("E004", "75", "92.5", "62.5"),
        ] {
            let peers = result(&app, FIRST_QUARTER, agent).await.peers;
            let compared =
                PeerStanding::Compared { members: 4, value: fixed("90"), percentile: Some(fixed(percentile)) };
            assert_eq!((&*peers[0].line, &peers[0].standing), ("csat_t2b", &compared), "{agent}");
            let few = PeerStanding::TooFew { members: 2, min_members: 3 };
            assert_eq!((&*peers[1].line, &peers[1].standing), ("fcr_repeat", &few), "{agent}");
            let card = only_card(&app, FIRST_QUARTER, agent).await;
            let satisfaction = line_of(&card, "csat_t2b");
            let toward = satisfaction.shrinkage.as_ref().unwrap().toward.as_ref().unwrap();
            // (20 × own + 20 × 90) ÷ 40
            assert_eq!((toward.peer_value, toward.shrunk), (fixed("90"), fixed(shrunk)), "{agent}");
            assert_eq!((toward.peers.numerator, toward.peers.samples), (fixed("72"), 80), "{agent}");
            assert_eq!(satisfaction.points, Some(fixed(points)), "{agent}");
        }
        // Too few members were measured to be drawn toward.
        let card = only_card(&app, FIRST_QUARTER, "E002").await;
        let resolution = line_of(&card, "fcr_repeat");
        assert_eq!(resolution.shrinkage.as_ref().unwrap().toward, None);
        assert_eq!(resolution.points, Some(Fixed::HUNDRED));
        // Who has no facts is beside the peers without a place.
        let peers = result(&app, FIRST_QUARTER, "E005").await.peers;
        let without = PeerStanding::Compared { members: 4, value: fixed("90"), percentile: None };
        assert_eq!(peers[0].standing, without, "{}", database.name);
    }
}
