//! The files about this process and its threads.

use super::scan::{sole_line, whole_number, words};

/// What a thread has used since it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ThreadTimesNs {
    pub(crate) cpu_ns: u64,
    pub(crate) run_queue_wait_ns: u64,
}

/// The resident pages in bytes, from `statm`.
pub(crate) fn resident_bytes(text: &[u8], page_bytes: u64) -> Option<u64> {
    let mut words = words(sole_line(text)?);
    let (size, resident) = (whole_number(words.next()?)?, whole_number(words.next()?)?);
    (resident <= size && words.count() == 5).then_some(resident)?.checked_mul(page_bytes)
}

/// From `schedstat`: time on a core, time waiting for one, and how often it got one.
pub(crate) fn schedstat(text: &[u8]) -> Option<ThreadTimesNs> {
    let mut words = words(sole_line(text)?);
    let (cpu, wait, turns) = (words.next()?, words.next()?, words.next()?);
    let times =
        ThreadTimesNs { cpu_ns: whole_number(cpu)?, run_queue_wait_ns: whole_number(wait)? };
    (whole_number(turns).is_some() && words.next().is_none()).then_some(times)
}

#[cfg(test)]
mod tests {
    use super::{resident_bytes, schedstat};

    #[test]
    fn only_whole_lines_count() {
        assert_eq!(resident_bytes(b"5000 1500 700 300 0 900 0\n", 4096), Some(1500 * 4096));
        for text in [
            "5000 1500 700 300 0 900 0",
            "5000 1500 700 300 0 900\n",
            "1500 5000 700 300 0 900 0\n",
            "18446744073709551615 18446744073709551615 0 0 0 0 0\n",
            "a 1500 700 300 0 900 0\n",
            "",
        ] {
            assert_eq!(resident_bytes(text.as_bytes(), 4096), None, "{text}");
        }
        let times = schedstat(b"10 20 3\n").unwrap();
        assert_eq!((times.cpu_ns, times.run_queue_wait_ns), (10, 20));
        for text in ["10 20 3", "10 20\n", "10 20 3 4\n", "10 -1 3\n", "", "10 20 3\n\n"] {
            assert_eq!(schedstat(text.as_bytes()), None, "{text}");
        }
    }
}
