//! Pinning in place, in both forms.

use graph_runtime::{pin, select};
use std::future::ready;
use std::marker::PhantomPinned;
use std::pin::Pin;

struct Stays(u32, PhantomPinned);

fn read(it: Pin<&mut Stays>) -> u32 {
    it.0
}

#[test]
fn variables_are_pinned_by_name() {
    let (a, b) = (Stays(1, PhantomPinned), Stays(2, PhantomPinned));
    pin!(a, b);
    assert_eq!(read(a.as_mut()) + read(b.as_mut()) + read(a), 4);
    pin!();
}

#[test]
fn variables_are_made_and_pinned() {
    pin! {
        let a = Stays(1, PhantomPinned);
        let b = Stays(2, PhantomPinned);
    }
    assert_eq!(read(a) + read(b), 3);
}

#[graph_runtime::test]
async fn a_pinned_future_is_selected_by_reference() {
    let future = async { ready(1).await };
    pin!(future);
    let mut got = 0;
    while got == 0 {
        select! {
            x = &mut future => got = x,
        }
    }
    assert_eq!(got, 1);
}
