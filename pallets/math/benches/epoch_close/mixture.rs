//! The close of an epoch by the mixture rule and pay by claims (S 9.4, 10.3, 13.9), of the same
//! inputs as that by regrets.

use allora_math::{
	bench_world::World,
	claims::{
		accuracy_fractions, settle, Epoch, Forecaster, Inferer, InfererClaim, Scales, Settled,
	},
	convert::{from_fixed, mul_floor, to_fixed},
	loss::{Loss, Measured, Target, MIN_FLOOR},
	predictive::LabelState,
	rewards::payouts,
	rules::mixture::{
		begin, end, group_sizes, Before, ForecasterState, Input, Learned, Outcome, Params,
		Standing, Synthesis, TopicState, WorkerState,
	},
	Real,
};
use sp_arithmetic::FixedI128;

/// A topic that has learned, and what is submitted next.
pub struct Mixture<'a> {
	world: &'a World,
	params: Params<'static>,
	topic: TopicState,
	workers: Vec<Option<WorkerState>>,
	forecasters: Vec<Option<ForecasterState>>,
	values: Vec<FixedI128>,
	truth: Vec<FixedI128>,
	/// One truth per reputer.
	reports: Vec<Vec<FixedI128>>,
	scales: Scales,
}

impl<'a> Mixture<'a> {
	pub fn new(world: &'a World) -> Self {
		let labels = world.size.labels;
		let standing = |at: usize| Standing {
			regret: Real::from_num(at % 7) / 2,
			variance: Real::from_num(at % 5),
		};
		let worker = |at: usize| WorkerState {
			raw: standing(at),
			corrected: standing(at + 3),
			log_weight: -Real::from_num(at) / 16,
			correction: Real::ONE / 64,
			loss: Real::from_num(at % 3),
		};
		let mut topic = TopicState::new(labels);
		topic.scale = Real::from_num(20);
		topic.labels = vec![LabelState { scale: topic.scale, ..LabelState::default() }; labels];
		let fixed = |x: &Real| to_fixed(*x).unwrap();
		let report = |m: usize| vec![FixedI128::from_rational(1000 * 64 + m as u128, 64); labels];
		let scale = Real::from_num(100);
		Self {
			params: Params { loss: Some(Loss::Squared), labels, unity: false },
			topic,
			workers: (0..world.size.n).map(|at| Some(worker(at))).collect(),
			forecasters: (0..world.size.f)
				.map(|at| Some(ForecasterState { tilted: standing(at + 1) }))
				.collect(),
			values: world.inferences.iter().map(fixed).collect(),
			truth: report(0),
			reports: (0..world.size.r).map(report).collect(),
			scales: Scales { worth: scale, loss: scale, reference: scale, forecasting: Real::ONE },
			world,
		}
	}

	pub fn begin(&self) -> Synthesis {
		let input = Input {
			values: &self.world.inferences,
			workers: &self.workers,
			forecasts: &self.world.forecasts,
			forecasters: &self.forecasters,
		};
		begin(&self.params, &self.topic, &input).unwrap()
	}

	/// Measures rows against the truth.
	fn measure(&self, target: &Target, rows: &[Real]) -> Vec<Measured> {
		let rows: Vec<_> = rows.iter().map(|x| to_fixed(*x).unwrap()).collect();
		rows.chunks(self.params.labels).map(|row| target.measure(row).unwrap()).collect()
	}

	pub fn learn(&self, published: &Synthesis) -> (Settled, Vec<Real>, Learned) {
		let target = Target::new(Loss::Squared, &self.truth, &[], MIN_FLOOR).unwrap();
		let own = |measured: &[Measured]| measured[0].own;
		let network = own(&self.measure(&target, &published.network));
		let naive = own(&self.measure(&target, &published.naive));
		let outs = self.measure(&target, &published.one_out_workers);
		let of_workers = self.measure(&target, &self.world.inferences);
		let losses: Vec<_> = of_workers.iter().map(|measured| measured.learned).collect();
		let sizes = group_sizes(&self.world.inferences, self.params.labels);
		let inferers = outs.iter().zip(&of_workers).zip(&published.weights).zip(sizes);
		let inferers = inferers.map(|(((out, own), weight), size)| Inferer {
			known: InfererClaim { claim: Real::ONE, excess: Real::ONE / 8 },
			worth: (out.own - network) / Real::from_num(size),
			size: size as u32,
			excess: own.own - network,
			weight: *weight,
		});
		let without = self.measure(&target, &published.one_out_forecasters);
		let alone = self.measure(&target, &published.one_in_forecasters);
		let sizes = group_sizes(&published.kept.tilted, self.params.labels);
		let forecasters = without.iter().zip(&alone).zip(&published.forecaster_weights).zip(sizes);
		let forecasters = forecasters.map(|(((out, alone), weight), size)| Forecaster {
			known: Real::ONE,
			worth: ((out.own - network) + (naive - alone.own)) / 2 / Real::from_num(size),
			size: size as u32,
			weight: *weight,
		});
		let reference = target.measure(&self.values[..self.params.labels]).unwrap().own;
		let settled = settle(&Epoch {
			scales: self.scales,
			network,
			forecasting: naive - network,
			reference: Some(reference),
			inferers: &inferers.collect::<Vec<_>>(),
			forecasters: &forecasters.collect::<Vec<_>>(),
		});
		let settled = settled.unwrap();
		let distances = self.reports.iter().map(|report| target.measure(report).unwrap().own);
		let distances: Vec<_> = distances.collect();
		let reputers = accuracy_fractions(settled.loss, &self.world.stakes, &distances).unwrap();
		(settled, reputers, self.end(published, &losses))
	}

	fn end(&self, published: &Synthesis, losses: &[Real]) -> Learned {
		let truth: Vec<_> = self.truth.iter().map(|x| from_fixed(*x).unwrap()).collect();
		let before = Before {
			topic: &self.topic,
			workers: &self.workers,
			forecasters: &self.forecasters,
			absent: &[],
		};
		let (kept, values) = (&published.kept, &self.world.inferences[..]);
		let outcome = Outcome { kept, values, truth: Some(&truth), losses };
		end(&self.params, &before, &outcome).unwrap()
	}

	pub fn close(&self) -> (Learned, [Vec<u128>; 3]) {
		let published = self.begin();
		let (settled, reputers, learned) = self.learn(&published);
		let workers = Real::ONE * 3 / 4;
		let forecasting = workers * settled.shares.forecasting_part;
		let pay = |part: Real, shares: &[Real]| {
			payouts(mul_floor(self.world.reward, part).unwrap(), shares).unwrap()
		};
		let paid = [
			pay(workers - forecasting, &settled.shares.inferers),
			pay(forecasting, &settled.shares.forecasters),
			pay(Real::ONE / 4, &reputers),
		];
		(learned, paid)
	}
}
