//! One agent's payout with every step.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};

use crate::app::{ExplainedPayout, PayoutSummary};
use crate::domain::money::{Currency, Rounding};
use crate::domain::payout::{PayoutStep, StepInput, StepKind, Withheld};
use crate::web::format::grouped;
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Template)]
#[template(path = "results/payout.html")]
struct Page {
    frame: Frame,
    cycle: String,
    payout: PayoutSummary,
    amount: String,
    withheld: Option<Say>,
    steps: Vec<Step>,
    rounding: Option<Say>,
}

struct Step {
    name: Say,
    about: Say,
    /// Name and figure.
    inputs: Vec<(Say, String)>,
    result: String,
}

#[handler]
pub(in crate::web) async fn page(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let language = frame.language;
    let found = frame.visitor.app().explained_payout(&cycle, &number).await.map_err(failed)?;
    let ExplainedPayout { detail, rounding } = found;
    let page = Page {
        frame,
        cycle,
        amount: language.money(&detail.summary.amount),
        withheld: detail.summary.withheld.map(|why| withheld_text(why, language)),
        steps: detail.result.steps.iter().map(|taken| step(taken, detail.result.currency, language)).collect(),
        payout: detail.summary,
        rounding: rounding.map(|mode| language.say(rounding_key(mode))),
    };
    rendered(&page)
}

/// Why nothing is paid.
pub(in crate::web) fn withheld_text(why: Withheld, language: Language) -> Say {
    language.say(match why {
        Withheld::NoScore => "withheld-no-score",
        Withheld::ExcludedRating => "withheld-excluded-rating",
        Withheld::TooFewDays => "withheld-too-few-days",
        Withheld::NoTarget => "withheld-no-target",
    })
}

fn rounding_key(mode: Rounding) -> &'static str {
    match mode {
        Rounding::HalfUp => "rounding-half-up",
        Rounding::HalfEven => "rounding-half-even",
        Rounding::Down => "rounding-down",
        Rounding::Up => "rounding-up",
    }
}

fn step(taken: &PayoutStep, currency: Currency, language: Language) -> Step {
    let (name, about) = match taken.kind {
        StepKind::Attainment => ("pay-attainment", "pay-attainment-about"),
        StepKind::Curve => ("pay-curve", "pay-curve-about"),
        StepKind::Floor => ("pay-floor", "pay-floor-about"),
        StepKind::Cap => ("pay-cap", "pay-cap-about"),
        StepKind::Stretch => ("pay-stretch", "pay-stretch-about"),
        StepKind::Sum => ("pay-sum", "pay-sum-about"),
        StepKind::Rounding => ("pay-rounding", "pay-rounding-about"),
    };
    let inputs = taken.inputs.iter().map(|input| (input_name(input, language), grouped(&input.value.to_string())));
    let result = match taken.kind {
        // What is paid has the decimals of its currency, all of them.
        StepKind::Rounding => format!("{:.*}", usize::try_from(currency.decimals()).unwrap_or_default(), taken.result),
        _ => taken.result.to_string(),
    };
    let (name, about) = (language.say(name), language.say(about));
    Step { name, about, inputs: inputs.collect(), result: grouped(&result) }
}

fn input_name(input: &StepInput, language: Language) -> Say {
    let (name, number) = match input.name.rsplit_once('_') {
        Some((name, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => (name, number),
        _ => (&*input.name, ""),
    };
    let key = match name {
        "score" => "input-score",
        "attainment_percent" => "input-attainment",
        "from_attainment" => "input-from-attainment",
        "from_percent" => "input-from-percent",
        "to_attainment" => "input-to-attainment",
        "to_percent" => "input-to-percent",
        "tier_from" => "input-tier-from",
        "rate" => "input-rate",
        "slice" => "input-slice",
        "percent" => "input-percent",
        "floor_percent" => "input-floor",
        "cap_percent" => "input-cap",
        "target" => "input-target",
        "days" => "input-days",
        "cycle_days" => "input-cycle-days",
        "assigned_days" => "input-assigned-days",
        "fte" => "input-fte",
        "stretch" => "input-stretch",
        "unrounded" => "input-unrounded",
        _ => "input-decimals",
    };
    language.say(key).with("number", number)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::{PayoutStep, StepKind, step};
    use crate::web::language::Language;

    #[test]
    fn what_is_paid_shows_all_decimals_of_its_currency() {
        let taken = PayoutStep { kind: StepKind::Rounding, inputs: Vec::new(), result: Decimal::new(24_954, 1) };
        for (currency, shown) in [("CNY", "2,495.40"), ("BHD", "2,495.400")] {
            assert_eq!(step(&taken, currency.parse().unwrap(), Language::English).result, shown);
        }
        let sum = PayoutStep { kind: StepKind::Sum, ..taken };
        assert_eq!(step(&sum, "CNY".parse().unwrap(), Language::English).result, "2,495.4");
    }
}
