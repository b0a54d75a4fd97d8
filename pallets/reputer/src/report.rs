//! Reports and abstentions: their checks, and how a report enters the active set (S 7.3, 7.4).

use crate::{
	merit::Reporting,
	scores::Records,
	types::{Authority, ReputerBook, ReputerRecord, ReputerSet, StoredReport},
	Actors, Config, Error, Event, Pallet, Reports, ScoreBooks, WeightInfo, Windows,
};
use alloc::vec::Vec;
use allora_primitives::{
	bundle::{Inference, Losses, SubmittedLosses, SubmittedTruth},
	traits::{Admission, BundleInspect, EpochInspect, TopicInspect},
	Balance, EpochId, EpochRecord, EpochState, Outcome, Registration, ReportPayload, Role, Stored,
	TopicId, TopicParameters, ValuesError, MAX_LOSS,
};
use allora_sortition::{
	enter, seed_of_lots, unused_records, Displaced, Entered, SeatOutcome, SeatRules, FREE_PER_SEAT,
};
use frame_support::{dispatch::Pays, ensure, traits::Get, weights::Weight};
use sp_core::H256;
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};

/// A report as submitted.
pub(crate) enum Submitted {
	/// The truth, one value per label.
	Truth(SubmittedTruth),
	/// The losses of the elements of the bundle with this hash.
	Losses(H256, SubmittedLosses),
}

impl Submitted {
	/// The weight of a regular reputer's report.
	fn weight_of_regular<T: Config>(&self) -> Weight {
		match self {
			Self::Truth(..) => T::WeightInfo::report_regular_truth(self.len()),
			Self::Losses(..) => T::WeightInfo::report_regular_losses(self.len()),
		}
	}

	/// The number of values.
	fn len(&self) -> u32 {
		match self {
			Self::Truth(values) => values.len() as u32,
			Self::Losses(_, values) => values.len() as u32,
		}
	}
}

/// The number of seats given in an epoch for which the report pays no fee.
fn free_seats(parameters: &TopicParameters) -> u32 {
	parameters.max_reputers.saturating_mul(FREE_PER_SEAT)
}

/// An account that may report on an epoch.
struct Admitted<AccountId: Stored> {
	/// The parameters that hold for the epoch.
	parameters: TopicParameters,
	/// Whether nothing but the topic and the registration was read for admission.
	is_plain: bool,
	/// The account's record.
	record: ReputerRecord<AccountId>,
	/// Its frozen authority.
	authority: Authority,
	/// The epoch's active set, which the account is not in.
	set: ReputerSet<AccountId>,
}

impl<T: Config> Pallet<T> {
	/// Makes all checks, then enters the active set. Returns the weight used, and whether the report
	/// pays the fee.
	pub(crate) fn do_report(
		who: &T::AccountId,
		topic: TopicId,
		epoch: EpochId,
		submitted: Submitted,
	) -> Result<(Weight, Pays), DispatchError> {
		let declared = T::WeightInfo::report(submitted.len());
		let regular = submitted.weight_of_regular::<T>();
		let Admitted { parameters, is_plain, authority, mut set, .. } =
			Self::ensure_may_report(who, topic, epoch)?;
		let payload = match submitted {
			Submitted::Truth(truth) => Self::check_truth(&parameters, truth)?,
			Submitted::Losses(hash, losses) => {
				ensure!(parameters.loss_method.is_custom(), Error::<T>::TruthExpected);
				ReportPayload::Losses(Self::check_losses(topic, epoch, hash, losses)?)
			}
		};

		let rules = SeatRules::new(epoch, parameters.max_reputers, &parameters);
		let seed = || seed_of_lots::<T::Randomness, _>(topic, epoch, Role::Reputer);
		set = set.or_seeded(seed);
		let mut book = ScoreBooks::<T>::get(topic);
		let is_first = Self::begin(topic, epoch, &mut book);
		let records = Records::<T>::new(topic);
		let report = StoredReport { authority, payload };
		let mut merits = Reporting { book: &mut book, authority: authority.total() };
		let Entered { outcome, changes } =
			enter(&rules, &mut set, &mut merits, &records, who, &report)
				.map_err(|_| ArithmeticError::Overflow)?;
		if changes.places || is_first {
			ScoreBooks::<T>::insert(topic, book);
		}
		let unused = unused_records(changes, is_first);
		let unused = T::WeightInfo::change_record().saturating_mul(unused.into());
		let weight = match changes.are_none() && !is_first && is_plain {
			true => regular,
			false => declared.saturating_sub(unused),
		};
		let who = who.clone();
		match outcome {
			SeatOutcome::Active { merit, displaced } => {
				let is_free = set.taken() <= free_seats(&parameters);
				if let Some(Displaced { account, merit, standing }) = displaced {
					let by = who.clone();
					Self::deposit_event(Event::Displaced {
						topic,
						epoch,
						who: account,
						merit,
						by,
						coefficient_after_pull: standing.coefficient,
					});
				}
				Reports::<T>::insert(topic, epoch, set);
				let payload = report.payload;
				Self::deposit_event(Event::ReportAccepted {
					topic,
					epoch,
					who,
					merit,
					authority: authority.total(),
					payload,
				});
				Ok((weight, if is_free { Pays::No } else { Pays::Yes }))
			}
			SeatOutcome::Passive { merit, lowest, standing } => {
				Self::deposit_event(Event::Passive {
					topic,
					epoch,
					who,
					merit,
					lowest,
					coefficient_after_pull: standing.coefficient,
				});
				Ok((weight, Pays::Yes))
			}
		}
	}

	/// A number that grows with each report of an epoch that pays no fee, and with nothing else; 0
	/// if there is no such topic.
	pub fn free_of_fee(topic: TopicId, epoch: EpochId) -> u32 {
		let limit = T::Topics::parameters_of(topic, epoch).map_or(0, |of| free_seats(&of));
		Reports::<T>::get(topic, epoch).taken().min(limit)
	}

	/// Records that the account abstains, which is final for the epoch.
	pub(crate) fn do_abstain(who: &T::AccountId, topic: TopicId, epoch: EpochId) -> DispatchResult {
		let Admitted { parameters, mut record, .. } = Self::ensure_may_report(who, topic, epoch)?;
		let kept = SeatRules::new(epoch, parameters.max_reputers, &parameters).kept;
		record.record_outcome(epoch, Outcome::Abstained, kept);
		Actors::<T>::insert(topic, who, record);
		Self::deposit_event(Event::Abstained { topic, epoch, who: who.clone() });
		Ok(())
	}

	/// Begins an epoch in the score book with its first report: marks the reputers of the epoch
	/// before as active in it. Returns whether it is the first.
	fn begin(topic: TopicId, epoch: EpochId, book: &mut ReputerBook<T::AccountId>) -> bool {
		if epoch <= book.epoch() {
			return false;
		}
		let before: Vec<_> = Reports::<T>::get(topic, book.epoch()).accounts().cloned().collect();
		book.begin(epoch, &before, |_| ());
		true
	}

	/// Fails unless the account can report in this block.
	///
	/// The window is arithmetic, so it counts even if the clock has not opened the reporting yet.
	fn ensure_may_report(
		who: &T::AccountId,
		topic: TopicId,
		epoch: EpochId,
	) -> Result<Admitted<T::AccountId>, DispatchError> {
		let admission = T::Topics::admission(topic, epoch, who, Registration::Reputer);
		let Admission { parameters, is_registered, is_allowed, is_plain } =
			admission.ok_or(Error::<T>::TopicNotFound)?;
		let EpochRecord { state, windows } = T::Epochs::epoch_record_in(topic, epoch, &parameters)
			.ok_or(Error::<T>::EpochNotFound)?;
		let now = Self::now();
		ensure!(now >= windows.reports_open, Error::<T>::WindowNotOpen);
		ensure!(windows.accepts_reports(now), Error::<T>::WindowClosed);
		let is_reporting = matches!(state, EpochState::AwaitingTruth | EpochState::Reporting);
		ensure!(is_reporting, Error::<T>::EpochNotReporting);
		ensure!(is_registered, Error::<T>::NotRegistered);
		ensure!(is_allowed, Error::<T>::NotAllowed);
		let record = Actors::<T>::get(topic, who);
		match record.outcome(epoch) {
			None => {}
			Some(Outcome::Abstained) => return Err(Error::<T>::AlreadyAbstained.into()),
			Some(_) => return Err(Error::<T>::AlreadyReported.into()),
		}
		let set = Reports::<T>::get(topic, epoch);
		ensure!(set.member(who).is_none(), Error::<T>::AlreadyReported);
		let authority = Self::frozen_authority(topic, epoch, who);
		ensure!(authority.total() >= Self::min_authority(topic, epoch), Error::<T>::StakeTooLow);
		Ok(Admitted { parameters, is_plain, record, authority, set })
	}

	/// The minimum authority with which an account may report on an epoch that has opened, in planck.
	fn min_authority(topic: TopicId, epoch: EpochId) -> Balance {
		let windows = Windows::<T>::get(topic);
		let window = windows.iter().find(|window| window.epoch == epoch);
		// Every epoch that awaits its truth has a recorded window.
		window.map_or_else(T::MinReputerStake::get, |window| window.min_authority)
	}

	/// Fails unless the account is registered as a reputer and the topic admits it.
	pub(crate) fn ensure_admitted(topic: TopicId, who: &T::AccountId) -> DispatchResult {
		let reputer = Registration::Reputer;
		ensure!(T::Topics::is_registered(topic, who, reputer), Error::<T>::NotRegistered);
		ensure!(T::Topics::is_allowed(topic, who, reputer), Error::<T>::NotAllowed);
		Ok(())
	}

	/// Checks the truth and returns it as it is stored.
	fn check_truth(
		parameters: &TopicParameters,
		submitted: SubmittedTruth,
	) -> Result<ReportPayload, DispatchError> {
		ensure!(!parameters.loss_method.is_custom(), Error::<T>::LossesExpected);
		ensure!(submitted.len() == parameters.labels.len(), Error::<T>::WrongLength);
		let truth =
			Inference::try_from(submitted.into_inner()).map_err(|_| Error::<T>::WrongLength)?;
		parameters.check_truth(&truth).map_err(Error::<T>::from)?;
		Ok(ReportPayload::Truth(truth))
	}

	/// Checks the losses and returns them as they are stored.
	fn check_losses(
		topic: TopicId,
		epoch: EpochId,
		bundle_hash: H256,
		submitted: SubmittedLosses,
	) -> Result<Losses, DispatchError> {
		let (hash, elements) =
			T::Bundles::report_shape(topic, epoch).ok_or(Error::<T>::EpochNotReporting)?;
		ensure!(bundle_hash == hash, Error::<T>::WrongBundle);
		ensure!(submitted.len() == elements as usize, Error::<T>::WrongLength);
		let losses =
			Losses::try_from(submitted.into_inner()).map_err(|_| Error::<T>::WrongLength)?;
		let bound = MAX_LOSS.into_inner().unsigned_abs();
		ensure!(
			losses.iter().all(|loss| loss.into_inner().unsigned_abs() <= bound),
			Error::<T>::LossOutOfRange
		);
		Ok(losses)
	}
}

impl<T> From<ValuesError> for Error<T> {
	fn from(error: ValuesError) -> Self {
		match error {
			ValuesError::OutOfRange => Self::TruthOutOfRange,
			ValuesError::NotUnity => Self::NotUnity,
			ValuesError::NotProbability => Self::NotProbability,
			ValuesError::NotPositive => Self::NegativeCount,
			ValuesError::TruthsDiffer => Self::TruthsDiffer,
			// Only inferences are refused for it.
			ValuesError::QuantilesDecrease => Self::TruthsDiffer,
		}
	}
}
