//! Files are damaged, go and come back in any order while samples are taken, and the clock stands
//! still and jumps: nothing impossible is shown meanwhile, each file is warned about once, and
//! when all is well again everything is known again.

use crate::garbage::check_possible;
use crate::layouts;
use crate::tree::Tree;
use graph_runtime_monitor::{ProcSampler, Sample, Sampler};
use primitives::Timestamp;
use primitives::rng::Rng;
use std::collections::HashSet;
use std::io::ErrorKind;
use std::time::Duration;

const SAMPLES: u32 = 400;

/// What files of any kind may say, and what none may.
const TEXTS: [&str; 20] = [
    "",
    "\n",
    "0\n",
    "max\n",
    "-1\n",
    "9223372036854771712\n",
    "18446744073709551615\n",
    "max 100000\n",
    "150000 100000\n",
    "100 0\n",
    "0-3,8,10-11\n",
    "3-1\n",
    "0::/\n",
    "0::/../..\n",
    "0::/gone\n4:cpu,cpuacct:/elsewhere\n",
    "usage_usec 18446744073709551\nnr_throttled 3\nthrottled_usec 9\n",
    "usage_usec 5\nnr_throttled 1\nthrottled_usec 2\n",
    "cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n",
    "some avg10=0.00 avg60=0.00 avg300=0.00 total=7\n",
    "\0\u{e9}\n\n\n",
];

/// One file is not what it was, or is again.
fn disturb(tree: &Tree, files: &[(String, String)], rng: &mut Rng) {
    let mut any = |count: usize| rng.below(count as u32) as usize;
    let (path, healthy) = &files[any(files.len())];
    // The mounts are believed as long as they can be read, and looked at again only after a move.
    let what = if path.ends_with("mountinfo") { 5 + any(3) } else { any(8) };
    match what {
        0 => tree.write(path, TEXTS[any(TEXTS.len())]),
        1 => tree.write(path, &healthy[..any(healthy.len() + 1)]),
        2 => tree.write(path, healthy.repeat(3)),
        // In whatever file: numbers have grown, or shrunk, out of all proportion.
        3 => tree.write(path, healthy.replace("00", "99999999")),
        4 => tree.write(path, healthy.replace("00", "0")),
        5 if tree.paths().contains(path) => tree.remove(path),
        6 => tree.refuse(path, [ErrorKind::PermissionDenied, ErrorKind::NotFound][any(2)]),
        _ => tree.write(path, healthy),
    }
}

fn sample(sampler: &mut ProcSampler, tree: &Tree, now: Timestamp) -> Sample {
    tree.set_process_cpu(Some(Duration::from_nanos(now.as_nanos() / 2)));
    let sample = sampler.sample(now);
    check_possible(&sample);
    sample
}

#[test]
fn whatever_happens_to_the_files_in_between() {
    for seed in 1..=8 {
        for (name, tree) in layouts::all() {
            let files: Vec<(String, String)> =
                tree.paths().into_iter().map(|path| (path.clone(), tree.text(&path))).collect();
            let mut sampler = ProcSampler::with_source(Box::new(tree.clone()));
            let (mut rng, mut now) = (Rng::new(seed), Timestamp::ZERO);
            let mut warned = HashSet::new();
            for _ in 0..SAMPLES {
                disturb(&tree, &files, &mut rng);
                now = match rng.below(20) {
                    0 => now,
                    1 => now + Duration::from_secs(86_400),
                    _ => now + Duration::from_millis(u64::from(rng.below(400))),
                };
                tree.set_affinity([None, Some(1), Some(64)][rng.below(3) as usize]);
                if rng.below(4) == 0 {
                    sampler.expect_memory();
                }
                sample(&mut sampler, &tree, now);
                while let Some(warning) = sampler.next_warning() {
                    let path = warning.path.clone();
                    assert!(warned.insert(path), "{name}, seed {seed}: again: {warning}");
                }
            }
            assert!(warned.len() >= 3, "{name}, seed {seed}: {warned:?}");
            files.iter().for_each(|(path, healthy)| tree.write(path, healthy));
            tree.set_affinity(Some(4));
            let mut fresh = ProcSampler::with_source(Box::new(tree.clone()));
            let mut both = (Sample::default(), Sample::default());
            for _ in 0..60 {
                now = now + Duration::from_millis(100);
                both = (sample(&mut sampler, &tree, now), sample(&mut fresh, &tree, now));
            }
            // They read the same files at other moments.
            let (recovered, fresh) = both;
            let expected = Sample { memory_age: recovered.memory_age, ..fresh };
            assert_eq!(recovered, expected, "{name}, seed {seed}");
        }
    }
}
