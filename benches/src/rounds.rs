//! Measuring the same thing several times.

/// A figure measured several times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rounds {
    /// The middle one; the mean of the two middle ones if their number is even.
    pub median: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

/// Measures `count` times (at least once), after one round that does not count: it fills caches
/// and starts threads.
///
/// # Examples
///
/// ```
/// let mut figures = [9.0, 3.0, 1.0, 2.0].into_iter();
/// let rounds = benches::rounds(3, || figures.next().unwrap());
/// assert_eq!((rounds.min, rounds.median, rounds.max), (1.0, 2.0, 3.0));
/// ```
pub fn rounds(count: usize, mut measure: impl FnMut() -> f64) -> Rounds {
    measure();
    let figures: Vec<f64> = (0..count.max(1)).map(|_| measure()).collect();
    Rounds::of(figures)
}

impl Rounds {
    /// Sums up figures that have been measured.
    ///
    /// # Panics
    ///
    /// If there are none.
    pub fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let count = figures.len();
        Self {
            median: (figures[(count - 1) / 2] + figures[count / 2]) / 2.0,
            min: figures[0],
            max: figures[count - 1],
        }
    }
}
