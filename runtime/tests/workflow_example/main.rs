//! The example `workflow`, run as its users run it, and the parts of it that judge a run.
//!
//! The binary is the one that `cargo test` builds along with the tests.

#[path = "../../examples/workflow/check.rs"]
mod check;
#[path = "../../examples/workflow/recorder.rs"]
mod recorder;
#[path = "../../examples/workflow/statistics.rs"]
mod statistics;
#[path = "../../examples/workflow/waits.rs"]
mod waits;
#[path = "../../examples/workflow/wording.rs"]
mod wording;

mod averages;
mod bad_input;
mod command_line;
mod ctrl_c;
mod explain;
mod history;
mod input_files;
mod json_lines;
mod output_errors;
mod prediction;
mod published_traces;
mod recording;
mod rules;
mod support;
mod table;
mod trace;
mod words;
