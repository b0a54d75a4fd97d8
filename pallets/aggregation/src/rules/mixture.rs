//! The mixture rule (S 9.4), and what participants are worth under it (S 13.9).

use super::{Made, Resistant, Update};
use crate::{
	consensus::{chain_loss, Consensus},
	learn::loss_of,
	mixture_book::{Known, MixtureBook},
	synthesise::{bounded, fixed, reals, Submitted},
	types::{Kept, KeptMixture},
};
use alloc::{vec, vec::Vec};
use allora_math::{
	arith::{add, div, sub},
	convert::{from_fixed, to_fixed},
	layout::{Element, Layout},
	predictive::LabelState,
	rules::mixture::{self, Band, Before, Input, Outcome, Params, TopicState},
	stats::count,
	synthesis::disagreement,
	MathError, MathResult, Real,
};
use allora_primitives::{Bundle, FixedI128, TopicParameters, WorkerWorth, Worth};

/// What a topic's parameters are to the rule.
fn params(parameters: &TopicParameters) -> Params<'_> {
	Params {
		loss: chain_loss(&parameters.loss_method),
		labels: parameters.labels.len(),
		unity: parameters.unity_tolerance.is_some(),
	}
}

/// Makes the elements of a bundle with the workers' standings and the network's errors so far.
pub(crate) fn synthesise<AccountId: Clone + Ord>(
	parameters: &TopicParameters,
	book: &MixtureBook<AccountId>,
	labels: Vec<LabelState>,
	submitted: &Submitted<AccountId>,
) -> MathResult<Made> {
	let Submitted { inferers, forecasters, values, .. } = submitted;
	// A forecast about none of the inferers would repeat the inference without forecasters.
	let named = submitted.forecasts.iter().enumerate().filter(|(_, forecast)| !forecast.is_empty());
	let (present, forecasts): (Vec<_>, Vec<_>) =
		named.map(|(at, forecast)| (at, forecast.clone())).unzip();
	let accounts: Vec<_> = present.iter().filter_map(|at| forecasters.get(*at)).cloned().collect();
	let (params, topic) = (params(parameters), book.topic(labels)?);
	let known = book.known(inferers, &accounts);
	let input = Input {
		values,
		workers: &known.inferers,
		forecasts: &forecasts,
		forecasters: &known.forecasters,
	};
	let made = mixture::begin(&params, &topic, &input)?;
	let resistant = match &submitted.without_outliers {
		None => None,
		Some(kept) => Some(without_outliers(&params, &topic, &input, &made.weights, kept)?),
	};
	let disagreement = disagreements(params.labels, values, &made.weights)?;
	let kept = made.kept;
	let layout = Layout::of_mixture(inferers.len(), accounts.len());
	// The order of the layout.
	let rows = [&made.network, &made.naive, values, &kept.tilted];
	let mut elements: Vec<Real> = rows.into_iter().flatten().copied().collect();
	if inferers.len() > 1 {
		elements.extend(&made.one_out_workers);
	}
	if accounts.len() > 1 {
		elements.extend(made.one_out_forecasters.iter().chain(&made.one_in_forecasters));
	}
	let band = |band: &Band| Ok((to_fixed(band.low)?, to_fixed(band.high)?));
	Ok(Made {
		layout,
		values: elements,
		forecasters: present,
		inferer_weights: made.weights,
		forecaster_weights: made.forecaster_weights,
		disagreement,
		resistant,
		kept: Some(KeptMixture {
			scale: to_fixed(kept.scale)?,
			polynomial: bounded(fixed(&kept.polynomial)?)?,
			exponential: bounded(fixed(&kept.exponential)?)?,
			corrected: bounded(fixed(&kept.corrected)?)?,
			bands: bounded(kept.bands.iter().map(band).collect::<MathResult<_>>()?)?,
			deviation: to_fixed(kept.deviation)?,
		}),
	})
}

/// The inference of the inferers at these positions, which ascend, and what they know of forecasts.
fn without_outliers(
	params: &Params,
	topic: &TopicState,
	input: &Input,
	weights: &[Real],
	kept: &[usize],
) -> MathResult<Resistant> {
	let rows: Vec<_> = input.values.chunks_exact(params.labels.max(1)).collect();
	let row = |at: &usize| rows.get(*at).copied().ok_or(MathError::Shape);
	let values = kept.iter().map(row).collect::<MathResult<Vec<_>>>()?.concat();
	let worker = |at: &usize| input.workers.get(*at).copied().ok_or(MathError::Shape);
	let workers = kept.iter().map(worker).collect::<MathResult<Vec<_>>>()?;
	let of_kept = |forecast: &Vec<(usize, Real)>| -> Vec<(usize, Real)> {
		let moved = |(at, loss): &(usize, Real)| Some((kept.binary_search(at).ok()?, *loss));
		forecast.iter().filter_map(moved).collect()
	};
	let forecasts: Vec<_> = input.forecasts.iter().map(of_kept).collect();
	let weights: Vec<_> = kept.iter().filter_map(|at| weights.get(*at)).copied().collect();
	let disagreement = disagreements(params.labels, &values, &weights)?;
	let input = Input {
		values: &values,
		workers: &workers,
		forecasts: &forecasts,
		forecasters: input.forecasters,
	};
	Ok(Resistant { values: mixture::infer(params, topic, &input)?, disagreement })
}

/// How far workers with these values and weights disagree, per label.
fn disagreements(labels: usize, values: &[Real], weights: &[Real]) -> MathResult<Vec<[Real; 5]>> {
	let even = vec![Real::ONE; weights.len()];
	let weights = if weights.iter().all(|weight| *weight == 0) { &even } else { weights };
	let column = |label| -> Vec<Real> {
		values.iter().skip(label).step_by(labels.max(1)).copied().collect()
	};
	(0..labels).map(|label| disagreement(&column(label), weights)).collect()
}

/// Updates the standings of the topic's bases and workers, and the network's errors.
pub(crate) fn learn<AccountId: Clone + PartialEq>(
	parameters: &TopicParameters,
	book: &mut MixtureBook<AccountId>,
	labels: &mut Vec<LabelState>,
	bundle: &Bundle<AccountId>,
	kept: &Kept,
	consensus: &Consensus,
) -> MathResult<Update> {
	let (inferers, forecasters) = (&bundle.inferers, &bundle.forecasters);
	let params = params(parameters);
	let topic = book.topic(core::mem::take(labels))?;
	let Known { inferers: known, forecasters: tilts, absent, absent_states } =
		book.known(inferers, forecasters);
	let first = |book: &MixtureBook<AccountId>| {
		let inferers = inferers.iter().map(|who| book.inferer_regret(who)).collect::<Vec<_>>();
		let forecasters = forecasters.iter().map(|who| book.forecaster_regret(who));
		(inferers, forecasters.collect::<Vec<_>>())
	};
	let before = first(book);
	let rows = reals(bundle.element_values.iter())?;
	let rows: Vec<_> = rows.chunks_exact(params.labels.max(1)).collect();
	let n = inferers.len();
	let of_inferers = rows.iter().skip(2).take(n).copied().collect::<Vec<_>>().concat();
	let from = n.saturating_add(2);
	let tilted = rows.iter().skip(from).take(forecasters.len()).copied().collect::<Vec<_>>();
	let network = rows.first().ok_or(MathError::Shape)?.to_vec();
	let truth = consensus.truth.as_ref().map(|truth| reals(truth.iter())).transpose()?;
	let learned = mixture::end(
		&params,
		&Before { topic: &topic, workers: &known, forecasters: &tilts, absent: &absent_states },
		&Outcome {
			kept: &to_kept(kept, network, tilted.concat())?,
			values: &of_inferers,
			truth: truth.as_deref(),
			losses: consensus.losses.get(2..from).ok_or(MathError::Shape)?,
		},
	)?;
	*labels = learned.topic.labels.clone();
	book.store(&learned, absent, inferers, forecasters)?;
	let after = first(book);
	let steps = |before: Vec<Option<FixedI128>>, after: Vec<Option<FixedI128>>| {
		let step = |(before, after): (_, Option<_>)| Ok((before, after.ok_or(MathError::Shape)?));
		before.into_iter().zip(after).map(step).collect::<MathResult<Vec<_>>>()
	};
	Ok(Update {
		inferers: steps(before.0, after.0)?,
		forecasters: steps(before.1, after.1)?,
		scale: book.scale,
		initial_regret: FixedI128::default(),
	})
}

/// What an epoch kept, in the compute type.
fn to_kept(kept: &Kept, network: Vec<Real>, tilted: Vec<Real>) -> MathResult<mixture::Kept> {
	let KeptMixture { scale, polynomial, exponential, corrected, bands, deviation } =
		kept.mixture.as_ref().ok_or(MathError::Shape)?;
	let band = |(low, high): &(FixedI128, FixedI128)| {
		Ok(Band { low: from_fixed(*low)?, high: from_fixed(*high)? })
	};
	Ok(mixture::Kept {
		network,
		polynomial: reals(polynomial.iter())?,
		exponential: reals(exponential.iter())?,
		tilted,
		corrected: reals(corrected.iter())?,
		bands: bands.iter().map(band).collect::<MathResult<_>>()?,
		deviation: from_fixed(*deviation)?,
		scale: from_fixed(*scale)?,
		label_scales: reals(kept.label_scales.iter())?,
	})
}

/// The numbers of workers that share a worker's values, the worker included: per inferer, and per
/// forecaster.
pub(crate) fn group_sizes<AccountId>(
	bundle: &Bundle<AccountId>,
) -> MathResult<(Vec<usize>, Vec<usize>)> {
	let labels = bundle.labels as usize;
	let start = labels.saturating_mul(2);
	let middle = start.saturating_add(labels.saturating_mul(bundle.inferers.len()));
	let end = middle.saturating_add(labels.saturating_mul(bundle.forecasters.len()));
	let sizes = |from: usize, to: usize| {
		let values = bundle.element_values.get(from..to).ok_or(MathError::Shape)?;
		Ok(mixture::group_sizes(&reals(values.iter())?, labels))
	};
	Ok((sizes(start, middle)?, sizes(middle, end)?))
}

/// What the participants of an epoch were worth (S 13.9).
///
/// `sizes` are the [`group_sizes`].
pub(crate) fn worth<AccountId>(
	bundle: &Bundle<AccountId>,
	layout: &Layout,
	consensus: &Consensus,
	sizes: &(Vec<usize>, Vec<usize>),
) -> MathResult<Worth> {
	let own = |element| loss_of(layout, &consensus.own, element);
	let (network, naive) = (own(Element::Combined)?, own(Element::Naive)?);
	let sharers = |size: usize| u32::try_from(size).map_err(|_| MathError::Overflow);
	let inferer = |((at, size), weight): ((usize, &usize), &FixedI128)| {
		// An inferer that is alone has no inference without it.
		let without = if layout.inferers > 1 { own(Element::OneOutInferer(at))? } else { network };
		Ok(WorkerWorth {
			worth: to_fixed(div(sub(without, network)?, count(*size)?)?)?,
			sharers: sharers(*size)?,
			excess: to_fixed(sub(own(Element::Inferer(at))?, network)?)?,
			weight: *weight,
		})
	};
	let forecaster = |((at, size), weight): ((usize, &usize), &FixedI128)| {
		let (without, alone) = match layout.forecasters {
			1 => (naive, network),
			_ => (own(Element::OneOutForecaster(at))?, own(Element::OneInForecaster(at))?),
		};
		let both = add(sub(without, network)?, sub(naive, alone)?)?;
		Ok(WorkerWorth {
			worth: to_fixed(div(both, count(size.saturating_mul(2))?)?)?,
			sharers: sharers(*size)?,
			excess: FixedI128::default(),
			weight: *weight,
		})
	};
	let inferers = sizes.0.iter().enumerate().zip(&bundle.inferer_weights);
	let forecasters = sizes.1.iter().enumerate().zip(&bundle.forecaster_weights);
	let distances = consensus.distances.as_ref();
	Ok(Worth {
		network: to_fixed(network)?,
		forecasting: to_fixed(sub(naive, network)?)?,
		reference: consensus.reference.map(to_fixed).transpose()?,
		inferers: bounded(inferers.map(inferer).collect::<MathResult<_>>()?)?,
		forecasters: bounded(forecasters.map(forecaster).collect::<MathResult<_>>()?)?,
		reputers: distances.map(|distances| bounded(fixed(distances)?)).transpose()?,
	})
}
