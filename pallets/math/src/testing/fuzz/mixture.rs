//! Whole runs of topics under the mixture rule.

use super::{levels, Bytes};
use crate::{
	loss::{MAX_DELTA, MAX_RAW},
	rules::mixture::MAX_VALUE,
	testing::mixture::{run, Epoch, Setting, NAMES},
	Real,
};
use core::iter::repeat_n;
use sp_arithmetic::FixedI128;

/// The maxima of a run: few, so that an input has room for several epochs.
const EPOCHS: u8 = 12;
const WORKERS: u8 = 8;
const FORECASTERS: u8 = 4;
const LABELS: u8 = 4;

/// How often epochs are repeated, if they are: states then reach the ends of their ranges.
const TIMES: usize = 30;

/// Runs a topic through several epochs, each of whose truths becomes known up to three epochs
/// later. Nothing that the topic accepts fails.
pub(super) fn check(bytes: &mut Bytes) {
	let setting = setting(bytes);
	let times = if bytes.byte() > 240 { TIMES } else { 1 };
	let count = bytes.below(EPOCHS) + 1;
	let epochs = bytes.list(count, |bytes| epoch(&setting, bytes));
	run(&setting, repeat_n(&epochs, times).flatten());
}

fn setting(bytes: &mut Bytes) -> Setting {
	let name = NAMES[bytes.below(NAMES.len() as u8)];
	let probabilities = Setting::needs_probabilities(name);
	let labels = bytes.below(LABELS) + 1;
	// Values are corrected in topics with one label only.
	let labels = if bytes.byte() < 100 && !probabilities { 1 } else { labels };
	Setting {
		name,
		delta: bytes.fixed(MAX_DELTA).max(FixedI128::from_inner(1)),
		levels: levels(bytes, labels),
		labels,
		unity: probabilities || bytes.byte() > 127 && Setting::allows_unity(name, labels),
		workers: bytes.below(WORKERS) + 1,
		forecasters: bytes.below(FORECASTERS),
		lag: bytes.below(4),
	}
}

fn epoch(setting: &Setting, bytes: &mut Bytes) -> Epoch {
	let Setting { labels, workers, forecasters, .. } = *setting;
	let flags = bytes.byte();
	Epoch {
		presence: u32::from(bytes.byte() % 101),
		draws: bytes.list(workers + forecasters, |bytes| u32::from(bytes.byte() % 100)),
		equal: flags > 240,
		calm: flags % 2 == 1,
		values: bytes.list(workers * labels, value),
		truth: bytes.list(labels, value),
		losses: bytes.list(workers, |bytes| value(bytes).clamp(-MAX_RAW, MAX_RAW)),
		// Less a third of a loss, it is still accepted.
		expected: bytes.list(forecasters, |bytes| {
			value(bytes).clamp(MAX_RAW - MAX_VALUE, MAX_VALUE - MAX_RAW)
		}),
	}
}

/// An accepted number in few bytes: often an extreme, mostly below 4 in size.
fn value(bytes: &mut Bytes) -> Real {
	// 1e-18, next to which others are small.
	let unit = Real::from_bits(18);
	match bytes.byte() {
		0 => Real::ZERO,
		1 => MAX_VALUE,
		2 => -MAX_VALUE,
		3 => unit,
		4 => -unit,
		5 => Real::ONE,
		6..=15 => bytes.within(MAX_VALUE),
		high => Real::from_bits(i128::from(i16::from_le_bytes([bytes.byte(), high])) << 51),
	}
}
