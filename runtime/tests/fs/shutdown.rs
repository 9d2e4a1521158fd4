//! Files and the end of a runtime.

use crate::support::file_with;
use futures_lite::future::block_on;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use graph_runtime::fs::{self, File};
use graph_runtime::runtime::Builder;

#[test]
fn what_was_accepted_is_written_before_the_runtime_is_gone() {
    let (_directory, path) = file_with(b"");
    for round in 0..50 {
        let runtime = Builder::new_multi_thread().worker_threads(1).build();
        let runtime = runtime.expect("there are threads");
        let contents = format!("round {round}");
        runtime.block_on(async {
            let mut file = File::create(&path).await.expect("it can be written");
            file.write_all(contents.as_bytes()).await.expect("it is only started");
        });
        drop(runtime);
        assert_eq!(std::fs::read_to_string(&path).expect("it exists"), contents);
    }
}

#[test]
fn afterwards_everything_fails_and_nothing_hangs() {
    let (_directory, path) = file_with(b"contents");
    let runtime = Builder::new_current_thread().build().expect("there are descriptors");
    let mut file = runtime.block_on(File::open(&path)).expect("it exists");
    let handle = runtime.handle().clone();
    drop(runtime);
    let _entered = handle.enter();
    block_on(async {
        file.read(&mut [0; 8]).await.expect_err("nobody reads it");
        file.write(b"contents").await.expect_err("nobody writes it");
        file.read(&mut [0; 8]).await.expect_err("it can be asked again");
        fs::read(&path).await.expect_err("nobody reads it");
        fs::read_dir(path.parent().expect("it is in one")).await.expect_err("nobody reads it");
    });
}

#[test]
#[should_panic(expected = "no current graph_runtime runtime")]
fn outside_a_runtime_it_panics() {
    let (_directory, path) = file_with(b"");
    let _ = block_on(fs::read(&path));
}
