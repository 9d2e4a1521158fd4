//! How long a task is likely to take.
//!
//! What the caller says about a task is believed. Of a task about which nothing is said, the
//! [`History`] of its kind tells how long others took, by the size of their input if that makes a
//! difference; and of a kind that nobody has seen, all kinds together do.

#![forbid(unsafe_code)]

mod forecast;
mod history;
mod kind;
mod kind_history;
mod pace;
mod size_trend;

pub use forecast::Forecast;
pub use history::History;
pub use kind_history::KindHistory;
pub use pace::Pace;
pub use size_trend::SizeTrend;
