//! Peers: agents whose figures may fairly be set beside each other. Their pooled figures and an agent's place among them inform;
//! no rating is made of them.

mod figures;
mod groups;

pub use figures::{PeerGather, PeerOverflow, PeerStanding, Peers};
pub use groups::{GroupKey, PeerKey, PeerRule, Traits, UnitTree, UnknownPeerKey, group_key, main_queue};
