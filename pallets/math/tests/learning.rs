//! Losses, regrets and scores by hand (S 10, 11, 12).

use allora_math::testing::formulas::stake_weighted_loss;
use allora_math::testing::reputers::consensus;
use allora_math::{
	layout::{Element, Layout, Set},
	losses::network_losses,
	regrets::{initial_regret, regret_scale, update, InitialRegretParams, RegretTable},
	rules::{Actors, Observation, RegretRule, Rule},
	scores::{
		adjusted_stakes, forecaster_scores, inferer_scores, one_in_share, reputer_scores,
		ReputerParams,
	},
	weights::{ScaleRule, WeightParams},
	MathError, MathResult, Real,
};

fn reals(numbers: &[i64]) -> Vec<Real> {
	numbers.iter().map(|number| Real::from_num(*number)).collect()
}

fn rows(rows: &[&[i64]]) -> Vec<Vec<Real>> {
	rows.iter().map(|row| reals(row)).collect()
}

fn some(numbers: &[i64]) -> Vec<Option<Real>> {
	reals(numbers).into_iter().map(Some).collect()
}

fn params() -> WeightParams {
	WeightParams {
		p_norm: Real::from_num(3),
		c_norm: Real::ONE * 3 / 4,
		epsilon: Real::ONE / 128,
		scale_rule: ScaleRule::Mad,
		alpha: Real::ONE,
	}
}

#[test]
fn losses_are_weighted_by_the_stake_behind_them() {
	let reports = rows(&[&[1, 5], &[4, 8]]);
	let stakes = reals(&[1, 2]);
	// (1 + 2 * 4) / 3 and (5 + 2 * 8) / 3.
	assert_eq!(network_losses(&stakes, &reports), Ok(reals(&[3, 7])));
	assert_eq!(stake_weighted_loss(&stakes, &some(&[1, 4])), Ok(Some(Real::from_num(3))));
	assert_eq!(stake_weighted_loss(&stakes, &[Some(Real::ONE), None]), Ok(Some(Real::ONE)));
	assert_eq!(stake_weighted_loss(&stakes, &[None, None]), Ok(None));
	assert_eq!(network_losses(&[], &[]), Err(MathError::Empty));
	assert_eq!(network_losses(&stakes[..1], &reports), Err(MathError::Shape));
	let weightless = network_losses(&reals(&[0, 0]), &reports);
	assert_eq!(weightless, Err(MathError::DivisionByZero));
	assert_eq!(network_losses(&reals(&[1, -1]), &reports), Err(MathError::Domain));
}

#[test]
fn missing_regrets_start_from_the_initial_one() {
	let layout = Layout { inferers: 2, forecasters: 1, absent: vec![(0, 1)] };
	let mut table = RegretTable::empty(2, 1);
	table.initial = Real::from_num(-8);
	table.inferers[1] = Some(Real::ZERO);
	// Combined, naive, inferers, forecaster, its inference without 0, one-out 0 and 1.
	let losses = reals(&[4, 8, 2, 6, 4, 12, 16, 20]);
	let next = update(&table, &layout, &losses, Real::ONE / 2).unwrap();
	assert_eq!(next.inferers, some(&[-3, -1]));
	assert_eq!(next.forecasters, some(&[-4]));
	assert_eq!(next.naive, some(&[-1, -3]));
	// The forecast is about inferer 1 only, so there is no loss without inferer 1.
	assert_eq!(next.one_out_inferer[..5], some(&[3, 1, -2, 5, 3]));
	assert_eq!(next.one_out_inferer[5], None);
	assert_eq!((next.one_out_forecaster, next.one_in_forecaster), (vec![None; 3], vec![None; 3]));
	assert_eq!(update(&table, &layout, &losses[1..], Real::ONE), Err(MathError::Shape));
}

#[test]
fn kept_forecasters_keep_their_regrets() {
	let mut table = RegretTable::empty(1, 3);
	for (index, cell) in table.one_out_forecaster.iter_mut().enumerate() {
		*cell = Some(Real::from_num(index));
	}
	table.forecasters[2] = Some(Real::ONE);
	table.one_in_forecaster[5] = Some(Real::ONE);
	let kept = table.keep_forecasters(&[0, 2]).unwrap();
	assert_eq!(kept.forecasters, [None, Some(Real::ONE)]);
	let row = |k| kept.cells(Set::OneOutForecaster(k));
	assert_eq!(row(0), Some((&some(&[0])[..], &some(&[1, 3])[..])));
	assert_eq!(row(1), Some((&some(&[8])[..], &some(&[9, 11])[..])));
	assert_eq!(kept.cells(Set::OneInForecaster(1)), Some((&[None][..], &[Some(Real::ONE)][..])));
	assert_eq!(kept.cells(Set::OneInForecaster(2)), None);
	assert_eq!(table.keep_forecasters(&[3]), Err(MathError::Shape));
}

#[test]
fn scale_of_equal_regrets_is_epsilon() {
	assert_eq!(regret_scale(&RegretTable::empty(3, 1), &params()), Ok(params().epsilon));
	assert_eq!(regret_scale(&RegretTable::empty(0, 0), &params()), Err(MathError::Empty));
}

#[test]
fn initial_regret_needs_enough_workers() {
	let (params, initial) = (params(), InitialRegretParams::default());
	let previous = Real::from_num(-5);
	let few = reals(&[1, 2, 3]);
	let many = reals(&[0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48]);
	assert_eq!(initial_regret(&few, &few, previous, &params, &initial), Ok(previous));
	// Too few experienced: the plain quantile of all.
	let of_all = initial_regret(&few, &many, previous, &params, &initial);
	assert_eq!(of_all, Ok(Real::from_num(12)));
	// c - 8.25 / p is -2, so two spreads below the quantile.
	let equal = vec![Real::ONE; 10];
	let below = initial_regret(&equal, &many, previous, &params, &initial);
	assert_eq!(below, Ok(Real::ONE - params.epsilon * 2));
	let none = InitialRegretParams { minimum: 0, ..initial };
	assert_eq!(initial_regret(&[], &[], previous, &params, &none), Ok(previous));
}

#[test]
fn single_actors_score_zero() {
	let layout = Layout { inferers: 1, forecasters: 1, absent: vec![] };
	let losses = reals(&[1, 2, 3, 4]);
	assert_eq!(inferer_scores(&layout, &losses), Ok(reals(&[0])));
	assert_eq!(forecaster_scores(&layout, &losses), Ok(reals(&[0])));
	assert_eq!(inferer_scores(&layout, &losses[1..]), Err(MathError::Shape));
	assert_eq!(one_in_share(usize::MAX), Real::ZERO);
	assert_eq!((one_in_share(1), one_in_share(3)), (Real::ONE, Real::ONE / 4));
}

#[test]
fn inferer_whose_absence_raises_the_loss_more_scores_higher() {
	let layout = Layout { inferers: 2, forecasters: 0, absent: vec![] };
	let position = |x| layout.position(Element::OneOutInferer(x)).unwrap();
	let mut losses = reals(&[0; 6]);
	losses[position(0)] = Real::ONE;
	losses[position(1)] = -Real::ONE;
	assert_eq!(inferer_scores(&layout, &losses), Ok(reals(&[1, -1])));
}

#[test]
fn farthest_value_is_found_by_absolute_distance() {
	let mut reports = [some(&[0]), some(&[1]), some(&[10])];
	let agreed = consensus(&reals(&[1, 1, 1]), &reports).unwrap();
	assert_eq!(agreed.farthest, reals(&[10]));
	reports[2][0] = Some(Real::from_num(-10));
	assert_eq!(consensus(&reals(&[1, 1, 1]), &reports).unwrap().farthest, reals(&[-10]));
}

#[test]
fn outlying_reputer_has_a_lower_score_and_coefficient() {
	let reports = rows(&[&[10, 20, 30], &[10, 20, 30], &[30, 10, 0]]);
	let stakes = reals(&[1, 1, 1]);
	let got = reputer_scores(&reports, &stakes, &stakes, &ReputerParams::default()).unwrap();
	assert_eq!(got.scores[0], got.scores[1]);
	assert!(got.scores[2] < got.scores[0]);
	assert!(got.coefficients[2] < got.coefficients[0]);
	assert!(got.coefficients.iter().all(|a| (0..=1).contains(a)));
}

#[test]
fn unanimous_reputers_have_the_maximum_score() {
	let reports = rows(&[&[1, 2], &[1, 2]]);
	let stakes = reals(&[3, 5]);
	let params = ReputerParams { epsilon: Real::ONE / 64, ..Default::default() };
	let got = reputer_scores(&reports, &stakes, &reals(&[1, 1]), &params).unwrap();
	assert_eq!(got.scores, reals(&[64, 64]));
	assert_eq!(got.coefficients, reals(&[1, 1]));
	let one = reputer_scores(&reports[..1], &stakes[..1], &reals(&[1]), &params).unwrap();
	assert_eq!(one.scores, reals(&[64]));
}

#[test]
fn coefficients_of_zero_are_raised() {
	let reports = rows(&[&[1, 2], &[2, 2]]);
	let got = reputer_scores(&reports, &reals(&[1, 1]), &reals(&[0, 0]), &Default::default());
	assert!(got.unwrap().coefficients.iter().any(|a| *a > 0));
	assert_eq!(adjusted_stakes(&reals(&[1]), &reals(&[0])), Err(MathError::DivisionByZero));
}

#[test]
fn losses_of_zero_have_a_consensus() {
	let reports = rows(&[&[0, 0], &[0, 0], &[1000, 1000]]);
	let zero = reputer_scores(&reports[..2], &reals(&[1, 1]), &reals(&[1, 1]), &Default::default());
	assert_eq!(zero.unwrap().scores[0], Real::ONE / (Real::ONE / 100));
	assert!(reputer_scores(&reports, &reals(&[1, 1, 1]), &reals(&[1, 0, 0]), &Default::default())
		.is_ok());
	let none =
		reputer_scores(&reports, &reals(&[0, 0, 0]), &reals(&[1, 1, 1]), &Default::default());
	assert_eq!(none, Err(MathError::DivisionByZero));
}

/// The actors of a set without values.
fn actors(set: Set, members: &[bool]) -> Actors<'_> {
	Actors { set, members, labels: 1, inferences: &[], rows: &[], implied: &[] }
}

#[test]
fn regret_rule_learns_and_weighs() {
	let params = params();
	let rule = RegretRule { params: &params };
	let layout = Layout { inferers: 2, forecasters: 0, absent: vec![] };
	let losses = reals(&[2, 2, 1, 3, 1, 3]);
	let unread = || -> MathResult<Vec<Real>> { panic!("the regret rule needs no values") };
	let seen = Observation { layout: &layout, losses: &losses, values: &unread };
	let state = rule.learn(&RegretTable::empty(2, 0), &seen).unwrap();
	assert_eq!(state.inferers, [Some(Real::ONE), Some(-Real::ONE)]);
	// The regrets are 1 away from their median, 0: 1.4826 and epsilon.
	let scale = Real::ONE * 7413 / 5000 + params.epsilon;
	assert!((state.scale.unwrap() - scale).abs() <= Real::DELTA);
	let ready = rule.ready(&state).unwrap();
	let mut weights = Vec::new();
	rule.weights(&state, &ready, &actors(Set::Combined, &[true, true]), &mut weights).unwrap();
	assert!(weights[0] > 1 << 63 && weights[0] > weights[1] && weights[1] > 0);
	rule.weights(&state, &ready, &actors(Set::Combined, &[false, true]), &mut weights).unwrap();
	assert!(weights[0] == 0 && weights[1] > 1 << 62);
	rule.weights(&state, &ready, &actors(Set::Combined, &[false, false]), &mut weights).unwrap();
	assert_eq!(weights, [0, 0]);
	let wrong = rule.weights(&state, &ready, &actors(Set::Combined, &[true]), &mut weights);
	assert_eq!(wrong, Err(MathError::Shape));
	let no_such_set = actors(Set::OneOutForecaster(0), &[true, true]);
	assert_eq!(rule.weights(&state, &ready, &no_such_set, &mut weights), Err(MathError::Shape));
}

#[test]
fn only_members_have_values_for_a_rule() {
	// Inferers 0 and 1 of two labels, and a forecaster whose values are row 1; inferer 0 is out.
	let (inferences, rows) = (reals(&[1, 2, 3, 4]), reals(&[5, 6, 7, 8]));
	let actors = Actors {
		set: Set::OneOutInferer(0),
		members: &[false, true, true],
		labels: 2,
		inferences: &inferences,
		rows: &rows,
		implied: &[1],
	};
	assert_eq!(actors.value(0), None);
	assert_eq!(actors.value(1), Some(&inferences[2..]));
	assert_eq!(actors.value(2), Some(&rows[2..]));
	assert_eq!(actors.value(3), None);
}
