// Validators killed by SIGKILL: one of four, two of four, all four.
'use strict';
const { setTimeout: sleep } = require('node:timers/promises');
const { until } = require('../scripts/e2e/chain');
const { suite } = require('./nodes');
const { Participants, eventsIn } = require('./participants');

/** Blocks that have to pass for a statement about finality. */
const SPAN = 15;

/** The steps of epochs by their events: how long after the epoch's first slot each is due (docs/protocol.md, 5.2). */
const STEPS = {
	EpochOpened: () => 0,
	WorkersClosed: ({ workerWindow }) => workerWindow + 1,
	EpochSettled: ({ groundTruthLag, epochLength }) => groundTruthLag + epochLength,
	EpochVoided: (parameters, reason) => STEPS[reason === 'NoInference' ? 'WorkersClosed' : 'EpochSettled'](parameters),
};

/** All that happened to a topic's epochs in the blocks up to one, and the slot of each block. */
async function history(node, end) {
	const api = await node.api();
	const slots = [];
	const steps = [];
	const payloads = new Set();
	const reports = new Set();
	const late = [];
	for (let number = 1; number <= end; number += 1) {
		const at = await api.at(await node.hash(number));
		const slot = (await at.query.babe.currentSlot()).toNumber();
		slots.push(slot);
		const figures = await at.call.monitoringApi.blockFigures();
		if (figures.lateSteps.toNumber()) late.push({ number, count: figures.lateSteps.toNumber() });
		for (const { event: { section, method, data } } of await at.query.system.events()) {
			const epoch = data.epoch?.toNumber();
			if (section === 'inference' && method === 'InferenceAccepted') payloads.add(epoch);
			if (section === 'reputer' && method === 'ReportAccepted') reports.add(epoch);
			if (section === 'clock' && STEPS[method]) steps.push({ epoch, method, number, slot, reason: data.reason?.type });
		}
	}
	return { slots, steps, payloads, reports, late };
}

/**
 * Fails unless each step was taken within its tolerance from the first block on that could take it, the runtime counts
 * as late those that were not taken within it from their due slots on, and these are the last steps, at least, of all
 * epochs that were in flight when the block of `last` was made, the last one before the outage.
 */
function checkLate({ slots, steps, late }, parameters, last) {
	// The largest power of two within a quarter of an epoch, but 2 slots at least (docs/monitoring.md).
	const tolerance = Math.max(2, 2 ** Math.floor(Math.log2(parameters.epochLength / 4)));
	const byBlock = new Map();
	const wasLate = new Set();
	for (const { epoch, method, number, slot, reason } of steps) {
		const due = epoch + STEPS[method](parameters, reason);
		const possible = slots.find((other) => other >= due);
		const text = `${method} of ${epoch}, due in slot ${due}, in slot ${slot}`;
		if (slot < due) throw new Error(`too early: ${text}`);
		if (slot > possible + tolerance) throw new Error(`late, and the chain had blocks from slot ${possible} on: ${text}`);
		if (slot <= due + tolerance) continue;
		byBlock.set(number, (byBlock.get(number) ?? 0) + 1);
		wasLate.add(`${method} ${epoch}`);
	}
	const wanted = JSON.stringify([...byBlock].map(([number, count]) => ({ number, count })));
	const counted = JSON.stringify(late);
	if (counted !== wanted) throw new Error(`the runtime counts as late steps ${counted}, not ${wanted}`);
	const before = (name) =>
		steps.filter(({ method, number }) => method === name && number <= last).map(({ epoch }) => epoch);
	const over = [...before('EpochSettled'), ...before('EpochVoided')];
	const inFlight = before('EpochOpened').filter((epoch) => !over.includes(epoch));
	// An epoch takes two epoch lengths, and one opens after each.
	if (inFlight.length < 2) throw new Error(`only ${inFlight} were in flight`);
	for (const epoch of inFlight) {
		if (!wasLate.has(`EpochSettled ${epoch}`) && !wasLate.has(`EpochVoided ${epoch}`)) {
			throw new Error(`epoch ${epoch} was in flight in block ${last}, and its end is not late`);
		}
	}
	return { inFlight: inFlight.length, steps: wasLate.size };
}

/**
 * Fails unless the epoch's end is what the payloads and reports for it say, and the window that a void one has missed has
 * slots from after `down` and before `up`, when the network was down or not all nodes were back.
 */
function checkEnd(epoch, state, { payloads, reports }, parameters, down, up) {
	if (!/Settled|Void/.test(state)) return;
	const lacks = !payloads.has(epoch) ? 'NoInference' : !reports.has(epoch) && 'NoReport';
	const wanted = lacks ? `Void(${lacks})` : 'Settled';
	if (state !== wanted) throw new Error(`epoch ${epoch} is ${state} instead of ${wanted}`);
	if (!lacks) return;
	const { workerWindow, groundTruthLag, epochLength } = parameters;
	const [from, to] = lacks === 'NoInference' ? [epoch, epoch + workerWindow]
		: [epoch + groundTruthLag, epoch + groundTruthLag + epochLength - 1];
	if (to <= down || from >= up) {
		throw new Error(`epoch ${epoch} is ${state}, and the network was well in slots ${from} to ${to}`);
	}
}

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
	const found = (await api.call.topicsApi.topic(topic.topic)).unwrap().parameters;
	const parameters = Object.fromEntries(['workerWindow', 'groundTruthLag', 'epochLength'].map((name) =>
		[name, found[name].toNumber()]));
	const length = parameters.epochLength;
	const last = await alice.final();
	const lastHash = await alice.hash(last);
	await Promise.all(network.validators.map((node) => node.kill()));
	// On purpose a time, not a condition: the chain's clock goes on while nothing runs.
	await sleep(3.5 * length * 1000);
	await network.start();
	await until('blocks are final again', async () => await alice.final() >= last + SPAN, 240);
	if (await alice.hash(last) !== lastHash) throw new Error('a final block is lost');
	const well = await alice.best();
	const skips = await eventsIn(alice, last + 1, await alice.final(), 'clock', 'EpochsSkipped');
	// More than one, if no block came in a later window either.
	const skipped = skips.map(({ number, slot, data }) => {
		const [first, count] = [data.first.toNumber(), data.count.toNumber()];
		// The epochs whose last slot for payloads is before the slot of the first block; the window has ten slots.
		let due = 0;
		while (first + due * length + 9 < slot) due += 1;
		saw('epochs skipped', `${count}, from ${first} in steps of ${length}, in slot ${slot} of block ${number}`);
		if (count !== due) throw new Error(`${count} skipped, not ${due}`);
		return { first, end: first + count * length, count };
	});
	if (!(skipped[0]?.count >= 2)) throw new Error('less than two epochs are skipped');
	await until('an epoch after the skipped ones is settled', async () => {
		const states = await topic.epochs(alice);
		for (const epoch of states.keys()) {
			const isSkipped = skipped.some(({ first, end }) => epoch >= first && epoch < end);
			if (isSkipped) throw new Error(`skipped epoch ${epoch} was opened`);
		}
		return [...states].some(([epoch, state]) => epoch > skipped[0].first && state === 'Settled');
	}, 120);

	await topic.stop();
	const states = await topic.epochs(alice);
	const tally = {};
	for (const state of states.values()) tally[state] = (tally[state] ?? 0) + 1;
	saw('epochs by state', JSON.stringify(tally));
	const past = await history(alice, await alice.final());
	// Of the blocks made before the outage, the last is the one before the longest gap.
	const gaps = past.slots.map((now, index) => (past.slots[index + 1] ?? now) - now);
	const end = gaps.indexOf(Math.max(...gaps)) + 1;
	if (end < last) throw new Error(`the longest time without blocks is after block ${end}, before ${last}`);
	const late = checkLate(past, parameters, end);
	saw('epochs in flight before the outage, and steps late in all', `${late.inFlight}, ${late.steps}`);
	saw('slots from the last block before the outage until all was well', past.slots[well - 1] - past.slots[end - 1]);
	saw('late steps by block', JSON.stringify(past.late));
	for (const [epoch, state] of states) {
		if (state.startsWith('Void')) saw('void', `${epoch}: ${state}`);
		checkEnd(epoch, state, past, parameters, past.slots[end - 1], past.slots[well - 1]);
	}
	await network.agree(await alice.final());
	const ledger = await (await alice.api()).call.emissionsApi.ledger();
	if (!ledger.addsUp.isTrue) throw new Error('the ledger does not add up');
});
