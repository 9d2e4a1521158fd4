//! Sockets, one file per behaviour.

mod accept;
mod belonging;
mod cancel;
mod connect;
mod drop_while_waiting;
mod echo;
mod full_duplex;
mod half_close;
mod moved;
mod options;
mod outside;
mod pipes;
mod reset;
mod shutdown;
mod split;
mod support;
mod tcp_sockets;
mod udp;
mod unix_datagrams;
mod unix_streams;
mod vectored;
