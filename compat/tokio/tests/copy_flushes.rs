//! What was copied is passed on while the reader waits for more.

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader, BufWriter, duplex};

#[tokio::test]
async fn through_a_buffer_of_its_own() {
    let (mut source, mut reader) = duplex(64);
    let (writer, mut sink) = duplex(64);
    let mut writer = BufWriter::new(writer);
    let copying = tokio::spawn(async move { tokio::io::copy(&mut reader, &mut writer).await });
    source.write_all(b"ping").await.unwrap();
    sink.read_exact(&mut [0; 4]).await.unwrap();
    drop(source);
    assert_eq!(copying.await.unwrap().unwrap(), 4);
}

#[tokio::test]
async fn through_the_readers_buffer() {
    let (mut source, reader) = duplex(64);
    let (writer, mut sink) = duplex(64);
    let (mut reader, mut writer) = (BufReader::new(reader), BufWriter::new(writer));
    let copying = tokio::spawn(async move { tokio::io::copy_buf(&mut reader, &mut writer).await });
    source.write_all(b"ping").await.unwrap();
    sink.read_exact(&mut [0; 4]).await.unwrap();
    drop(source);
    assert_eq!(copying.await.unwrap().unwrap(), 4);
}
