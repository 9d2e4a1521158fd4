//! Figures as text, for the cells of tables.

use super::summary::Summary;

/// A figure with three digits or so.
pub fn figure(figure: f64) -> String {
    if figure >= 100.0 { format!("{figure:.0}") } else { format!("{figure:.2}") }
}

/// A ratio, or a dash if there is nothing to compare with. Small ones keep their digits.
pub fn ratio(ratio: Option<f64>) -> String {
    match ratio {
        None => "-".to_owned(),
        Some(ratio) if ratio < 0.1 => format!("{ratio:.3}"),
        Some(ratio) => format!("{ratio:.2}"),
    }
}

/// How far apart the samples are, in per cent of the median.
pub fn spread(summary: &Summary) -> String {
    format!("{:.0} %", summary.spread() * 100.0)
}

/// The median with the least and the greatest.
pub fn median_and_range(summary: &Summary) -> String {
    format!("{} ({} to {})", figure(summary.median), figure(summary.min), figure(summary.max))
}

#[cfg(test)]
mod tests {
    use super::{Summary, median_and_range, ratio};

    #[test]
    fn small_ratios_keep_their_digits() {
        assert_eq!([None, Some(0.0284), Some(1.204)].map(ratio), ["-", "0.028", "1.20"]);
    }

    #[test]
    fn a_median_comes_with_its_range() {
        let summary = Summary { median: 7.5, min: 7.0, max: 120.4 };
        assert_eq!(median_and_range(&summary), "7.50 (7.00 to 120)");
    }
}
