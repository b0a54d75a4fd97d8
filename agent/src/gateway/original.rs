//! The newest network inference in the shapes of the original network's REST API, so that programs
//! that read it need another address only: version 9, whose values are single numbers, and version 10,
//! whose values have labels.

use super::{
	problem::Problem,
	responses::{read, topic},
	state::State,
};
use crate::chain::{
	documents::{Element, ElementInfo, Inference, ResistantInference},
	json::{Address, Fixed, Text},
	types::{AccountId, Bundle, EpochId, TopicId},
};
use schemars::JsonSchema;
use serde::Serialize;

/// The percentiles of `confidence_interval_values`.
const PERCENTILES: [&str; 5] = ["2.28", "15.87", "50", "84.13", "97.72"];

/// The newest network inference of a topic.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct LatestNetworkInferences {
	/// The inferences.
	network_inferences: ValueBundle,
	/// The weights of inferers.
	inferer_weights: Vec<Weight>,
	/// The weights of forecasters.
	forecaster_weights: Vec<Weight>,
	/// The epoch: the slot in which it opened.
	inference_block_height: String,
	/// The newest epoch whose losses the weights follow from; 0 before the first.
	loss_block_height: String,
	/// The percentiles of the values that follow.
	confidence_interval_raw_percentiles: Vec<String>,
	/// How far the workers disagree.
	confidence_interval_values: Vec<Fixed>,
}

/// The inferences of a topic in an epoch.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct ValueBundle {
	topic_id: String,
	reputer_request_nonce: RequestNonce,
	/// Always empty: no reputer has sent this.
	reputer: String,
	/// Always null.
	extra_data: Option<String>,
	combined_value: Fixed,
	inferer_values: Vec<WorkerValue>,
	forecaster_values: Vec<WorkerValue>,
	naive_value: Fixed,
	one_out_inferer_values: Vec<WorkerValue>,
	one_out_forecaster_values: Vec<WorkerValue>,
	one_in_forecaster_values: Vec<WorkerValue>,
	one_out_inferer_forecaster_values: Vec<OneOutOfForecaster>,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
struct RequestNonce {
	reputer_nonce: Nonce,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
struct Nonce {
	block_height: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct WorkerValue {
	worker: Address,
	value: Fixed,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Weight {
	worker: Address,
	weight: Fixed,
}

#[derive(Debug, Serialize, JsonSchema)]
struct OneOutOfForecaster {
	forecaster: Address,
	one_out_inferer_values: Vec<WorkerValue>,
}

/// An inference of a topic with its parts.
struct Parts {
	inference: Inference,
	bundle: Bundle,
	elements: Vec<ElementInfo>,
}

impl Parts {
	/// Without outliers: the combined value and the percentiles are those of the resistant inference,
	/// and inferers that it leaves out are not there, nor the values without them. What remains is as in
	/// the bundle: the naive value and those of forecasters are of all inferers.
	fn resistant(mut self, found: ResistantInference) -> Self {
		let is_out = |who: &Address| found.left_out.contains(who);
		self.elements.retain(|info| match &info.element {
			Element::Inferer(inferer)
			| Element::OneOutInferer(inferer)
			| Element::OneOutInfererForecaster { inferer, .. } => !is_out(inferer),
			_ => true,
		});
		let combined = self.elements.iter_mut().find(|info| info.element == Element::Combined);
		if let Some(combined) = combined {
			combined.label_values.clone_from(&found.inference.label_values);
		}
		let pairs =
			self.bundle.inferers.iter().copied().zip(self.bundle.inferer_weights.iter().copied());
		(self.bundle.inferers, self.bundle.inferer_weights) =
			pairs.filter(|(who, _)| !is_out(&Address(*who))).unzip();
		self.inference = found.inference;
		self
	}
}

/// The newest inference of a topic with its parts, without outliers if it is to be resistant.
async fn parts(
	state: &dyn State,
	topic: TopicId,
	inference: Inference,
	is_resistant: bool,
) -> Result<Parts, Problem> {
	let epoch = inference.epoch;
	let bundle = read(state.bundle(topic, epoch).await)?.ok_or_else(|| {
		Problem::not_there(format!(
			"the chain has forgotten the parts of the inference of epoch {epoch}; ask \
			 /v1/topics/{topic}/inference"
		))
	})?;
	let elements = read(state.elements(topic, epoch).await)?;
	let parts = Parts { inference, bundle, elements };
	if !is_resistant {
		return Ok(parts);
	}
	let found = read(state.resistant(topic).await)?;
	Ok(parts.resistant(found.ok_or_else(|| Problem::no_inference(topic))?))
}

/// The newest network inference of a topic of one label, without outliers if it is to be resistant.
pub async fn latest(
	state: &dyn State,
	id: TopicId,
	is_resistant: bool,
) -> Result<LatestNetworkInferences, Problem> {
	let topic = topic(state, id).await?;
	if topic.info.parameters.labels.len() > 1 {
		return Err(Problem::bad_question(format!(
			"topic {id} has several labels, which this shape has no place for; ask \
			 /emissions/v10/latest_network_inferences/{id}"
		)));
	}
	let inference = topic.inference.ok_or_else(|| Problem::no_inference(id))?;
	let parts = parts(state, id, inference, is_resistant).await?;
	let Parts { inference, bundle, elements } = parts;
	let weights = |who: &[AccountId], weights: &[i128]| {
		let pairs = who.iter().zip(weights);
		pairs
			.map(|(who, weight)| Weight { worker: Address(*who), weight: Fixed(*weight) })
			.collect()
	};
	Ok(LatestNetworkInferences {
		network_inferences: values(id, inference.epoch, &elements),
		inferer_weights: weights(&bundle.inferers, &bundle.inferer_weights),
		forecaster_weights: weights(&bundle.forecasters, &bundle.forecaster_weights),
		inference_block_height: inference.epoch.to_string(),
		loss_block_height: bundle.loss_epoch.unwrap_or_default().to_string(),
		confidence_interval_raw_percentiles: PERCENTILES.map(String::from).to_vec(),
		confidence_interval_values: inference
			.disagreement
			.first()
			.map(|row| row.to_vec())
			.unwrap_or_default(),
	})
}

/// The elements of a bundle by their names in the original.
fn values(topic: TopicId, epoch: u64, elements: &[ElementInfo]) -> ValueBundle {
	let block_height = epoch.to_string();
	let mut bundle = ValueBundle {
		topic_id: topic.to_string(),
		reputer_request_nonce: RequestNonce { reputer_nonce: Nonce { block_height } },
		..Default::default()
	};
	for ElementInfo { element, label_values } in elements {
		let value = label_values.first().copied().unwrap_or_default();
		let of = |worker: Address| WorkerValue { worker, value };
		match *element {
			Element::Combined => bundle.combined_value = value,
			Element::Naive => bundle.naive_value = value,
			Element::Inferer(who) => bundle.inferer_values.push(of(who)),
			Element::Forecaster(who) => bundle.forecaster_values.push(of(who)),
			Element::OneOutInferer(who) => bundle.one_out_inferer_values.push(of(who)),
			Element::OneOutForecaster(who) => bundle.one_out_forecaster_values.push(of(who)),
			Element::OneInForecaster(who) => bundle.one_in_forecaster_values.push(of(who)),
			Element::OneOutInfererForecaster { forecaster, inferer } => {
				let rows = &mut bundle.one_out_inferer_forecaster_values;
				match rows.iter_mut().find(|row| row.forecaster == forecaster) {
					Some(row) => row.one_out_inferer_values.push(of(inferer)),
					None => rows.push(OneOutOfForecaster {
						forecaster,
						one_out_inferer_values: vec![of(inferer)],
					}),
				}
			}
		}
	}
	bundle
}

/// The newest network inference of a topic, with labels.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LabeledNetworkInferences {
	/// The inferences.
	network_inferences: NetworkInferenceBundle,
	/// The epoch: the slot in which it opened.
	inference_block_height: String,
}

/// The inferences of a topic in an epoch, with labels.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct NetworkInferenceBundle {
	topic_id: String,
	block_height: String,
	combined_value: Vec<LabeledValue>,
	inferer_values: Vec<WorkerInference>,
	forecaster_values: Vec<WorkerInference>,
	naive_value: Vec<LabeledValue>,
	one_out_inferer_values: Vec<OneOutInferer>,
	one_out_forecaster_values: Vec<OneOutForecaster>,
	one_in_forecaster_values: Vec<OneInForecaster>,
	one_out_inferer_forecaster_values: Vec<OneOutInfererForecaster>,
}

/// The value of a label.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct LabeledValue {
	/// The place of the label, from 0.
	label_id: u32,
	/// The label, in the words of the topic's creator.
	label_name: Text,
	value: Fixed,
}

#[derive(Debug, Serialize, JsonSchema)]
struct WorkerInference {
	worker: Address,
	values: Vec<LabeledValue>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct OneOutInferer {
	withheld_inferer: Address,
	combined_inference: Vec<LabeledValue>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct OneOutForecaster {
	withheld_forecaster: Address,
	combined_inference: Vec<LabeledValue>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct OneInForecaster {
	forecaster: Address,
	combined_inference: Vec<LabeledValue>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct OneOutInfererForecaster {
	forecaster: Address,
	withheld_inferer: Address,
	combined_inference: Vec<LabeledValue>,
}

/// The newest network inference of a topic, with labels.
///
/// Without outliers if it is to be resistant.
pub async fn labeled(
	state: &dyn State,
	id: TopicId,
	is_resistant: bool,
) -> Result<LabeledNetworkInferences, Problem> {
	let topic = topic(state, id).await?;
	let inference = topic.inference.ok_or_else(|| Problem::no_inference(id))?;
	let parts = parts(state, id, inference, is_resistant).await?;
	let Parts { inference, elements, .. } = parts;
	let labels: Vec<_> =
		topic.info.parameters.labels.iter().map(|label| Text::new(label)).collect();
	Ok(LabeledNetworkInferences {
		network_inferences: labeled_values(id, inference.epoch, &labels, elements),
		inference_block_height: inference.epoch.to_string(),
	})
}

/// The elements of a bundle by their names in the original.
fn labeled_values(
	topic: TopicId,
	epoch: EpochId,
	labels: &[Text],
	elements: Vec<ElementInfo>,
) -> NetworkInferenceBundle {
	let mut bundle = NetworkInferenceBundle {
		topic_id: topic.to_string(),
		block_height: epoch.to_string(),
		..Default::default()
	};
	for ElementInfo { element, label_values } in elements {
		let labeled = (0..).zip(labels).zip(label_values);
		let values: Vec<_> = labeled
			.map(|((label_id, name), value)| LabeledValue {
				label_id,
				label_name: name.clone(),
				value,
			})
			.collect();
		match element {
			Element::Combined => bundle.combined_value = values,
			Element::Naive => bundle.naive_value = values,
			Element::Inferer(worker) => {
				bundle.inferer_values.push(WorkerInference { worker, values })
			}
			Element::Forecaster(worker) => {
				bundle.forecaster_values.push(WorkerInference { worker, values })
			}
			Element::OneOutInferer(withheld_inferer) => bundle
				.one_out_inferer_values
				.push(OneOutInferer { withheld_inferer, combined_inference: values }),
			Element::OneOutForecaster(withheld_forecaster) => bundle
				.one_out_forecaster_values
				.push(OneOutForecaster { withheld_forecaster, combined_inference: values }),
			Element::OneInForecaster(forecaster) => bundle
				.one_in_forecaster_values
				.push(OneInForecaster { forecaster, combined_inference: values }),
			Element::OneOutInfererForecaster { forecaster, inferer } => {
				bundle.one_out_inferer_forecaster_values.push(OneOutInfererForecaster {
					forecaster,
					withheld_inferer: inferer,
					combined_inference: values,
				})
			}
		}
	}
	bundle
}
