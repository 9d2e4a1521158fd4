//! What can only be read and written by calls that block.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Stderr, Stdin, Stdout, Write};

/// Something whose operations block, one at a time.
pub(crate) trait Medium: Send + Sync + 'static {
    /// Whether what was written reaches its destination only with a [`flush`](Self::flush).
    const BUFFERS: bool;

    /// Reads once.
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize>;
    /// Writes everything.
    fn write(&self, bytes: &[u8]) -> io::Result<()>;
    /// Passes on what is buffered.
    fn flush(&self) -> io::Result<()>;
    /// Moves to another place.
    fn seek(&self, position: SeekFrom) -> io::Result<u64>;
}

fn unsupported<T>() -> io::Result<T> {
    Err(io::ErrorKind::Unsupported.into())
}

impl Medium for File {
    const BUFFERS: bool = false;

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        (&mut &*self).read(buffer)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        (&mut &*self).write_all(bytes)
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    fn seek(&self, position: SeekFrom) -> io::Result<u64> {
        (&mut &*self).seek(position)
    }
}

impl Medium for Stdin {
    const BUFFERS: bool = false;

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.lock().read(buffer)
    }

    fn write(&self, _: &[u8]) -> io::Result<()> {
        unsupported()
    }

    fn flush(&self) -> io::Result<()> {
        unsupported()
    }

    fn seek(&self, _: SeekFrom) -> io::Result<u64> {
        unsupported()
    }
}

/// Implements [`Medium`] for a stream that is only written.
macro_rules! write_only {
    ($type:ty, $buffers:literal) => {
        impl Medium for $type {
            const BUFFERS: bool = $buffers;

            fn read(&self, _: &mut [u8]) -> io::Result<usize> {
                unsupported()
            }

            fn write(&self, bytes: &[u8]) -> io::Result<()> {
                self.lock().write_all(bytes)
            }

            fn flush(&self) -> io::Result<()> {
                self.lock().flush()
            }

            fn seek(&self, _: SeekFrom) -> io::Result<u64> {
                unsupported()
            }
        }
    };
}

write_only!(Stdout, true);
write_only!(Stderr, false);
