//! Processes and the end of a runtime.

use crate::support::{reader, start};
use futures_lite::future::poll_once;
use graph_runtime::runtime::Builder;

#[test]
fn one_can_be_waited_for_in_another_runtime() {
    let [first, second] = [Builder::new_current_thread(), Builder::new_multi_thread()]
        .map(|mut builder| builder.build().expect("there are threads"));
    let (mut child, stdin) = first.block_on(async {
        let mut child = start(&mut reader());
        let stdin = child.stdin.take();
        assert!(poll_once(child.wait()).await.is_none(), "it waits here");
        (child, stdin)
    });
    drop(first);
    second.block_on(async {
        assert!(poll_once(child.wait()).await.is_none(), "and then there");
        drop(stdin);
        assert!(child.wait().await.expect("it is ours").success());
    });
}
