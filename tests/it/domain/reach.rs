//! Whether somebody still reaches all that something tells of.

use std::collections::BTreeSet;

use merit::domain::authority::Reach;

fn of(everything: bool, units: &[i64], agent: Option<i64>) -> Reach {
    Reach { everything, units: BTreeSet::from_iter(units.iter().copied()), agent }
}

#[test]
fn one_reach_covers_another_only_with_all_of_it() {
    let nothing = of(false, &[], None);
    for (mine, told, covers) in [
        (of(true, &[], None), of(false, &[1, 2], Some(7)), true),
        (of(true, &[], None), of(true, &[], None), true),
        (of(false, &[1, 2], None), of(true, &[], None), false),
        (of(false, &[1, 2], None), of(false, &[2], None), true),
        (of(false, &[1], None), of(false, &[1, 2], None), false),
        (of(false, &[1], Some(7)), of(false, &[1], Some(7)), true),
        (of(false, &[1], Some(8)), of(false, &[1], Some(7)), false),
        (of(false, &[1], None), of(false, &[], Some(7)), false),
        (nothing.clone(), of(false, &[], Some(7)), false),
        (nothing.clone(), nothing, true),
    ] {
        assert_eq!(mine.covers(&told), covers, "{mine:?} and {told:?}");
    }
}
