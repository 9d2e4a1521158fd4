//! A small, fast, seeded random number generator.

/// xorshift64*, seeded through splitmix64.
///
/// Good enough to pick victims and jitter, far from good enough for secrets. The same seed gives
/// the same sequence on every machine, which is what makes a run repeatable.
///
/// Source: S. Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled",
/// ACM TOMS 42(4), 2016.
///
/// # Examples
///
/// ```
/// use graph_runtime_primitives::rng::Rng;
///
/// let mut a = Rng::new(7);
/// let mut b = Rng::new(7);
/// assert_eq!(a.next_u64(), b.next_u64());
/// assert!(a.below(10) < 10);
/// ```
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// A generator whose whole future follows from `seed`.
    pub fn new(seed: u64) -> Self {
        // splitmix64 spreads neighbouring seeds apart; the state of a xorshift must not be zero.
        let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Self((z ^ (z >> 31)) | 1)
    }

    /// The next 64 random bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number in `0..bound`, or 0 if `bound` is 0. The bias is below `bound / 2^32`.
    #[inline]
    pub fn below(&mut self, bound: u32) -> u32 {
        let random = self.next_u64() >> 32;
        ((random * u64::from(bound)) >> 32) as u32
    }

    /// A number in `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Brings up to 2^32 items into a random order, any with about the same probability. O(items).
    ///
    /// Source: R. Durstenfeld, "Algorithm 235: random permutation", Communications of the ACM 7(7),
    /// 1964.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;
    use std::collections::BTreeMap;

    #[test]
    fn below_stays_below_and_reaches_every_value() {
        let mut rng = Rng::new(0);
        let mut seen = [0u32; 7];
        for _ in 0..7_000 {
            seen[rng.below(7) as usize] += 1;
        }
        assert!(seen.iter().all(|&n| (800..1200).contains(&n)), "{seen:?}");
        assert_eq!(rng.below(0), 0);
    }

    #[test]
    fn neighbouring_seeds_differ() {
        assert_ne!(Rng::new(1).next_u64(), Rng::new(2).next_u64());
    }

    #[test]
    fn every_permutation_is_as_likely() {
        let (mut rng, mut seen) = (Rng::new(4), BTreeMap::new());
        for _ in 0..24_000 {
            let mut items = [0, 1, 2, 3];
            rng.shuffle(&mut items);
            *seen.entry(items).or_insert(0) += 1;
        }
        assert_eq!(seen.len(), 24);
        assert!(seen.values().all(|n| (850..1150).contains(n)), "{seen:?}");
        rng.shuffle::<u8>(&mut []);
    }

    #[test]
    fn unit_is_in_range() {
        let mut rng = Rng::new(3);
        assert!((0..1000).map(|_| rng.unit()).all(|x| (0.0..1.0).contains(&x)));
    }
}
