//! The files about the machine.

use super::scan::{lines, number, whole_number, words};

/// Ticks of the machine's CPU time since boot, all cores together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CpuTicks {
    /// In user space, the kernel, interrupts, or taken by the hypervisor.
    pub(crate) busy: u64,
    /// Nothing to do, with or without a disk request outstanding.
    pub(crate) idle: u64,
    /// Those of them with one.
    pub(crate) io_wait: u64,
    /// How many cores there are.
    pub(crate) cores: u32,
}

/// The machine's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Memory {
    pub(crate) used_bytes: u64,
    pub(crate) available_bytes: u64,
}

/// Time in which threads stood still for want of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stalled {
    pub(crate) some_ns: u64,
    /// Kernels before 5.13 have none for the CPU.
    pub(crate) full_ns: Option<u64>,
}

/// The total of all cores, from `/proc/stat`.
pub(crate) fn cpu_ticks(text: &[u8]) -> Option<CpuTicks> {
    let mut lines = lines(text);
    let mut columns = [0; 8];
    let mut words = words(lines.next()?.strip_prefix(b"cpu ")?);
    // Guest time, which follows, is part of user time already.
    for column in &mut columns {
        *column = whole_number(words.next()?)?;
    }
    let [user, nice, system, idle, io_wait, irq, softirq, steal] = columns;
    let busy = [user, nice, system, irq, softirq, steal];
    let is_core = |line: &&[u8]| {
        line.strip_prefix(b"cpu").is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_digit))
    };
    Some(CpuTicks {
        busy: busy.into_iter().try_fold(0_u64, u64::checked_add)?,
        idle: idle.checked_add(io_wait)?,
        io_wait,
        cores: u32::try_from(lines.take_while(is_core).count()).ok()?.max(1),
    })
}

/// Total less available, and available, from `/proc/meminfo`.
pub(crate) fn memory(text: &[u8]) -> Option<Memory> {
    let total = size(text, b"MemTotal:")?;
    let available_bytes = size(text, b"MemAvailable:")?;
    let used_bytes = total.checked_sub(available_bytes)?;
    (total > 0).then_some(Memory { used_bytes, available_bytes })
}

/// The size behind `name`, which the kernel writes in kB and means in KiB.
fn size(text: &[u8], name: &[u8]) -> Option<u64> {
    let line = lines(text).find_map(|line| line.strip_prefix(name))?;
    let mut words = words(line);
    let (size, unit, rest) = (words.next()?, words.next()?, words.next());
    let is_kib = unit == b"kB" && rest.is_none();
    whole_number(size)?.checked_mul(1024).filter(|_| is_kib)
}

/// The running totals of a pressure file.
pub(crate) fn stalled(text: &[u8]) -> Option<Stalled> {
    let total_ns = |kind: &[u8]| {
        let line = lines(text).find_map(|line| line.strip_prefix(kind))?;
        let total = words(line).find_map(|word| word.strip_prefix(b"total="))?;
        Some(whole_number(total)?.checked_mul(1_000))
    };
    // A `full` line that cannot be made out makes the whole file suspect.
    let full_ns = match total_ns(b"full ") {
        None if lines(text).any(|line| line.starts_with(b"full")) => return None,
        None => None,
        Some(total) => Some(total?),
    };
    Some(Stalled { some_ns: total_ns(b"some ")??, full_ns })
}

/// The cores in a list such as `0-3,8,10-11`, with a newline behind it.
pub(crate) fn listed_cores(mut list: &[u8]) -> Option<u32> {
    let mut cores = 0_u32;
    let mut next = 0;
    loop {
        let (first, rest) = number(list)?;
        let (last, rest) = match rest.strip_prefix(b"-") {
            Some(rest) => number(rest)?,
            None => (first, rest),
        };
        // In ascending order, so none is counted twice.
        if first < next || last < first {
            return None;
        }
        next = last.checked_add(1)?;
        cores = cores.checked_add(u32::try_from(next - first).ok()?)?;
        match rest {
            b"" => return Some(cores),
            _ => list = rest.strip_prefix(b",")?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{cpu_ticks, listed_cores, memory, stalled};
    use procfs::{CpuTime, FromBufRead, FromBufReadSI, KernelStats, Meminfo};
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::fs;

    /// `text` without its last byte, or half of it.
    fn cut(text: &str) -> [&[u8]; 2] {
        [&text.as_bytes()[..text.len() - 1], &text.as_bytes()[..text.len() / 2]]
    }

    #[test]
    fn the_machine_s_own_files_are_read_as_procfs_reads_them() {
        let text = fs::read_to_string("/proc/stat").unwrap();
        let ticks = cpu_ticks(text.as_bytes()).unwrap();
        let stats = KernelStats::from_buf_read(text.as_bytes(), procfs::current_system_info());
        let stats = stats.unwrap();
        let CpuTime { user, nice, system, idle, iowait, irq, softirq, steal, .. } = stats.total;
        let interrupts = irq.unwrap() + softirq.unwrap();
        assert_eq!(ticks.busy, user + nice + system + interrupts + steal.unwrap());
        assert_eq!((ticks.idle, ticks.io_wait), (idle + iowait.unwrap(), iowait.unwrap()));
        assert_eq!(ticks.cores as usize, stats.cpu_time.len());

        let text = fs::read_to_string("/proc/meminfo").unwrap();
        let memory = memory(text.as_bytes()).unwrap();
        let meminfo = Meminfo::from_buf_read(text.as_bytes()).unwrap();
        assert_eq!(memory.available_bytes, meminfo.mem_available.unwrap());
        assert_eq!(memory.used_bytes + memory.available_bytes, meminfo.mem_total);
    }

    #[test]
    fn totals_that_are_cut_off_are_no_totals() {
        let text = "some avg10=1.50 avg60=0.31 avg300=0.20 total=1000\n\
                    full avg10=0.00 avg60=0.00 avg300=0.00 total=20\n";
        let whole = stalled(text.as_bytes()).unwrap();
        assert_eq!((whole.some_ns, whole.full_ns), (1_000_000, Some(20_000)));
        let some = text.lines().next().unwrap();
        assert_eq!(stalled(format!("{some}\n").as_bytes()).unwrap().full_ns, None);
        assert_eq!(stalled(some.as_bytes()), None);
        // The line that is not ended is not seen, so there is no `full`.
        assert_eq!(stalled(cut(text)[0]).unwrap().full_ns, None);
        assert_eq!(stalled(format!("{some}\nfull x\n").as_bytes()), None);
        let huge = text.replace("total=20", "total=18446744073709551615");
        assert_eq!(stalled(huge.as_bytes()), None);

        assert_eq!(memory(b"MemTotal: 10 kB\nMemAvailable: 5"), None);
        assert_eq!(cpu_ticks(b"cpu  1 2 3 4 5 6 7 8 9 10"), None);
        assert_eq!(cpu_ticks(b"cpu  1 2 3 4 5 6 7\n"), None);
    }

    proptest! {
        #[test]
        fn lists_count_as_sets_do(
            cores in prop::collection::btree_set(0_u32..40, 1..20),
        ) {
            // Runs of neighbours as ranges, as the kernel writes them.
            let mut ranges: Vec<(u32, u32)> = Vec::new();
            for &core in &cores {
                match ranges.last_mut() {
                    Some((_, last)) if *last + 1 == core => *last = core,
                    _ => ranges.push((core, core)),
                }
            }
            let part = |&(first, last): &(u32, u32)| match first == last {
                true => first.to_string(),
                false => format!("{first}-{last}"),
            };
            let list = ranges.iter().map(part).collect::<Vec<_>>().join(",");
            prop_assert_eq!(listed_cores(list.as_bytes()), Some(cores.len() as u32));
        }

        #[test]
        fn anything_else_is_no_list(list in "[0-9,-]{0,8}") {
            let distinct = |list: &str| -> Option<BTreeSet<u64>> {
                let mut all = Vec::new();
                for part in list.split(',') {
                    let (first, last) = part.split_once('-').unwrap_or((part, part));
                    let (first, last) = (first.parse::<u64>().ok()?, last.parse::<u64>().ok()?);
                    if first > last || last > first + 5_000 {
                        return None;
                    }
                    all.extend(first..=last);
                }
                all.is_sorted_by(|a, b| a < b).then(|| all.into_iter().collect())
            };
            if let Some(cores) = listed_cores(list.as_bytes()).filter(|&cores| cores < 5_000) {
                prop_assert_eq!(distinct(&list).map(|set| set.len() as u32), Some(cores));
            } else {
                prop_assert!(distinct(&list).is_none_or(|set| set.len() >= 5_000));
            }
        }
    }
}
