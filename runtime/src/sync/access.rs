//! A value behind a lock, and the ways to it.
//!
//! Every guard of this family is one of two things: exclusive or shared access to a value, kept
//! together with the key that is given back when the access ends. What is unsafe about guards is
//! here, once; who holds a key is for the locks to say.

#![allow(unsafe_code)] // Fenced: references whose lifetime is that of a key, not of a borrow.

use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// A value that is reached with a key only. What a lock has to ask of the value to be shared
/// between threads depends on how many it lets in; so this is not Sync, and each lock says so for
/// itself.
pub(super) struct Guarded<T: ?Sized>(UnsafeCell<T>);

impl<T> Guarded<T> {
    pub(super) const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    pub(super) fn into_inner(self) -> T {
        self.0.into_inner()
    }
}

impl<T: ?Sized> Guarded<T> {
    pub(super) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }

    fn pointer(&self) -> NonNull<T> {
        // SAFETY: the address of a field is not null.
        unsafe { NonNull::new_unchecked(self.0.get()) }
    }

    /// # Safety
    ///
    /// From now until `key` is dropped, the value stays where it is, and nobody else has access.
    #[inline]
    pub(super) unsafe fn exclusive<K>(&self, key: K) -> Exclusive<K, T> {
        Exclusive { value: self.pointer(), key, lends: PhantomData }
    }

    /// # Safety
    ///
    /// From now until `key` is dropped, the value stays where it is, and nobody has exclusive
    /// access.
    #[inline]
    pub(super) unsafe fn shared<K>(&self, key: K) -> Shared<K, T> {
        Shared { value: self.pointer(), key, lends: PhantomData }
    }
}

/// Exclusive access for as long as the key is kept.
pub(super) struct Exclusive<K, U: ?Sized> {
    value: NonNull<U>,
    key: K,
    /// It is as good as this, and as invariant in `U`.
    lends: PhantomData<*mut U>,
}

/// Shared access for as long as the key is kept.
pub(super) struct Shared<K, U: ?Sized> {
    value: NonNull<U>,
    key: K,
    /// It is as good as this.
    lends: PhantomData<*const U>,
}

// SAFETY: an exclusive reference and a key.
unsafe impl<K: Send, U: ?Sized + Send> Send for Exclusive<K, U> {}
// SAFETY: by shared reference it lends `&U` and `&K`.
unsafe impl<K: Sync, U: ?Sized + Sync> Sync for Exclusive<K, U> {}
// SAFETY: a shared reference and a key.
unsafe impl<K: Send, U: ?Sized + Sync> Send for Shared<K, U> {}
// SAFETY: by shared reference it lends `&U` and `&K`.
unsafe impl<K: Sync, U: ?Sized + Sync> Sync for Shared<K, U> {}

impl<K, U: ?Sized> Exclusive<K, U> {
    pub(super) fn key(&self) -> &K {
        &self.key
    }

    /// Access to a part of the value, under the same key.
    pub(super) fn map<V: ?Sized>(mut self, f: impl FnOnce(&mut U) -> &mut V) -> Exclusive<K, V> {
        let value = NonNull::from(f(&mut self));
        Exclusive { value, key: self.key, lends: PhantomData }
    }

    /// Access to a part of the value, if there is one.
    pub(super) fn try_map<V: ?Sized>(
        mut self,
        f: impl FnOnce(&mut U) -> Option<&mut V>,
    ) -> Result<Exclusive<K, V>, Self> {
        match f(&mut self).map(NonNull::from) {
            Some(value) => Ok(Exclusive { value, key: self.key, lends: PhantomData }),
            None => Err(self),
        }
    }

    /// Shared access to a part of the value, if there is one; `g` turns the key into one for it.
    pub(super) fn try_downgrade_map<V: ?Sized, L>(
        self,
        f: impl FnOnce(&U) -> Option<&V>,
        g: impl FnOnce(K) -> L,
    ) -> Result<Shared<L, V>, Self> {
        match f(&self).map(NonNull::from) {
            Some(value) => Ok(Shared { value, key: g(self.key), lends: PhantomData }),
            None => Err(self),
        }
    }

    /// Shared access to a part of the value; `g` turns the key into one for it, after `f`.
    pub(super) fn downgrade_map<V: ?Sized, L>(
        self,
        f: impl FnOnce(&U) -> &V,
        g: impl FnOnce(K) -> L,
    ) -> Shared<L, V> {
        let value = NonNull::from(f(&self));
        Shared { value, key: g(self.key), lends: PhantomData }
    }

    /// Turns the key into one for shared access.
    pub(super) fn downgrade<L>(self, f: impl FnOnce(K) -> L) -> Shared<L, U> {
        Shared { value: self.value, key: f(self.key), lends: PhantomData }
    }
}

impl<K, U: ?Sized> Shared<K, U> {
    pub(super) fn key(&self) -> &K {
        &self.key
    }

    /// Access to a part of the value, under the same key.
    pub(super) fn map<V: ?Sized>(self, f: impl FnOnce(&U) -> &V) -> Shared<K, V> {
        let value = NonNull::from(f(&self));
        Shared { value, key: self.key, lends: PhantomData }
    }

    /// Access to a part of the value, if there is one.
    pub(super) fn try_map<V: ?Sized>(
        self,
        f: impl FnOnce(&U) -> Option<&V>,
    ) -> Result<Shared<K, V>, Self> {
        match f(&self).map(NonNull::from) {
            Some(value) => Ok(Shared { value, key: self.key, lends: PhantomData }),
            None => Err(self),
        }
    }
}

impl<K, U: ?Sized> Deref for Exclusive<K, U> {
    type Target = U;

    #[inline]
    fn deref(&self) -> &U {
        // SAFETY: the key is here, so the promise of `Guarded::exclusive` holds; a part of the
        // value is as good as the whole. The borrow of `self` keeps `deref_mut` away.
        unsafe { self.value.as_ref() }
    }
}

impl<K, U: ?Sized> DerefMut for Exclusive<K, U> {
    #[inline]
    fn deref_mut(&mut self) -> &mut U {
        // SAFETY: as in `deref`, and the borrow of `self` is exclusive.
        unsafe { self.value.as_mut() }
    }
}

impl<K, U: ?Sized> Deref for Shared<K, U> {
    type Target = U;

    #[inline]
    fn deref(&self) -> &U {
        // SAFETY: the key is here, so the promise of `Guarded::shared` holds.
        unsafe { self.value.as_ref() }
    }
}

/// What all guards do: lend, and show what they lend.
macro_rules! guard {
    (exclusive $name:ident < $($lifetime:lifetime,)? $($param:ident),+ > lends $lent:ident) => {
        guard!(shared $name<$($lifetime,)? $($param),+> lends $lent);

        impl<$($lifetime,)? $($param: ?Sized),+> std::ops::DerefMut
            for $name<$($lifetime,)? $($param),+>
        {
            #[inline]
            fn deref_mut(&mut self) -> &mut $lent {
                &mut self.0
            }
        }
    };
    (shared $name:ident < $($lifetime:lifetime,)? $($param:ident),+ > lends $lent:ident) => {
        impl<$($lifetime,)? $($param: ?Sized),+> std::ops::Deref
            for $name<$($lifetime,)? $($param),+>
        {
            type Target = $lent;

            #[inline]
            fn deref(&self) -> &$lent {
                &self.0
            }
        }

        impl<$($lifetime,)? $($param: ?Sized),+> std::fmt::Debug
            for $name<$($lifetime,)? $($param),+>
        where
            $lent: std::fmt::Debug,
        {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                (**self).fmt(f)
            }
        }

        impl<$($lifetime,)? $($param: ?Sized),+> std::fmt::Display
            for $name<$($lifetime,)? $($param),+>
        where
            $lent: std::fmt::Display,
        {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                (**self).fmt(f)
            }
        }
    };
}

pub(super) use guard;
