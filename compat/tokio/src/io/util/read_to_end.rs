use std::future::poll_fn;
use std::io;
use std::pin::Pin;

use super::poll_uninterrupted;
use crate::io::read_buf::SpareRoom;
use crate::io::{AsyncRead, ReadBuf};

/// Bytes there is room for, at least, whenever more is read.
const ROOM_MIN: usize = 32;

/// Appends all there is until the end, and says how much.
///
/// A vector that was large enough for all there is does not grow to find the end: with less room
/// than [`ROOM_MIN`] left in what it came with, the next bytes are read beside it first.
pub(super) async fn read_to_end<R>(reader: &mut R, buf: &mut Vec<u8>) -> io::Result<usize>
where
    R: AsyncRead + Unpin + ?Sized,
{
    let start = buf.len();
    let capacity = buf.capacity();
    let mut room = SpareRoom::new(buf);
    loop {
        let bytes = room.bytes();
        let is_tight = bytes.capacity() - bytes.len() < ROOM_MIN;
        let has_grown = bytes.capacity() != capacity;
        let count = if is_tight && !has_grown && capacity >= ROOM_MIN {
            read_beside(reader, &mut room).await?
        } else {
            room.reserve(ROOM_MIN);
            poll_fn(|cx| poll_uninterrupted(|| room.poll_read(Pin::new(&mut *reader), cx))).await?
        };
        if count == 0 {
            return Ok(room.bytes().len() - start);
        }
    }
}

/// Reads a few bytes beside the vector, and appends them if there were any.
async fn read_beside<R>(reader: &mut R, room: &mut SpareRoom<'_>) -> io::Result<usize>
where
    R: AsyncRead + Unpin + ?Sized,
{
    let mut bytes = [std::mem::MaybeUninit::uninit(); ROOM_MIN];
    let mut buf = ReadBuf::uninit(&mut bytes);
    poll_fn(|cx| poll_uninterrupted(|| Pin::new(&mut *reader).poll_read(cx, &mut buf))).await?;
    room.append(buf.filled());
    Ok(buf.filled().len())
}
