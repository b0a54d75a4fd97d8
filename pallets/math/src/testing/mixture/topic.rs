//! A topic as a caller of the rule keeps it: states by account.

use crate::{
	rules::mixture::{
		begin, end, infer, Before, ForecasterState, Input, Kept, Learned, Outcome, Params,
		Synthesis, TopicState, WorkerState,
	},
	MathResult, Real,
};
use alloc::{collections::BTreeMap, vec::Vec};

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
	/// What the topic is about.
	pub params: Params<'a>,
	/// What the topic has learned.
	pub state: TopicState,
	/// The known workers.
	pub workers: BTreeMap<u32, WorkerState>,
	/// The known forecasters.
	pub forecasters: BTreeMap<u32, ForecasterState>,
}

impl<'a> Topic<'a> {
	/// A topic that has learned nothing.
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

	/// What an epoch with these submissions publishes.
	pub fn begin(&self, submitted: &Submitted) -> MathResult<Synthesis> {
		self.with_input(submitted, |input| begin(&self.params, &self.state, input))
	}

	/// The network inference of an epoch with these submissions.
	pub fn infer(&self, submitted: &Submitted) -> MathResult<Vec<Real>> {
		self.with_input(submitted, |input| infer(&self.params, &self.state, input))
	}

	fn with_input<T>(&self, submitted: &Submitted, then: impl FnOnce(&Input) -> T) -> T {
		let (workers, forecasters) = self.known(submitted);
		let row = |account: &u32| submitted.workers.binary_search(account).ok();
		let forecast = |list: &Vec<(u32, Real)>| {
			let named = list.iter().filter_map(|(account, loss)| Some((row(account)?, *loss)));
			named.collect::<Vec<_>>()
		};
		let forecasts: Vec<_> =
			submitted.forecasts.iter().map(|(_, list)| forecast(list)).collect();
		let values = &submitted.values;
		then(&Input { values, workers: &workers, forecasts: &forecasts, forecasters: &forecasters })
	}

	/// Learns from an epoch, of which these losses of its workers and this truth became known.
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

/// Asserts that all states are in the ranges that their fields state.
pub fn assert_states_in_range(topic: &Topic) {
	let within = |what: &str, x: Real, low: f64, high: f64| {
		let x: f64 = x.to_num();
		assert!((low..=high).contains(&x), "{what}: {x}");
	};
	let scale = |x: Real| {
		if x != 0 {
			within("scale", x, 2f64.powi(-30), 3e15);
		}
	};
	let state = &topic.state;
	scale(state.scale);
	within("spread", state.spread, 0.0, 2000.0);
	assert!(state.epochs <= 5);
	for base in &state.bases {
		within("base regret", base.regret, -1500.0, 1000.0);
		within("base variance", base.variance, 0.0, 10_000.0);
		within("base range", base.range, 0.05, 10.0);
	}
	for label in &state.labels {
		scale(label.scale);
		label.quantiles.iter().for_each(|x| within("quantile", *x, -20.0, 20.0));
	}
	let workers = topic.workers.values().flat_map(|worker| [worker.raw, worker.corrected]);
	let forecasters = topic.forecasters.values().map(|known| known.tilted);
	for standing in workers.chain(forecasters) {
		within("regret", standing.regret, -10.0, 5000.0);
		within("variance", standing.variance, 0.0, 50_000.0);
	}
	for worker in topic.workers.values() {
		within("log weight", worker.log_weight, -15.0, 15.0);
		within("correction", worker.correction, -10_000.0, 10_000.0);
		within("loss", worker.loss, -1000.0, 1000.0);
	}
}
