//! Texts that spreadsheets must not run.

use rust_decimal::Decimal;

/// Whether a text is a number as Merit prints it: `+1` or `-1_000` are somebody's text, though they could be read.
pub fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = unsigned.starts_with(|first: char| first.is_ascii_digit()) && !unsigned.contains('_');
    digits && Decimal::from_str_exact(text).is_ok()
}

/// Spreadsheets run cells of CSV that begin like a formula; an apostrophe before them keeps them text. Every CSV is written by way of
/// this.
pub fn harmless(text: String) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') if !is_number(&text) => format!("'{text}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn csv_cells_never_run_as_formulas() {
        for hostile in ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "+1", "-1_000", "-", "-1e5", "=", "-.5"]
        {
            assert_eq!(harmless(hostile.into()), format!("'{hostile}"));
        }
        for harmless_text in ["-12.50", "-0", "0.5", "plain", "a=b", "", "'=1"] {
            assert_eq!(harmless(harmless_text.into()), harmless_text);
        }
    }
}
