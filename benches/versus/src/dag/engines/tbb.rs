//! oneTBB's flow graph: a C++ program that is compiled when the bench starts, if there are a
//! compiler and the library (Debian: libtbb-dev).
//!
//! The program gets the graphs as numbers on standard input, executes and checks them like
//! everybody else, and says its figures on standard output.

use crate::dag::engine::{CHECKED_SIZE, Measurement};
use crate::dag::shape::{Shape, ShapeName};
use crate::peers::Missing;
use crate::workloads::repeat::MINIMUM;
use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

const SOURCE: &str = include_str!("flow_graph.cpp");

/// Compiles the program.
///
/// # Errors
///
/// If that cannot be done, and why, in a few words.
pub fn build() -> Result<(), String> {
    let compiler = env::var_os("CXX").unwrap_or_else(|| OsString::from("c++"));
    eprintln!("compiling the flow graph of oneTBB");
    let mut command = Command::new(&compiler);
    command.args(["-std=c++17", "-O3", "-DNDEBUG", "-pthread", "-o"]).arg(program());
    command.args(["-x", "c++", "-", "-x", "none", "-ltbb"]);
    match feed(command, SOURCE.as_bytes()) {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
            Err("oneTBB is not installed (Debian: libtbb-dev)".to_owned())
        }
        Err(error) => Err(format!("no C++ compiler: {}: {error}", compiler.display())),
    }
}

/// Executes a shape in a process of the program; the figures, and the CPU time it took.
///
/// # Errors
///
/// If the program cannot be run or found a mistake.
pub fn measure(shape: ShapeName, workers: usize) -> Result<(Vec<f64>, Duration), Missing> {
    let (checked, full) = (shape.of_size(CHECKED_SIZE), shape.of_size(shape.full_size()));
    let mut command = Command::new(program());
    command.args([workers.to_string(), MINIMUM.as_millis().to_string()]);
    let output = feed(command, &[numbers(&checked), numbers(&full)].concat());
    let output = output.map_err(|error| Missing::because(format!("the program: {error}")))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(Missing::because(format!("the program: {}", complaint.trim())));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let figures: Vec<f64> = text.split_whitespace().map_while(|it| it.parse().ok()).collect();
    let [run_ns, build_ns, bytes, cpu_seconds] = figures[..] else {
        return Err(Missing::because("the program says nothing"));
    };
    let measurement = Measurement { run_ns, build_ns, bytes, tasks: full.tasks() };
    Ok((measurement.into(), Duration::from_secs_f64(cpu_seconds)))
}

/// Beside this binary.
fn program() -> PathBuf {
    let binary = env::current_exe().unwrap_or_default();
    binary.with_file_name("versus-flow-graph")
}

/// The successors of all tasks: how many tasks, how many edges, and both lists.
fn numbers(shape: &Shape) -> Vec<u8> {
    let [offsets, targets] = shape.raw_successors();
    let counts = [shape.tasks() as u32, shape.edges() as u32];
    let all = counts.iter().chain(offsets).chain(targets);
    all.flat_map(|number| number.to_ne_bytes()).collect()
}

/// Runs a command with `input` on its standard input.
fn feed(mut command: Command, input: &[u8]) -> io::Result<Output> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let mut stdin = child.stdin.take().expect("it is piped");
    match stdin.write_all(input) {
        // It has read enough to fail; it says why.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written?,
    }
    drop(stdin);
    child.wait_with_output()
}
