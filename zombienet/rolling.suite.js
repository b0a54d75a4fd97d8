// All validators are restarted one after the other, as for a new version of the node, while participants and transfers
// keep the chain busy: every epoch is settled.
'use strict';
const { setTimeout: sleep } = require('node:timers/promises');
const { account, until } = require('../scripts/e2e/chain');
const { suite } = require('./nodes');
const { Participants, eventsIn } = require('./participants');

/** Transfers that are sent in a second. */
const TRANSFERS = 10;

suite('rolling: all validators are restarted one by one under load', {}, async (network, { step, saw }) => {
	await network.start();
	const [alice, bob] = network.validators;
	const topic = await Participants.join(network);
	await until('an epoch is settled', async () => await topic.settled(alice) >= 1, 120);

	// The sender's nonces are counted here, since no one node lives as long as the load.
	const sender = account('Ferdie');
	const payee = account('payee of the load').address;
	let sent = 0;
	let loaded = true;
	const load = (async () => {
		const api = await alice.api();
		let nonce = (await api.query.system.account(sender.address)).nonce.toNumber();
		while (loaded) {
			const [node] = network.running;
			try {
				const through = await node.api();
				const next = (await through.rpc.system.accountNextIndex(sender.address)).toNumber();
				nonce = Math.max(next, nonce - 50);
				for (let count = 0; count < TRANSFERS; count += 1) {
					await through.tx.balances.transferAllowDeath(payee, 10n ** 9n).signAndSend(sender, { nonce });
					nonce += 1;
					sent += 1;
				}
			} catch {
				// The node went down, or knows the transaction: the next round asks for the nonce again.
			}
			await sleep(1000);
		}
	})();

	const start = await alice.final();
	for (const node of network.validators) {
		const other = node === alice ? bob : alice;
		const begin = Date.now();
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
	const end = await alice.final();
	const skipped = await eventsIn(alice, start, end, 'clock', 'EpochsSkipped');
	if (settled !== opened.length || skipped.length) {
		throw new Error(`epochs: ${JSON.stringify([...states])}, ${skipped.length} skips`);
	}
	if (settled < 4) throw new Error(`only ${settled} epochs in the time of the restarts`);

	const api = await alice.api();
	const at = await api.at(await alice.hash(end));
	const arrived = (await at.query.system.account(payee)).data.free.toBigInt() / 10n ** 9n;
	const slots = (await at.query.babe.currentSlot()).toNumber() -
		(await (await api.at(await alice.hash(start))).query.babe.currentSlot()).toNumber();
	saw('transfers sent and final', `${sent}, ${arrived}`);
	saw('blocks in slots', `${end - start} in ${slots}`);
	const ledger = await at.call.emissionsApi.ledger();
	if (!ledger.addsUp.isTrue) throw new Error('the ledger does not add up');
});
