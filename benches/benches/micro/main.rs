//! Micro-benchmarks of the parts. Exits with status 1 if a claim does not hold.
//!
//! ```text
//! cargo bench -p benches                         all of them, in about half a minute
//! cargo bench -p benches -- deque                those with this in their names or claims
//! cargo bench -p benches -- --list               names and claims
//! cargo bench -p benches -- --save-baseline old  criterion's other options work as well
//! ```
//!
//! Each benchmark prints its claim with its name. Most claims are limits in what the machine itself
//! takes for a locked instruction, a fence, a cache line from another core, a load from memory, a
//! system call or waking a thread, measured in the same process; some say that a cost does not
//! grow. Neighbouring instructions overlap. So where a limit is to tell one locked instruction
//! more, it may be below the sum of its parts.

mod admission;
mod dag;
mod deque;
mod injector;
mod ready_queue;
mod timers;
mod wake;

use benches::Bench;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut bench = Bench::new().configured_from_args();
    deque::measure(&mut bench);
    injector::measure(&mut bench);
    wake::measure(&mut bench);
    timers::measure(&mut bench);
    ready_queue::measure(&mut bench);
    admission::measure(&mut bench);
    dag::measure(&mut bench);
    bench.end()
}
