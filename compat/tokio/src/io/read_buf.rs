#![allow(unsafe_code)] // Fenced: bytes that are not initialized are lent to who reads.

use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::{fmt, io};

use bytes_crate::BufMut;
use bytes_crate::buf::UninitSlice;

use super::AsyncRead;
use super::counted::Counted;

/// A buffer that is being read into: `filled <= initialized <= capacity`.
///
/// ```
/// let mut memory = [0; 8];
/// let mut buf = tokio::io::ReadBuf::new(&mut memory);
/// buf.put_slice(b"abc");
/// assert_eq!((buf.filled(), buf.remaining()), (&b"abc"[..], 5));
/// ```
pub struct ReadBuf<'a> {
    /// INVARIANT: the first `initialized` bytes are; no method writes uninitialized ones there.
    bytes: &'a mut [MaybeUninit<u8>],
    filled: usize,
    initialized: usize,
}

/// # Safety
///
/// All of `bytes` must be initialized.
unsafe fn initialized_ref(bytes: &[MaybeUninit<u8>]) -> &[u8] {
    // SAFETY: the same layout, and initialized, says the caller.
    unsafe { &*(std::ptr::from_ref(bytes) as *const [u8]) }
}

/// # Safety
///
/// All of `bytes` must be initialized.
unsafe fn initialized_mut(bytes: &mut [MaybeUninit<u8>]) -> &mut [u8] {
    // SAFETY: the same layout, and initialized, says the caller.
    unsafe { &mut *(std::ptr::from_mut(bytes) as *mut [u8]) }
}

impl<'a> ReadBuf<'a> {
    /// A buffer that is initialized throughout, and empty.
    #[inline]
    pub fn new(bytes: &'a mut [u8]) -> Self {
        let initialized = bytes.len();
        let length = bytes.len();
        let start: *mut MaybeUninit<u8> = bytes.as_mut_ptr().cast();
        // SAFETY: the same bytes, borrowed for as long. Through this type only initialized bytes
        // are written to what was initialized, so that the slice stays one of u8.
        let bytes = unsafe { std::slice::from_raw_parts_mut(start, length) };
        Self { bytes, filled: 0, initialized }
    }

    /// A buffer of which nothing is initialized.
    #[inline]
    pub fn uninit(bytes: &'a mut [MaybeUninit<u8>]) -> Self {
        Self { bytes, filled: 0, initialized: 0 }
    }

    /// How many bytes it can hold.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.bytes.len()
    }

    /// How many more bytes it can hold.
    #[inline]
    pub fn remaining(&self) -> usize {
        self.capacity() - self.filled
    }

    /// What was read.
    #[inline]
    pub fn filled(&self) -> &[u8] {
        // SAFETY: `filled <= initialized`.
        unsafe { initialized_ref(&self.bytes[..self.filled]) }
    }

    /// What was read, to change it.
    #[inline]
    pub fn filled_mut(&mut self) -> &mut [u8] {
        // SAFETY: `filled <= initialized`.
        unsafe { initialized_mut(&mut self.bytes[..self.filled]) }
    }

    /// What is initialized, filled or not.
    #[inline]
    pub fn initialized(&self) -> &[u8] {
        // SAFETY: the invariant.
        unsafe { initialized_ref(&self.bytes[..self.initialized]) }
    }

    /// What is initialized, filled or not, to change it.
    #[inline]
    pub fn initialized_mut(&mut self) -> &mut [u8] {
        // SAFETY: the invariant.
        unsafe { initialized_mut(&mut self.bytes[..self.initialized]) }
    }

    /// A buffer of the first `n` bytes of what is unfilled. What is filled there does not count
    /// here until [`advance`](Self::advance) says so.
    ///
    /// # Panics
    ///
    /// If `n` is more than [`remaining`](Self::remaining).
    #[inline]
    pub fn take(&mut self, n: usize) -> ReadBuf<'_> {
        assert!(n <= self.remaining(), "take of {n} bytes of {}", self.remaining());
        let initialized = (self.initialized - self.filled).min(n);
        let bytes = &mut self.bytes[self.filled..self.filled + n];
        // Initialized bytes stay so: `bytes` is only written through the new buffer.
        ReadBuf { bytes, filled: 0, initialized }
    }

    /// All bytes.
    ///
    /// # Safety
    ///
    /// The caller must not write uninitialized bytes to what is initialized.
    #[inline]
    pub unsafe fn inner_mut(&mut self) -> &mut [MaybeUninit<u8>] {
        self.bytes
    }

    /// What is unfilled.
    ///
    /// # Safety
    ///
    /// The caller must not write uninitialized bytes to what is initialized.
    #[inline]
    pub unsafe fn unfilled_mut(&mut self) -> &mut [MaybeUninit<u8>] {
        &mut self.bytes[self.filled..]
    }

    /// What is unfilled, initialized first where it was not.
    #[inline]
    pub fn initialize_unfilled(&mut self) -> &mut [u8] {
        self.initialize_unfilled_to(self.remaining())
    }

    /// The first `n` bytes of what is unfilled, initialized first where they were not.
    ///
    /// # Panics
    ///
    /// If `n` is more than [`remaining`](Self::remaining).
    #[inline]
    #[track_caller]
    pub fn initialize_unfilled_to(&mut self, n: usize) -> &mut [u8] {
        assert!(self.remaining() >= n, "n overflows remaining");
        let end = self.filled + n;
        if self.initialized < end {
            self.bytes[self.initialized..end].fill(MaybeUninit::new(0));
            self.initialized = end;
        }
        // SAFETY: `end <= initialized`.
        unsafe { initialized_mut(&mut self.bytes[self.filled..end]) }
    }

    /// Makes it empty. What is initialized stays so.
    #[inline]
    pub fn clear(&mut self) {
        self.filled = 0;
    }

    /// Says that `n` more bytes are filled.
    ///
    /// # Panics
    ///
    /// If they are not initialized.
    #[inline]
    #[track_caller]
    pub fn advance(&mut self, n: usize) {
        self.set_filled(self.filled.checked_add(n).expect("filled overflow"));
    }

    /// Says that the first `n` bytes are filled.
    ///
    /// # Panics
    ///
    /// If they are not initialized.
    #[inline]
    #[track_caller]
    pub fn set_filled(&mut self, n: usize) {
        assert!(n <= self.initialized, "filled must not become larger than initialized");
        self.filled = n;
    }

    /// Says that the first `n` unfilled bytes are initialized.
    ///
    /// # Safety
    ///
    /// They must be.
    #[inline]
    pub unsafe fn assume_init(&mut self, n: usize) {
        self.initialized = self.initialized.max(self.filled + n);
    }

    /// Has `read` fill what is unfilled, as far as it says it has.
    pub(crate) fn fill<R: Counted>(&mut self, read: impl FnOnce(&mut [MaybeUninit<u8>]) -> R) -> R {
        // Only graph_runtime's readers come here, which write nothing but what they read, from the
        // start, and say how much that was.
        let result = read(&mut self.bytes[self.filled..]);
        let count = result.count();
        // SAFETY: so as many are initialized.
        unsafe { self.assume_init(count) };
        self.advance(count);
        result
    }

    /// Has `read` fill the first `n` unfilled bytes, as far as it does; says how far.
    ///
    /// # Panics
    ///
    /// If `n` is more than there is room for, or `read` puts another buffer in place of its own.
    pub(crate) fn poll_fill_part(
        &mut self,
        n: usize,
        read: impl FnOnce(&mut ReadBuf<'_>) -> Poll<io::Result<()>>,
    ) -> Poll<io::Result<usize>> {
        let mut part = self.take(n);
        let start = part.bytes.as_ptr();
        ready!(read(&mut part))?;
        part.assert_is(start, n);
        let (filled, initialized) = (part.filled, part.initialized);
        // SAFETY: `part` is the first `n` unfilled bytes, and knows how many are initialized.
        unsafe { self.assume_init(initialized) };
        self.advance(filled);
        Poll::Ready(Ok(filled))
    }

    /// Who is lent a buffer by reference could have put another in its place.
    fn assert_is(&self, start: *const MaybeUninit<u8>, length: usize) {
        let is_same = std::ptr::addr_eq(self.bytes.as_ptr(), start) && self.bytes.len() == length;
        assert!(is_same, "the reader exchanged its buffer");
    }

    /// Appends `bytes`.
    ///
    /// # Panics
    ///
    /// If there is no room for them.
    #[inline]
    #[track_caller]
    pub fn put_slice(&mut self, bytes: &[u8]) {
        assert!(
            self.remaining() >= bytes.len(),
            "buf.len() must fit in remaining(); buf.len() = {}, remaining() = {}",
            bytes.len(),
            self.remaining()
        );
        let end = self.filled + bytes.len();
        UninitSlice::uninit(&mut self.bytes[self.filled..end]).copy_from_slice(bytes);
        self.initialized = self.initialized.max(end);
        self.filled = end;
    }
}

// SAFETY: `chunk_mut` is what is unfilled, and `advance_mut` trusts its caller that it is
// initialized, as the trait says.
unsafe impl BufMut for ReadBuf<'_> {
    fn remaining_mut(&self) -> usize {
        self.remaining()
    }

    unsafe fn advance_mut(&mut self, count: usize) {
        // SAFETY: the caller has initialized as many.
        unsafe { self.assume_init(count) };
        self.advance(count);
    }

    fn chunk_mut(&mut self) -> &mut UninitSlice {
        UninitSlice::uninit(&mut self.bytes[self.filled..])
    }
}

impl fmt::Debug for ReadBuf<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ReadBuf")
            .field("filled", &self.filled)
            .field("initialized", &self.initialized)
            .field("capacity", &self.capacity())
            .finish()
    }
}

/// Lends the free part of `buf` to `read`, and advances it by what that leaves filled.
pub(crate) fn lend<B, R>(buf: &mut B, read: impl FnOnce(&mut ReadBuf<'_>) -> R) -> R
where
    B: BufMut + ?Sized,
{
    let chunk = buf.chunk_mut();
    // SAFETY: nothing but a `ReadBuf` writes to it, and that only initialized bytes.
    let bytes = unsafe { chunk.as_uninit_slice_mut() };
    let (start, length) = (bytes.as_ptr(), bytes.len());
    let mut lent = ReadBuf::uninit(bytes);
    let result = read(&mut lent);
    lent.assert_is(start, length);
    let count = lent.filled;
    // SAFETY: the first `filled` bytes of the chunk are initialized.
    unsafe { buf.advance_mut(count) };
    result
}

/// The end of a vector that is read into again and again: what a reader has initialized need not be
/// initialized for it again.
pub(crate) struct SpareRoom<'a> {
    bytes: &'a mut Vec<u8>,
    /// INVARIANT: the first so many bytes beyond the length are initialized.
    initialized: usize,
}

impl<'a> SpareRoom<'a> {
    pub(crate) fn new(bytes: &'a mut Vec<u8>) -> Self {
        Self { bytes, initialized: 0 }
    }

    /// The vector.
    pub(crate) fn bytes(&self) -> &Vec<u8> {
        self.bytes
    }

    /// Makes room for `additional` bytes.
    pub(crate) fn reserve(&mut self, additional: usize) {
        if self.bytes.capacity() - self.bytes.len() < additional {
            // It may move, and takes only its contents along.
            self.initialized = 0;
            self.bytes.reserve(additional);
        }
    }

    /// Appends `bytes`.
    pub(crate) fn append(&mut self, bytes: &[u8]) {
        self.initialized = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// Reads once into what room there is; says how much.
    pub(crate) fn poll_read<R: AsyncRead + ?Sized>(
        &mut self,
        reader: Pin<&mut R>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let spare = self.bytes.spare_capacity_mut();
        let (start, length) = (spare.as_ptr(), spare.len());
        let mut lent = ReadBuf::uninit(spare);
        // SAFETY: the invariant.
        unsafe { lent.assume_init(self.initialized) };
        let read = reader.poll_read(cx, &mut lent);
        lent.assert_is(start, length);
        let (filled, initialized) = (lent.filled, lent.initialized);
        self.initialized = initialized;
        ready!(read)?;
        self.initialized = initialized - filled;
        // SAFETY: as many beyond the length are filled, and so initialized and within the capacity.
        unsafe { self.bytes.set_len(self.bytes.len() + filled) };
        Poll::Ready(Ok(filled))
    }
}
