//! Descriptors by their numbers, taken over and given away.

#![allow(unsafe_code)] // Fenced: the caller's promise is passed on to the standard library.

use crate::fs::File;
use crate::net::{TcpSocket, UnixSocket};
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd, RawFd};

/// A type that is made of an owned descriptor.
macro_rules! from_number {
    ($($type:ty),*) => {$(
        impl FromRawFd for $type {
            unsafe fn from_raw_fd(number: RawFd) -> Self {
                // SAFETY: the caller promises that the number is that of an open descriptor which
                // nobody else owns, as the standard library asks for.
                unsafe { OwnedFd::from_raw_fd(number) }.into()
            }
        }
    )*};
}

from_number!(File, TcpSocket, UnixSocket);

/// A type that turns into an owned descriptor.
macro_rules! into_number {
    ($($type:ty),*) => {$(
        impl IntoRawFd for $type {
            fn into_raw_fd(self) -> RawFd {
                OwnedFd::from(self).into_raw_fd()
            }
        }
    )*};
}

into_number!(TcpSocket, UnixSocket);
