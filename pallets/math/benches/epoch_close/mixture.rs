//! The close of an epoch by the mixture rule and pay by claims (S 9.4, 10.3, 13.9), of the same
//! inputs as that by regrets.

use allora_math::{
	bench_world::World,
	claims::{
		accuracy_fractions, settle, Epoch, Forecaster, Inferer, InfererClaim, Scales, Settled,
	},
	convert::{from_fixed, mul_floor, to_fixed},
	layout::{Element, Layout},
	loss::{Loss, Measured, Target, MIN_FLOOR},
	predictive::LabelState,
	rewards::payouts,
	rules::mixture::{
		begin, end, group_sizes, Before, ForecasterState, Input, Learned, Outcome, Params,
		Standing, Synthesis, TopicState, WorkerState,
	},
	scores::{forecaster_scores, inferer_scores, reputer_scores, ReputerParams, ReputerScores},
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

/// The scores of the reputers, the inferers and the forecasters.
type Scores = (ReputerScores, [Vec<Real>; 2]);

/// What settlement shares by, the reputers' shares, the scores, and the new states.
type Taught = (Settled, Vec<Real>, Scores, Learned);

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
		// Later reputers differ more from the truth, so that coefficients move in every round.
		let report = |m: usize| vec![FixedI128::from_u32(1000 + 8 * m as u32); labels];
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

	/// The values of the bundle's elements, in the order of the layout.
	fn elements(&self, published: &Synthesis) -> Vec<FixedI128> {
		let rows = [
			&published.network,
			&published.naive,
			&self.world.inferences,
			&published.kept.tilted,
			&published.one_out_workers,
			&published.one_out_forecasters,
			&published.one_in_forecasters,
		];
		rows.into_iter().flatten().map(|x| to_fixed(*x).unwrap()).collect()
	}

	/// The scores of the reputers, by the losses of the scored elements that their truths imply (S
	/// 12.3), which are those of the combined and the naive inference and of the inferers. They
	/// are the `agreed` ones for a reputer that reported the consensus.
	pub fn score_reputers(&self, elements: &[FixedI128], agreed: &[Measured]) -> ReputerScores {
		let scored = self.world.size.n + 2;
		let row = |report: &Vec<FixedI128>| -> Vec<Real> {
			if *report == self.truth {
				return agreed[..scored].iter().map(|measured| measured.learned).collect();
			}
			let target = Target::new(Loss::Squared, report, &[], MIN_FLOOR).unwrap();
			let values = elements.chunks(self.params.labels).take(scored);
			values.map(|values| target.loss(values).unwrap()).collect()
		};
		let rows: Vec<_> = self.reports.iter().map(row).collect();
		let World { stakes, coefficients, .. } = self.world;
		reputer_scores(&rows, stakes, coefficients, &ReputerParams::default()).unwrap()
	}

	/// Measures, scores, learns and shares (S 10.3, 12, 9.4.9, 13.9).
	pub fn learn(&self, published: &Synthesis) -> Taught {
		let World { size, stakes, .. } = self.world;
		let labels = self.params.labels;
		let target = Target::new(Loss::Squared, &self.truth, &[], MIN_FLOOR).unwrap();
		let layout = Layout::of_mixture(size.n, size.f);
		let elements = self.elements(published);
		let measured: Vec<_> =
			elements.chunks(labels).map(|values| target.measure(values).unwrap()).collect();
		let of_reputers = self.score_reputers(&elements, &measured);
		let losses: Vec<_> = measured.iter().map(|measured| measured.learned).collect();
		let scores = [
			inferer_scores(&layout, &losses).unwrap(),
			forecaster_scores(&layout, &losses).unwrap(),
		];
		let own = |element| measured[layout.position(element).unwrap()].own;
		let (network, naive) = (own(Element::Combined), own(Element::Naive));
		let sizes = group_sizes(&self.world.inferences, labels);
		let inferers = sizes.into_iter().zip(&published.weights).enumerate();
		let inferers = inferers.map(|(at, (size, weight))| Inferer {
			known: InfererClaim { claim: Real::ONE, excess: Real::ONE / 8 },
			worth: (own(Element::OneOutInferer(at)) - network) / Real::from_num(size),
			size: size as u32,
			excess: own(Element::Inferer(at)) - network,
			weight: *weight,
		});
		let sizes = group_sizes(&published.kept.tilted, labels);
		let forecasters = sizes.into_iter().zip(&published.forecaster_weights).enumerate();
		let forecasters = forecasters.map(|(at, (size, weight))| {
			let without = own(Element::OneOutForecaster(at));
			let alone = own(Element::OneInForecaster(at));
			Forecaster {
				known: Real::ONE,
				worth: ((without - network) + (naive - alone)) / 2 / Real::from_num(size),
				size: size as u32,
				weight: *weight,
			}
		});
		let reference = target.measure(&self.values[..labels]).unwrap().own;
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
		let reputers = accuracy_fractions(settled.loss, stakes, &distances).unwrap();
		let learned = self.end(published, &losses[2..size.n + 2]);
		(settled, reputers, (of_reputers, scores), learned)
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

	pub fn close(&self) -> (Taught, [Vec<u128>; 3]) {
		let published = self.begin();
		let taught = self.learn(&published);
		let (settled, reputers, ..) = &taught;
		let workers = Real::ONE * 3 / 4;
		let forecasting = workers * settled.shares.forecasting_part;
		let pay = |part: Real, shares: &[Real]| {
			payouts(mul_floor(self.world.reward, part).unwrap(), shares).unwrap()
		};
		let paid = [
			pay(workers - forecasting, &settled.shares.inferers),
			pay(forecasting, &settled.shares.forecasters),
			pay(Real::ONE / 4, reputers),
		];
		(taught, paid)
	}
}
