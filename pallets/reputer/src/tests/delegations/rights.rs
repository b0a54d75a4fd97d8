//! The rights of delegators, and what they can look up.

use super::*;
use crate::{Error, Pools, Stakes};
use allora_primitives::{testing::topics::ExistingTopics, traits::EpochRecords};
use frame_support::{assert_noop, weights::WeightMeter};

#[test]
fn delegators_keep_their_rights_when_the_reputer_leaves_and_the_topic_is_forgotten() {
	with_delegations(256, 256, || {
		report_on(0);
		settle(0, 640);
		assert_ok!(set_commission(5));
		Strangers::set(vec![1]);
		while !Reputers::on_forget(TOPIC, &mut WeightMeter::new()) {}
		ExistingTopics::set(Some(vec![OTHER_TOPIC]));
		States::set(vec![]);
		assert_eq!(crate::Commissions::<Test>::iter().count(), 0);
		assert_ok!(claim(2));
		assert_noop!(compound(3), Error::<Test>::NotRegistered);
		assert_ok!(undelegate(2, 256));
		assert_ok!(undelegate(3, 256));
		assert_ok!(unstake(1, 128));
		System::set_block_number(REPORTS_OPEN + 50);
		for who in 1..=3 {
			assert_ok!(withdraw_for(who));
		}
		let balances = (1..=3).map(|who| Balances::balance(&who));
		assert_eq!(balances.collect::<Vec<_>>(), [FUNDS, FUNDS + 256, FUNDS + 256]);
		assert_eq!(Pools::<Test>::iter().count() + Stakes::<Test>::iter().count(), 0);
	});
}

#[test]
fn pending_removals_and_delegations_are_listed() {
	with_delegations(300, 0, || {
		assert_ok!(undelegate(2, 100));
		let other = Reputers::delegate(RuntimeOrigin::signed(2), OTHER_TOPIC, 3, 50);
		assert_ok!(other);
		let all = Reputers::delegations(&2);
		let listed: Vec<_> = all.iter().map(|one| (one.topic, one.reputer, one.amount)).collect();
		assert_eq!(listed, [(TOPIC, 1, 200), (OTHER_TOPIC, 3, 50)]);
		assert_eq!(info(2).earning, [(EPOCH, 300)]);
		let removals: Vec<_> = info(2).removals.iter().map(|one| (one.amount, one.due)).collect();
		assert_eq!(removals, [(100, REPORTS_OPEN + 50)]);
		assert_eq!(Reputers::delegations(&4), []);
	});
}
