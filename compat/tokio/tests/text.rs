//! What becomes of a string that is read into when what comes is no text, or the source fails.

use std::str::Utf8Error;
use std::string::FromUtf8Error;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, ErrorKind};

#[tokio::test]
async fn a_string_is_as_it_was_and_the_error_says_where() {
    let mut text = "abc".to_owned();
    let error = (&b"de\xff"[..]).read_to_string(&mut text).await.unwrap_err();
    assert_eq!((error.kind(), text.as_str()), (ErrorKind::InvalidData, "abc"));
    let reason = error.into_inner().unwrap().downcast::<Utf8Error>().unwrap();
    assert_eq!(reason.valid_up_to(), 5);
}

#[tokio::test]
async fn a_line_that_is_no_text_is_taken_and_not_appended() {
    let mut source = &b"\xff\nnext\n"[..];
    let mut line = "abc".to_owned();
    let error = source.read_line(&mut line).await.unwrap_err();
    assert_eq!((error.kind(), line.as_str()), (ErrorKind::InvalidData, "abc"));
    source.read_line(&mut line).await.unwrap();
    assert_eq!(line, "abcnext\n");
}

#[tokio::test]
async fn lines_hand_out_the_bytes_that_are_no_text() {
    let mut lines = b"\xff\nnext\n".lines();
    let error = lines.next_line().await.unwrap_err();
    let reason = error.into_inner().unwrap().downcast::<FromUtf8Error>().unwrap();
    assert_eq!(reason.into_bytes(), b"\xff");
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("next"));
}
