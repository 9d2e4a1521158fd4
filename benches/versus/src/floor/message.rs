//! What the clients send, so that an answer can be told from any other.

pub(super) const BYTES: usize = 64;

pub(super) type Message = [u8; BYTES];

/// Message number `number` of a connection.
pub(super) fn message(connection: usize, number: u64) -> Message {
    let mut message = [0x5a; BYTES];
    message[..8].copy_from_slice(&(connection as u64).to_le_bytes());
    message[8..16].copy_from_slice(&number.to_le_bytes());
    message
}
