//! TCP echo over many connections, each with one message under way: the rate.

use super::serve;
use crate::floor::load;
use crate::peers::{Figures, Peer};

/// Gives thousands of messages per second.
///
/// # Errors
///
/// Never.
pub fn run<P: Peer>(peer: &P, connections: usize) -> Figures {
    let rate = serve::against(peer, move |address| load::rate(address, connections));
    Ok(vec![rate / 1e3])
}
