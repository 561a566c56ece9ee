//! What a cycle costs is the exact sum of its payouts, however it is cut.

use std::collections::BTreeMap;

use merit::app::{App, Cost, CostLine, PayoutSummary, Slice, Wanted};

use crate::support::company::{Company, FIRST_QUARTER, SECOND_QUARTER};
use crate::support::engines;

async fn payouts(app: &App, cycle: &str) -> Vec<PayoutSummary> {
    app.payouts(cycle, &Slice::first(), &Wanted::default()).await.unwrap().rows
}

/// Amount in minor units by name.
fn amounts<'c>(lines: impl IntoIterator<Item = &'c CostLine>) -> BTreeMap<&'c str, i64> {
    lines.into_iter().map(|line| (line.name.as_str(), line.sum.amount_minor)).collect()
}

fn assert_adds_up(cost: &Cost, payouts: &[PayoutSummary], name: &str) {
    let all: i64 = payouts.iter().map(|payout| payout.amount.minor).sum();
    assert!(all > 0, "{name}: there is something to add up");
    let payable = payouts.iter().filter(|payout| payout.withheld.is_none()).count() as u64;
    let halves = 2 * i64::try_from(payable).unwrap();
    let [total] = &cost.totals[..] else { panic!("{name}: one currency: {:?}", cost.totals) };
    assert_eq!((total.sum.amount_minor, total.sum.payable), (all, payable), "{name}");
    assert_eq!(total.sum.payable + total.sum.withheld, payouts.len() as u64, "{name}");
    for part in [&cost.plans, &cost.cards, &cost.ratings] {
        assert_eq!(amounts(part).values().sum::<i64>(), all, "{name}: {part:?}");
    }
    let withheld: u64 = cost.withheld.iter().map(|(_, agents)| agents).sum();
    assert_eq!(withheld, total.sum.withheld, "{name}");
    // The top holds everything; a unit without units below holds its own people.
    let units = amounts(cost.units.iter().map(|unit| &unit.line));
    let top = &cost.units[0];
    assert_eq!((top.depth, top.parent.as_deref(), top.line.sum.amount_minor), (0, None, all), "{name}");
    let mut own: BTreeMap<&str, i64> = BTreeMap::new();
    for payout in payouts {
        *own.entry(payout.unit_code.as_str()).or_default() += payout.amount.minor;
    }
    let leaves = cost
        .units
        .iter()
        .filter(|unit| !cost.units.iter().any(|other| other.parent.as_deref() == Some(unit.line.name.as_str())));
    for leaf in leaves {
        let code = leaf.line.name.as_str();
        assert_eq!(units.get(code).copied(), own.get(code).copied(), "{name}: {code}");
        assert!(leaf.depth > 0 && leaf.parent.is_some(), "{name}: {leaf:?}");
    }
    // Half a minor unit is rounded up.
    let mean = total.mean().unwrap().minor;
    assert_eq!(mean, (2 * all + halves / 2).div_euclid(halves), "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cut_adds_up_to_the_payouts_and_the_cycle_before_is_beside_it() {
    let company = Company::new(7);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        for quarter in [FIRST_QUARTER, SECOND_QUARTER] {
            app.open_cycle(quarter, None, &company.rules()).await.unwrap();
            app.appraise(quarter, &|_| {}).await.unwrap();
        }
        let (first, second) =
            (app.cycle_cost(FIRST_QUARTER).await.unwrap(), app.cycle_cost(SECOND_QUARTER).await.unwrap());
        assert_adds_up(&first, &payouts(&app, FIRST_QUARTER).await, database.name);
        assert_adds_up(&second, &payouts(&app, SECOND_QUARTER).await, database.name);
        assert_eq!((first.before.as_deref(), second.before.as_deref()), (None, Some(FIRST_QUARTER)));
        assert_eq!(first.totals[0].before, None);
        assert_eq!(second.totals[0].before, Some(first.totals[0].sum));
        let expected = second.totals[0].sum.amount_minor - first.totals[0].sum.amount_minor;
        assert_eq!(second.totals[0].difference().unwrap().minor, expected);
        let before: BTreeMap<&str, i64> =
            second.units.iter().map(|unit| (unit.line.name.as_str(), unit.line.before.unwrap().amount_minor)).collect();
        assert_eq!(before, amounts(first.units.iter().map(|unit| &unit.line)), "{}", database.name);
    }
}
