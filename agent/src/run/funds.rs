//! What roles cost before they can take part, and where a development chain gets it from.

use super::{config::RoleSpec, ensure_development, Agent};
use crate::chain::{
	address, calls, in_allo,
	types::{AccountId, Registration, Terms, TopicId},
	Account, Chain, Key, Snapshot, ALLO, EXISTENTIAL_DEPOSIT,
};
use anyhow::{Context, Result};
use std::collections::BTreeMap;

/// What an account that signs keeps, in planck: a fee that may be returned must be there, and 0.03
/// ALLO are enough for any transaction of the agent.
pub const RESERVE: u128 = 3 * ALLO / 100 + EXISTENTIAL_DEPOSIT;
/// What `--dev-fund` gives to an account beside its costs.
const GIFT: u128 = 10 * ALLO;
/// Slots within which a transfer must be included in a block.
const VALID: u32 = 16;

/// What a role has yet to do before it can take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
	/// The fee for registering, in planck, `None` if it is registered.
	pub register: Option<u128>,
	/// The stake that is missing, in planck.
	pub stake: u128,
}

impl Entry {
	/// What an account with these roles to enter has to do.
	pub async fn of(
		state: &Snapshot,
		terms: &Terms,
		topic: TopicId,
		registration: Registration,
		who: AccountId,
		stake: u128,
	) -> Result<Self> {
		let actor = state.actor(topic, who, registration.role()).await?;
		let staked = match registration {
			Registration::Reputer => state.own_stake(topic, who).await?,
			Registration::Worker => 0,
		};
		let register = (!actor.registered).then_some(terms.register_fee);
		Ok(Self { register, stake: stake.saturating_sub(staked) })
	}

	/// What it costs, in planck, without transaction fees.
	pub fn cost(&self) -> u128 {
		self.register.unwrap_or_default().saturating_add(self.stake)
	}

	/// What it costs, in words.
	pub fn in_words(&self) -> String {
		match (self.register, self.stake) {
			(None, 0) => "nothing to pay: registered".into(),
			(Some(fee), 0) => format!("registration {} ALLO", in_allo(fee)),
			(None, stake) => format!("stake {} ALLO", in_allo(stake)),
			(Some(fee), stake) => {
				format!("registration {} ALLO and stake {} ALLO", in_allo(fee), in_allo(stake))
			}
		}
	}
}

/// The free balance of an account, in planck.
pub async fn free(state: &Snapshot, who: AccountId) -> Result<u128> {
	Ok(state.balances(who).await?.map_or(0, |balances| balances.free))
}

/// What accounts need for these roles, and what they have, in planck.
pub async fn needs(
	state: &Snapshot,
	roles: &[(RoleSpec<'_>, AccountId)],
) -> Result<BTreeMap<AccountId, (u128, u128)>> {
	let terms = state.terms().await?;
	let mut needs = BTreeMap::new();
	for (role, who) in roles {
		let entry =
			Entry::of(state, &terms, role.topic, role.registration, *who, role.stake).await?;
		if !needs.contains_key(who) {
			needs.insert(*who, (RESERVE, free(state, *who).await?));
		}
		if let Some((needed, _)) = needs.get_mut(who) {
			*needed = needed.saturating_add(entry.cost());
		}
	}
	Ok(needs)
}

/// What to do about a balance that is too low, of an agent that runs.
pub fn remedy(who: &AccountId, needed: u128, has: u128) -> String {
	format!(
		"{}, or on a development chain start the agent with --dev-fund",
		shortage(who, needed, has)
	)
}

/// What to do about a balance that is too low.
pub fn shortage(who: &AccountId, needed: u128, has: u128) -> String {
	format!(
		"{} has {} ALLO and needs {} ALLO: send it {} ALLO",
		address(who),
		in_allo(has),
		in_allo(needed),
		in_allo(needed.saturating_sub(has)),
	)
}

/// Sends what accounts need from //Alice, on a development chain.
pub(super) async fn from_alice(agent: &Agent, chain: &Chain) -> Result<()> {
	ensure_development(chain, "the tokens of --dev-fund").await?;
	let mut roles = Vec::new();
	for role in agent.config.roles() {
		let key = agent.keys.get(role.key).context("the key is missing")?;
		roles.push((role, key.id()));
	}
	let needs = needs(&chain.finalized().await?, &roles).await?;
	let short = needs.into_iter().filter(|(_, (needed, has))| has < needed);
	let gifts: Vec<_> =
		short.map(|(who, (needed, has))| (who, needed.saturating_sub(has) + GIFT)).collect();
	if gifts.is_empty() {
		return Ok(());
	}
	let alice = Account::new(Key::development("//Alice")?, chain.clone());
	alice.send(&calls::transfers(&gifts), VALID).await?;
	for (who, amount) in gifts {
		let text = format!("{} has {} ALLO more, from //Alice", address(&who), in_allo(amount));
		agent.log.line("agent", &text);
	}
	Ok(())
}
