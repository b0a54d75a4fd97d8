//! What a reputer reports: the truth, or, in a topic whose loss the chain does not compute, the losses of
//! the epoch's elements.

use crate::{
	chain::{
		documents::ElementInfo,
		json::Fixed,
		numbers,
		schedule::OpenEpoch,
		types::{EpochId, TopicId, TopicLoss, TopicParameters},
		Snapshot,
	},
	loss::named,
	participants::Tick,
	run::{
		config::ReputerSettings,
		model::{Measured, Model, Models, Request},
		no_topic,
		session::Session,
	},
	topic::Topic,
};
use allora_math::{convert::to_fixed, loss::element_losses};
use anyhow::{anyhow, bail, Context, Result};
use sp_arithmetic::FixedI128;
use std::sync::Arc;
use tokio::time::Instant;

/// What is reported on an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
	/// The truth, one value per label.
	Truth(Vec<i128>),
	/// The losses of a bundle's elements.
	Losses {
		/// The hash of the bundle.
		bundle: [u8; 32],
		/// The losses in its order.
		losses: Vec<i128>,
	},
}

/// How the losses of a topic are computed.
pub enum Measure {
	/// By the chain.
	Chain,
	/// By one of the chain's losses, which the topic's names.
	Named(Box<Topic>),
	/// By a model.
	Model(Arc<Model>),
}

impl Measure {
	/// How a reputer has the losses of a topic computed; an error if it is told by neither the topic
	/// nor the settings.
	pub fn of(parameters: &TopicParameters, model: Option<Arc<Model>>) -> Result<Self> {
		let TopicLoss::Custom(name) = &parameters.loss_method else { return Ok(Self::Chain) };
		if let Some(model) = model {
			return Ok(Self::Model(model));
		}
		let name = String::from_utf8_lossy(name);
		let Some(loss) = named(&name)? else {
			bail!(
				"the loss {name:?} is none of the built-in ones: name a model that computes it as \
				 `losses` in the [[reputer]] of the settings (docs/models.md)"
			);
		};
		let parameters = TopicParameters { loss_method: loss, ..parameters.clone() };
		let topic = Topic::from_parameters(&parameters);
		topic
			.map(|topic| Self::Named(Box::new(topic)))
			.with_context(|| format!("the loss {name:?}"))
	}

	/// The losses of elements; `None` while the model does not know them.
	pub async fn losses(
		&self,
		request: &Request,
		measured: Measured,
		deadline: Instant,
	) -> Result<Option<Vec<i128>>> {
		match self {
			Self::Chain => bail!("the chain computes the losses"),
			Self::Named(topic) => by_topic(topic, &measured).map(Some),
			Self::Model(model) => {
				let request = Request { measured: Some(measured), ..request.clone() };
				let losses = model.losses(&request, deadline).await;
				losses.with_context(|| format!("model {}", model.name))
			}
		}
	}

	/// The report on an epoch with this truth; `None` while the epoch's elements are not final, or the
	/// model does not know their losses.
	pub async fn report(
		&self,
		(session, parameters): (&Session, &TopicParameters),
		(request, open): (&Request, OpenEpoch),
		truth: &[i128],
		deadline: Instant,
	) -> Result<Option<Report>> {
		if matches!(self, Self::Chain) {
			return Ok(Some(Report::Truth(truth.into())));
		}
		let state = session.chain.finalized().await?;
		let topic = request.topic;
		let Some((bundle, _)) = state.bundle(topic, open.epoch).await? else { return Ok(None) };
		let elements = state.elements(topic, open.epoch).await?;
		let measured = measured(parameters, truth, &elements);
		let losses = self.losses(request, measured, deadline).await?;
		Ok(losses.map(|losses| Report::Losses { bundle, losses }))
	}
}

/// The parameters of an epoch, and how a reputer has its losses computed.
pub async fn of_epoch(
	(topic, epoch): (TopicId, EpochId),
	(session, tick): (&Session, &Tick),
	model: Option<Arc<Model>>,
) -> Result<(TopicParameters, Measure)> {
	let state = session.chain.at(tick.head).await?;
	let parameters = state.epoch_parameters(topic, epoch).await?;
	let parameters = parameters.context("the epoch is not on record")?;
	let measure = Measure::of(&parameters, model)?;
	Ok((parameters, measure))
}

/// An error if the losses of a reputer's topic cannot be computed.
pub async fn ensure_known(
	state: &Snapshot,
	settings: &ReputerSettings,
	models: &Models,
) -> Result<()> {
	let topic = settings.topic;
	let details = state.details(topic).await?.ok_or_else(|| anyhow!(no_topic(topic)))?;
	let model = settings.losses.as_ref().and_then(|name| models.get(name)).cloned();
	let measure = Measure::of(&details.parameters, model);
	measure.map(drop).with_context(|| format!("the reputer of topic {topic}"))
}

/// What losses are computed of.
pub fn measured(
	parameters: &TopicParameters,
	truth: &[i128],
	elements: &[ElementInfo],
) -> Measured {
	let loss = match &parameters.loss_method {
		TopicLoss::Custom(name) => String::from_utf8_lossy(name).into_owned(),
		_ => String::new(),
	};
	let values = |info: &ElementInfo| -> Vec<i128> {
		info.label_values.iter().map(|Fixed(value)| *value).collect()
	};
	let elements = elements.iter().map(|info| (info.element.to_string(), values(info)));
	Measured {
		loss,
		floor: parameters.loss_floor,
		truth: truth.into(),
		elements: elements.collect(),
	}
}

/// The losses of elements by the loss of a topic, as the chain computes them.
fn by_topic(topic: &Topic, measured: &Measured) -> Result<Vec<i128>> {
	topic.check_truth(&numbers(&measured.truth)).context("the truth")?;
	let fixed = |values: &[i128]| -> Vec<FixedI128> {
		values.iter().copied().map(FixedI128::from_inner).collect()
	};
	let values: Vec<_> = measured.elements.iter().flat_map(|(_, values)| fixed(values)).collect();
	let truth = fixed(&measured.truth);
	let refused = |error| anyhow!("the loss cannot be computed: {error:?}");
	let losses = element_losses(&topic.loss(), &truth, &values, &[], topic.floor());
	let losses = losses.map_err(refused)?.into_iter();
	losses.map(|loss| Ok(to_fixed(loss).map_err(refused)?.into_inner())).collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		chain::{documents::Element, to_fixed as fixed},
		commands::topic_file,
	};

	fn parameters(loss: &str) -> TopicParameters {
		let text =
			"metadata = \"m\"\nground_truth = \"g\"\nepoch_length = \"1 min\"\npreset = \"price\"\n\
			loss_floor = 0.001\n";
		topic_file::parse(&format!("{text}loss_method = {loss}\n"), 6_000).unwrap()
	}

	fn custom(name: &str) -> TopicParameters {
		parameters(&format!("{{ custom = \"{name}\" }}"))
	}

	fn element(element: Element, value: f64) -> ElementInfo {
		ElementInfo { element, label_values: vec![Fixed(fixed(value).unwrap())] }
	}

	/// The losses of 1 and 4 if the truth is 2.
	fn losses(name: &str) -> Vec<f64> {
		let parameters = custom(name);
		let Measure::Named(topic) = Measure::of(&parameters, None).unwrap() else { panic!() };
		let elements = [element(Element::Combined, 1.0), element(Element::Naive, 4.0)];
		let measured = measured(&parameters, &[fixed(2.0).unwrap()], &elements);
		assert_eq!(measured.loss, name);
		numbers(&by_topic(&topic, &measured).unwrap())
	}

	#[test]
	fn losses_with_a_name_of_the_chains_are_the_chains() {
		// The error is 1 and 2, and the topic adds a thousandth.
		let log = |losses: [f64; 2]| losses.map(|loss: f64| (loss + 0.001).log10());
		for (name, expected) in [
			("squared", log([1.0, 4.0])),
			("sqe", log([1.0, 4.0])),
			("mae", log([1.0, 2.0])),
			// 1/2 up to delta, and delta (2 - delta / 2) beyond it.
			("huber", log([0.5, 1.5])),
			("huber:0.5", log([0.375, 0.875])),
			("pinball:0.9", log([0.9, 0.2])),
		] {
			for (loss, expected) in losses(name).into_iter().zip(expected) {
				assert!((loss - expected).abs() < 1e-12, "{name}: {loss} and {expected}");
			}
		}
	}

	#[test]
	fn losses_of_other_names_need_a_model() {
		let error = |name: &str| match Measure::of(&custom(name), None) {
			Ok(_) => panic!("{name}"),
			Err(error) => format!("{error:#}"),
		};
		assert!(error("mine").contains("\"mine\" is none of the built-in ones: name a model"));
		assert!(error("zptae").contains("the deviation of past truths"));
		assert!(error("huber:x").contains("\"huber:x\" is not a loss"));
		assert!(error("huber:-1").contains("the chain would refuse this topic"));
		assert!(error("pinball:0.1,0.9").contains("the chain would refuse this topic"));
		assert!(matches!(Measure::of(&parameters("\"zptae\""), None), Ok(Measure::Chain)));
	}

	#[test]
	fn truth_that_the_loss_does_not_admit_is_refused() {
		let parameters = custom("poisson");
		let Measure::Named(topic) = Measure::of(&parameters, None).unwrap() else { panic!() };
		let measured =
			measured(&parameters, &[fixed(-1.0).unwrap()], &[element(Element::Combined, 1.0)]);
		let error = format!("{:#}", by_topic(&topic, &measured).unwrap_err());
		assert_eq!(error, "the truth: the value of a count is not positive");
	}
}
