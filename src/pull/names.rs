//! Names that are missing, and the ones that are there instead.

use datafusion::common::utils::datafusion_strsim::normalized_levenshtein;

/// The name nearest to `wanted`, if any is near.
pub(super) fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = wanted.to_lowercase();
    names
        .into_iter()
        .map(|name| (normalized_levenshtein(&wanted, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

/// `there is no column "x" …; the columns are …; did you mean …?`
pub(super) fn missing_column(wanted: &str, name: &str, there: &[String]) -> String {
    let listed = there.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    let hint = match nearest(wanted, there.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `from: \"{near}\"`?"),
        None => "name one of them with `from`, or say `optional: true`".to_owned(),
    };
    format!("there is no column \"{wanted}\" for \"{name}\"; the columns are {listed}; {hint}")
}
