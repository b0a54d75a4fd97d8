// A validator that runs twice with one key: its blocks of one slot are reported, it is disabled, and it is slashed.
'use strict';
const { ALLO, account, eventsOf, until } = require('../scripts/e2e/chain');
const { suite } = require('./nodes');
const { eventsIn } = require('./participants');

// Short sessions and eras: a slash is due when the last era of the bonding duration begins.
const patch = { timing: { sessionLength: 10, sessionsPerEra: 3, bondingDuration: 3 } };

suite('equivocation: a validator runs twice with one key', { patch }, async (network, { step, saw }) => {
	await network.start();
	const [alice, , , dave] = network.validators;
	const api = await alice.api();
	const offender = account('Dave//stash').address;
	/** The bonds of all stakers in a block. */
	const bonds = async (number) => {
		const at = await api.at(await alice.hash(number));
		return new Map((await at.query.staking.ledger.entries()).map(([, ledger]) =>
			[ledger.unwrap().stash.toString(), ledger.unwrap().active.toBigInt()]));
	};
	/** Fails unless the bonds in two blocks differ by what the events say that was slashed, for every staker. */
	const checkBonds = async (from, to) => {
		const lost = new Map();
		for (const { data: { staker, amount } } of await eventsIn(alice, from + 1, to, 'staking', 'Slashed')) {
			lost.set(staker.toString(), (lost.get(staker.toString()) ?? 0n) + amount.toBigInt());
		}
		const [before, after] = [await bonds(from), await bonds(to)];
		for (const who of lost.keys()) if (!before.has(who)) throw new Error(`${who} is slashed, and had no bond`);
		for (const [who, bond] of before) {
			const is = after.get(who) ?? 0n;
			const wanted = bond - (lost.get(who) ?? 0n);
			if (is !== wanted) throw new Error(`the bond of ${who} is ${is} after ${bond}, and not ${wanted}`);
		}
		return { before, lost };
	};
	await until('blocks are final', async () => await alice.final() >= 3, 120);

	step('a second node starts with the keys of dave');
	const start = await alice.final();
	const clone = await network.add('clone', ['--validator', '--dave']);
	await clone.start();

	/** Waits until an event is final, and returns where it is and what it says. */
	const seen = async (section, method, isIt = () => true) => {
		let next = start;
		return until(`${section}.${method} is final`, async () => {
			const final = await alice.final();
			if (final < next) return null;
			const [found] = (await eventsIn(alice, next, final, section, method)).filter(({ data }) => isIt(data));
			next = final + 1;
			return found;
		}, 300);
	};
	const offence = await seen('offences', 'Offence');
	const kind = Buffer.from(offence.data.kind.toU8a()).toString().trim();
	saw('offence', `${kind} in block ${offence.number}, ${offence.number - start} blocks after the clone's start`);
	const disabled = await seen('session', 'ValidatorDisabled', ({ validator }) => validator.toString() === offender);
	step(`dave is disabled, from block ${disabled.number} on`);

	// It is disabled for the rest of the era; its clone is at it still in the next ones.
	let number = disabled.number;
	let idle = 0;
	let wasOut = false;
	await until('blocks are made without it', async () => {
		for (const final = await alice.final(); number <= final; number += 1) {
			const at = await api.at(await alice.hash(number));
			const validators = (await at.query.session.validators()).map(String);
			const out = (await at.query.session.disabledValidators()).map(([index]) => validators[index.toNumber()]);
			if (out.some((who) => who !== offender)) throw new Error(`${out} are disabled in block ${number}`);
			// A block in which an era begins is the first that it may make again.
			if (wasOut && out.length) {
				idle += 1;
				const { author } = await api.derive.chain.getHeader(await alice.hash(number));
				if (author.toString() === offender) throw new Error(`dave made block ${number}, and it was disabled`);
			}
			wasOut = out.length > 0;
		}
		return idle >= 5;
	}, 180);
	saw('blocks while it was disabled, none of them its own', `${idle} of ${number - disabled.number}`);
	// A quarter of the validators: the square of three quarters.
	const reported = await seen('staking', 'SlashReported', ({ validator }) => validator.toString() === offender);
	if (reported.data.fraction.toNumber() !== 562_500_000) throw new Error(`to be slashed: ${reported.data.fraction.toHuman()}`);
	const { query } = await api.at(await alice.hash(reported.number));
	const { own, pageCount } = (await query.staking.erasStakersOverview(reported.data.slashEra, offender)).unwrap();
	if (pageCount.toNumber() !== 1) throw new Error(`${pageCount} pages of nominators`);
	const { others } = (await query.staking.erasStakersPaged(reported.data.slashEra, offender, 0)).unwrap();
	const exposed = [[offender, own], ...others.map(({ who, value }) => [who.toString(), value])];
	if (exposed.length < 2) throw new Error('dave has no nominator');

	const slashed = await seen('staking', 'Slashed', ({ staker }) => staker.toString() === offender);
	saw('slashed', `in block ${slashed.number}, ${slashed.number - offence.number} blocks after the offence`);
	const { lost } = await checkBonds(slashed.number - 1, slashed.number);
	for (const [who, stake] of exposed) {
		const amount = lost.get(who) ?? 0n;
		saw(who === offender ? 'of the validator' : 'of a nominator, behind it', `${amount / ALLO} of ${stake.toBigInt() / ALLO} ALLO`);
		// Up to how the last planck is rounded.
		const off = amount - stake.toBigInt() * 5625n / 10_000n;
		if (off < 0n || off > 1n) throw new Error(`${who} has lost ${amount} of ${stake}`);
		lost.delete(who);
	}
	if (lost.size) throw new Error(`others are slashed: ${[...lost.keys()]}`);

	// The blocks that it made twice in a slot are reported too, if not in this era then in the next one: it may have been
	// disabled by its votes before it made any.
	const reports = [0, 0];
	let block = start + 1;
	await until('a report of two blocks in a slot is accepted', async () => {
		for (const final = await alice.final(); block <= final; block += 1) {
			const hash = await alice.hash(block);
			const { extrinsics } = (await api.rpc.chain.getBlock(hash)).block;
			for (const [index, { method }] of extrinsics.entries()) {
				if (method.section !== 'babe') continue;
				const failed = (await eventsOf(api, hash, index)).some((event) => api.events.system.ExtrinsicFailed.is(event));
				reports[failed ? 1 : 0] += 1;
			}
		}
		return reports[0] > 0;
	}, 120);
	saw('reports of two blocks in a slot that the chain has accepted, and refused', reports.join(', '));

	// The others go on without dave, and both nodes with its key follow.
	await network.agree(await alice.best());
	const all = await checkBonds(start, await alice.final());
	const mean = ([who, amount]) => `${who}: ${Number(amount * 10_000n / all.before.get(who)) / 100} %`;
	saw('of the bonds in all, as it has gone on', [...all.lost].map(mean).join(', '));
	for (const who of all.lost.keys()) {
		const nominates = (await api.query.staking.nominators(who)).unwrapOrDefault().targets.map(String).includes(offender);
		if (who !== offender && !nominates) throw new Error(`${who} is slashed and does not nominate dave`);
	}
	await clone.kill();
	await dave.kill();
	const final = await alice.final();
	await until('finality goes on', async () => await alice.final() >= final + 5, 120);
	const ledger = await api.call.emissionsApi.ledger();
	if (!ledger.addsUp.isTrue) throw new Error('the ledger does not add up');
});
