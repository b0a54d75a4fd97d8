//! Newcomers, returners and lone participants: the rows of `NEWCOMERS.md`.

use super::synthesis::{first_is_better, TEN_AND_TWENTY};
use crate::{mock::*, Pallet};
use allora_primitives::{FixedI128, Role, TopicParameters, VoidReason};
use frame_support::assert_noop;

/// The combined regret of an inferer.
fn regret(who: u64) -> Option<FixedI128> {
	Pallet::<Test>::regret(TOPIC, Role::Inferer, &who)
}

/// The topic's initial regret.
fn initial() -> FixedI128 {
	regret_book().initial
}

/// Inferers 0 to 9, all with the same inference.
fn ten() -> Vec<(u64, FixedI128)> {
	(0..10).map(|who| (who, fx(5, 1))).collect()
}

/// Losses in an epoch of [`ten`]: 0 of the network, and 0, -1 .. -9 of the inferers.
fn better_and_better() -> Vec<FixedI128> {
	let mut losses = vec![fx(0, 1); 22];
	for (who, loss) in losses.iter_mut().skip(2).take(10).enumerate() {
		*loss = fx(-(who as i128), 1);
	}
	losses
}

/// Sets alpha to 1: a regret is that of the last epoch, and one inclusion makes an actor
/// experienced.
fn alpha_of_one(parameters: &mut TopicParameters) {
	parameters.alpha_regret = fx(1, 1);
}

#[test]
fn newcomers_start_at_the_lower_quartile_of_ten() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &ten(), &better_and_better());
		// Regrets 0, 0.1 .. 0.9; position 0.25 * 9 = 2.25.
		assert_close(initial(), fx(225, 1000));
	});
}

#[test]
fn newcomers_start_below_ten_experienced_ones() {
	ExtBuilder::default().parameters(alpha_of_one).build_and_execute(|| {
		whole_epoch(100, &ten(), &better_and_better());
		assert_close(initial(), fx(225, 100));
		whole_epoch(120, &ten(), &better_and_better());
		// 2.25 + (0.75 - 8.25 / 3) (sigma(0 .. 9) + 0.01),
		// sigma = sqrt(82.5 / 9) = 3.02765035409749.
		assert_close(initial(), FixedI128::from_inner(-3_825_300_708_194_983_453));
	});
}

#[test]
fn nine_experienced_ones_are_too_few_to_start_below() {
	ExtBuilder::default().parameters(alpha_of_one).build_and_execute(|| {
		whole_epoch(100, &ten(), &better_and_better());
		let mut inferences = ten();
		inferences[9].0 = 100;
		whole_epoch(120, &inferences, &better_and_better());
		// The lower quartile of 0 .. 9, the newcomer's 9 among them.
		assert_close(initial(), fx(225, 100));
	});
}

#[test]
fn few_workers_leave_the_initial_regret_alone() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		assert_eq!(initial(), fx(0, 1));
	});
}

#[test]
fn initial_regret_outlives_epochs_of_few() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &ten(), &better_and_better());
		whole_epoch(120, &TEN_AND_TWENTY(), &first_is_better());
		assert_close(initial(), fx(225, 1000));
	});
}

#[test]
fn newcomer_weighs_by_the_initial_regret() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &ten(), &better_and_better());
		infer(120, &[(9, fx(10, 1)), (100, fx(20, 1))]);
		close_workers(120).unwrap();
		// Regrets 0.9 and 0.225; the scale is 1.4826 * MAD(0, 0.1 .. 0.9) + 0.01 = 1.4826 * 0.25 +
		// 0.01 = 0.38065; x = 2.3643767..., 0.5910941...;
		// w = (1 + e^(-3 (2.3643767 - 0.75))) / (1 + e^(-3 (0.5910941 - 0.75))) =
		// 0.3860467,
		// network = (10 + 20 w) / (1 + w).
		assert_close(network(120), FixedI128::from_inner(12_785_235_896_688_897_841));
	});
}

#[test]
fn first_regret_of_a_newcomer_starts_from_the_initial_one() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &ten(), &better_and_better());
		infer(120, &[(9, fx(10, 1)), (100, fx(20, 1))]);
		close_workers(120).unwrap();
		report(120, 90, 1, &[-1, -1, -1, -2, -1, -1].map(|loss| fx(loss, 1)));
		close_reputers(120).unwrap();
		// 0.1 * (-1 - -2) + 0.9 * 0.225.
		assert_close(regret(100).unwrap(), fx(3025, 10_000));
		assert_eq!(record(120).inferers[1].regret_before, None);
	});
}

#[test]
fn newcomers_alone_in_a_topic_with_history_weigh_the_same() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &ten(), &better_and_better());
		infer(120, &[(100, fx(10, 1)), (101, fx(20, 1))]);
		// It names only the first, so it implies 10.
		forecast(120, 102, &[(100, fx(-1, 1))]);
		close_workers(120).unwrap();
		// All regrets are the initial 0.225: (10 + 20 + 10) / 3, and (10 + 20) / 2 without the
		// forecaster.
		assert_close(network(120), fx(40, 3));
		assert_close(bundle(120).element(1)[0], fx(15, 1));
		assert_close(bundle(120).forecaster_weights[0], fx(1, 3));
	});
}

#[test]
fn new_forecaster_among_known_inferers_weighs_by_the_initial_regret() {
	ExtBuilder::default().build_and_execute(|| {
		// Losses are equal, so all regrets are 0, as is the initial one, and all weights are equal.
		whole_epoch(100, &TEN_AND_TWENTY(), &[fx(-1, 1); 6]);
		infer(120, &TEN_AND_TWENTY());
		forecast(120, 9, &[(1, fx(-1, 1))]);
		close_workers(120).unwrap();
		assert_close(network(120), fx(40, 3));
	});
}

#[test]
fn forecaster_of_a_single_inferer_repeats_it_and_scores_zero() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &[(1, fx(7, 1))], &[fx(-1, 1); 3]);
		infer(120, &[(1, fx(7, 1))]);
		forecast(120, 9, &[(1, fx(-1, 1))]);
		close_workers(120).unwrap();
		// Combined, naive, the inferer, the forecaster.
		assert_eq!(bundle(120).element_values.to_vec(), [fx(7, 1); 4]);
		report(120, 90, 1, &[-1, -1, -1, -3].map(|loss| fx(loss, 1)));
		close_reputers(120).unwrap();
		let contributions = record(120).contributions;
		assert_eq!(contributions.inferers[0].score, fx(0, 1));
		assert_eq!(contributions.forecasters[0].score, fx(0, 1));
	});
}

#[test]
fn lone_reputer_is_the_consensus() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		// 1 / (0 + 0.01), with the full coefficient.
		assert_close(record(100).contributions.reputers[0].score, fx(100, 1));
		assert_eq!(Coefficients::get()[&90], fx(1, 1));
	});
}

#[test]
fn void_epoch_is_no_inclusion() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		infer(120, &TEN_AND_TWENTY());
		close_workers(120).unwrap();
		report(120, 90, 0, &first_is_better());
		assert_noop!(close_reputers(120), VoidReason::TooFewReputers);
		assert_eq!(regret_book().inferers[0].holder.inclusions, 1);
		assert_close(regret(1).unwrap(), fx(1, 10));
	});
}

#[test]
fn returning_actors_keep_their_regrets() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		whole_epoch(120, &[(3, fx(1, 1)), (4, fx(2, 1))], &[fx(0, 1); 6]);
		assert_close(regret(1).unwrap(), fx(1, 10));
		infer(140, &TEN_AND_TWENTY());
		close_workers(140).unwrap();
		// They are not new: the better one weighs more.
		assert!(bundle(140).inferer_weights[0] > fx(1, 2));
		report(140, 90, 1, &[-1, -1, -2, -1, -1, -1].map(|loss| fx(loss, 1)));
		close_reputers(140).unwrap();
		// 0.1 * (-1 - -2) + 0.9 * 0.1.
		assert_close(regret(1).unwrap(), fx(19, 100));
		let book = regret_book();
		assert_eq!(book.inferers[0].holder.inclusions, 2);
		assert_eq!(book.inferers[2].holder.inclusions, 1);
	});
}

#[test]
fn inferer_that_returns_after_64_others_is_new() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		let group = |from: u64| (from..from + 32).map(|who| (who, fx(1, 1))).collect::<Vec<_>>();
		whole_epoch(120, &group(100), &[fx(0, 1); 66]);
		assert_close(regret(1).unwrap(), fx(1, 10));
		// 30 slots are free; the other two are those used longest ago.
		whole_epoch(140, &group(200), &[fx(0, 1); 66]);
		assert_eq!((regret(1), regret(2)), (None, None));
		whole_epoch(160, &TEN_AND_TWENTY(), &first_is_better());
		let book = regret_book();
		let row = book.inferers.iter().find(|row| row.holder.account == 1).unwrap();
		assert_eq!(row.holder.inclusions, 1);
		// As in its first epoch: 0.1 * (-1 - -2).
		assert_close(regret(1).unwrap(), fx(1, 10));
	});
}

/// Names of tests in a table's last column.
fn tests_named(table: &str) -> impl Iterator<Item = &str> {
	let rows = table.lines().filter(|line| line.starts_with('|'));
	rows.filter_map(|row| row.trim_end_matches('|').rsplit('|').next())
		.flat_map(|cell| cell.split('`').skip(1).step_by(2))
}

#[test]
fn every_row_of_the_table_names_tests_that_exist() {
	let sources = [
		include_str!("newcomers.rs"),
		include_str!("synthesis.rs"),
		include_str!("learning.rs"),
		include_str!("mixture.rs"),
		include_str!("mixture_book.rs"),
		include_str!("../../../inference/src/tests/epochs.rs"),
		include_str!("../../../reputer/src/tests/epochs.rs"),
		include_str!("../../../emissions/src/tests/settlement.rs"),
		include_str!("../../../emissions/src/tests/distribution.rs"),
		include_str!("../../../../runtime/tests/explain.rs"),
	];
	let table = include_str!("../../NEWCOMERS.md");
	for name in tests_named(table) {
		let function = format!("fn {name}(");
		assert!(sources.iter().any(|source| source.contains(&function)), "no test {name}");
	}
	assert!(tests_named(table).count() >= 25);
}
