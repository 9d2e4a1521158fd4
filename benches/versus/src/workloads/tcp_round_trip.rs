//! TCP echo over one connection: the time of a round trip.

use super::serve;
use crate::floor::round_trips;
use crate::peers::{Figures, Peer};

/// Gives the mean round trip in microseconds.
///
/// # Errors
///
/// Never.
pub fn run<P: Peer>(peer: &P) -> Figures {
    let mean = serve::against(peer, round_trips::mean);
    Ok(vec![mean.as_secs_f64() * 1e6])
}
