//! Locks, channels and signals, one file per behaviour.

mod auto_traits;
mod barrier;
mod blocking;
mod broadcast;
mod cancel;
mod channel_close;
mod channel_oracle;
mod channel_order;
mod channel_room;
mod closed;
mod exclusion;
mod fifo;
mod guards;
mod lagging;
mod notify;
mod once;
mod oneshot;
mod overtaking;
mod payloads;
mod permits;
mod permits_oracle;
mod soak;
mod support;
mod wakers;
mod watch;
mod weak;
