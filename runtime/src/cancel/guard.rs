//! Cancelling at the end of a scope.

use super::CancellationToken;

/// Cancels a token when it is dropped; made by [`CancellationToken::drop_guard`].
#[derive(Debug)]
#[must_use = "dropping the guard cancels the token"]
pub struct DropGuard {
    /// Until it is disarmed.
    token: Option<CancellationToken>,
}

impl DropGuard {
    pub(super) fn new(token: CancellationToken) -> Self {
        Self { token: Some(token) }
    }

    /// The token.
    pub fn token(&self) -> &CancellationToken {
        self.token.as_ref().expect("it is taken only by what consumes the guard")
    }

    /// Gives the token back without cancelling it.
    pub fn disarm(mut self) -> CancellationToken {
        self.token.take().expect("it is taken only by what consumes the guard")
    }
}

impl Drop for DropGuard {
    fn drop(&mut self) {
        if let Some(token) = &self.token {
            token.cancel();
        }
    }
}

/// Cancels a borrowed token when it is dropped; made by [`CancellationToken::drop_guard_ref`].
#[derive(Debug)]
#[must_use = "dropping the guard cancels the token"]
pub struct DropGuardRef<'a> {
    /// Until it is disarmed.
    token: Option<&'a CancellationToken>,
}

impl<'a> DropGuardRef<'a> {
    pub(super) fn new(token: &'a CancellationToken) -> Self {
        Self { token: Some(token) }
    }

    /// The token.
    pub fn token(&self) -> &CancellationToken {
        self.token.expect("it is taken only by what consumes the guard")
    }

    /// Gives the token back without cancelling it.
    pub fn disarm(mut self) -> &'a CancellationToken {
        self.token.take().expect("it is taken only by what consumes the guard")
    }
}

impl Drop for DropGuardRef<'_> {
    fn drop(&mut self) {
        if let Some(token) = self.token {
            token.cancel();
        }
    }
}
