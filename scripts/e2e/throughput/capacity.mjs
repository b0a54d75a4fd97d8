// What a thousand topics of two-minute epochs take by the weights that the chain declares, and what the chain has.
import { ALLO } from '../lib.mjs';
import { shape } from './network.mjs';

const milliseconds = (weight) => Number(weight.refTime) / 1e9;

/** What a topic of the group reserves: its steps with their turns, in milliseconds, and all of an epoch. */
function reservation(state) {
	const { steps, epoch, largest } = state.reservation.unwrap();
	const named = { open: milliseconds(steps.open), closeWorkers: milliseconds(steps.closeWorkers), closeReputers: milliseconds(steps.closeReputers) };
	const turn = milliseconds(largest) - Math.max(...Object.values(named));
	return { ...named, turn, epoch: milliseconds(epoch), largest: milliseconds(largest) };
}

/**
 * Plays the clock: every step uses its worst case, the step with the earliest deadline comes first, and none begins
 * that does not fit into the share. All topics have one epoch length, so that the deadlines have the order of the due
 * slots. Returns by how many slots steps are late, and how much of the share is used.
 */
export function play({ topics, length, share, session, reserved, spread, slots = 40 * length }) {
	const dues = Array.from({ length: slots }, () => []);
	const { turn } = reserved;
	for (let topic = 0; topic < topics; topic += 1) {
		for (let opens = spread ? topic % length : 0; opens < slots; opens += length) {
			dues[opens].push(reserved.open + turn);
			if (opens + length / 2 < slots) dues[opens + length / 2].push(reserved.closeWorkers + turn);
			// Reports close when the next epoch's windows of reporting open: two lengths after the opening.
			if (opens + 2 * length < slots) dues[opens + 2 * length].push(reserved.closeReputers);
		}
	}
	const queue = [];
	const found = { steps: 0, late: 0, latest: 0, used: 0 };
	let head = 0;
	for (let slot = 0; slot < slots; slot += 1) {
		queue.push(...dues[slot].map((weight) => ({ due: slot, weight })));
		// A block that ends a session has no weight left for the clock.
		let left = (slot + 1) % session === 0 ? 0 : share;
		while (head < queue.length && queue[head].weight <= left) {
			const { due, weight } = queue[head];
			head += 1;
			left -= weight;
			found.used += weight;
			found.steps += 1;
			found.late += due < slot;
			found.latest = Math.max(found.latest, slot - due);
		}
	}
	found.used /= slots * share;
	found.waiting = queue.length - head;
	return found;
}

/** The weight of everything that the participants of an epoch send, in milliseconds; with commitments, and without. */
async function messagesOf(network, { inferers, forecasters, reputers }) {
	const { api } = network;
	const { tx } = api;
	const value = [10n ** 18n];
	const elements = Array.from({ length: inferers }, (_, index) => [new Uint8Array(32).fill(index), -1n]);
	const base = Number(api.consts.system.blockWeights.perClass.normal.baseExtrinsic.refTime);
	const cost = async (call) => {
		const { weight } = await api.call.transactionPaymentApi.queryInfo(call.toU8a(), call.encodedLength);
		return (Number(weight.refTime) + base) / 1e9;
	};
	const [salt, hash] = [new Uint8Array(32), new Uint8Array(32)];
	const report = reputers * await cost(tx.reputer.report(1, 1, value));
	const sum = async (inference, forecast) => inferers * await cost(inference) + forecasters * await cost(forecast);
	return {
		open: report + await sum(tx.inference.submit(1, 1, value, null), tx.inference.submit(1, 1, null, elements)),
		committed: report + await sum(tx.inference.commit(1, 1, hash, 'Inferer'), tx.inference.commit(1, 1, hash, 'Forecaster'))
			+ await sum(tx.inference.reveal(1, 1, value, null, salt), tx.inference.reveal(1, 1, null, elements, salt)),
	};
}

/** The figures for a number of topics like those of the group, on a chain on which these are active. */
export async function capacity(network, group, { topics, sizes, length }) {
	const { api } = network;
	const state = await api.query.clock.topicStates(group.topics[0].number);
	const reserved = reservation(state);
	const [, share] = (await api.call.topicsApi.capacity()).map(milliseconds);
	const session = api.consts.babe.epochDuration.toNumber();
	// A vacancy is one more topic without a phase of its own.
	const vacancies = (await api.call.topicsApi.vacancies(shape(group.parameters))).toNumber();
	const tolerance = 2 ** state.reservation.unwrap().class.toNumber();
	const block = Number(api.consts.system.blockWeights.perClass.normal.maxTotal.unwrap().refTime) / 1e9;
	const target = block / 4;
	const messages = await messagesOf(network, sizes);
	const perSlot = (weight) => (topics * weight) / length;
	const play1 = (spread) => play({ topics, length, share, session, reserved, spread });
	return {
		topics, length, reserved, share, session, tolerance, admitted: group.topics.length + vacancies,
		rent: Number((await api.call.topicsApi.funded(group.topics[0].number)).unwrap().rent) / Number(ALLO),
		steps: perSlot(reserved.epoch), shareNeeded: (topics * reserved.epoch) / tolerance / (1 - 1 / session) + reserved.largest,
		spread: play1(true), aligned: play1(false),
		messages: { open: perSlot(messages.open), committed: perSlot(messages.committed), block, target },
		topicsByMessages: {
			open: Math.floor((block * length) / messages.open), committed: Math.floor((block * length) / messages.committed),
			freeOpen: Math.floor((target * length) / messages.open), freeCommitted: Math.floor((target * length) / messages.committed),
		},
	};
}
