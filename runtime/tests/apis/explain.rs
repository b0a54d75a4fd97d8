//! `ExplainApi`: the explanations of several epochs.

use super::*;
use crate::support::on_chain;
use allora_primitives::{
	api::{runtime_decl_for_explain_api::ExplainApi, EpochExplanation, NoReward},
	EpochState,
};
use allora_runtime::Runtime;

#[test]
fn explanations_join_in_pages_and_are_those_of_single_epochs() {
	on_chain(|| {
		let first = start(parameters());
		run_epochs(first, 0..2, &[Bob, Charlie]);
		run_epochs(first, 2..4, &[Charlie]);
		go_to(first + 4 * LENGTH);
		let account = Bob.to_account_id();
		for limit in LIMITS {
			let (mut all, mut before): (Vec<EpochExplanation<_>>, _) = (vec![], None);
			loop {
				let page = Runtime::explain_range(account.clone(), TOPIC, before, limit);
				assert!(page.len() <= limit as usize);
				let Some(last) = page.last() else { break };
				before = Some(last.epoch);
				all.extend(page);
			}
			let epochs: Vec<_> = all.iter().rev().map(|one| one.epoch - first).collect();
			assert_eq!(epochs, [0, 10, 20, 30, 40], "pages of {limit}");
			for EpochExplanation { epoch, explanation } in all {
				assert_eq!(explanation, Runtime::explain(account.clone(), TOPIC, epoch));
			}
		}
		let missed = Runtime::explain_range(account.clone(), TOPIC, Some(first + 3 * LENGTH), 1);
		let [EpochExplanation { epoch, explanation }] = &missed[..] else { panic!("one epoch") };
		assert_eq!((*epoch, explanation.state), (first + 2 * LENGTH, Some(EpochState::Settled)));
		let reason = explanation.inferer.standing.no_reward;
		assert_eq!(reason, Some(NoReward::NothingSubmitted));
		assert_eq!(Runtime::explain_range(account, 9, None, 64), vec![]);
	});
}
