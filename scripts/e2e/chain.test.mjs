// The chain as wallets and polkadot.js Apps see it: whatever their pages read exists, decodes and changes over time.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { ALLO, account, connect, load, only, send, timed, until } from './lib.mjs';

const { Metadata, TypeRegistry } = load('@polkadot/types');

const alice = account('Alice');
let api;
before(async () => { api = await connect(); }, { timeout: 60_000 });
after(() => api?.disconnect());

const check = timed(60);

check('metadata of versions 14 to 16 decodes', async () => {
	const versions = (await api.call.metadata.metadataVersions()).map(Number);
	for (const version of [14, 15, 16]) {
		assert.ok(versions.includes(version), `no metadata V${version} in ${versions}`);
		const bytes = (await api.call.metadata.metadataAtVersion(version)).unwrap();
		const metadata = new Metadata(new TypeRegistry(), bytes.toHex());
		assert.equal(metadata.version, version);
		assert.ok(metadata.asLatest.pallets.length > 20);
	}
	assert.equal(api.runtimeMetadata.version, 16);
});

check('the pallets have the names that clients expect', () => {
	const names = api.runtimeMetadata.asLatest.pallets.map(({ name }) => name.toString());
	const wanted = [
		'System', 'Timestamp', 'Babe', 'Authorship', 'Balances', 'TransactionPayment', 'Staking',
		'Session', 'Historical', 'Offences', 'Grandpa', 'AuthorityDiscovery', 'Utility', 'Multisig',
		'Proxy', 'Identity', 'Sudo', 'VoterList', 'Parameters', 'Migrations',
	];
	assert.deepEqual(wanted.filter((name) => !names.includes(name)), []);
});

check('wallets find the token and load the development accounts', async () => {
	const properties = await api.rpc.system.properties();
	assert.deepEqual(properties.tokenSymbol.unwrap().map(String), ['ALLO']);
	assert.deepEqual(properties.tokenDecimals.unwrap().map(Number), [10]);
	assert.equal(Number(properties.ss58Format.unwrap()), 42);
	assert.equal(api.consts.system.ss58Prefix.toNumber(), 42);
	assert.ok((await api.rpc.system.chainType()).isDevelopment);
	assert.equal((await api.rpc.state.getRuntimeVersion()).specName.toString(), 'allora');
});

check('blocks are finalized', async () => {
	const finalised = async () => Number(await api.derive.chain.bestNumberFinalized());
	const start = await finalised();
	await until('two more blocks are final', async () => await finalised() >= start + 2);
});

check('the author of a block is a validator', async () => {
	const header = await new Promise((resolve, reject) => {
		api.derive.chain.subscribeNewHeads((head) => resolve(head)).catch(reject);
	});
	const validators = (await api.query.session.validators()).map(String);
	assert.ok(validators.includes(String(header.author)), `author ${header.author} of ${validators}`);
});

check('a signed transfer arrives, for no more than the estimated fee', async () => {
	const to = account(`e2e-${Date.now()}`).address;
	const tx = api.tx.balances.transferKeepAlive(to, 5n * ALLO);
	const { partialFee } = await tx.paymentInfo(alice);
	assert.ok(partialFee.toBigInt() > 0n);
	const { events } = await send(api, tx, alice);
	only(events, 'balances', 'Transfer');
	only(events, 'system', 'ExtrinsicSuccess');
	const paid = only(events, 'transactionPayment', 'TransactionFeePaid').data;
	assert.ok(paid.actualFee.toBigInt() <= partialFee.toBigInt());
	const { availableBalance } = await api.derive.balances.all(to);
	assert.equal(availableBalance.toBigInt(), 5n * ALLO);
});

check('a transaction that fails reports why', async () => {
	const poor = account(`poor-${Date.now()}`);
	await send(api, api.tx.balances.transferKeepAlive(poor.address, ALLO), alice);
	await assert.rejects(
		send(api, api.tx.utility.batchAll([api.tx.balances.transferAllowDeath(alice.address, ALLO)]), poor),
		/FundsUnavailable|InsufficientBalance/,
	);
});

check('everything that the Staking page reads exists', async () => {
	assert.equal(api.tx.staking.bond.meta.args.length, 2);
	assert.ok(!api.query.stakingAhClient && !api.query.stakingRcClient);
	const single = {
		session: ['validators', 'currentIndex', 'queuedKeys'],
		babe: ['currentSlot', 'epochIndex', 'genesisSlot', 'authorities'],
		staking: [
			'activeEra', 'currentEra', 'validatorCount', 'minNominatorBond', 'minValidatorBond',
			'minCommission', 'counterForValidators', 'counterForNominators', 'maxNominatorsCount', 'forceEra',
		],
		balances: ['totalIssuance'],
		voterList: ['counterForListNodes'],
		sudo: ['key'],
	};
	for (const [pallet, items] of Object.entries(single)) {
		for (const item of items) {
			assert.ok(api.query[pallet]?.[item], `no storage item ${pallet}.${item}`);
			await api.query[pallet][item]();
		}
	}
	const maps = {
		session: ['nextKeys'],
		staking: [
			'bonded', 'ledger', 'payee', 'validators', 'nominators', 'erasStartSessionIndex', 'erasStakersOverview',
			'erasStakersPaged', 'erasValidatorReward', 'erasRewardPoints', 'erasValidatorPrefs', 'claimedRewards',
			'slashingSpans',
		],
		identity: ['identityOf'],
		proxy: ['proxies'],
		multisig: ['multisigs'],
	};
	for (const [pallet, items] of Object.entries(maps)) {
		for (const item of items) {
			assert.ok(api.query[pallet]?.[item], `no storage item ${pallet}.${item}`);
			await api.query[pallet][item].entriesPaged({ args: [], pageSize: 20 });
		}
	}
	const { staking, babe } = api.consts;
	for (const item of ['historyDepth', 'bondingDuration', 'sessionsPerEra', 'slashDeferDuration']) {
		assert.ok(staking[item], `no constant staking.${item}`);
	}
	assert.ok(staking.historyDepth.toNumber() > 0 && staking.bondingDuration.toNumber() > 0);
	assert.ok(staking.slashDeferDuration.toNumber() < staking.bondingDuration.toNumber());
	assert.ok(babe.epochDuration.toNumber() > 0 && babe.expectedBlockTime.toNumber() > 0);
});

check('exposures are stored in pages', async () => {
	const era = (await api.query.staking.activeEra()).unwrap().index;
	const entries = await api.query.staking.erasStakersOverview.entries(era);
	assert.ok(entries.length > 0, 'no exposure in the active era');
	for (const [, overview] of entries) {
		const { total, own, nominatorCount, pageCount } = overview.unwrap();
		assert.ok(total.toBigInt() >= own.toBigInt() && own.toBigInt() > 0n);
		assert.ok(nominatorCount.toNumber() >= 0 && pageCount.toNumber() >= 0);
	}
	const [validator] = await api.query.session.validators();
	assert.match((await api.query.staking.claimedRewards(era, validator)).toRawType(), /Vec<u32>/);
});

check('the derived queries of staking return values', async () => {
	const derive = api.derive.staking;
	const flags = { withController: true, withExposure: true, withExposureMeta: true, withPrefs: true, withLedger: true };
	const overview = await derive.overview();
	assert.ok(overview.validators.length > 0 && overview.validatorCount.toNumber() > 0);
	const elected = await derive.electedInfo(flags);
	assert.ok(elected.info.length > 0);
	assert.ok(elected.info.every(({ exposureMeta }) => exposureMeta.unwrap().total.toBigInt() > 0n));
	assert.ok(Array.isArray((await derive.waitingInfo(flags)).info));
	for (const call of ['erasRewards', 'erasPoints', 'erasPrefs', 'erasExposure', 'erasSlashes']) {
		assert.ok(Array.isArray(await derive[call]()), call);
	}
	assert.ok((await derive.stashes()).length > 0);
	const stash = overview.validators[0];
	assert.equal(String((await derive.account(stash)).stashId), String(stash));
	assert.ok((await derive.query(stash, flags)).stakingLedger.total.toBigInt() > 0n);
});

check('sessions and eras progress', async () => {
	const first = await api.derive.session.progress();
	assert.ok(first.isEpoch && first.sessionLength.toNumber() > 0);
	assert.equal(first.eraLength.toNumber(), first.sessionLength.toNumber() * first.sessionsPerEra.toNumber());
	const slots = ({ currentIndex, sessionLength, sessionProgress }) =>
		currentIndex.toNumber() * sessionLength.toNumber() + sessionProgress.toNumber();
	await until('the session progresses', async () => slots(await api.derive.session.progress()) > slots(first));
	assert.ok((await api.derive.session.info()).validatorCount.toNumber() > 0);
});

check('the Bags page finds all voters', async () => {
	const voters = (await api.query.staking.counterForValidators()).toNumber()
		+ (await api.query.staking.counterForNominators()).toNumber();
	assert.equal((await api.query.voterList.counterForListNodes()).toNumber(), voters);
	assert.ok((await api.query.voterList.listBags.entries()).length > 0);
});

// Apps shows a page if the chain has what the page's routing asks for; each is hidden on its own otherwise.
check('what Apps needs to show the pages of governance and pools exists', () => {
	const { consts, query, tx } = api;
	const needed = {
		referenda: [tx.referenda.submit, tx.convictionVoting.vote, consts.referenda.tracks],
		'technical committee': [query.technicalCommittee.members, tx.technicalCommittee.propose],
		treasury: [query.treasury.proposals, consts.treasury.spendPeriod],
		preimages: [query.preimage.requestStatusFor, query.preimage.preimageFor],
		scheduler: [query.scheduler.agenda],
		pools: [consts.nominationPools.palletId, query.nominationPools.bondedPools],
	};
	for (const [page, parts] of Object.entries(needed)) {
		assert.ok(parts.every(Boolean), `the page of ${page} would be hidden`);
	}
	const tracks = consts.referenda.tracks.map(([, { name }]) => name.toString().replace(/\0+$/, ''));
	assert.deepEqual(tracks, ['root', 'whitelisted_caller', 'parameters', 'subsidy', 'treasury', 'emergency']);
});

check('the derived queries of governance return values', async () => {
	assert.ok((await api.derive.technicalCommittee.members()).length > 0);
	assert.deepEqual(await api.derive.technicalCommittee.proposals(), []);
	const { approvals, proposals } = await api.derive.treasury.proposals();
	assert.deepEqual([approvals, proposals], [[], []]);
	assert.ok((await api.query.treasury.spendCount()).toNumber() >= 0);
	assert.ok((await api.query.referenda.referendumCount()).toNumber() >= 0);
});

check('the sudo key is a development account', async () => {
	assert.equal((await api.query.sudo.key()).unwrap().toString(), alice.address);
});
