//! The command line of `dag`.

use super::engine::EngineName;
use super::shape::ShapeName;
use crate::measure::settings::Settings;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Measures engines for graphs of tasks, side by side in one run.
#[derive(Debug, Parser)]
#[command(name = "dag", version)]
pub struct Options {
    /// Measure only these shapes.
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<ShapeName>,
    /// Measure only these engines.
    #[arg(long, value_delimiter = ',')]
    pub engines: Vec<EngineName>,
    /// How to measure.
    #[command(flatten)]
    pub settings: Settings,
    /// What a child process does instead.
    #[command(subcommand)]
    pub errand: Option<Errand>,
}

/// What the bench asks of itself.
#[derive(Debug, Subcommand)]
pub enum Errand {
    /// Takes one sample in this process.
    #[command(hide = true)]
    Sample(SampleOptions),
}

/// One sample.
#[derive(Debug, Args)]
pub struct SampleOptions {
    /// What to execute.
    pub shape: ShapeName,
    /// On what.
    pub engine: EngineName,
    /// On how many threads.
    pub workers: u16,
}

impl Options {
    /// What is to be measured: every shape asked for, in the order of the table, with every number
    /// of workers.
    pub fn matches(&self) -> Vec<(ShapeName, u16)> {
        let workers = &self.settings.workers();
        let of_shape = |shape| workers.iter().map(move |&workers| (shape, workers));
        chosen(&self.only).into_iter().flat_map(of_shape).collect()
    }

    /// The engines asked for, in the order of the table.
    pub fn engines(&self) -> Vec<EngineName> {
        chosen(&self.engines)
    }
}

/// Those that were asked for, or all if none was.
fn chosen<T: ValueEnum + PartialEq>(asked: &[T]) -> Vec<T> {
    let wanted = |it: &T| asked.is_empty() || asked.contains(it);
    T::value_variants().iter().filter(|it| wanted(it)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::Options;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Options::command().debug_assert();
    }
}
