//! Movements of tokens in a block, from the events of pallet-balances.

use super::{client::AtBlock, types::AccountId, Chain};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use subxt::{
	events::{Event, Phase},
	ext::scale_decode::DecodeAsType,
	SubstrateConfig,
};

/// The cause of fees: those of all transactions.
pub const FEES: &str = "fees";
/// The cause of what hooks move without an event of their own: the emission of each block.
pub const EVERY_BLOCK: &str = "every block";

/// A change of an account's balance, or of what is not issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
	/// The call of the transaction, the event of the hook, [`FEES`] or [`EVERY_BLOCK`].
	pub cause: String,
	/// The account; `None` for the issuance: what is minted comes from it, what is burned goes to it.
	pub account: Option<AccountId>,
	/// What it gains, in planck; below zero if it loses.
	pub amount: i128,
}

/// The fields of events that name one account.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct One {
	who: AccountId,
	amount: u128,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Dust {
	account: AccountId,
	amount: u128,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Transfer {
	from: AccountId,
	to: AccountId,
	amount: u128,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct TransferOnHold {
	source: AccountId,
	dest: AccountId,
	amount: u128,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct TransferAndHold {
	source: AccountId,
	dest: AccountId,
	transferred: u128,
}

/// What accounts gain by an event, in planck; below zero if they lose.
type Changes = Vec<(AccountId, i128)>;

fn between(from: AccountId, to: AccountId, amount: i128) -> Changes {
	vec![(from, -amount), (to, amount)]
}

/// What accounts gain by an event. Events of the issuance alone change none.
fn changes(event: &Event<SubstrateConfig>) -> Result<Changes> {
	if event.pallet_name() != "Balances" {
		return Ok(Vec::new());
	}
	let one = |sign: i128| -> Result<Changes> {
		let One { who, amount } = event.decode_fields_unchecked_as()?;
		Ok(vec![(who, sign * planck(amount)?)])
	};
	Ok(match event.event_name() {
		"Transfer" | "ReserveRepatriated" => {
			let Transfer { from, to, amount } = event.decode_fields_unchecked_as()?;
			between(from, to, planck(amount)?)
		}
		"TransferOnHold" => {
			let TransferOnHold { source, dest, amount } = event.decode_fields_unchecked_as()?;
			between(source, dest, planck(amount)?)
		}
		"TransferAndHold" => {
			let moved: TransferAndHold = event.decode_fields_unchecked_as()?;
			between(moved.source, moved.dest, planck(moved.transferred)?)
		}
		"DustLost" => {
			let Dust { account, amount } = event.decode_fields_unchecked_as()?;
			vec![(account, -planck(amount)?)]
		}
		"Deposit" | "Restored" | "Minted" => one(1)?,
		"Withdraw" | "Suspended" | "Slashed" | "Burned" | "BurnedHeld" => one(-1)?,
		_ => Vec::new(),
	})
}

fn planck(amount: u128) -> Result<i128> {
	i128::try_from(amount).context("an amount is beyond any supply")
}

/// An event as far as movements depend on it.
struct Seen {
	/// The pallet's name, and the event's name with it.
	pallet: String,
	name: String,
	/// The index of the transaction, `None` in a hook.
	extrinsic: Option<u32>,
	/// What accounts gain by it.
	changes: Changes,
}

impl Chain {
	/// The movements in the finalized block of this number. Those of a cause sum to zero.
	pub async fn movements(&self, number: u32) -> Result<Vec<Movement>> {
		let at = self.finalized_block(number).await?;
		let read = movements(&at).await;
		read.with_context(|| format!("the movements of block {number}"))
	}
}

async fn movements(at: &AtBlock) -> Result<Vec<Movement>> {
	let mut calls = Vec::new();
	for extrinsic in at.extrinsics().fetch().await?.iter() {
		let extrinsic = extrinsic?;
		calls.push(format!("{}.{}", extrinsic.pallet_name(), extrinsic.call_name()));
	}
	let mut events = Vec::new();
	for event in at.events().fetch().await?.iter() {
		let event = event?;
		events.push(Seen {
			pallet: event.pallet_name().to_owned(),
			name: format!("{}.{}", event.pallet_name(), event.event_name()),
			extrinsic: match event.phase() {
				Phase::ApplyExtrinsic(index) => Some(index),
				Phase::Initialization | Phase::Finalization => None,
			},
			changes: changes(&event)?,
		});
	}
	Ok(sum(&calls, &events))
}

/// The movements of these events. What the accounts of a cause gain together is issued, since not
/// every event of the issuance is reported: a credit that is dropped burns it silently.
fn sum(calls: &[String], events: &[Seen]) -> Vec<Movement> {
	let mut sums: BTreeMap<(String, Option<AccountId>), i128> = BTreeMap::new();
	for (at, Seen { changes, .. }) in events.iter().enumerate() {
		for (who, amount) in changes {
			let cause = cause(calls, events, at);
			*sums.entry((cause.clone(), Some(*who))).or_default() += amount;
			*sums.entry((cause, None)).or_default() -= amount;
		}
	}
	let moved = sums.into_iter().filter(|(_, amount)| *amount != 0);
	moved.map(|((cause, account), amount)| Movement { cause, account, amount }).collect()
}

/// The cause of the event at this index.
fn cause(calls: &[String], events: &[Seen], at: usize) -> String {
	let of = events[at].extrinsic;
	match of {
		Some(_) if is_fee(events, at) => FEES.into(),
		Some(index) => calls.get(index as usize).cloned().unwrap_or_default(),
		// A pallet reports what it has done after it has moved the tokens.
		None => events[at..]
			.iter()
			.take_while(|event| event.extrinsic.is_none())
			.find(|event| event.pallet != "Balances")
			.map_or_else(|| EVERY_BLOCK.into(), |event| event.name.clone()),
	}
}

/// Whether the event at this index belongs to its transaction's fee: the fee is withdrawn before
/// anything else, and what is paid back of it and what its receivers get is deposited right before
/// the event `TransactionFeePaid`.
fn is_fee(events: &[Seen], at: usize) -> bool {
	let of = events[at].extrinsic;
	let own: Vec<_> = (0..events.len()).filter(|index| events[*index].extrinsic == of).collect();
	let name = |index: usize| events[index].name.as_str();
	let Some(paid) = own.iter().position(|i| name(*i) == "TransactionPayment.TransactionFeePaid")
	else {
		return false;
	};
	let withdrawn = own.iter().copied().find(|index| !events[*index].changes.is_empty());
	let Some(withdrawn) = withdrawn.filter(|index| name(*index) == "Balances.Withdraw") else {
		return false;
	};
	if at == withdrawn {
		return true;
	}
	let amount =
		|index: usize| events[index].changes.iter().map(|(_, amount)| amount).sum::<i128>();
	let mut left = -amount(withdrawn);
	for index in own[..paid].iter().rev().take_while(|i| name(**i) == "Balances.Deposit") {
		if left <= 0 {
			return false;
		}
		if *index == at {
			return true;
		}
		left -= amount(*index);
	}
	false
}

#[cfg(test)]
mod tests {
	use super::*;

	const PAYER: AccountId = [1; 32];
	const AUTHOR: AccountId = [2; 32];
	const POT: AccountId = [3; 32];

	fn event(extrinsic: Option<u32>, name: &str, changes: Changes) -> Seen {
		let pallet = name.split('.').next().unwrap_or_default().to_owned();
		Seen { pallet, name: name.to_owned(), extrinsic, changes }
	}

	/// The movements as (cause, account, amount).
	fn moved(events: &[Seen]) -> Vec<(String, Option<AccountId>, i128)> {
		let calls = ["Timestamp.set".into(), "Topics.fund".into()];
		sum(&calls, events).into_iter().map(|m| (m.cause, m.account, m.amount)).collect()
	}

	/// A transaction that pays 40 into a pot; its fee is 10, of which 3 are paid back.
	fn funding() -> Vec<Seen> {
		let of = |name, changes| event(Some(1), name, changes);
		vec![
			of("Balances.Withdraw", vec![(PAYER, -10)]),
			of("Balances.Withdraw", vec![(PAYER, -40)]),
			of("Balances.Deposit", vec![(POT, 40)]),
			of("Topics.TopicFunded", Vec::new()),
			of("Balances.Deposit", vec![(PAYER, 3)]),
			of("Balances.Deposit", vec![(AUTHOR, 7)]),
			of("TransactionPayment.TransactionFeePaid", Vec::new()),
			of("System.ExtrinsicSuccess", Vec::new()),
		]
	}

	#[test]
	fn fee_is_apart_from_what_the_call_moves() {
		assert_eq!(
			moved(&funding()),
			[
				("Topics.fund".into(), Some(PAYER), -40),
				("Topics.fund".into(), Some(POT), 40),
				("fees".into(), Some(PAYER), -7),
				("fees".into(), Some(AUTHOR), 7),
			]
		);
	}

	#[test]
	fn deposit_of_the_call_is_no_fee_though_it_comes_right_before() {
		let mut events = funding();
		// The call reports before it moves: both its deposit and the fee's precede the last event.
		events.swap(2, 3);
		assert!(moved(&events).contains(&("Topics.fund".into(), Some(POT), 40)));
		assert!(moved(&events).contains(&("fees".into(), Some(AUTHOR), 7)));
	}

	#[test]
	fn free_transaction_has_no_fee() {
		let mut events = funding();
		events.retain(|event| event.name.starts_with("Balances") || event.pallet == "Topics");
		events.drain(..1);
		events.truncate(3);
		assert_eq!(
			moved(&events),
			[("Topics.fund".into(), Some(PAYER), -40), ("Topics.fund".into(), Some(POT), 40)]
		);
	}

	#[test]
	fn hook_moves_for_the_next_event_of_a_pallet() {
		let events = [
			event(None, "Balances.Transfer", between(POT, PAYER, 5)),
			event(None, "Emissions.RewardsPaid", Vec::new()),
			event(None, "Balances.Issued", Vec::new()),
			event(None, "Balances.Deposit", vec![(POT, 9)]),
		];
		assert_eq!(
			moved(&events),
			[
				("Emissions.RewardsPaid".into(), Some(PAYER), 5),
				("Emissions.RewardsPaid".into(), Some(POT), -5),
				("every block".into(), None, -9),
				("every block".into(), Some(POT), 9),
			]
		);
	}

	#[test]
	fn credit_that_is_dropped_goes_back_to_the_issuance() {
		let events = [event(Some(1), "Balances.Slashed", vec![(PAYER, -6)])];
		assert_eq!(
			moved(&events),
			[("Topics.fund".into(), None, 6), ("Topics.fund".into(), Some(PAYER), -6)]
		);
	}
}
