//! The registered sources, found by token.

use crate::error::ReactorError;
use crate::io_source::IoSource;
use mio::Token;
use std::sync::Arc;

/// A token is half index, half generation.
const HALF: u32 = usize::BITS / 2;
const INDEX_MASK: usize = (1 << HALF) - 1;

/// How many sources one reactor can serve: some four thousand million, or 65,534 where `usize` has
/// 32 bits. File descriptors run out first. The two highest indices are left to drivers' own
/// tokens.
pub const MAX_SOURCES: usize = INDEX_MASK - 1;

/// A slab of sources. The generation in the token tells a late event of a former tenant from one
/// of the present tenant.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    slots: Vec<Slot>,
    free: Vec<usize>,
    closed: bool,
}

#[derive(Debug, Default)]
struct Slot {
    /// How many tenants have moved out, modulo half a word.
    generation: usize,
    tenant: Option<Arc<IoSource>>,
}

impl Sources {
    /// Gives a new source its token.
    pub(crate) fn insert(&mut self) -> Result<Arc<IoSource>, ReactorError> {
        let (token, place) = self.vacancy()?;
        let source = Arc::new(IoSource::new(token));
        *place = Some(Arc::clone(&source));
        Ok(source)
    }

    /// Gives a source that moves in from another reactor its token here.
    pub(crate) fn insert_moving(&mut self, source: &Arc<IoSource>) -> Result<Token, ReactorError> {
        let (token, place) = self.vacancy()?;
        *place = Some(Arc::clone(source));
        Ok(token)
    }

    /// A free place, and the token that names it next.
    fn vacancy(&mut self) -> Result<(Token, &mut Option<Arc<IoSource>>), ReactorError> {
        if self.closed {
            return Err(ReactorError::Closed);
        }
        let index = self.free.pop().unwrap_or(self.slots.len());
        if index >= MAX_SOURCES {
            return Err(ReactorError::TooManySources { limit: MAX_SOURCES });
        }
        if index == self.slots.len() {
            self.slots.push(Slot::default());
        }
        let slot = &mut self.slots[index];
        Ok((Token((slot.generation << HALF) | index), &mut slot.tenant))
    }

    /// The source that `token` stands for, unless it has moved out.
    pub(crate) fn get(&self, token: Token) -> Option<&IoSource> {
        let slot = self.slots.get(token.0 & INDEX_MASK)?;
        if slot.generation != token.0 >> HALF {
            return None;
        }
        slot.tenant.as_deref()
    }

    /// Takes out exactly this source, which has `token` here.
    pub(crate) fn remove(&mut self, token: Token, source: &IoSource) -> Option<Arc<IoSource>> {
        let index = token.0 & INDEX_MASK;
        let slot = self.slots.get_mut(index)?;
        let tenant = slot.tenant.take_if(|tenant| std::ptr::eq(Arc::as_ptr(tenant), source))?;
        slot.generation = slot.generation.wrapping_add(1) & INDEX_MASK;
        self.free.push(index);
        Some(tenant)
    }

    /// Refuses new sources from now on and hands out the present ones.
    pub(crate) fn close(&mut self) -> Vec<Arc<IoSource>> {
        self.closed = true;
        self.free.clear();
        self.slots.drain(..).filter_map(|slot| slot.tenant).collect()
    }

    /// Whether [`close`](Self::close) was called.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }
}

#[cfg(test)]
mod tests {
    use super::Sources;
    use crate::io_source::IoSource;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    /// What each token ever handed out stands for now.
    type Oracle = BTreeMap<usize, (Arc<IoSource>, bool)>;

    fn insert(sources: &mut Sources, oracle: &mut Oracle) {
        let source = sources.insert().expect("neither closed nor full");
        let previous = oracle.insert(source.token().0, (source, true));
        assert!(previous.is_none(), "a token was used twice");
    }

    fn remove(sources: &mut Sources, oracle: &mut Oracle, nth: usize) {
        let Some(nth) = nth.checked_rem(oracle.len()) else { return };
        let (source, live) = oracle.values_mut().nth(nth).expect("nth < len");
        let removed = sources.remove(source.token(), source);
        assert_eq!(removed.is_some_and(|removed| Arc::ptr_eq(&removed, source)), *live);
        *live = false;
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn a_token_finds_its_own_source_or_nothing(
            steps in prop::collection::vec(prop::option::of(any::<usize>()), 1..100),
        ) {
            let (mut sources, mut oracle) = (Sources::default(), Oracle::new());
            for step in steps {
                match step {
                    None => insert(&mut sources, &mut oracle),
                    Some(nth) => remove(&mut sources, &mut oracle, nth),
                }
                for (source, live) in oracle.values() {
                    let found = sources.get(source.token());
                    let found = found.map(|found| std::ptr::eq(found, &**source));
                    prop_assert_eq!(found, live.then_some(true));
                }
            }
            let live = oracle.values().filter(|(_, live)| *live).count();
            prop_assert_eq!(sources.close().len(), live);
            prop_assert!(sources.insert().is_err_and(|error| error.is_closed()));
        }
    }
}
