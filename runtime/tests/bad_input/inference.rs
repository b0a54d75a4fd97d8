//! Submissions, commitments and reveals.

use super::{table::Table, world::*};
use crate::support::{block, now, run_to};
use allora_primitives::{
	commitment_hash, EpochId, FixedI128, LossMethod, Registration, TopicId, TopicParameters,
	WorkerRoles,
};
use allora_runtime::{AccountId, Runtime};
use frame_support::BoundedVec;
use pallet_inference::{Call, Error};
use sp_core::H256;
use sp_keyring::Sr25519Keyring::{self, *};

type E = Error<Runtime>;
/// The losses that a forecast expects, by inferer.
type Forecast = Vec<(AccountId, FixedI128)>;

/// The topics of this room, whose epochs open in the same slots.
struct Topics {
	plain: TopicId,
	probabilities: TopicId,
	counts: TopicId,
	quantiles: TopicId,
	reveal: TopicId,
	/// With a reveal window and without forecasters.
	without_forecasts: TopicId,
	/// Nobody takes part in it.
	silent: TopicId,
}

/// All cases of this room.
pub fn cases(table: &mut Table) {
	let topics = block(|| {
		let with = |method: LossMethod, labels: &[&str], unity: Option<FixedI128>| {
			let labels =
				labels.iter().map(|name| BoundedVec::truncate_from(name.as_bytes().to_vec()));
			create_active(TopicParameters {
				loss_method: method,
				labels: BoundedVec::truncate_from(labels.collect()),
				unity_tolerance: unity,
				..at_once()
			})
		};
		let levels =
			BoundedVec::truncate_from(vec![number(1) / number(10), number(9) / number(10)]);
		let revealing = TopicParameters { reveal_window: WINDOW, ..at_once() };
		Topics {
			plain: with(LossMethod::Squared, &["y"], None),
			probabilities: with(LossMethod::Brier, &["up", "down"], Some(number(1) / number(100))),
			counts: with(LossMethod::Poisson, &["n"], None),
			quantiles: with(LossMethod::Pinball { levels }, &["low", "high"], None),
			reveal: create_active(revealing.clone()),
			without_forecasts: create_active(TopicParameters {
				max_forecasters: 0,
				..revealing.clone()
			}),
			silent: create_active(revealing),
		}
	});
	let epoch = collecting(topics.plain);
	table.in_block(|table| windows_and_roles(table, &topics, epoch));
	table.in_block(|table| values_of_inferences(table, &topics, epoch));
	table.in_block(|table| forecasts(table, &topics, epoch));
	table.in_block(|table| origins(table, &topics, epoch));
	duplicates(table, &topics, epoch);
	lists(table, &topics);
	reveals(table, &topics, epoch);
}

/// The usual parameters, with epochs that open in the first slot of ten.
fn at_once() -> TopicParameters {
	TopicParameters { phase: Some(0), ..usual() }
}

fn commit(topic: TopicId, epoch: EpochId, payload_hash: H256, roles: WorkerRoles) -> Call<Runtime> {
	Call::commit { topic, epoch, payload_hash, roles }
}

fn only_forecast(topic: TopicId, epoch: EpochId, of: &[(AccountId, FixedI128)]) -> Call<Runtime> {
	Call::submit { topic, epoch, inference: None, forecast: forecast(of) }
}

fn windows_and_roles(table: &mut Table, topics: &Topics, epoch: EpochId) {
	let (topic, reveal) = (topics.plain, topics.reveal);
	let (one, hash, inferer) = ([number(1)], H256::zero(), WorkerRoles::Inferer);
	let nothing = Call::submit { topic, epoch, inference: None, forecast: None };
	table.signed("nothing", Alice, nothing, E::NothingSubmitted);
	for topic in [0, NONE] {
		table.signed("no topic", Alice, submit(topic, epoch, &one), E::TopicNotFound);
		let committed = commit(topic, epoch, hash, inferer);
		table.signed("commitment to no topic", Alice, committed, E::TopicNotFound);
	}
	for later in [epoch + EpochId::from(LENGTH), epoch + 2, EpochId::MAX] {
		table.signed("before the window", Alice, submit(topic, later, &one), E::WindowNotOpen);
		let early = commit(reveal, later, hash, inferer);
		table.signed("commitment before the window", Alice, early, E::WindowNotOpen);
	}
	for earlier in [0, epoch - 1, epoch + 1, epoch - EpochId::from(LENGTH)] {
		table.signed("after the window", Alice, submit(topic, earlier, &one), E::WindowClosed);
		let late = commit(reveal, earlier, hash, inferer);
		table.signed("commitment after the window", Alice, late, E::WindowClosed);
	}
	for who in [Eve, Charlie] {
		table.signed("who is no worker", who, submit(topic, epoch, &one), E::NotRegistered);
		let stranger = commit(reveal, epoch, hash, inferer);
		table.signed("commitment of who is no worker", who, stranger, E::NotRegistered);
	}
	table.signed(
		"openly what must be committed",
		Alice,
		submit(reveal, epoch, &one),
		E::CommitFirst,
	);
	let committed = commit(topic, epoch, hash, inferer);
	table.signed("commitment to what is open", Alice, committed, E::NoRevealWindow);
}

/// Values that no worker may submit; each by itself, and beside a forecast that is right.
fn values_of_inferences(table: &mut Table, topics: &Topics, epoch: EpochId) {
	let (zero, one, two, minus) = (number(0), number(1), number(2), number(-1));
	let above = number(1_000_000_000_000_000) + FixedI128::from_inner(1);
	let rows: Vec<(&str, TopicId, Vec<FixedI128>, E)> = vec![
		("two values for one label", topics.plain, vec![one, one], E::TooManyValues),
		("32 values", topics.plain, vec![one; 32], E::TooManyValues),
		("no value", topics.plain, vec![], E::NoValueGiven),
		("the largest number", topics.plain, vec![MAX], E::InferenceOutOfRange),
		("the least number", topics.plain, vec![MIN], E::InferenceOutOfRange),
		("a unit above the bound", topics.plain, vec![above], E::InferenceOutOfRange),
		("a unit below the bound", topics.plain, vec![-above], E::InferenceOutOfRange),
		("sum of 2", topics.probabilities, vec![one, one], E::NotUnity),
		("sum of one label", topics.probabilities, vec![zero], E::NotUnity),
		("probability below 0", topics.probabilities, vec![two, minus], E::NotProbability),
		(
			"probabilities that overflow",
			topics.probabilities,
			vec![MAX, MAX],
			E::InferenceOutOfRange,
		),
		("count of 0", topics.counts, vec![zero], E::NotPositive),
		("count below 0", topics.counts, vec![minus], E::NotPositive),
		("quantiles that cross", topics.quantiles, vec![two, one], E::QuantilesDecrease),
	];
	for (what, topic, inference, error) in rows {
		let error = sp_runtime::DispatchError::from(error);
		table.signed(what, Alice, submit(topic, epoch, &inference), error);
		let forecast = forecast(&[(id(Bob), number(1))]);
		let both = Call::submit { topic, epoch, inference: values(&inference), forecast };
		table.signed(&format!("{what}, beside a forecast"), Alice, both, error);
	}
	let (topic, forecast) = (topics.plain, None);
	let inference = Some(BoundedVec::truncate_from(vec![None]));
	let left_out = Call::submit { topic, epoch, inference, forecast };
	table.signed("every value left out", Alice, left_out, E::NoValueGiven);
}

/// Forecasts that no worker may submit, each beside an inference that is right.
fn forecasts(table: &mut Table, topics: &Topics, epoch: EpochId) {
	let about = |count: u8| -> Forecast {
		(0..count).map(|n| (AccountId::new([n; 32]), number(1))).collect()
	};
	let bob = |loss| vec![(id(Bob), loss)];
	let rows: Vec<(&str, Forecast, E)> = vec![
		("empty forecast", vec![], E::ForecastEmpty),
		("forecast of 33", about(33), E::ForecastTooLong),
		("forecast of 128", about(128), E::ForecastTooLong),
		("one inferer twice", [bob(number(1)), bob(number(2))].concat(), E::DuplicateInferer),
		("loss above 1000", bob(number(1_001)), E::ForecastOutOfRange),
		("the largest loss", bob(MAX), E::ForecastOutOfRange),
		("the least loss", bob(MIN), E::ForecastOutOfRange),
	];
	for (what, of, error) in rows {
		let topic = topics.plain;
		let (inference, forecast) = (values(&[number(1)]), forecast(&of));
		table.signed(what, Alice, Call::submit { topic, epoch, inference, forecast }, error);
	}
	let commitment = commit(topics.without_forecasts, epoch, H256::zero(), WorkerRoles::Both);
	table.signed("forecast that is not taken", Alice, commitment, E::ForecastsNotTaken);
}

fn origins(table: &mut Table, topics: &Topics, epoch: EpochId) {
	table.only_accounts("submit", submit(topics.plain, epoch, &[number(1)]));
	let roles = WorkerRoles::Inferer;
	table.only_accounts("commit", commit(topics.reveal, epoch, H256::zero(), roles));
	let (topic, inference, salt) = (topics.reveal, values(&[number(1)]), [7; 32]);
	table.only_accounts("reveal", Call::reveal { topic, epoch, inference, forecast: None, salt });
}

fn duplicates(table: &mut Table, topics: &Topics, epoch: EpochId) {
	let (topic, reveal, both) = (topics.plain, topics.reveal, WorkerRoles::Both);
	table.supposing(
		|| {
			block(|| {
				send(Alice, submit(topic, epoch, &[number(1)]));
				send(Bob, only_forecast(topic, epoch, &[(id(Alice), number(1))]));
				send(Alice, commit(reveal, epoch, H256::zero(), WorkerRoles::Inferer));
			})
		},
		|table| {
			let again = submit(topic, epoch, &[number(1)]);
			table.signed("the same again", Alice, again, E::AlreadySubmitted);
			let other = submit(topic, epoch, &[number(2)]);
			table.signed("another inference", Alice, other, E::AlreadySubmitted);
			let forecast = only_forecast(topic, epoch, &[(id(Alice), number(2))]);
			table.signed("another forecast", Bob, forecast, E::AlreadySubmitted);
			let twice = commit(reveal, epoch, H256::repeat_byte(1), both);
			table.signed(
				"commitment to both, one of them again",
				Alice,
				twice,
				E::AlreadySubmitted,
			);
		},
	);
}

fn lists(table: &mut Table, topics: &Topics) {
	let (topic, registration) = (topics.plain, Registration::Worker);
	table.supposing(
		|| {
			block(|| {
				for topic in [topic, topics.reveal] {
					let enabled = true;
					let call =
						pallet_registry::Call::set_allow_list { topic, registration, enabled };
					send(Ferdie, call);
				}
			});
			skip_to(now() + 62);
			collecting(topic);
		},
		|table| {
			let epoch = collecting(topic);
			table.signed("not listed", Alice, submit(topic, epoch, &[number(1)]), E::NotAllowed);
			let commitment = commit(topics.reveal, epoch, H256::zero(), WorkerRoles::Inferer);
			table.signed("commitment of who is not listed", Alice, commitment, E::NotAllowed);
		},
	);
}

/// An inference, a forecast, and the salt of a commitment.
type Payload = (Vec<FixedI128>, Option<Forecast>, [u8; 32]);

fn reveal(topic: TopicId, epoch: EpochId, (inference, of, salt): &Payload) -> Call<Runtime> {
	let forecast = of.as_ref().and_then(|of| forecast(of));
	Call::reveal { topic, epoch, inference: values(inference), forecast, salt: *salt }
}

fn hash(topic: TopicId, epoch: EpochId, who: Sr25519Keyring, payload: &Payload) -> H256 {
	let (inference, of, salt) = payload;
	let forecast = of.as_ref().and_then(|of| forecast(of));
	commitment_hash(&values(inference), &forecast, salt, &id(who), topic, epoch)
}

fn reveals(table: &mut Table, topics: &Topics, epoch: EpochId) {
	let topic = topics.reveal;
	let right: Payload = (vec![number(1)], None, [7; 32]);
	let reveal_right = |epoch| reveal(topic, epoch, &right);
	table.in_block(|table| {
		table.signed("reveal in the worker window", Alice, reveal_right(epoch), E::RevealNotOpen);
		table.signed(
			"reveal of an epoch to come",
			Alice,
			reveal_right(EpochId::MAX),
			E::RevealNotOpen,
		);
		table.signed("reveal of an epoch that never was", Alice, reveal_right(0), E::RevealClosed);
		for none in [0, NONE] {
			table.signed(
				"reveal for no topic",
				Alice,
				reveal(none, epoch, &right),
				E::TopicNotFound,
			);
		}
		let open = reveal(topics.plain, epoch, &right);
		table.signed("reveal of what is open", Alice, open, E::NoRevealWindow);
		let (inference, forecast, salt) = (None, None, [7; 32]);
		let nothing = Call::reveal { topic, epoch, inference, forecast, salt };
		table.signed("reveal of nothing", Alice, nothing, E::NothingSubmitted);
	});
	wrong_reveals(table, topics, epoch, &right);
	// Nobody commits in the silent topic, and Alice does not reveal in the other one.
	table.supposing(
		|| {
			block(|| {
				send(
					Alice,
					commit(topic, epoch, hash(topic, epoch, Alice, &right), WorkerRoles::Inferer),
				);
				send(
					Bob,
					commit(topic, epoch, hash(topic, epoch, Bob, &right), WorkerRoles::Inferer),
				);
			});
			run_to(epoch + EpochId::from(WINDOW) + 1);
			block(|| send(Bob, reveal_right(epoch)));
			run_to(epoch + 2 * EpochId::from(WINDOW) + 1);
		},
		|table| {
			table.signed("reveal after its window", Alice, reveal_right(epoch), E::RevealClosed);
			let void = reveal(topics.silent, epoch, &right);
			table.signed("reveal in a void epoch", Alice, void, E::EpochVoid);
			let hash = hash(topics.silent, epoch, Alice, &right);
			let void = commit(topics.silent, epoch, hash, WorkerRoles::Inferer);
			table.signed("commitment for a void epoch", Alice, void, E::EpochVoid);
		},
	);
}

/// Reveals in their window of what was not committed, or may not be submitted.
fn wrong_reveals(table: &mut Table, topics: &Topics, epoch: EpochId, right: &Payload) {
	let topic = topics.reveal;
	let bob = id(Bob);
	let (inferer, both) = (WorkerRoles::Inferer, WorkerRoles::Both);
	let forecast = |of: &[(AccountId, FixedI128)]| Some(of.to_vec());
	let many: Vec<_> = (0..33).map(|n| (AccountId::new([n; 32]), number(1))).collect();
	let one = || vec![number(1)];
	// What is committed by its hash may be anything.
	let rows: Vec<(&str, Payload, WorkerRoles, E)> = vec![
		(
			"revealed values of two labels",
			(vec![number(1); 2], None, [1; 32]),
			inferer,
			E::TooManyValues,
		),
		("revealed inference without a value", (vec![], None, [1; 32]), inferer, E::NoValueGiven),
		("revealed largest number", (vec![MAX], None, [1; 32]), inferer, E::InferenceOutOfRange),
		("revealed empty forecast", (one(), forecast(&[]), [1; 32]), both, E::ForecastEmpty),
		("revealed forecast of 33", (one(), forecast(&many), [1; 32]), both, E::ForecastTooLong),
		(
			"revealed loss out of range",
			(one(), forecast(&[(bob.clone(), MIN)]), [1; 32]),
			both,
			E::ForecastOutOfRange,
		),
		(
			"revealed inferer twice",
			(one(), forecast(&[(bob.clone(), number(1)), (bob, number(2))]), [1; 32]),
			both,
			E::DuplicateInferer,
		),
		("inference of a commitment to both", (one(), None, [1; 32]), both, E::WrongRoles),
	];
	for (what, payload, roles, error) in rows {
		table.supposing(
			|| {
				let committed = commit(topic, epoch, hash(topic, epoch, Alice, &payload), roles);
				block(|| send(Alice, committed));
				run_to(epoch + EpochId::from(WINDOW) + 1);
			},
			|table| table.signed(what, Alice, reveal(topic, epoch, &payload), error),
		);
	}
	table.supposing(
		|| {
			let committed = hash(topic, epoch, Alice, right);
			block(|| {
				send(Alice, commit(topic, epoch, committed, inferer));
				// Bob has copied the commitment.
				send(Bob, commit(topic, epoch, committed, inferer));
			});
			run_to(epoch + EpochId::from(WINDOW) + 1);
			block(|| send(Alice, reveal(topic, epoch, right)));
		},
		|table| {
			let again = || reveal(topic, epoch, right);
			table.signed("reveal replayed", Alice, again(), E::AlreadyRevealed);
			table.signed("reveal without a commitment", Dave, again(), E::NoSeat);
			table.signed("reveal of a copied commitment", Bob, again(), E::WrongHash);
			let other_salt: Payload = (one(), None, [8; 32]);
			table.signed("other salt", Alice, reveal(topic, epoch, &other_salt), E::WrongHash);
			let other: Payload = (vec![number(2)], None, [7; 32]);
			table.signed("other inference", Alice, reveal(topic, epoch, &other), E::WrongHash);
		},
	);
}
