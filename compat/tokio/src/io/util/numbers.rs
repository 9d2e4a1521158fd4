//! The methods that read and write a number, in either order of its bytes.

/// One method that reads a number: its name, its type, how it comes out of its bytes.
macro_rules! read_method {
    ($($name:ident $number:ident $from:ident,)*) => {$(
        #[doc = concat!("Reads a number by `", stringify!($number), "::", stringify!($from), "`.")]
        ///
        /// # Errors
        ///
        /// Like [`read_exact`](Self::read_exact).
        fn $name(&mut self) -> impl Future<Output = io::Result<$number>>
        where
            Self: Unpin,
        {
            async move {
                let mut bytes = [0; size_of::<$number>()];
                self.read_exact(&mut bytes).await?;
                Ok($number::$from(bytes))
            }
        }
    )*};
}

/// One method that writes a number: its name, its type, how it goes into its bytes.
macro_rules! write_method {
    ($($name:ident $number:ident $to:ident,)*) => {$(
        #[doc = concat!("Writes `n` by `", stringify!($number), "::", stringify!($to), "`.")]
        ///
        /// # Errors
        ///
        /// Like [`write_all`](Self::write_all).
        fn $name(&mut self, n: $number) -> impl Future<Output = io::Result<()>>
        where
            Self: Unpin,
        {
            async move { self.write_all(&n.$to()).await }
        }
    )*};
}

macro_rules! read_methods {
    () => {
        $crate::io::util::numbers::read_method! {
            read_u8 u8 from_be_bytes, read_i8 i8 from_be_bytes,
            read_u16 u16 from_be_bytes, read_i16 i16 from_be_bytes,
            read_u32 u32 from_be_bytes, read_i32 i32 from_be_bytes,
            read_u64 u64 from_be_bytes, read_i64 i64 from_be_bytes,
            read_u128 u128 from_be_bytes, read_i128 i128 from_be_bytes,
            read_f32 f32 from_be_bytes, read_f64 f64 from_be_bytes,
            read_u16_le u16 from_le_bytes, read_i16_le i16 from_le_bytes,
            read_u32_le u32 from_le_bytes, read_i32_le i32 from_le_bytes,
            read_u64_le u64 from_le_bytes, read_i64_le i64 from_le_bytes,
            read_u128_le u128 from_le_bytes, read_i128_le i128 from_le_bytes,
            read_f32_le f32 from_le_bytes, read_f64_le f64 from_le_bytes,
        }
    };
}

macro_rules! write_methods {
    () => {
        $crate::io::util::numbers::write_method! {
            write_u8 u8 to_be_bytes, write_i8 i8 to_be_bytes,
            write_u16 u16 to_be_bytes, write_i16 i16 to_be_bytes,
            write_u32 u32 to_be_bytes, write_i32 i32 to_be_bytes,
            write_u64 u64 to_be_bytes, write_i64 i64 to_be_bytes,
            write_u128 u128 to_be_bytes, write_i128 i128 to_be_bytes,
            write_f32 f32 to_be_bytes, write_f64 f64 to_be_bytes,
            write_u16_le u16 to_le_bytes, write_i16_le i16 to_le_bytes,
            write_u32_le u32 to_le_bytes, write_i32_le i32 to_le_bytes,
            write_u64_le u64 to_le_bytes, write_i64_le i64 to_le_bytes,
            write_u128_le u128 to_le_bytes, write_i128_le i128 to_le_bytes,
            write_f32_le f32 to_le_bytes, write_f64_le f64 to_le_bytes,
        }
    };
}

pub(crate) use {read_method, read_methods, write_method, write_methods};
