//! A bare epoll instance.

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use std::io;
use std::os::fd::{AsFd, OwnedFd};

const EVENTS: usize = 256;

/// An epoll instance.
pub(super) struct Epoll(OwnedFd);

impl Epoll {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self(epoll::create(CreateFlags::CLOEXEC)?))
    }

    /// Reports `source` as `key` whenever it can be read.
    pub(super) fn add(&self, source: impl AsFd, key: usize) -> io::Result<()> {
        epoll::add(&self.0, source, EventData::new_u64(key as u64), EventFlags::IN)?;
        Ok(())
    }
}

/// An epoll instance to be waited on.
pub(super) struct Poller {
    epoll: Epoll,
    events: Vec<Event>,
}

impl Poller {
    pub(super) fn new(epoll: Epoll) -> Self {
        Self { epoll, events: Vec::with_capacity(EVENTS) }
    }

    /// Waits, and gives the keys of what can be read.
    pub(super) fn wait(&mut self) -> io::Result<impl Iterator<Item = usize> + '_> {
        self.events.clear();
        match epoll::wait(&self.epoll.0, spare_capacity(&mut self.events), None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(self.events.iter().map(|event| event.data.u64() as usize))
    }
}
