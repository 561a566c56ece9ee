//! What reaches an agent's card: the facts of each stretch, leave, peers, benchmarks, ratings, carried points; worked by hand, on both
//! engines.

mod beside;
mod peers;
mod splitting;
mod stretches;
