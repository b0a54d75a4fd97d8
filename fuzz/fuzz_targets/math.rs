//! Formulas on numbers of any size.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| allora_math::testing::fuzz::check(input));
