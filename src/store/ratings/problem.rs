//! Why ratings are refused. `index` is a position in the import's own list, for file and line.

use serde::{Deserialize, Serialize};

use crate::domain::judgement::RaterGroup;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum RatingProblem {
    #[error("the same rater rates the same item of the same agent twice; keep one")]
    Twice { index: usize },
    #[error(
        "the rater rates this agent as {group} here and as {other} on item '{other_item}'; a rater belongs to one group for an agent, \
         write the same in all their rows"
    )]
    TwoGroups { index: usize, group: RaterGroup, other: RaterGroup, other_item: String },
}

impl RatingProblem {
    /// Position of the row that is refused.
    pub fn index(&self) -> usize {
        match self {
            Self::Twice { index } | Self::TwoGroups { index, .. } => *index,
        }
    }
}
