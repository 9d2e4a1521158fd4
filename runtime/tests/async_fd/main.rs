//! Descriptors of any kind, one file per behaviour.

mod auto_traits;
mod guards;
mod interests;
mod making;
mod promises;
mod shutdown;
mod support;
mod waiting;
