//! What a task waits for.

/// What the last resource was that had a task wait. Futures of others leave no note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub(crate) enum Resource {
    #[default]
    Unknown,
    Mutex,
    Permits,
    Notify,
    Barrier,
    Mpsc,
    Oneshot,
    Broadcast,
    Sleep,
    Socket,
    Task,
}

impl Resource {
    const ALL: [Self; 11] = [
        Self::Unknown,
        Self::Mutex,
        Self::Permits,
        Self::Notify,
        Self::Barrier,
        Self::Mpsc,
        Self::Oneshot,
        Self::Broadcast,
        Self::Sleep,
        Self::Socket,
        Self::Task,
    ];

    pub(crate) fn from_bits(bits: u8) -> Self {
        Self::ALL.get(usize::from(bits)).copied().unwrap_or_default()
    }

    /// For people.
    pub(crate) fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Unknown => return None,
            Self::Mutex => "a Mutex",
            Self::Permits => "permits (Semaphore, RwLock, OnceCell or room in a channel)",
            Self::Notify => "a signal (Notify, watch, SetOnce or the end of a channel)",
            Self::Barrier => "a Barrier",
            Self::Mpsc => "a message (mpsc)",
            Self::Oneshot => "a oneshot",
            Self::Broadcast => "a message (broadcast)",
            Self::Sleep => "a timer",
            Self::Socket => "a socket",
            Self::Task => "a task to end (JoinHandle)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Resource;

    #[test]
    fn each_is_found_by_its_bits() {
        for resource in Resource::ALL {
            assert_eq!(Resource::from_bits(resource as u8), resource);
        }
        assert_eq!(Resource::from_bits(200), Resource::Unknown);
    }
}
