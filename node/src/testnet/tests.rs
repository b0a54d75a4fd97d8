//! Lists that give a specification, and lists that do not.

use super::*;
use codec::Encode;
use sp_core::{bytes::to_hex, Pair};
use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
use sp_runtime::AccountId32;

const EXAMPLE: &str = include_str!("../../../docs/testnet/validators.toml");
const EXAMPLE_SPEC: &str = include_str!("../../../docs/testnet/spec.json");
const EXAMPLE_STATE: &str = include_str!("../../../docs/testnet/state");

/// An account of a name.
fn account(name: &str) -> AccountId32 {
	let pair = sp_core::sr25519::Pair::from_string(&format!("//{name}"), None).expect("valid");
	pair.public().into()
}

/// A `[[validator]]` with new session keys, whose proof is for `owner`.
fn validator_of(stash: &str, owner: &str, bond: u64) -> String {
	let mut state = sp_io::TestExternalities::default();
	state.register_extension(KeystoreExt::new(MemoryKeystore::new()));
	let owner = account(owner).encode();
	let made = state.execute_with(|| SessionKeys::generate(&owner, None));
	let (keys, proof) = (made.keys.encode(), made.proof.encode());
	format!(
		"[[validator]]\nstash = \"{}\"\nkeys = \"{}\"\nproof = \"{}\"\nbond = {bond}\ncommission = 5\n",
		account(stash),
		to_hex(&keys, false),
		to_hex(&proof, false),
	)
}

fn validator(stash: &str) -> String {
	validator_of(stash, stash, 20_000)
}

/// A list with these validators, and this among what the whole network has.
fn list(more: &str, validators: &[String]) -> String {
	let groups = ["foundation", "participants", "investors", "team"]
		.map(|name| format!("{name} = \"{}\"\n", account(name)))
		.concat();
	let committee = account("member");
	format!(
		"name = \"Test\"\nid = \"test\"\ncommittee = [\"{committee}\"]\n{more}\n[groups]\n{groups}{}",
		validators.concat(),
	)
}

fn network(text: &str) -> Network {
	Network::parse(text).expect("the list is readable")
}

/// The genesis of a list, or the name of what is wrong with it.
fn tried(text: &str) -> Result<Value, String> {
	let genesis = Network::parse(text).and_then(|network| genesis(&network));
	genesis.map_err(|error| error.to_string())
}

/// Fails unless the list is refused by the error of this name.
fn assert_refused(text: &str, name: &str) {
	let error = tried(text).expect_err(name);
	assert!(error.starts_with(&format!("{name}: ")), "{error}");
}

#[test]
fn list_of_two_validators_is_the_preset_with_their_accounts_and_keys() {
	let text = list("", &[validator("one"), validator("two")]);
	let genesis = tried(&text).expect("the list is valid");
	let preset: Value = serde_json::from_slice(
		&get_preset(&PRODUCTION_RUNTIME_PRESET.into()).expect("there is one"),
	)
	.expect("JSON");
	for kept in ["/sudo", "/nominationPools", "/timing", "/staking/minValidatorBond"] {
		assert_eq!(genesis.pointer(kept), preset.pointer(kept), "{kept}");
	}
	assert_eq!(genesis["sudo"]["key"], Value::Null);
	assert_eq!(genesis["staking"]["stakers"][1][0], account("two").to_string());
	assert_eq!(genesis["staking"]["validatorCount"], 2);
	assert_eq!(genesis["emissions"]["vested"][0][0], account("investors").to_string());
	let sum = |genesis: &Value| -> u64 {
		let balances = genesis["balances"]["balances"].as_array().expect("a list");
		balances.iter().map(|balance| balance[1].as_u64().expect("an amount")).sum()
	};
	assert_eq!(sum(&genesis), sum(&preset));
	for index in 1..=4 {
		let placeholder = AccountId::from(placeholder("stash", &index.to_string()));
		assert!(!genesis.to_string().contains(&placeholder.to_string()));
	}
	for group in GROUPS {
		assert!(!genesis.to_string().contains(&group.account().to_string()), "{}", group.name);
	}
}

#[test]
fn session_keys_in_the_genesis_are_those_of_the_list() {
	let network = network(&list("", &[validator("one")]));
	let genesis = genesis(&network).expect("the list is valid");
	let keys: SessionKeys =
		serde_json::from_value(genesis["session"]["keys"][0][2].clone()).expect("session keys");
	assert_eq!(to_hex(&keys.encode(), false), network.validators[0].keys);
}

#[test]
fn periods_of_the_list_replace_those_of_production() {
	let timing = "timing.session_length = 10\ntiming.governance_day_ms = 60000";
	let genesis = tried(&list(timing, &[validator("one")])).expect("the list is valid");
	assert_eq!(genesis["timing"]["sessionLength"], 10);
	assert_eq!(genesis["timing"]["slotDurationMs"], 6_000);
	assert_eq!(genesis["origins"]["dayMs"], 60_000);
}

#[test]
fn holders_are_paid_by_the_participants() {
	let holder = |amount: u64| {
		format!("[[holder]]\naccount = \"{}\"\namount = {amount}\n", account("faucet"))
	};
	let participants = |text: &str| {
		let genesis = tried(text).expect("the list is valid");
		let balances: Vec<(AccountId, Balance)> =
			serde_json::from_value(genesis["balances"]["balances"].clone()).expect("balances");
		let own = balances.into_iter().find(|(who, _)| *who == account("participants"));
		own.expect("has a balance").1
	};
	let one = [validator("one")];
	let without = participants(&list("", &one));
	let with = participants(&(list("", &one) + &holder(1_000_000)));
	assert_eq!(without - with, 1_000_000 * ALLO);
	// 12.3 % of 10^9 ALLO, of which the validator takes 20,000 and 100 for fees.
	assert_eq!(without, (123_000_000 - 20_100) * ALLO);
	assert_refused(&(list("", &one) + &holder(123_000_000)), "AllocationExceeded");
	assert_refused(&(list("", &one) + &holder(0)), "AmountTooSmall");
}

#[test]
fn what_is_wrong_with_a_list_has_a_name() {
	let one = validator("one");
	assert_refused(&list("", &[]).replace("[groups]", "validator = []\n[groups]"), "NoValidators");
	assert_refused(&list("", &[one.clone(), validator("one")]), "DuplicateStash");
	assert_refused(&list("", &[validator_of("one", "two", 20_000)]), "WrongProof");
	assert_refused(&list("", &[validator_of("one", "one", 9_999)]), "BondTooSmall");
	let without_proof: String = one
		.lines()
		.filter(|line| !line.starts_with("proof"))
		.map(|line| format!("{line}\n"))
		.collect();
	assert_refused(&list("", &[without_proof]), "KeyWithoutProof");
	assert_refused(&list("", &[one.replace("proof = \"0x", "proof = \"0x00")]), "WrongProof");
	assert_refused(&list("", &[one.replace("keys = \"0x", "keys = \"0x00")]), "WrongKeys");
	assert_refused(&list("", &[one.replace("keys = \"0x", "keys = \"zz")]), "KeysNotHex");
	for percent in [0, 101] {
		let other = one.replace("commission = 5", &format!("commission = {percent}"));
		assert_refused(&list("", &[other]), "CommissionOutOfRange");
	}
	for count in [0, 101] {
		assert_refused(
			&list(&format!("validator_count = {count}"), std::slice::from_ref(&one)),
			"ValidatorCount",
		);
	}
	assert_refused(&list("", &[validator("team")]), "DuplicateAccount");
	let member = format!("\"{}\"", account("member"));
	let text = list("", std::slice::from_ref(&one));
	assert_refused(&text.replace(&member, &format!("{member}, {member}")), "DuplicateMember");
	assert_refused(&text.replace(&member, ""), "NoCommittee");
}

#[test]
fn fields_that_are_not_known_or_missing_are_named() {
	let one = validator("one");
	let text = list("", std::slice::from_ref(&one));
	let unknown = tried(&(text.clone() + "sudo = \"me\"\n")).expect_err("unknown");
	assert!(unknown.contains("unknown field `sudo`"), "{unknown}");
	let unknown = tried(&list("sudo = \"me\"", std::slice::from_ref(&one))).expect_err("unknown");
	assert!(unknown.contains("unknown field `sudo`"), "{unknown}");
	let missing = tried(&text.replace("bond = 20000\n", "")).expect_err("missing");
	assert!(missing.contains("missing field `bond`"), "{missing}");
	let stash = account("one").to_string();
	let wrong = tried(&text.replace(&stash, &stash.replace('5', "6"))).expect_err("no account");
	assert!(wrong.starts_with("Unreadable: "), "{wrong}");
}

#[test]
fn session_key_of_two_validators_is_refused() {
	let mut state = sp_io::TestExternalities::default();
	state.register_extension(KeystoreExt::new(MemoryKeystore::new()));
	let entries = state.execute_with(|| {
		let mut made = SessionKeys::generate(&account("one").encode(), None).keys;
		["one", "two"].map(|name| {
			let proof = made.create_ownership_proof(&account(name).encode()).expect("has keys");
			let (keys, proof) = (to_hex(&made.encode(), false), to_hex(&proof.encode(), false));
			let stash = account(name);
			format!(
				"[[validator]]\nstash = \"{stash}\"\nkeys = \"{keys}\"\nproof = \"{proof}\"\n\
				 bond = 20000\ncommission = 5\n"
			)
		})
	});
	assert_refused(&list("", &entries), "DuplicateKey");
}

#[test]
fn example_gives_the_same_bytes_twice_and_the_example_specification() {
	let made = || specification(&network(EXAMPLE)).expect("the example is valid");
	let [first, second] = [made(), made()].map(|spec| spec.as_json(false).expect("serialisable"));
	assert!(first == second);
	let shown = without_code(&made()).expect("serialisable");
	assert_eq!(
		shown.trim(),
		EXAMPLE_SPEC.trim(),
		"write docs/testnet anew: scripts/testnet-example"
	);
}

#[test]
fn genesis_of_the_example_is_stable() {
	let spec = specification(&network(EXAMPLE)).expect("the example is valid");
	let genesis = Genesis::of(&spec).expect("the runtime takes it");
	assert_eq!(genesis, Genesis::of(&spec).expect("the runtime takes it"));
	let state = format!("{:?}", genesis.state_without_code);
	assert_eq!(state, EXAMPLE_STATE.trim(), "write docs/testnet anew: scripts/testnet-example");
}

#[test]
fn genesis_that_the_runtime_refuses_is_an_error() {
	let timing = "timing.session_length = 0";
	let spec = specification(&network(&list(timing, &[validator("one")]))).expect("is JSON");
	let error = Genesis::of(&spec).expect_err("sessions without slots");
	assert!(matches!(error, ListError::Refused(_)), "{error}");
}
