//! Pay by claims: the mixture rule, and shares by what the network would have lost (S 13).

use super::{measure, spread, Paying, Probe, Settled};
use crate::{
	coordinator::reals,
	loss::decimals,
	rules::{numbers, present, Mixture, Simulated, Topic},
	simulate::{Epoch, Inputs},
	topic::Truths,
};
use allora_math::{
	arith::{add, div, sub},
	claims::{self, fade, Forecaster, Inferer, InfererClaim, Scales},
	loss::Spread,
	rules::mixture::{group_sizes, Band, Synthesis},
	MathResult, Real,
};
use anyhow::{Context, Result};
use sp_arithmetic::FixedI128;
use std::collections::VecDeque;

/// A network under the default rules, whose members may come and go.
pub struct Claims {
	topic: Topic,
	mixture: Mixture,
	scales: Scales,
	inferers: Vec<Option<InfererClaim>>,
	forecasters: Vec<Option<Real>>,
	/// The truths so far.
	truths: Truths,
	begun: VecDeque<Begun>,
}

/// An epoch that is not settled yet.
struct Begun {
	present: Vec<usize>,
	/// The forecasters that take part.
	forecasters: Vec<usize>,
	/// The values of those present.
	values: Vec<Real>,
	synthesis: Synthesis,
}

impl Claims {
	/// A network without history.
	pub fn new(inputs: &Inputs) -> Self {
		let (members, forecasters) = (inputs.names.len(), inputs.forecasters);
		Self {
			topic: inputs.topic.clone(),
			mixture: Mixture::new(&inputs.topic, members, forecasters),
			scales: Scales::default(),
			inferers: vec![None; members],
			forecasters: vec![None; forecasters],
			truths: Truths::default(),
			begun: VecDeque::new(),
		}
	}

	/// An epoch's inferers as a settlement sees them.
	fn inferers(&self, begun: &Begun, losses: &Losses, network: Real) -> Result<Vec<Inferer>> {
		let Begun { present, values, synthesis, .. } = begun;
		let outs = losses.of_rows(&synthesis.one_out_workers)?;
		let sizes = group_sizes(values, losses.truth.len());
		let worths = per_member(outs.iter().map(|out| sub(*out, network)), &sizes)?;
		let own = losses.of_rows(values)?;
		let inferers = present.iter().zip(worths).zip(own).zip(&synthesis.weights).zip(&sizes);
		let inferers = inferers.map(|((((member, worth), own), weight), size)| {
			let known = self.inferers[*member].unwrap_or_default();
			let excess = sub(own, network)?;
			Ok(Inferer { known, worth, excess, weight: *weight, size: u32::try_from(*size)? })
		});
		inferers.collect()
	}

	/// An epoch's forecasters as a settlement sees them.
	fn forecasters(
		&self,
		begun: &Begun,
		losses: &Losses,
		network: Real,
		naive: Real,
	) -> Result<Vec<Forecaster>> {
		let synthesis = &begun.synthesis;
		let outs = losses.of_rows(&synthesis.one_out_forecasters)?;
		let ins = losses.of_rows(&synthesis.one_in_forecasters)?;
		let worths = outs.iter().zip(&ins).map(|(out, alone)| {
			div(add(sub(*out, network)?, sub(naive, *alone)?)?, Real::from_num(2))
		});
		let sizes = group_sizes(&synthesis.kept.tilted, losses.truth.len());
		let worths = per_member(worths, &sizes)?;
		let known = begun.forecasters.iter().map(|at| self.forecasters[*at]);
		let forecasters = known.zip(worths).zip(&synthesis.forecaster_weights);
		let forecasters = forecasters.zip(&sizes).map(|(((known, worth), weight), size)| {
			Ok(Forecaster {
				known: known.unwrap_or_default(),
				worth,
				weight: *weight,
				size: u32::try_from(*size)?,
			})
		});
		forecasters.collect()
	}

	/// The loss of the running mean of truths; 0 in the first epoch.
	fn reference(&self, losses: &Losses) -> Result<Real> {
		self.truths.means()?.map_or(Ok(Real::ZERO), |means| losses.of(&means))
	}
}

impl Paying for Claims {
	fn begin(&mut self, epoch: &Epoch) -> Result<()> {
		let synthesis = self.mixture.synthesise(&epoch.inferences, &epoch.forecasts)?;
		let values = reals(&epoch.inferences.concat())?;
		let (present, forecasters) = (present(&epoch.inferences), present(&epoch.forecasts));
		self.begun.push_back(Begun { present, forecasters, values, synthesis });
		Ok(())
	}

	fn probe(&self, epoch: &Epoch) -> Result<Probe> {
		let synthesis = self.mixture.clone().synthesise(&epoch.inferences, &epoch.forecasts)?;
		let network = synthesis.network.first().context("a network has labels")?.to_num();
		let Band { low, high } = synthesis.kept.bands.first().context("a label has a band")?;
		let half_width = (high.to_num::<f64>() - low.to_num::<f64>()) / 2.0;
		Ok(Probe { network, half_width })
	}

	fn settle(&mut self, truth: &[f64]) -> Result<Settled> {
		let begun = self.begun.pop_front().context("no epoch has begun")?;
		let known = decimals(truth)?;
		let (topic, spreads) = (self.topic.clone(), self.truths.known(&known));
		let losses = Losses { topic, spreads, truth: known };
		let reference = self.reference(&losses)?;
		self.truths.add(&losses.truth)?;
		let (network, naive) =
			(losses.of(&begun.synthesis.network)?, losses.of(&begun.synthesis.naive)?);
		let inferers = self.inferers(&begun, &losses, network)?;
		let settled = claims::settle(&claims::Epoch {
			scales: self.scales,
			network,
			forecasting: sub(naive, network)?,
			reference: Some(reference),
			inferers: &inferers,
			forecasters: &self.forecasters(&begun, &losses, network, naive)?,
		})?;
		self.scales = settled.scales;
		let Begun { present, forecasters, synthesis, .. } = begun;
		for (member, claim) in self.inferers.iter_mut().enumerate() {
			*claim = match present.iter().position(|other| *other == member) {
				Some(at) => settled.inferers.get(at).copied(),
				None => claim.map(|known| InfererClaim { claim: fade(known.claim), ..known }),
			};
		}
		for (member, claim) in self.forecasters.iter_mut().enumerate() {
			*claim = match forecasters.iter().position(|other| *other == member) {
				Some(at) => settled.forecasters.get(at).copied(),
				None => claim.map(fade),
			};
		}
		self.mixture.end(truth)?;
		let all = |list: &[Real]| spread(&present, &numbers(list), self.inferers.len());
		let worths: Vec<_> = inferers.iter().map(|inferer| inferer.worth).collect();
		Ok(Settled {
			loss: network.to_num(),
			usual_loss: settled.loss,
			weights: all(&synthesis.weights),
			worths: all(&worths),
			shares: all(&settled.shares.inferers),
			forecasting: settled.shares.forecasting_part.to_num(),
			forecasters: spread(
				&forecasters,
				&numbers(&settled.shares.forecasters),
				self.forecasters.len(),
			),
			network: synthesis.network,
			naive: synthesis.naive,
		})
	}
}

/// The losses of an epoch's values, in the topic's own unit.
struct Losses {
	topic: Topic,
	spreads: Vec<Spread>,
	truth: Vec<FixedI128>,
}

impl Losses {
	/// The loss of each row of values.
	fn of_rows(&self, rows: &[Real]) -> Result<Vec<Real>> {
		let rows = rows.chunks(self.truth.len().max(1));
		let losses = measure(&self.topic, &self.spreads, &self.truth, rows)?;
		Ok(losses.iter().map(|loss| loss.own).collect())
	}

	/// The loss of one row.
	fn of(&self, row: &[Real]) -> Result<Real> {
		self.of_rows(row)?.first().copied().context("a row has values")
	}
}

/// What each member of a group is worth, from what the group is.
fn per_member(
	of_groups: impl Iterator<Item = MathResult>,
	sizes: &[usize],
) -> MathResult<Vec<Real>> {
	of_groups.zip(sizes).map(|(worth, size)| div(worth?, Real::from_num(*size))).collect()
}
