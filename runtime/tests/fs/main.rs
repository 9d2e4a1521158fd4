//! Files and directories, one file per behaviour.

mod directories;
mod file;
mod functions;
mod seeking;
mod shutdown;
mod std_files;
mod support;
