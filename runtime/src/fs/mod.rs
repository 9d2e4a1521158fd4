//! Files and directories.
//!
//! Operating systems offer little to wait for in a file system: its calls block. So all of this is
//! done on threads made for blocking, with [`std::fs`] underneath, and costs a task switch or two
//! on top. Where many small operations follow each other it is faster to do them together in one
//! [`spawn_blocking`](crate::runtime::Handle::spawn_blocking).
//!
//! A [`File`] reads and writes in the background and implements the traits of futures-io; helpers
//! such as `read_to_end` and `copy` come from any crate that extends those. The free functions are
//! those of `std::fs`, and so are what they do, what they fail with, and their races.
//!
//! # Errors
//!
//! Beyond what the system says: when the runtime shuts down, operations that have not begun fail,
//! except for writes to a [`File`], which are carried out.
//!
//! # Panics
//!
//! Outside a runtime, when first polled.
//!
//! # Cancel safety
//!
//! An operation that has begun is carried out even if its future is dropped.

mod dir_builder;
mod file;
mod links;
mod open_options;
mod paths;
mod read_dir;
mod whole;

pub use dir_builder::DirBuilder;
pub use file::File;
pub use links::{hard_link, read_link, symlink};
pub use open_options::OpenOptions;
pub use paths::{
    canonicalize, create_dir, create_dir_all, metadata, remove_dir, remove_dir_all, remove_file,
    rename, set_permissions, symlink_metadata, try_exists,
};
pub use read_dir::{DirEntry, ReadDir, read_dir};
#[doc(no_inline)]
pub use std::fs::FileTimes;
pub use whole::{copy, read, read_to_string, write};
