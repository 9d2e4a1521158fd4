//! What takes a whole of something tries again what a signal interrupted.

mod interrupting;

use interrupting::Interrupting;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, ErrorKind};

#[tokio::test]
async fn reading_a_whole_goes_on() {
    let mut reader = Interrupting::new(b"\x01\x02exactrest");
    assert_eq!(reader.read_u16().await.unwrap(), 0x0102);
    let mut exact = [0; 5];
    reader.read_exact(&mut exact).await.unwrap();
    let mut rest = String::new();
    reader.read_to_string(&mut rest).await.unwrap();
    assert_eq!((&exact, rest.as_str()), (b"exact", "rest"));
}

#[tokio::test]
async fn reading_once_reports_it() {
    let error = Interrupting::new(b"x").read(&mut [0; 1]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
}

#[tokio::test]
async fn lines_go_on() {
    let mut lines = BufReader::new(Interrupting::new(b"one\ntwo")).lines();
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("one"));
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("two"));
    assert_eq!(lines.next_line().await.unwrap(), None);
}

#[tokio::test]
async fn copies_go_on_at_either_end() {
    let mut there = Interrupting::new(b"");
    let copied = tokio::io::copy(&mut Interrupting::new(b"copied"), &mut there).await.unwrap();
    assert_eq!((copied, there.written()), (6, &b"copied"[..]));

    let mut there = Interrupting::new(b"");
    let mut reader = BufReader::new(Interrupting::new(b"copied"));
    let copied = tokio::io::copy_buf(&mut reader, &mut there).await.unwrap();
    assert_eq!((copied, there.written()), (6, &b"copied"[..]));
}

#[tokio::test]
async fn both_directions_go_on() {
    let (mut a, mut b) = (Interrupting::new(b"from a"), Interrupting::new(b"b"));
    let copied = tokio::io::copy_bidirectional(&mut a, &mut b).await.unwrap();
    assert_eq!(copied, (6, 1));
    assert_eq!((a.written(), b.written()), (&b"b"[..], &b"from a"[..]));
}

#[tokio::test]
async fn writing_a_whole_goes_on() {
    let mut writer = Interrupting::new(b"");
    writer.write_u16(0x0102).await.unwrap();
    writer.write_all(b"all").await.unwrap();
    writer.write_all_buf(&mut &b"buf"[..]).await.unwrap();
    assert_eq!(writer.written(), b"\x01\x02allbuf");
}
