//! The files of a cgroup, of either version.

use super::machine::listed_cores;
use super::scan::{field, sole_line, sole_number, whole_number, words};

/// Version 1 writes no word for "no limit" but the largest number of whole pages, which depends on
/// the page size. No machine has this much memory.
const NO_LIMIT_V1: u64 = 1 << 62;

/// What a cgroup's quota has done since the cgroup was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CpuStat {
    /// CPU time used; version 1 has it in a file of its own.
    pub(crate) usage_ns: Option<u64>,
    /// Periods that ran out of quota, if there ever was one.
    pub(crate) throttled_periods: Option<u64>,
    pub(crate) throttled_ns: Option<u64>,
}

/// What of `memory.stat` is of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WorkingSetStat {
    /// Pages of files that have not been used lately.
    pub(crate) inactive_file_bytes: u64,
    /// The least limit from here upwards, seen or not, which version 1 has in the same file.
    /// `u64::MAX` for none.
    pub(crate) limit_bytes: Option<u64>,
}

/// `cpu.max`: quota and period, or `max` and period. In cores, infinite for no quota.
pub(crate) fn cpu_max(text: &[u8]) -> Option<f64> {
    let mut words = words(sole_line(text)?);
    let (quota, period) = (words.next()?, whole_number(words.next()?)?);
    if words.next().is_some() || period == 0 {
        return None;
    }
    let quota = match quota {
        b"max" => f64::INFINITY,
        quota => whole_number(quota).filter(|&quota| quota > 0)? as f64,
    };
    Some(quota / period as f64)
}

/// `cpu.cfs_quota_us`: microseconds of each period, or -1 for no quota, which is infinite here.
/// The kernel accepts no quota of 0.
pub(crate) fn quota_us(text: &[u8]) -> Option<f64> {
    match sole_line(text)? {
        b"-1" => Some(f64::INFINITY),
        quota => whole_number(quota).filter(|&quota| quota > 0).map(|quota| quota as f64),
    }
}

/// `cpu.cfs_period_us`.
pub(crate) fn period_us(text: &[u8]) -> Option<f64> {
    sole_number(text).filter(|&period| period > 0).map(|period| period as f64)
}

/// `cpu.stat` of version 2. Without the CPU controller it has no figures about quotas.
pub(crate) fn cpu_stat_v2(text: &[u8]) -> Option<CpuStat> {
    let throttled = field(text, b"throttled_usec");
    Some(CpuStat {
        usage_ns: Some(field(text, b"usage_usec")?.checked_mul(1_000)?),
        throttled_periods: field(text, b"nr_throttled"),
        throttled_ns: throttled.and_then(|us| us.checked_mul(1_000)),
    })
}

/// `cpu.stat` of version 1.
pub(crate) fn cpu_stat_v1(text: &[u8]) -> Option<CpuStat> {
    Some(CpuStat {
        usage_ns: None,
        throttled_periods: Some(field(text, b"nr_throttled")?),
        throttled_ns: Some(field(text, b"throttled_time")?),
    })
}

/// `memory.stat` of version 2, which counts all that is below as well.
pub(crate) fn memory_stat_v2(text: &[u8]) -> Option<WorkingSetStat> {
    let inactive_file_bytes = field(text, b"inactive_file")?;
    Some(WorkingSetStat { inactive_file_bytes, limit_bytes: None })
}

/// `memory.stat` of version 1.
pub(crate) fn memory_stat_v1(text: &[u8]) -> Option<WorkingSetStat> {
    let inactive_file_bytes = field(text, b"total_inactive_file")?;
    let limit_bytes = limit_of(field(text, b"hierarchical_memory_limit")?);
    Some(WorkingSetStat { inactive_file_bytes, limit_bytes: Some(limit_bytes) })
}

/// A file with a limit on memory, of either version; `u64::MAX` for none.
pub(crate) fn limit(text: &[u8]) -> Option<u64> {
    if sole_line(text)? == b"max" { Some(u64::MAX) } else { sole_number(text).map(limit_of) }
}

fn limit_of(bytes: u64) -> u64 {
    if bytes >= NO_LIMIT_V1 { u64::MAX } else { bytes }
}

/// A file with a list of cores. An empty one, which only a cgroup without threads can have, is
/// no number of cores.
pub(crate) fn cpu_list(text: &[u8]) -> Option<u32> {
    listed_cores(sole_line(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_are_fractions_of_a_core_or_none() {
        assert_eq!(cpu_max(b"150000 100000\n"), Some(1.5));
        assert_eq!(cpu_max(b"max 100000\n"), Some(f64::INFINITY));
        for text in [
            "150000 100000",
            "150000\n",
            "0 100000\n",
            "1 0\n",
            "-1 100000\n",
            "max\n",
            "maximum 100000\n",
            "1 2 3\n",
            "18446744073709551616 1\n",
            "",
            "\n",
        ] {
            assert_eq!(cpu_max(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(quota_us(b"-1\n"), Some(f64::INFINITY));
        assert_eq!(quota_us(b"25000\n"), Some(25_000.0));
        assert_eq!(period_us(b"100000\n"), Some(100_000.0));
        for text in ["-2\n", "-1", "18446744073709551616\n", "\n", "a\n", "0\n"] {
            assert_eq!(quota_us(text.as_bytes()), None, "{text:?}");
            assert_eq!(period_us(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn no_limit_has_a_word_or_a_huge_number() {
        assert_eq!(limit(b"max\n"), Some(u64::MAX));
        assert_eq!(limit(b"9223372036854771712\n"), Some(u64::MAX), "pages of 4 KiB");
        assert_eq!(limit(b"9223372036854710272\n"), Some(u64::MAX), "pages of 64 KiB");
        assert_eq!(limit(b"1073741824\n"), Some(1 << 30));
        assert_eq!(limit(b"0\n"), Some(0), "allowed, and deadly");
        for text in ["max", "1073741824", "-1\n", "18446744073709551616\n", "1G\n", ""] {
            assert_eq!(limit(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn cpu_stat_has_quotas_only_with_the_controller() {
        let stat = cpu_stat_v2(b"usage_usec 12\nuser_usec 5\nsystem_usec 7\n").unwrap();
        assert_eq!((stat.usage_ns, stat.throttled_periods), (Some(12_000), None));
        let text = b"usage_usec 12\nnr_periods 9\nnr_throttled 4\nthrottled_usec 3\n";
        let stat = cpu_stat_v2(text).unwrap();
        assert_eq!((stat.throttled_periods, stat.throttled_ns), (Some(4), Some(3_000)));
        let stat = cpu_stat_v1(b"nr_periods 9\nnr_throttled 4\nthrottled_time 3\n").unwrap();
        assert_eq!((stat.throttled_periods, stat.throttled_ns), (Some(4), Some(3)));
        assert_eq!(cpu_stat_v1(b"nr_periods 9\nnr_throttled 4\nthrottled_time 3"), None);
        assert_eq!(cpu_stat_v2(b"usage_usec 18446744073709551615\n"), None);
    }

    #[test]
    fn lists_of_cores_are_counted() {
        assert_eq!(cpu_list(b"0-3,8\n"), Some(5));
        for text in ["\n", "0-3,8", "3-0\n", "0,0\n", "0-\n", "0-18446744073709551615\n"] {
            assert_eq!(cpu_list(text.as_bytes()), None, "{text:?}");
        }
    }
}
