//! The inputs that fuzzing has kept; see `fuzz/`.

use allora_math::testing::fuzz::check;
use std::{fs, path::Path};

#[test]
fn inputs_of_the_corpus_are_in_range() {
	let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/math");
	let mut inputs = 0;
	for file in fs::read_dir(corpus).expect("the corpus is committed") {
		check(&fs::read(file.expect("it is readable").path()).expect("it is a file"));
		inputs += 1;
	}
	assert!(inputs > 20, "{inputs} inputs");
}
