//! The result as tables for a document.

use super::standing::Standing;
use super::table;
use crate::allocator::Allocator;
use crate::measure::summary::Summary;
use crate::measure::{cell, markdown};
use crate::say::say;

/// Prints ours beside tokio and the best peer, row by row, and then everybody.
pub fn print(standings: &[Standing]) {
    say(format_args!("Allocator: {}; {}.\n", Allocator::BUILT, table::tally(standings)));
    say(ours(standings));
    say(everybody(standings));
}

fn ours(standings: &[Standing]) -> String {
    let headings = [
        "row",
        ">workers",
        ">graph_runtime",
        ">tokio multi-thread",
        ">/ tokio",
        "best peer",
        ">its median",
        ">/ best peer",
        "target",
        "",
    ];
    let rows = standings.iter().filter_map(|it| Some((it, it.target()?)));
    markdown::table(
        headings,
        rows.map(|(it, target)| {
            [
                name(it),
                it.workers.to_string(),
                range(it.result.as_ref().ok()),
                range(it.tokio.as_ref()),
                cell::ratio(it.ratio_to_tokio()),
                it.best_peer.map_or("-".to_owned(), |(peer, _)| peer.to_string()),
                it.best_peer.map_or("-".to_owned(), |(_, figures)| cell::figure(figures.median)),
                cell::ratio(it.ratio_to_best_peer()),
                target.to_string(),
                it.verdict(),
            ]
        }),
    )
}

fn everybody(standings: &[Standing]) -> String {
    let headings = [
        "row",
        ">workers",
        "peer",
        ">median",
        ">min",
        ">max",
        ">spread",
        ">rounds",
        ">others",
        ">/ tokio",
        ">/ best peer",
        "target",
        "",
    ];
    markdown::table(
        headings,
        standings.iter().map(|it| {
            let of =
                |figure: fn(&Summary) -> String| it.result.as_ref().map_or("-".to_owned(), figure);
            [
                name(it),
                it.workers.to_string(),
                it.peer.to_string(),
                of(|it| cell::figure(it.median)),
                of(|it| cell::figure(it.min)),
                of(|it| cell::figure(it.max)),
                of(cell::spread),
                it.quality.to_string(),
                it.quality.others(),
                cell::ratio(it.ratio_to_tokio()),
                cell::ratio(it.ratio_to_best_peer()),
                it.target().map(|it| it.to_string()).unwrap_or_default(),
                it.verdict(),
            ]
        }),
    )
}

fn name(standing: &Standing) -> String {
    format!("{}, {}", standing.row.name, standing.row.unit)
}

fn range(summary: Option<&Summary>) -> String {
    summary.map_or("-".to_owned(), cell::median_and_range)
}

#[cfg(test)]
mod tests {
    use super::{everybody, ours};
    use crate::measure::campaign::Gathered;
    use crate::peers::PeerName;
    use crate::versus::standing::Standing;
    use crate::workloads::Workload;

    fn standings() -> Vec<Standing> {
        let peers = [PeerName::GraphRuntime, PeerName::TokioMulti, PeerName::Smol];
        let gathered = |figures: &[f64]| Gathered {
            samples: figures.iter().map(|&it| vec![it]).collect(),
            external: vec![0.02; figures.len()],
            ..Gathered::default()
        };
        let disturbed = Gathered { discarded: 4, disturbed: 1, ..gathered(&[45.0, 50.0, 55.0]) };
        let missing = Gathered { ended: Some("it has none".to_owned()), ..Gathered::default() };
        Standing::of_all(Workload::Yield, 4, &peers, &[disturbed, gathered(&[100.0]), missing])
    }

    #[test]
    fn a_row_says_all_that_the_results_need() {
        let table = ours(&standings());
        let expected = "| yield, ns/yield | 4 | 50.00 (45.00 to 55.00) | 100 (100 to 100) | 0.50 \
                        | tokio-multi | 100 | 0.50 | <= 0.60 x | met, disturbed |";
        assert_eq!(table.lines().nth(2), Some(expected));
        assert_eq!(table.lines().count(), 3);
    }

    #[test]
    fn everybody_has_a_row_and_whoever_has_no_figure_says_why() {
        let table = everybody(&standings());
        let rows: Vec<_> = table.lines().skip(2).collect();
        let expected = "| yield, ns/yield | 4 | graph_runtime | 50.00 | 45.00 | 55.00 | 20 % \
                        | 3 (-4) | 2 % | 0.50 | 0.50 | <= 0.60 x | met, disturbed |";
        assert_eq!(rows[0], expected);
        assert!(rows[2].ends_with("| - | - |  | it has none |"), "{}", rows[2]);
    }
}
