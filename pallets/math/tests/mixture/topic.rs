//! A topic as a caller of the rule keeps it: states by account.

use allora_math::{
	rules::mixture::{
		begin, end, Before, ForecasterState, Input, Kept, Learned, Outcome, Params, Synthesis,
		TopicState, WorkerState,
	},
	MathResult, Real,
};
use std::collections::BTreeMap;

/// What is submitted in an epoch.
#[derive(Clone, Debug, Default)]
pub struct Submitted {
	/// The accounts of workers, ascending.
	pub workers: Vec<u32>,
	/// One row per worker.
	pub values: Vec<Real>,
	/// Accounts of forecasters, each with accounts of workers and expected losses.
	pub forecasts: Vec<(u32, Vec<(u32, Real)>)>,
}

/// A topic and its actors.
#[derive(Clone, Debug)]
pub struct Topic<'a> {
	pub params: Params<'a>,
	pub state: TopicState,
	pub workers: BTreeMap<u32, WorkerState>,
	pub forecasters: BTreeMap<u32, ForecasterState>,
}

impl<'a> Topic<'a> {
	pub fn new(params: Params<'a>) -> Self {
		let state = TopicState::new(params.labels);
		Self { params, state, workers: BTreeMap::new(), forecasters: BTreeMap::new() }
	}

	fn known(
		&self,
		submitted: &Submitted,
	) -> (Vec<Option<WorkerState>>, Vec<Option<ForecasterState>>) {
		let workers = submitted.workers.iter().map(|account| self.workers.get(account).copied());
		let forecasts = submitted.forecasts.iter();
		let forecasters = forecasts.map(|(account, _)| self.forecasters.get(account).copied());
		(workers.collect(), forecasters.collect())
	}

	pub fn begin(&self, submitted: &Submitted) -> MathResult<Synthesis> {
		let (workers, forecasters) = self.known(submitted);
		let row = |account: &u32| submitted.workers.binary_search(account).ok();
		let forecast = |list: &Vec<(u32, Real)>| {
			let named = list.iter().filter_map(|(account, loss)| Some((row(account)?, *loss)));
			named.collect::<Vec<_>>()
		};
		let forecasts: Vec<_> =
			submitted.forecasts.iter().map(|(_, list)| forecast(list)).collect();
		let values = &submitted.values;
		let input =
			Input { values, workers: &workers, forecasts: &forecasts, forecasters: &forecasters };
		begin(&self.params, &self.state, &input)
	}

	pub fn end(
		&mut self,
		submitted: &Submitted,
		kept: &Kept,
		truth: Option<&[Real]>,
		losses: &[Real],
	) -> MathResult<()> {
		let (workers, forecasters) = self.known(submitted);
		let is_absent = |account: &u32| submitted.workers.binary_search(account).is_err();
		let absent: Vec<_> = self.workers.keys().copied().filter(is_absent).collect();
		let states: Vec<_> = absent.iter().map(|account| self.workers[account]).collect();
		let before = Before {
			topic: &self.state,
			workers: &workers,
			forecasters: &forecasters,
			absent: &states,
		};
		let outcome = Outcome { kept, values: &submitted.values, truth, losses };
		let learned: Learned = end(&self.params, &before, &outcome)?;
		self.state = learned.topic;
		self.workers.extend(submitted.workers.iter().copied().zip(learned.workers));
		self.workers.extend(absent.into_iter().zip(learned.absent));
		if truth.is_some() {
			let accounts = submitted.forecasts.iter().map(|(account, _)| *account);
			self.forecasters.extend(accounts.zip(learned.forecasters));
		}
		Ok(())
	}
}
