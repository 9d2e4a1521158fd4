//! Closing one direction leaves the other open.

use crate::support::{each_runtime, pair};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::spawn;
use std::net::Shutdown;

#[test]
fn the_peer_answers_after_the_end() {
    each_runtime(|runtime| {
        runtime.block_on(async {
            let (mut client, mut server) = pair().await;
            let server = spawn(async move {
                let mut question = String::new();
                server.read_to_string(&mut question).await.expect("the peer closes");
                assert_eq!(server.read(&mut [0]).await.expect("the end stays"), 0);
                server.write_all(question.to_uppercase().as_bytes()).await.expect("it is open");
            });
            client.write_all(b"question").await.expect("it is open");
            client.close().await.expect("it is open");
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.expect("the peer answers");
            assert_eq!(answer, "QUESTION");
            server.await.expect("it does not panic");
            client.close().await.expect("closing what is closed is fine");
        });
    });
}

#[graph_runtime::test]
async fn a_shut_down_direction_is_of_no_use() {
    let (client, _server) = pair().await;
    client.shutdown_std(Shutdown::Both).expect("it is open");
    assert_eq!((&client).read(&mut [0]).await.expect("the end"), 0);
    let error = (&client).write(b"late").await.expect_err("it is closed");
    assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
}
