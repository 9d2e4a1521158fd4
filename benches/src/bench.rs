//! Micro-benchmarks: criterion measures, and each claim is checked on what it measured.

use crate::samples::Samples;
use crate::{Batch, Claim, Report, Rounds, Row, Yardsticks, say};
use criterion::Criterion;
use std::cell::OnceCell;
use std::process::ExitCode;
use std::time::Duration;

/// Samples per benchmark. A claim is about their median, which twenty give well enough.
const SAMPLES: usize = 20;
/// Some fifty benchmarks at less than a second each.
const WARM_UP: Duration = Duration::from_millis(150);
const MEASUREMENT: Duration = Duration::from_millis(450);
/// What is longer criterion cuts off when it prints it, and the claim is at its end.
const ID_LEN_MAX: usize = 100;
/// For criterion's confidence intervals; its default is ten times as many.
const RESAMPLES: usize = 10_000;

/// Runs micro-benchmarks and judges them.
///
/// # Examples
///
/// ```no_run
/// use benches::{Bench, Claim};
/// use std::process::ExitCode;
/// use std::time::Instant;
///
/// let mut bench = Bench::new().configured_from_args();
/// let claim = Claim {
///     part: "integers",
///     what: "addition",
///     holds: "an addition costs no system call",
///     limit: |machine| machine.system_call_ns,
/// };
/// bench.measure(claim, || 0u64, |sum, items| {
///     let start = Instant::now();
///     (0..items).for_each(|item| *sum += std::hint::black_box(item));
///     start.elapsed()
/// });
/// assert_eq!(bench.end(), ExitCode::SUCCESS);
/// ```
pub struct Bench {
    criterion: Criterion<Samples>,
    samples: Samples,
    machine: OnceCell<Yardsticks>,
    rows: Vec<Row>,
}

impl Default for Bench {
    fn default() -> Self {
        Self::new()
    }
}

impl Bench {
    /// Nothing measured yet, with criterion's defaults cut short.
    pub fn new() -> Self {
        let samples = Samples::default();
        let criterion = Criterion::default()
            .with_measurement(samples.clone())
            .sample_size(SAMPLES)
            .warm_up_time(WARM_UP)
            .measurement_time(MEASUREMENT)
            .nresamples(RESAMPLES)
            .without_plots();
        Self { criterion, samples, machine: OnceCell::new(), rows: Vec::new() }
    }

    /// Takes criterion's options from the command line. Unless it is that of `cargo bench`, each
    /// benchmark then runs once, to show that it can, and nothing is judged.
    #[must_use]
    pub fn configured_from_args(mut self) -> Self {
        self.criterion = self.criterion.configure_from_args();
        self
    }

    /// Measures one benchmark, if it was asked for. `setup` makes what `run` works on; `run`
    /// handles that many items and says how long they took.
    ///
    /// The figures in nanoseconds an item, if any were measured.
    ///
    /// # Panics
    ///
    /// If the name with the claim is longer than criterion prints.
    pub fn measure<S>(
        &mut self,
        claim: Claim,
        setup: impl Fn() -> S,
        mut run: impl FnMut(&mut S, u64) -> Duration,
    ) -> Option<Rounds> {
        self.samples.take();
        let mut state = None;
        let id = claim.id();
        assert!(id.len() <= ID_LEN_MAX, "criterion would cut it off: {id}");
        self.criterion.bench_function(&id, |bencher| {
            let state = state.get_or_insert_with(&setup);
            bencher.iter_custom(|items| Batch { elapsed: run(state, items), items });
        });
        self.judge(claim)
    }

    /// One sample is a rehearsal, as `cargo test --benches` has it, and none is a benchmark that
    /// was not asked for.
    fn judge(&mut self, claim: Claim) -> Option<Rounds> {
        let samples = self.samples.take();
        if samples.len() < 2 {
            return None;
        }
        let machine = self.machine.get_or_init(Yardsticks::measure);
        let figures = Rounds::of(samples);
        self.rows.push(Row {
            name: claim.name(),
            claim: claim.holds,
            limit: (claim.limit)(machine),
            unit: "ns",
            figures,
        });
        Some(figures)
    }

    /// Claims that `one` is at most `limit` times `other`, if both were measured.
    pub fn compare(
        &mut self,
        name: &str,
        claim: &'static str,
        limit: f64,
        one: Option<Rounds>,
        other: Option<Rounds>,
    ) {
        let Some((one, other)) = one.zip(other) else { return };
        let figures = Rounds::of(vec![one.median / other.median]);
        self.rows.push(Row { name: name.to_owned(), claim, limit, unit: "times", figures });
    }

    /// Prints all rows, if there are any. Success if every claim holds.
    pub fn end(self) -> ExitCode {
        let Some(machine) = self.machine.get() else { return ExitCode::SUCCESS };
        say(format_args!("This machine, in ns: {machine:.1?}\n"));
        let mut report = Report::begin(false);
        self.rows.iter().for_each(|row| report.row(row));
        report.end()
    }
}

/// Handles `items` items, at most `most` at a time: for what has to be filled or emptied in
/// between, off the clock. `batch` handles that many and says how long they took.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// let mut sizes = Vec::new();
/// let elapsed = benches::in_batches(10, 4, |items| {
///     sizes.push(items);
///     Duration::from_nanos(items)
/// });
/// assert_eq!(sizes, [4, 4, 2]);
/// assert_eq!(elapsed, Duration::from_nanos(10));
/// ```
pub fn in_batches(items: u64, most: u64, mut batch: impl FnMut(u64) -> Duration) -> Duration {
    let (mut left, mut elapsed) = (items, Duration::ZERO);
    while left > 0 {
        let size = left.min(most);
        elapsed += batch(size);
        left -= size;
    }
    elapsed
}

#[cfg(test)]
mod tests {
    use super::Bench;
    use crate::Claim;
    use std::process::ExitCode;
    use std::time::Duration;

    const CLAIM: Claim = Claim { part: "part", what: "what", holds: "it is free", limit: |_| 10.0 };

    fn judged(ns_per_item: &[f64]) -> Bench {
        use criterion::measurement::Measurement;
        let mut bench = Bench::new();
        for ns in ns_per_item {
            let elapsed = Duration::from_secs_f64(ns * 1e-6);
            bench.samples.to_f64(&crate::Batch { elapsed, items: 1000 });
        }
        bench.judge(CLAIM);
        bench
    }

    #[test]
    fn a_claim_that_does_not_hold_fails_the_program() {
        assert_eq!(judged(&[9.0, 9.0, 50.0]).end(), ExitCode::SUCCESS);
        assert_eq!(judged(&[9.0, 11.0, 11.0]).end(), ExitCode::FAILURE);
    }

    #[test]
    fn a_rehearsal_is_not_judged() {
        assert_eq!(judged(&[1e6]).end(), ExitCode::SUCCESS);
    }

    #[test]
    fn growth_is_judged_where_both_were_measured() {
        let figures = |ns| Some(crate::Rounds::of(vec![ns]));
        let ends = |one, other| {
            let mut bench = judged(&[1.0, 1.0]);
            bench.compare("growth", "it does not grow", 2.0, one, other);
            bench.end()
        };
        assert_eq!(ends(figures(19.0), figures(10.0)), ExitCode::SUCCESS);
        assert_eq!(ends(figures(21.0), figures(10.0)), ExitCode::FAILURE);
        assert_eq!(ends(figures(21.0), None), ExitCode::SUCCESS);
    }

    #[test]
    fn the_printed_name_says_the_claim() {
        assert_eq!(CLAIM.id(), "part/what: it is free");
    }
}
