//! The first year of emission with few and many topics.
//!
//! The test is ignored because its result is a table:
//! `cargo test -p pallet-emissions year_of_emission -- --ignored --nocapture`.

use crate::{mock::*, types::*, Accruals, CurrentDistribution, CurrentFigures, CurrentSchedule};
use allora_primitives::{traits::EmissionIndex, Balance, TopicId};
use frame_support::{assert_ok, traits::fungible::Mutate};
use sp_staking::EraPayout;

/// The slots of a month.
const MONTH: u32 = 100;
/// A token, in planck.
const ALLO: Balance = 10_000_000_000;
/// The maximum supply, in planck.
const SUPPLY: Balance = 1_000_000_000 * ALLO;
/// The stake of validators and nominators, in planck.
const BONDED: Balance = 100_000_000 * ALLO;
/// The stake of each topic's reputers, in planck.
const TOPIC_STAKE: Balance = 100_000 * ALLO;

/// What a topic has accrued since genesis, in planck.
fn accrued(topic: TopicId) -> Balance {
	let index = CurrentDistribution::<Test>::get().index;
	let accrual = Accruals::<Test>::get(topic).expect("the topic has weight");
	accrual.accrued_at(index).expect("in range") / SCALE
}

/// Prints the months of a year with this many topics, whose revenue falls with their rank, so that
/// their weights are `sqrt(stake x revenue)` (S 6.5). Returns what the topics got.
fn print_year(topics: TopicId) -> Balance {
	let mut all = 0;
	let ecosystem = SUPPLY / 10_000 * 2_145;
	let chain = ExtBuilder::default().supply(SUPPLY, ecosystem).vested(SUPPLY / 10_000 * 4_855);
	chain.build_and_execute(|| {
		Issuance::set(IssuanceParameters::default());
		Bonded::set(BONDED);
		TotalStake::set(TOPIC_STAKE * Balance::from(topics));
		for topic in 1..=topics {
			let revenue = 1_000 * ALLO / Balance::from(topic);
			assert_ok!(Emissions::set_weight(topic, (TOPIC_STAKE * revenue).isqrt()));
		}
		let (mut first, mut last, mut minted) = (0, 0, 0);
		for month in 1..=12 {
			run_blocks(MONTH);
			let (validators, _) = <Emissions as EraPayout<Balance>>::era_payout(0, 0, 0);
			assert_ok!(Balances::mint_into(&HOLDER, validators));
			let figures = CurrentFigures::<Test>::get().expect("the month has begun");
			let rate = CurrentSchedule::<Test>::get().rate.expect("there is a rate");
			all = Emissions::ledger().minted;
			let of_topics = all - minted;
			let (of_first, of_last) = (accrued(1) - first, accrued(topics) - last);
			println!(
				"{topics},{month},{},{:.6},{:.6},{:.6},{},{},{},{},{}",
				figures.staked / ALLO,
				figures.target.to_float(),
				figures.cap.to_float(),
				rate.to_float(),
				validators / ALLO,
				of_topics / ALLO,
				of_topics / ALLO / Balance::from(topics),
				of_first / ALLO,
				of_last / ALLO,
			);
			minted = all;
			(first, last) = (first + of_first, last + of_last);
		}
	});
	all
}

#[test]
#[ignore = "prints a table"]
fn year_of_emission_with_few_and_many_topics() {
	println!(
		"topics,month,staked,target,cap,rate,to_validators,to_topics,mean_topic,first_topic,last_topic"
	);
	let years = [10, 100, 1_000].map(print_year);
	// The target times stake does not depend on stake; smoothing does, a little.
	let (least, most) = (years.iter().min(), years.iter().max());
	println!("year to topics, ALLO: {:?}", years.map(|planck| planck / ALLO));
	assert!(least.zip(most).is_some_and(|(least, most)| *most < least * 21 / 10));
}
