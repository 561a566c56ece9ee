//! Incentive plans: curves, limits, and the posts and ratings they refer to.

use std::collections::BTreeSet;

use super::super::file::card::CardFile;
use super::super::file::plan::{PayoutCurveEntry, PlanExample, PlanFile};
use super::super::problem::Problem;
use super::super::shape::Shaped;
use super::super::yaml::Document;
use super::{cards, curves, duplicates, refused_by_domain};
use crate::domain::fixed::Fixed;

/// Problems of one plan. `cards` is `None` when a scorecard could not be read, so that nothing is said about posts.
pub(crate) fn plan(file: &Shaped<PlanFile>, cards: Option<&[Shaped<CardFile>]>) -> Vec<Problem> {
    let Shaped { document, content } = file;
    let mut problems = Vec::new();
    curve(document, content, &mut problems);
    limits(document, content, &mut problems);
    if let Some(cards) = cards {
        posts_and_ratings(document, content, cards, &mut problems);
    }
    for (index, example) in content.examples.iter().enumerate() {
        days(document, &format!("/examples/{index}"), example, &mut problems);
    }
    if !problems.iter().any(Problem::is_error) {
        let refused = content.to_plan().check();
        problems.extend(refused.iter().map(|error| refused_by_domain(document, error)));
    }
    problems
}

/// Problems between plans: one id twice, one post paid twice.
pub(crate) fn together(files: &[Shaped<PlanFile>]) -> Vec<Problem> {
    let ids = files.iter().map(|file| (file.content.id.as_str(), &file.document, "/id".to_owned()));
    let mut problems = duplicates("incentive plan", ids);
    let claims = files.iter().map(|file| (file.content.id.as_str(), file.content.posts.as_slice(), &file.document));
    problems.extend(cards::claimed_twice(cards::POSTS, "paid by plan", claims));
    problems
}

fn curve(document: &Document, plan: &PlanFile, problems: &mut Vec<Problem>) {
    let (field, pairs) = plan.curve.pairs();
    let what = if field == "points" { "corner" } else { "tier" };
    curves::ascending(document, &format!("/curve/{field}"), what, pairs, problems);
    if let (PayoutCurveEntry::Flat { .. } | PayoutCurveEntry::Marginal { .. }, Some([first, _])) =
        (&plan.curve, pairs.first())
        && first.0 > Fixed::ZERO
    {
        problems.push(document.error(
            "/curve/tiers/0",
            format!("attainment below {first} has no tier"),
            "let the first tier begin at 0, as [0, 0]",
        ));
    }
    for (index, [_, rate]) in pairs.iter().enumerate() {
        if rate.0 < Fixed::ZERO {
            problems.push(document.error(
                &format!("/curve/{field}/{index}/1"),
                format!("{rate} percent of target is below 0"),
                "a plan pays nothing at worst; write 0 or more",
            ));
        }
    }
    if let PayoutCurveEntry::Flat { tiers } = &plan.curve {
        for (index, ([_, before], [from, after])) in tiers.iter().zip(tiers.iter().skip(1)).enumerate() {
            if before != after {
                problems.push(document.warning(
                    &format!("/curve/tiers/{}", index + 1),
                    format!("a cliff: at {from} the payout jumps from {before} to {after} percent of target"),
                    "use kind: linear, unless the jump is agreed",
                ));
            }
        }
    }
}

fn limits(document: &Document, plan: &PlanFile, problems: &mut Vec<Problem>) {
    for (field, limit) in [("floor_percent", plan.floor_percent), ("cap_percent", plan.cap_percent)] {
        if let Some(limit) = limit
            && limit.0 < Fixed::ZERO
        {
            problems.push(document.error(
                &format!("/{field}"),
                format!("{field} {limit} is below 0"),
                "write 0 or more",
            ));
        }
    }
    if let (Some(floor), Some(cap)) = (plan.floor_percent, plan.cap_percent)
        && floor > cap
    {
        problems.push(document.error(
            "/floor_percent",
            format!("the floor of {floor} percent lies above the cap of {cap}"),
            "lower the floor, or raise the cap",
        ));
    }
}

fn posts_and_ratings(document: &Document, plan: &PlanFile, cards: &[Shaped<CardFile>], problems: &mut Vec<Problem>) {
    let mut ratings = BTreeSet::new();
    let mut all_measured = true;
    for (index, post) in plan.posts.iter().enumerate() {
        match cards.iter().find(|card| card.content.posts().contains(post)) {
            Some(card) => ratings.extend(cards::card_ratings(&card.content)),
            None => {
                all_measured = false;
                problems.push(document.error(
                    &format!("/posts/{index}"),
                    format!("post '{post}' is paid by this plan but measured by no scorecard"),
                    "add the post to a scorecard, or take it from the plan",
                ));
            }
        }
    }
    if all_measured {
        for (index, rating) in plan.excluded_ratings.iter().enumerate() {
            cards::rating_exists(document, &format!("/excluded_ratings/{index}"), rating, &ratings, problems);
        }
    }
}

fn days(document: &Document, at: &str, example: &PlanExample, problems: &mut Vec<Problem>) {
    let mut ordered = |pointer: &str, first, last| {
        if first > last {
            problems.push(document.error(pointer, format!("{first} comes after {last}"), "exchange first and last"));
        }
    };
    ordered(&format!("{at}/cycle"), example.cycle.first, example.cycle.last);
    for (index, stretch) in example.stretches.iter().enumerate() {
        ordered(&format!("{at}/stretches/{index}"), stretch.first, stretch.last);
    }
}
