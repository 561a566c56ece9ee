//! Pictures of figures, drawn on the server as SVG from whole numbers; each goes with a table of the same figures.

mod amounts;
mod bullet;
mod curve;
mod distribution;
mod funnel;
mod scale;
mod trend;

pub(super) use amounts::{Amount, Amounts};
pub(super) use bullet::{Bar, Bullet, Zone};
pub(super) use curve::CurveChart;
pub(super) use distribution::{Count, Distribution};
pub(super) use funnel::{Dot, Funnel};
pub(super) use trend::{Moment, Spark, Trend};
