// Validators killed by SIGKILL: one of four, two of four, all four.
'use strict';
const { setTimeout: sleep } = require('node:timers/promises');
const { until } = require('../scripts/e2e/chain');
const { suite } = require('./nodes');
const { Participants, eventsIn } = require('./participants');

/** Blocks that have to pass for a statement about finality. */
const SPAN = 15;

suite('crash: validators of a network of four are killed', {}, async (network, { step, saw }) => {
	await network.start();
	const [alice, , charlie, dave] = network.validators;
	step('four validators run');
	const topic = await Participants.join(network);
	await until('two epochs are settled', async () => await topic.settled(alice) >= 2, 120);
	step('two epochs are settled');

	step('one of four is killed: finality goes on');
	await dave.kill();
	const lags = [];
	const start = await alice.final();
	await until('finality goes on', async () => {
		const final = await alice.final();
		lags.push(await alice.best() - final);
		return final >= start + SPAN;
	}, 120);
	const mean = lags.reduce((sum, lag) => sum + lag) / lags.length;
	saw('finality lag in blocks, mean and greatest', `${mean.toFixed(1)}, ${Math.max(...lags)}`);

	let begin = Date.now();
	await dave.start();
	await network.agree(await alice.final());
	saw('seconds from the restart until it has caught up', ((Date.now() - begin) / 1000).toFixed(1));

	step('two of four are killed: finality stops, blocks do not');
	await Promise.all([charlie.kill(), dave.kill()]);
	// What was voted for before may still become final; this node may have to import it first.
	await sleep(1000);
	const from = await alice.best();
	await until('blocks go on', async () => await alice.best() >= from + SPAN, 180);
	const stopped = await alice.final();
	if (stopped > from) throw new Error(`block ${stopped} became final by two of four`);
	const best = await alice.best();
	saw('blocks that are not final', best - stopped);
	const kept = [await alice.hash(stopped), await alice.hash(best - 3)];

	begin = Date.now();
	await Promise.all([charlie.start(), dave.start()]);
	await until('finality resumes', async () => await alice.final() > stopped, 180);
	saw('blocks made from the restart until finality resumes', await alice.best() - best);
	saw('seconds from the restart until finality resumes', ((Date.now() - begin) / 1000).toFixed(1));
	await network.agree(best);
	if (await dave.hash(stopped) !== kept[0]) throw new Error('a final block is lost');
	if (await dave.hash(best - 3) !== kept[1]) throw new Error('a block of those that ran is lost');
	saw('seconds from the restart until all of it is final everywhere', ((Date.now() - begin) / 1000).toFixed(1));

	step('all four are killed, for more than three epochs');
	const api = await alice.api();
	const length = (await api.call.topicsApi.topic(topic.topic)).unwrap().parameters.epochLength.toNumber();
	const last = await alice.final();
	const lastHash = await alice.hash(last);
	await Promise.all(network.validators.map((node) => node.kill()));
	// On purpose a time, not a condition: the chain's clock goes on while nothing runs.
	await sleep(3.5 * length * 1000);
	await network.start();
	await until('blocks are final again', async () => await alice.final() >= last + SPAN, 240);
	if (await alice.hash(last) !== lastHash) throw new Error('a final block is lost');
	const skips = await eventsIn(alice, last + 1, await alice.final(), 'clock', 'EpochsSkipped');
	if (skips.length !== 1) throw new Error(`${skips.length} skips instead of one`);
	const [{ number, slot, data }] = skips;
	const { first, count } = { first: data.first.toNumber(), count: data.count.toNumber() };
	// The epochs whose last slot for payloads is before the slot of the first block; the window has ten slots.
	let due = 0;
	while (first + due * length + 9 < slot) due += 1;
	saw('epochs skipped', `${count}, from ${first} in steps of ${length}, in slot ${slot} of block ${number}`);
	if (count !== due || count < 2) throw new Error(`${count} skipped, not ${due}`);
	await until('an epoch after the skipped ones is settled', async () => {
		const states = await topic.epochs(alice);
		for (const epoch of states.keys()) {
			if (epoch >= first && epoch < first + count * length) throw new Error(`skipped epoch ${epoch} was opened`);
		}
		return [...states].some(([epoch, state]) => epoch > first && state === 'Settled');
	}, 120);

	await topic.stop();
	const states = await topic.epochs(alice);
	const tally = {};
	for (const state of states.values()) tally[state] = (tally[state] ?? 0) + 1;
	saw('epochs by state', JSON.stringify(tally));
	// Only those may be void whose windows passed without blocks, at least in part: they were in flight when all were killed,
	// or the first after the skipped ones.
	for (const [epoch, state] of states) {
		if (!state.startsWith('Void')) continue;
		saw('void', `${epoch}: ${state}`);
		if (epoch < first - 3 * length || epoch > first + count * length) throw new Error(`epoch ${epoch} is ${state}`);
	}
	await network.agree(await alice.final());
	const ledger = await (await alice.api()).call.emissionsApi.ledger();
	if (!ledger.addsUp.isTrue) throw new Error('the ledger does not add up');
});
