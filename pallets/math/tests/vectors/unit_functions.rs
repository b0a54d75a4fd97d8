//! The functions of the crate by their names in `unit/*.json`.
//!
//! For some functions the cases expect a result of empty or zero arguments, for which the crate has
//! an error. These are mapped here, each with its section.

use crate::{
	capped,
	decimal::Decimal,
	formulas, reputers,
	unit::{maybe_numbers, number, units, Arguments, Outcome},
};
use allora_math::{
	arith::{add, div, dot, mul, sub, sum},
	convert,
	elementary::{self, pow},
	emission, regrets, rewards,
	scores::{self, ReputerParams},
	sortition, stats, synthesis, topic,
	weights::{self, ScaleRule, WeightParams},
	MathError, MathResult, Real,
};
use regrets::{InitialRegretParams, RegretTable};
use serde_json::Value;
use std::collections::BTreeMap;

type Called = MathResult<Outcome>;

/// Calls the function of that name; `None` if there is none.
pub fn call(name: &str, i: &Arguments) -> Option<Called> {
	numbers_of(name, i)
		.or_else(|| statistics_of(name, i))
		.or_else(|| weights_of(name, i))
		.or_else(|| scores_of(name, i))
		.or_else(|| rewards_of(name, i))
		.or_else(|| tokens_of(name, i))
}

fn numbers_of(name: &str, i: &Arguments) -> Option<Called> {
	let two = |f: fn(Real, Real) -> MathResult| f(i.real("a")?, i.real("b")?);
	let one = |f: fn(Real) -> MathResult| f(i.real("a")?);
	let ramp = |f: fn(Real, Real, Real) -> MathResult| f(i.real("p")?, i.real("c")?, i.real("x")?);
	Some(
		match name {
			"add" => two(add),
			"sub" => two(sub),
			"mul" => two(mul),
			"quo" => two(div),
			"power" => two(pow),
			"sqrt" => one(elementary::sqrt),
			"exp" => one(elementary::exp),
			"ln" => one(elementary::ln),
			"log10" => one(|a| div(elementary::ln(a)?, elementary::ln(Real::ONE * 10)?)),
			"trunc_int" => i.real("x").map(|x| if x < 0 { x.ceil() } else { x.floor() }),
			"total" => i.reals("xs").and_then(|xs| sum(&xs)),
			"phi" => ramp(|p, c, x| {
				let mut ramp = [x];
				elementary::soft_ramp(p, c, &mut ramp).map(|()| ramp[0])
			}),
			"phi_prime" => ramp(formulas::soft_ramp_slope),
			"exp1_div_exp1" => two(formulas::exp_ratio),
			"sigmoid" => i.real("x").and_then(formulas::sigmoid),
			_ => return None,
		}
		.map(Into::into),
	)
}

/// The original's result of empty arguments is 0 (S 2.2).
fn zero_of_nothing(result: MathResult) -> MathResult {
	match result {
		Err(MathError::Empty) => Ok(Real::ZERO),
		other => other,
	}
}

fn ema(i: &Arguments) -> MathResult {
	let previous = i.maybe("previous").map(number).transpose()?;
	stats::ema(i.real("alpha")?, i.real("current")?, previous.filter(|_| !i.flag("first_time")))
}

fn n_fold_ema(i: &Arguments) -> MathResult {
	let n = u32::try_from(i.whole("n")?).map_err(|_| MathError::Overflow)?;
	stats::ema_n(i.real("alpha")?, i.real("target")?, i.real("previous")?, n)
}

fn weighted_percentile(i: &Arguments) -> MathResult<Vec<Real>> {
	let (values, weights) = (i.reals("values")?, i.proportions("weights")?);
	let at = |p: &Real| formulas::weighted_percentile(&values, &weights, *p);
	i.reals("percentiles")?.iter().map(at).collect()
}

fn statistics_of(name: &str, i: &Arguments) -> Option<Called> {
	let of = |f: fn(&[Real]) -> MathResult| f(&i.reals("xs")?);
	Some(
		match name {
			"ema" => ema(i),
			"n_fold_ema" => n_fold_ema(i),
			"mean" => of(stats::mean),
			"std_dev" => of(stats::std_dev),
			"median" => zero_of_nothing(of(stats::median)),
			"mad" => zero_of_nothing(of(stats::mad)),
			"quantile" => {
				i.reals("xs").and_then(|xs| zero_of_nothing(stats::quantile(&xs, i.real("q")?)))
			}
			"weighted_percentile" => return Some(weighted_percentile(i).map(Into::into)),
			_ => return None,
		}
		.map(Into::into),
	)
}

fn params(i: &Arguments, scale_rule: ScaleRule) -> MathResult<WeightParams> {
	Ok(WeightParams {
		p_norm: i.real("p")?,
		c_norm: i.real("c")?,
		epsilon: i.real("eps")?,
		scale_rule,
		alpha: Real::ONE / 10,
	})
}

/// The regrets of actors whose earlier weight passes the threshold, or all if fewer than two do
/// (the filter of some releases, S 9.2, which the crate does not have).
fn filtered(i: &Arguments) -> MathResult<Vec<Real>> {
	let (regrets, weights) = (i.reals("regrets")?, i.reals("previous_norm_weights")?);
	let threshold = i.real_or("threshold", "1e-6")?;
	let pairs = regrets.iter().zip(&weights).filter(|(_, weight)| **weight > threshold);
	let kept: Vec<_> = pairs.map(|(regret, _)| *regret).collect();
	Ok(if kept.len() >= 2 { kept } else { regrets })
}

/// Numbers by name, in ascending order of the names.
fn named(value: &Value) -> MathResult<BTreeMap<String, Real>> {
	let object = value.as_object().unwrap_or_else(|| panic!("not an object: {value}"));
	object.iter().map(|(name, value)| Ok((name.clone(), number(value)?))).collect()
}

fn forecast_implied(i: &Arguments) -> MathResult<Outcome> {
	let inferences = named(i.value("inferences"))?;
	let losses = named(i.value("forecasted_losses"))?;
	let values: Vec<_> = inferences.values().copied().collect();
	let forecast: Vec<_> = inferences
		.keys()
		.enumerate()
		.filter_map(|(j, name)| Some((j, *losses.get(name)?)))
		.collect();
	let params = params(i, ScaleRule::StdDev)?;
	let table = RegretTable::empty(values.len(), 0);
	let input = synthesis::Input {
		labels: 1,
		inferences: &values,
		forecasts: &[],
		previous_loss: Some(i.real("prev_network_loss")?),
		all_new: i.flag("all_new"),
		regrets: &table,
		params: &params,
	};
	let implied = synthesis::forecast_implied(&input, &forecast, None)?;
	let Some(relative) = implied.map(|labels| labels[0]) else {
		return Ok(Outcome::Missing);
	};
	// The cases have capped weights, which differ from the crate's only if a cap applies.
	let regrets = forecast
		.iter()
		.map(|(_, loss)| sub(i.real("prev_network_loss")?, *loss))
		.collect::<MathResult<Vec<_>>>()?;
	let scale = weights::std_scale(&regrets, params.epsilon)?;
	let (p, c) = (params.p_norm, params.c_norm);
	if input.all_new || regrets.len() == 1 || !capped::bites(&regrets, scale, p, c)? {
		return Ok(relative.into());
	}
	let named: Vec<_> = forecast.iter().map(|(j, _)| values[*j]).collect();
	let weights = capped::weights(&regrets, scale, p, c)?;
	Ok(weights::weighted_average(&named, &weights)?.into())
}

fn combined(i: &Arguments) -> MathResult<Outcome> {
	let (inferences, implied) = (named(i.value("inferences"))?, named(i.value("implied"))?);
	let regrets = named(i.value("regrets"))?;
	let actors: Vec<_> = inferences.iter().chain(&implied).collect();
	let of = |name: &String| regrets.get(name).copied().ok_or(MathError::Shape);
	let regrets = actors.iter().map(|(name, _)| of(name)).collect::<MathResult<Vec<_>>>()?;
	let params = params(i, ScaleRule::StdDev)?;
	let scale = weights::scale(&regrets, &params)?;
	let weights = capped::weights(&regrets, scale, params.p_norm, params.c_norm)?;
	let values: Vec<_> = actors.iter().map(|(_, value)| **value).collect();
	let average = weights::weighted_average(&values, &weights)?;
	let by_name: BTreeMap<_, _> = actors.iter().map(|(name, _)| *name).zip(weights).collect();
	Ok(Outcome::List(vec![average.into(), by_name.into_values().collect::<Vec<_>>().into()]))
}

fn scaled_weights(i: &Arguments, rule: ScaleRule) -> MathResult<Vec<Real>> {
	let (regrets, params) = (i.reals("regrets")?, params(i, rule)?);
	let scale = match i.maybe("scale") {
		Some(scale) => number(scale)?,
		None => weights::scale(&regrets, &params)?,
	};
	let weigh = match rule {
		ScaleRule::Mad => weights::weights,
		ScaleRule::StdDev => capped::weights,
	};
	weigh(&regrets, scale, params.p_norm, params.c_norm)
}

fn initial_regret(i: &Arguments) -> MathResult {
	let initial = InitialRegretParams {
		quantile: i.real_or("q", "0.25")?,
		p_norm_safe: i.real_or("p_safe", "8.25")?,
		minimum: 1,
	};
	let params = params(i, ScaleRule::StdDev)?;
	regrets::experienced_initial_regret(&i.reals("regrets")?, &params, &initial)
}

fn weights_of(name: &str, i: &Arguments) -> Option<Called> {
	let number = match name {
		"weight_from_normalised_regret" => {
			(|| capped::weight(i.real("x")?, i.real("x_max")?, i.real("p")?, i.real("c")?))()
		}
		"regret_scale_std" => {
			i.reals("regrets").and_then(|r| weights::std_scale(&r, i.real("eps")?))
		}
		"regret_scale_mad" => {
			i.reals("regrets").and_then(|r| weights::mad_scale(&r, i.real("eps")?))
		}
		"regret_scale_std_filtered" => {
			filtered(i).and_then(|r| weights::std_scale(&r, i.real("eps")?))
		}
		"weighted_average" => i
			.reals("values")
			.and_then(|values| weights::weighted_average(&values, &i.reals("weights")?)),
		"regret_update" => (|| {
			let (reference, actor) = (i.real("loss_reference")?, i.real("loss_actor")?);
			formulas::regret(i.real("previous")?, reference, actor, i.real("alpha")?)
		})(),
		"topic_initial_regret" => initial_regret(i),
		"weights_v06" => return Some(scaled_weights(i, ScaleRule::StdDev).map(Into::into)),
		"weights_v16" => return Some(scaled_weights(i, ScaleRule::Mad).map(Into::into)),
		"forecast_implied_inference" => return Some(forecast_implied(i)),
		"combined_inference" => return Some(combined(i)),
		_ => return None,
	};
	Some(number.map(Into::into))
}

fn reputer_params(i: &Arguments) -> MathResult<ReputerParams> {
	let rounds = i.maybe("max_iters").map(|_| i.whole("max_iters")).transpose()?.unwrap_or(10);
	Ok(ReputerParams {
		learning_rate: i.real_or("learning_rate", "0.05")?,
		rounds: u32::try_from(rounds).map_err(|_| MathError::Overflow)?,
		gradient_threshold: i.real_or("max_gradient_threshold", "0.001")?,
		min_stake_fraction: i.real_or("min_stake_fraction", "0.5")?,
		epsilon: i.real_or("eps_reputer", "0.01")?,
		epsilon_safe_div: i.real_or("eps_safe_div", "1e-7")?,
	})
}

/// Scores and next coefficients, by the crate or, if reports are incomplete, by the plain formulas.
fn score_reputers(
	reports: &[Vec<Option<Real>>],
	stakes: &[Real],
	coefficients: &[Real],
	params: &ReputerParams,
) -> MathResult<(Vec<Real>, Vec<Real>)> {
	let complete = reports.iter().map(|row| row.iter().copied().collect::<Option<Vec<_>>>());
	let Some(complete) = complete.collect::<Option<Vec<_>>>() else {
		let got = reputers::reputer_scores(reports, stakes, coefficients, params);
		return got.map(|(scores, next, _)| (scores, next));
	};
	let got = scores::reputer_scores(&complete, stakes, coefficients, params)?;
	Ok((got.scores, got.coefficients))
}

fn gradient_property(i: &Arguments) -> MathResult<Outcome> {
	let (reports, stakes) = (i.rows("losses")?, i.proportions("stakes")?);
	let start = vec![Real::ONE; stakes.len()];
	let mut totals = Vec::new();
	for rounds in i.reals("iterations")? {
		let params = ReputerParams { rounds: rounds.to_num(), ..reputer_params(i)? };
		let (scores, coefficients) = score_reputers(&reports, &stakes, &start, &params)?;
		let adjusted = scores::adjusted_stakes(&stakes, &coefficients)?;
		totals.push(div(dot(&scores, &adjusted)?, sum(&adjusted)?)?);
	}
	Ok(Outcome::Rising(totals))
}

fn reputers_of(i: &Arguments) -> MathResult<Outcome> {
	let (stakes, coefficients) = (i.proportions("stakes")?, i.reals("coefficients")?);
	let (reports, params) = (i.rows("losses")?, reputer_params(i)?);
	let (scores, coefficients) = score_reputers(&reports, &stakes, &coefficients, &params)?;
	// The third part would be the coefficients of the last round's start, which the crate gives as
	// adjusted stakes.
	Ok(Outcome::List(vec![scores.into(), coefficients.into()]))
}

fn scores_of(name: &str, i: &Arguments) -> Option<Called> {
	Some(match name {
		"stake_weighted_loss" => i.proportions("stakes").and_then(|stakes| {
			let losses = maybe_numbers(i.value("losses"))?;
			Ok(formulas::stake_weighted_loss(&stakes, &losses)?.into())
		}),
		"inferer_score" => i
			.real("loss_one_out")
			.and_then(|out| scores::inferer_score(out, i.real("loss_network")?))
			.map(Into::into),
		"f_plus" => i
			.whole("n_forecasters")
			.map(|n| scores::one_in_share(usize::try_from(n).unwrap_or(usize::MAX)).into()),
		"mix" => i
			.real("one_in")
			.and_then(|one_in| scores::mix_scores(one_in, i.real("one_out")?, i.real("f_plus")?))
			.map(Into::into),
		"forecaster_score" => (|| {
			let n = usize::try_from(i.whole("n_forecasters")?).unwrap_or(usize::MAX);
			let (out, network) = (i.real("loss_one_out")?, i.real("loss_network")?);
			let (naive, taken) = (i.real("loss_naive")?, i.real("loss_one_in")?);
			Ok(scores::forecaster_score(out, network, naive, taken, n)?.into())
		})(),
		"adjusted_stakes" => i.proportions("stakes").and_then(|stakes| {
			Ok(scores::adjusted_stakes(&stakes, &i.reals("coefficients")?)?.into())
		}),
		"consensus_vector" => i.reals("adj").and_then(|adjusted| {
			assert!(!i.flag("signed_most_distant"), "only the absolute distance is built");
			let agreed = reputers::consensus(&adjusted, &i.rows("losses")?)?;
			Ok(Outcome::List(vec![agreed.values.into(), agreed.farthest.into()]))
		}),
		"consensus_score" => (|| {
			let values = i.reals("cons")?.into_iter().map(Some).collect();
			let agreed = reputers::Consensus { values, farthest: i.reals("far")? };
			let row = maybe_numbers(i.value("row"))?;
			Ok(reputers::consensus_score(&row, &agreed, &reputer_params(i)?)?.into())
		})(),
		"all_consensus_scores" => (|| {
			let (stakes, coefficients) = (i.proportions("stakes")?, i.reals("coefficients")?);
			let (reports, params) = (i.rows("losses")?, reputer_params(i)?);
			Ok(reputers::consensus_scores(&reports, &stakes, &coefficients, &params)?.into())
		})(),
		"reputer_scores_and_coefficients" => reputers_of(i),
		"gradient_property" => gradient_property(i),
		_ => return None,
	})
}

fn ratio_and_chi(i: &Arguments, score: Real, previous: &str) -> MathResult<Option<Real>> {
	let (inferers, alpha) = (i.reals("inferer_scores")?, i.real_or("alpha", "0.1")?);
	rewards::forecaster_score_ratio(score, &inferers, i.real(previous)?, alpha)
}

/// One of the class rewards: its share of the reward.
fn class_reward(i: &Arguments, class: usize) -> MathResult {
	let score = rewards::task_score(i.real("naive_loss")?, i.real("network_loss")?)?;
	let chi = rewards::forecasting_utility(ratio_and_chi(i, score, "previous_ratio")?);
	let (f, g, h) = (i.real("F")?, i.real("G")?, i.real("H")?);
	let (u, v, w) = rewards::class_shares(f, g, h, chi)?;
	mul([u, v, w][class], i.real("E")?)
}

/// All class rewards; `gamma` scales the workers' as it differs from the one that follows.
fn task_rewards(i: &Arguments) -> MathResult<Vec<Real>> {
	let (f, g, h) = (i.real("f")?, i.real("g")?, i.real("h")?);
	let (chi, reward) = (i.real("chi")?, i.real("reward")?);
	let (u, v, w) = rewards::class_shares(f, g, h, chi)?;
	let factor = div(i.real("gamma")?, formulas::gamma(f, g, chi)?)?;
	Ok(vec![mul(mul(u, factor)?, reward)?, mul(mul(v, factor)?, reward)?, mul(w, reward)?])
}

fn entropy_of_task(i: &Arguments) -> MathResult {
	let fractions = i.reals("fractions")?;
	let previous = maybe_numbers(i.value("previous_smooth"))?;
	let smoothed = rewards::smooth_fractions(&fractions, &previous, i.real_or("alpha", "0.1")?)?;
	rewards::task_entropy(&smoothed, i.real_or("beta", "0.25")?)
}

fn rewards_of(name: &str, i: &Arguments) -> Option<Called> {
	let many = |result: MathResult<Vec<Real>>| Some(result.map(Into::into));
	Some(
		match name {
			"U" => class_reward(i, 0),
			"V" => class_reward(i, 1),
			"W" => class_reward(i, 2),
			"chi" => i
				.real("task_score")
				.and_then(|score| ratio_and_chi(i, score, "previous"))
				.map(rewards::forecasting_utility),
			"forecaster_score_ratio" => {
				let ratio =
					i.real("task_score").and_then(|score| ratio_and_chi(i, score, "previous"));
				return Some(ratio.map(Into::into));
			}
			"forecasting_utility" => {
				i.maybe("tau").map(number).transpose().map(rewards::forecasting_utility)
			}
			"normalisation_gamma" => {
				i.real("f").and_then(|f| formulas::gamma(f, i.real("g")?, i.real("chi")?))
			}
			"number_ratio" => i.reals("fractions").and_then(|f| rewards::effective_number(&f)),
			"entropy" => i.reals("fractions").and_then(|f| {
				let n = usize::try_from(i.whole("n")?).map_err(|_| MathError::Overflow)?;
				let (effective, beta) = (i.real("n_eff")?, i.real_or("beta", "0.25")?);
				rewards::entropy(f.into_iter().map(Ok), effective, n, beta)
			}),
			"task_entropy" => entropy_of_task(i),
			"task_rewards" => return many(task_rewards(i)),
			"normalise" => return many(i.proportions("xs").and_then(rewards::normalise)),
			"smooth_fractions" => {
				return many(i.reals("fractions").and_then(|f| {
					let previous = maybe_numbers(i.value("previous"))?;
					rewards::smooth_fractions(&f, &previous, i.real_or("alpha", "0.1")?)
				}))
			}
			"score_fractions" => {
				return many(i.reals("latest").and_then(|latest| {
					let (p, c, eps) = (i.real("p")?, i.real("c")?, i.real("eps")?);
					rewards::score_fractions(&latest, &i.reals("history")?, p, c, eps)
				}))
			}
			"reputer_fractions" => {
				return many(i.proportions("stakes").and_then(|stakes| {
					rewards::reputer_fractions(&stakes, &i.reals("scores")?, i.real_or("p", "1")?)
				}))
			}
			"scale" => {
				let scale = i.scale(&["total"], 36);
				return Some(i.units("total", scale).and_then(|total| {
					let paid = rewards::payouts(total, &i.reals("fractions")?)?;
					Ok(Outcome::List(paid.into_iter().map(|paid| tokens(paid, scale)).collect()))
				}));
			}
			_ => return None,
		}
		.map(Into::into),
	)
}

/// An amount in units of 10^-scale.
fn tokens(amount: u128, scale: u32) -> Outcome {
	Outcome::Number(Decimal::of_integer(amount, scale))
}

fn topic_rewards(i: &Arguments) -> MathResult<Outcome> {
	let by_name = |name: &str| i.value(name).as_object().expect("an object by topic").clone();
	let (weights, lengths) = (by_name("weights"), by_name("epoch_lengths"));
	let weight_scale = i.scale(&["sum_weights"], 32);
	let mut topics: Vec<_> = weights.keys().collect();
	topics.sort();
	let amounts =
		topics.iter().map(|t| units(&weights[*t], weight_scale)).collect::<MathResult<Vec<_>>>()?;
	let epochs = topics
		.iter()
		.map(|t| u64::try_from(units(&lengths[*t], 0)?).map_err(|_| MathError::Overflow))
		.collect::<MathResult<Vec<_>>>()?;
	let scale = i.scale(&["block_emission", "treasury"], 32);
	let (emission, treasury) = (i.units("block_emission", scale)?, i.units("treasury", scale)?);
	let sum = i.units("sum_weights", weight_scale)?;
	let due = formulas::topic_rewards(&amounts, sum, &epochs, emission, treasury)?;
	Ok(Outcome::List(due.into_iter().map(|due| tokens(due, scale)).collect()))
}

/// The topic's target weight; other exponents than a half are powers.
fn target_weight(i: &Arguments) -> MathResult<Outcome> {
	let (mu, nu) = (i.real_or("mu", "0.5")?, i.real_or("nu", "0.5")?);
	if mu == nu && mu == Real::ONE / 2 && i.maybe("epoch_length").is_none() {
		let scale = i.scale(&["stake", "fee_revenue"], 36);
		let revenue = i.units("fee_revenue", scale)?;
		return Ok(tokens(topic::target_weight(i.units("stake", scale)?, revenue), scale));
	}
	let length = i.real_or("epoch_length", "1")?;
	let revenue = div(i.real("fee_revenue")?, length)?;
	Ok(mul(pow(i.real("stake")?, mu)?, pow(revenue, nu)?)?.into())
}

/// A length over another, both in units of 10^-6 blocks, as weeks need not be whole blocks.
fn weeks(i: &Arguments) -> MathResult<(u64, u64)> {
	let micro = |name| u64::try_from(i.units(name, 6)?).map_err(|_| MathError::Overflow);
	Ok((micro("epoch_length")?, micro("blocks_per_week")?))
}

fn tokens_of(name: &str, i: &Arguments) -> Option<Called> {
	Some(match name {
		"topic_rewards" => topic_rewards(i),
		"topic_target_weight" => target_weight(i),
		"fee_revenue_drip" => weeks(i).and_then(|(epoch, week)| {
			let left = topic::revenue_after_drip(i.units("revenue", 0)?, week, epoch)?;
			Ok(Outcome::Number(Decimal::of_integer(left, 0)))
		}),
		"smoothed_alpha" => weeks(i).and_then(|(epoch, week)| {
			Ok(topic::smoothed_alpha(i.real("weekly_alpha")?, epoch, week)?.into())
		}),
		"initial_ema_score" => i.reals("active_scores").and_then(|active| {
			Ok(sortition::initial_score(&active, i.real_or("lam", "2")?)?.into())
		}),
		"missed_epochs" => (|| {
			let (start, last) = (i.whole("prev_epoch_start")?, i.whole("last_nonce")?);
			let missed = sortition::missed_epochs(start, last, i.whole("epoch_length")?)?;
			Ok(Outcome::Number(Decimal::of_integer(missed.into(), 0)))
		})(),
		"locked_vesting_fraction" => {
			let month = i.whole("month").map(|month| u32::try_from(month).unwrap_or(u32::MAX));
			month.map(|month| formulas::locked_share(month).into())
		}
		"target_emission_per_token" => (|| {
			let scale = i.scale(&["ecosystem_total", "staked", "circulating", "max_supply"], 36);
			let units = |name: &str| i.units(name, scale);
			let (ecosystem, staked) = (units("ecosystem_total")?, units("staked")?);
			let (circulating, supply) = (units("circulating")?, units("max_supply")?);
			let share = i.real("f_emission")?;
			Ok(emission::target_rate(share, ecosystem, staked, circulating, supply)?.into())
		})(),
		"max_emission_per_token" => (|| {
			let (reputers, validators) = (i.real("f_reputers")?, i.real("f_validators")?);
			Ok(emission::rate_cap(i.real("mpy")?, reputers, validators)?.into())
		})(),
		"emission_per_month" => i.real("e_i").and_then(|rate| {
			let scale = i.scale(&["staked"], 36);
			Ok(tokens(emission::monthly_emission(rate, i.units("staked", scale)?)?, scale))
		}),
		"ratio" => {
			i.units("a", 18).and_then(|a| convert::ratio(a, i.units("b", 18)?)).map(Into::into)
		}
		_ => return None,
	})
}
