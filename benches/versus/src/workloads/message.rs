//! What the TCP clients send, so that an echo can be told from any other.

/// How long a message is.
pub const BYTES: usize = 64;

/// One message.
pub type Message = [u8; BYTES];

/// Message number `number` of a connection.
pub fn message(connection: usize, number: u64) -> Message {
    let mut message = [0x5a; BYTES];
    message[..8].copy_from_slice(&(connection as u64).to_le_bytes());
    message[8..16].copy_from_slice(&number.to_le_bytes());
    message
}
