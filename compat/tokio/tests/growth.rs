//! Reading to the end does not grow a vector that is large enough.

use tokio::io::AsyncReadExt;

#[tokio::test]
async fn a_vector_that_is_large_enough_stays_where_it_is() {
    for length in [32, 33, 63, 64] {
        let bytes = vec![7; length];
        let mut all = Vec::with_capacity(length);
        let capacity = all.capacity();
        assert_eq!(bytes.as_slice().read_to_end(&mut all).await.unwrap(), length);
        assert_eq!((&all, all.capacity()), (&bytes, capacity));
    }
}

#[tokio::test]
async fn a_vector_that_is_too_small_gets_everything() {
    let bytes: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    for capacity in [0, 1, 31, 32, 40, 9_999] {
        let mut all = Vec::with_capacity(capacity);
        all.push(42);
        assert_eq!(bytes.as_slice().read_to_end(&mut all).await.unwrap(), bytes.len());
        assert_eq!((all[0], &all[1..]), (42, bytes.as_slice()));
    }
}
