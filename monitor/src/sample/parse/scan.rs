//! Numbers and lines.

/// The number that `text` begins with, and what follows it.
pub(crate) fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(digits);
    let mut number = None;
    for digit in digits {
        let so_far = number.unwrap_or(0_u64).checked_mul(10)?;
        number = Some(so_far.checked_add(u64::from(digit - b'0'))?);
    }
    Some((number?, rest))
}

/// The number that is all of `text`.
pub(crate) fn whole_number(text: &[u8]) -> Option<u64> {
    number(text).filter(|(_, rest)| rest.is_empty()).map(|(number, _)| number)
}

/// The number that is all of a file, up to the end of its only line.
pub(crate) fn sole_number(text: &[u8]) -> Option<u64> {
    whole_number(sole_line(text)?)
}

/// The only line of a file.
pub(crate) fn sole_line(text: &[u8]) -> Option<&[u8]> {
    text.strip_suffix(b"\n").filter(|line| !line.contains(&b'\n'))
}

/// The lines that end as lines do. A file that was cut off ends in one that does not.
pub(crate) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|&byte| byte == b'\n').filter_map(|line| line.strip_suffix(b"\n"))
}

/// The words of a line: what is between any number of spaces.
pub(crate) fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|&byte| byte == b' ').filter(|word| !word.is_empty())
}

/// The number behind `name` and one space, on the first line that begins so.
pub(crate) fn field(text: &[u8], name: &[u8]) -> Option<u64> {
    let value = |line: &'_ [u8]| -> Option<u64> {
        whole_number(line.strip_prefix(name)?.strip_prefix(b" ")?)
    };
    lines(text).find_map(value)
}

#[cfg(test)]
mod tests {
    use super::{field, number, sole_number};
    use proptest::prelude::*;

    #[test]
    fn what_is_cut_off_is_no_number() {
        assert_eq!(sole_number(b"12\n"), Some(12));
        for text in ["12", "", "\n", "12\n3\n", "12 \n", "-12\n", "+1\n", "1e3\n", "0x1\n"] {
            assert_eq!(sole_number(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(field(b"ab 1\nb 2\nb 3\n", b"b"), Some(2));
        assert_eq!(field(b"ab 1\nb 2", b"b"), None);
    }

    proptest! {
        #[test]
        fn numbers_are_those_that_std_reads(text in "[0-9]{0,25}[ x\n]?") {
            let digits = text.trim_end_matches([' ', 'x', '\n']);
            let found = number(text.as_bytes()).map(|(number, _)| number);
            prop_assert_eq!(found, digits.parse::<u64>().ok());
        }
    }
}
