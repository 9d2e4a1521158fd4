//! Sockets, one file per behaviour.

mod accept;
mod cancel;
mod connect;
mod drop_while_waiting;
mod echo;
mod full_duplex;
mod half_close;
mod moved;
mod options;
mod outside;
mod reset;
mod shutdown;
mod support;
mod vectored;
