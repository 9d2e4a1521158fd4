//! The result as tables for a document.

use super::engine::EngineName;
use super::standing::{Figures, Standing};
use super::table;
use crate::measure::summary::Summary;
use crate::measure::{cell, markdown};
use crate::say::say;

/// Prints ours beside tokio and the best peer, shape by shape, and then everybody.
pub fn print(standings: &[Standing]) {
    say(format_args!("Nanoseconds a task; {}.\n", table::tally(standings)));
    say(ours(standings));
    say(everybody(standings));
}

fn ours(standings: &[Standing]) -> String {
    let headings = [
        "shape",
        "engine",
        ">workers",
        ">ns/task",
        ">tokio",
        ">/ tokio",
        "best peer",
        ">its median",
        ">/ best peer",
        "targets",
    ];
    let is_ours = |it: &&Standing| {
        matches!(it.engine, EngineName::GraphRuntimePlain | EngineName::GraphRuntimeFull)
    };
    markdown::table(
        headings,
        standings.iter().filter(is_ours).map(|it| {
            [
                it.shape.to_string(),
                it.engine.to_string(),
                it.workers.to_string(),
                range(it.result.as_ref().ok().map(|figures| &figures.run)),
                range(it.tokio.as_ref()),
                cell::ratio(it.ratio_to_tokio()),
                it.best_peer.map_or("-".to_owned(), |(engine, _)| engine.to_string()),
                it.best_peer.map_or("-".to_owned(), |(_, run)| cell::figure(run.median)),
                cell::ratio(it.ratio_to_best_peer()),
                it.verdict(),
            ]
        }),
    )
}

fn everybody(standings: &[Standing]) -> String {
    let headings = [
        "shape",
        "engine",
        ">workers",
        ">tasks",
        ">ns/task",
        ">min",
        ">max",
        ">spread",
        ">rounds",
        ">others",
        ">/ tokio",
        ">/ best peer",
        ">build ns/task",
        ">B/task",
        "targets",
    ];
    markdown::table(
        headings,
        standings.iter().map(|it| {
            let of =
                |figure: fn(&Figures) -> String| it.result.as_ref().map_or("-".to_owned(), figure);
            [
                it.shape.to_string(),
                it.engine.to_string(),
                it.workers.to_string(),
                of(|it| it.tasks.to_string()),
                of(|it| cell::figure(it.run.median)),
                of(|it| cell::figure(it.run.min)),
                of(|it| cell::figure(it.run.max)),
                of(|it| cell::spread(&it.run)),
                it.quality.to_string(),
                it.quality.others(),
                cell::ratio(it.ratio_to_tokio()),
                cell::ratio(it.ratio_to_best_peer()),
                of(|it| cell::figure(it.build_ns)),
                of(|it| cell::figure(it.bytes)),
                it.verdict(),
            ]
        }),
    )
}

fn range(run: Option<&Summary>) -> String {
    run.map_or("-".to_owned(), cell::median_and_range)
}

#[cfg(test)]
mod tests {
    use super::{everybody, ours};
    use crate::dag::engine::EngineName;
    use crate::dag::shape::ShapeName;
    use crate::dag::standing::Standing;
    use crate::measure::campaign::Gathered;

    #[test]
    fn a_miss_is_printed_as_a_miss() {
        let engines = [EngineName::GraphRuntimePlain, EngineName::Tokio, EngineName::Tbb];
        let gathered = |run: f64| Gathered {
            samples: vec![vec![run, 40.0, 76.0, 1e6]],
            external: vec![0.0],
            ..Gathered::default()
        };
        let missing = Gathered { ended: Some("not installed".to_owned()), ..Gathered::default() };
        let all = [gathered(9.0), gathered(300.0), missing];
        let standings = Standing::of_all(ShapeName::Chain, 1, &engines, &all);
        let expected = "| chain | graph_runtime | 1 | 9.00 (9.00 to 9.00) | 300 (300 to 300) \
                        | 0.030 | tokio | 300 | 0.030 | run <= 8 MISSED, build <= 60 met, \
                        bytes <= 44 MISSED |";
        assert_eq!(ours(&standings).lines().nth(2), Some(expected));
        let table = everybody(&standings);
        assert_eq!(table.lines().count(), 2 + engines.len());
        assert!(table.ends_with("| - | - | - | - | not installed |\n"), "{table}");
    }
}
