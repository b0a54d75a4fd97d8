// All validators are restarted one after the other, as for a new version of the node, while participants and transfers
// keep the chain busy: every epoch is settled, and no transfer is lost but those in the pool of a node that ends.
'use strict';
const { setTimeout: sleep } = require('node:timers/promises');
const { account, undecided, until } = require('../scripts/e2e/chain');
const { suite } = require('./nodes');
const { Participants, eventsIn } = require('./participants');

/** Transfers that are sent in a second. */
const TRANSFERS = 10;

/** What each of them transfers, in planck. */
const AMOUNT = 10n ** 9n;

/** For so long before its end a node may have transfers in its pool that it has not passed on, in milliseconds. */
const POOL_MS = 2000;

suite('rolling: all validators are restarted one by one under load', {}, async (network, { step, saw }) => {
	await network.start();
	const [alice, bob] = network.validators;
	const topic = await Participants.join(network);
	await until('an epoch is settled', async () => await topic.settled(alice) >= 1, 120);

	// The validator that is being restarted, and when each one was ended.
	let away = null;
	const ended = new Map();
	// One account pays one account, so that the nonces tell all transfers apart. One node gets them until it goes.
	const sender = account('Ferdie');
	const payee = account('payee of the load').address;
	const nonceAt = async (number) => {
		const at = await (await alice.api()).at(await alice.hash(number));
		return (await at.query.system.account(sender.address)).nonce.toNumber();
	};
	const zero = await nonceAt(await alice.final());
	const taken = [];
	let loaded = true;
	const load = (async () => {
		let through = alice;
		let nonce = zero;
		while (loaded) {
			try {
				if (through === away) {
					through = network.validators.find((one) => one !== away);
					nonce = (await (await through.api()).rpc.system.accountNextIndex(sender.address)).toNumber();
				}
				const api = await through.api();
				for (let count = 0; count < TRANSFERS; count += 1, nonce += 1) {
					const transfer = api.tx.balances.transferAllowDeath(payee, AMOUNT);
					try {
						await transfer.signAndSend(sender, { nonce });
						taken.push({ nonce, node: through, at: Date.now() });
					} catch (error) {
						// What the node that went had passed on, this one has already.
						if (!taken.some((other) => other.nonce === nonce && other.node !== through)) throw error;
						if (!undecided(error)) throw error;
					}
				}
			} catch (error) {
				if (through !== away) throw new Error(`${through.name} is up and takes no transfer: ${error.message}`);
			}
			await sleep(1000);
		}
	})();
	// It is awaited later.
	load.catch(() => {});

	const start = await alice.final();
	for (const node of network.validators) {
		const other = node === alice ? bob : alice;
		const begin = Date.now();
		away = node;
		ended.set(node, begin);
		const code = await node.kill('SIGTERM');
		if (code !== 0) throw new Error(`${node.name} ended with ${code}`);
		const down = ((Date.now() - begin) / 1000).toFixed(1);
		await node.start();
		const back = await other.best();
		await network.agree(back);
		const up = ((Date.now() - begin) / 1000).toFixed(1);
		// It has to make blocks again before the next one goes.
		const address = account(`${node.name[0].toUpperCase()}${node.name.slice(1)}//stash`).address;
		const api = await other.api();
		let next = back;
		await until(`${node.name} makes blocks again`, async () => {
			const final = await other.final();
			for (; next <= final; next += 1) {
				const { author } = await api.derive.chain.getHeader(await other.hash(next));
				if (author.toString() === address) return true;
			}
			return false;
		}, 120);
		const made = ((Date.now() - begin) / 1000).toFixed(1);
		away = null;
		step(`${node.name}: ended after ${down} s, has caught up after ${up} s, makes blocks after ${made} s`);
	}

	// All epochs that opened until now shall be settled.
	const opened = [...(await topic.epochs(alice)).keys()];
	await until('all epochs are over', async () => {
		const states = await topic.epochs(alice);
		return opened.every((epoch) => /Settled|Void/.test(states.get(epoch)));
	}, 180);
	loaded = false;
	await load;
	await topic.stop();
	const states = await topic.epochs(alice);
	const settled = opened.filter((epoch) => states.get(epoch) === 'Settled').length;
	saw('epochs opened, and settled', `${opened.length}, ${settled}`);
	const skipped = await eventsIn(alice, start, await alice.final(), 'clock', 'EpochsSkipped');
	if (settled !== opened.length || skipped.length) {
		throw new Error(`epochs: ${JSON.stringify([...states])}, ${skipped.length} skips`);
	}
	const length = (await (await alice.api()).call.topicsApi.topic(topic.topic)).unwrap().parameters.epochLength.toNumber();
	if (opened.some((epoch, index) => index && epoch - opened[index - 1] !== length)) {
		throw new Error(`not every epoch has opened: ${opened}`);
	}
	if (settled < 4) throw new Error(`only ${settled} epochs in the time of the restarts`);

	const last = Math.max(...taken.map(({ nonce }) => nonce));
	await until('all transfers are final', async () => await nonceAt(await alice.final()) > last, 60);
	const end = await alice.final();
	const api = await alice.api();
	const at = await api.at(await alice.hash(end));
	const arrived = (await at.query.system.account(payee)).data.free.toBigInt() / AMOUNT;
	// A call that fails takes its nonce, too.
	const included = await nonceAt(end) - zero;
	if (Number(arrived) !== included) throw new Error(`${arrived} of ${included} transfers have succeeded`);
	const sent = new Map();
	for (const one of taken) sent.set(one.nonce, [...(sent.get(one.nonce) ?? []), one]);
	const again = [...sent.values()].filter((all) => all.length > 1);
	saw('transfers sent, final, and of these sent again since a node ended', `${taken.length}, ${arrived}, ${again.length}`);
	for (const [{ nonce, node, at: when }] of again) {
		const left = (ended.get(node) ?? Infinity) - when;
		if (left > POOL_MS) throw new Error(`${node.name} lost transfer ${nonce} of ${left} ms before its end`);
	}
	if (sent.size < 0.8 * taken.length) throw new Error(`only ${sent.size} of ${taken.length} transfers arrived`);
	if (sent.size < 100) throw new Error(`only ${sent.size} transfers: that is no load`);
	const slots = (await at.query.babe.currentSlot()).toNumber() -
		(await (await api.at(await alice.hash(start))).query.babe.currentSlot()).toNumber();
	saw('blocks in slots', `${end - start} in ${slots}`);
	const ledger = await at.call.emissionsApi.ledger();
	if (!ledger.addsUp.isTrue) throw new Error('the ledger does not add up');
});
