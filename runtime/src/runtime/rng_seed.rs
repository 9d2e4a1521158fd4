//! What random choices follow from.

/// A seed for all random choices of a runtime: which branch of a `select!` comes first, which
/// worker is robbed first.
///
/// With the same seed a current-thread runtime chooses the same. With several workers, who gets
/// which task is a matter of time as well.
///
/// # Examples
///
/// ```
/// use graph_runtime::runtime::{Builder, RngSeed};
///
/// let choose = || {
///     let seed = RngSeed::from_bytes(b"a run that is worth repeating");
///     let runtime = Builder::new_current_thread().rng_seed(seed).build().unwrap();
///     runtime.block_on(async {
///         graph_runtime::select! {
///             () = async {} => 1,
///             () = async {} => 2,
///         }
///     })
/// };
/// assert_eq!(choose(), choose());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RngSeed(u64);

impl RngSeed {
    /// A seed that follows from `bytes`, on every machine alike.
    ///
    /// Source: the hash is FNV-1a, by G. Fowler, L. C. Noll and K.-P. Vo.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let fold = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        Self(bytes.iter().fold(0xCBF2_9CE4_8422_2325, fold))
    }

    pub(super) fn number(&self) -> u64 {
        self.0
    }
}
