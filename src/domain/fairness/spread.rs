//! How far apart figures lie.

use super::super::fixed::Fixed;

/// From the worst to the best of some figures, all in one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    pub lowest: Fixed,
    pub highest: Fixed,
    /// Of the figures as the whole of what is spoken of (÷ N), cut to six decimals.
    pub standard_deviation: Fixed,
}

impl Spread {
    /// Of figures, each with the number of agents who have it; `None` without an agent, or where it cannot be counted.
    pub fn of(figures: &[(Fixed, u32)]) -> Option<Self> {
        let lowest = figures.iter().map(|(figure, _)| *figure).min()?;
        let highest = figures.iter().map(|(figure, _)| *figure).max()?;
        let (mut count, mut sum, mut squares) = (0_i128, 0_i128, 0_i128);
        for (figure, agents) in figures {
            let (figure, agents) = (i128::from(figure.micros()), i128::from(*agents));
            count += agents;
            sum = sum.checked_add(figure.checked_mul(agents)?)?;
            squares = squares.checked_add(figure.checked_mul(figure)?.checked_mul(agents)?)?;
        }
        // N² × variance, so that nothing is rounded before the root.
        let scaled = squares.checked_mul(count)?.checked_sub(sum.checked_mul(sum)?)?;
        let deviation = scaled.checked_div(count.checked_mul(count)?)?.isqrt();
        let standard_deviation = Fixed::from_micros(i64::try_from(deviation).ok()?);
        Some(Self { lowest, highest, standard_deviation })
    }

    /// Best less worst.
    pub fn width(&self) -> Fixed {
        self.highest.checked_sub(self.lowest).unwrap_or_default()
    }
}
