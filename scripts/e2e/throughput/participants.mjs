// What the protocol's participants send in two epochs: in the first each is new in its topic, in the second none is.
import { randomBytes } from 'node:crypto';
import { load } from '../lib.mjs';
import { Group, messages } from './network.mjs';
import { aimed, bytesOf } from './signing.mjs';

const { u8aConcat } = load('@polkadot/util');
const { blake2AsU8a } = load('@polkadot/util-crypto');

/**
 * Slots of an epoch, so that the clock admits all topics and reports come between reveals and the next epoch's reports, and
 * of the windows for payloads or commitments, and reveals.
 */
export const [EPOCH, WINDOW, REVEAL] = [50, 12, 12];
/** The slots between the openings of open topics and of those with commitments: the former's window is over by then. */
export const APART = WINDOW + 1;

/** The groups of a run: topics to submit to openly, and topics with commitments. */
export function groupsOf({ topics, inferers, reputers }) {
	const common = { epoch_length: EPOCH, max_inferers: inferers, max_forecasters: 0, max_reputers: reputers, worker_window: WINDOW };
	return [
		new Group('open', 1, topics, common, { inferers, reputers }),
		new Group('closed', topics + 1, topics, { ...common, reveal_window: REVEAL }, { inferers, reputers }),
	];
}

/** The accounts of a role in all topics of a group, with their topics and numbers. */
const seats = ({ topics }, role) => topics.flatMap((topic) => topic[role].map((account, index) => ({ topic, account, index })));

/** Commitments of these inferers to an epoch, and the reveals that belong to them. */
function commitments({ api, signer }, inferers, epoch) {
	const { tx } = api;
	const commit = bytesOf(tx.inference.commit(1, 1, new Uint8Array(32), 'Inferer'));
	const reveal = bytesOf(tx.inference.reveal(1, 1, [10n ** 20n], null, new Uint8Array(32)));
	const all = { commits: [], reveals: [] };
	for (const { topic: { number }, account } of inferers) {
		const opened = aimed(reveal, number, epoch);
		opened.set(randomBytes(32), opened.length - 32);
		const closed = aimed(commit, number, epoch);
		// After pallet, call, topic and epoch: what is revealed, and the salt at the end.
		closed.set(blake2AsU8a(u8aConcat(opened.subarray(18), account.id, opened.subarray(2, 18))), 18);
		all.commits.push(signer.sign(account, closed));
		all.reveals.push(signer.sign(account, opened));
	}
	return all;
}

/** The first opening of a group's topics after the slot of this moment. */
function nextOpening(watch, { parameters: { phase } }) {
	const first = watch.slot() + 1;
	return first + ((phase - first) % EPOCH + EPOCH) % EPOCH;
}

/**
 * The numbers of the first participant of each topic, who begins the epoch: they go ahead of regulars, of whom hardly any
 * does that.
 */
function firstOf(participants, whose) {
	const seen = new Set();
	const isFirst = ({ topic }) => !seen.has(topic) && seen.add(topic);
	return whose === 'regulars' ? participants.flatMap((one, number) => (isFirst(one) ? [number] : [])) : [];
}

/** The submissions of these inferers to the next epoch of the open topics; returns that, and who has submitted. */
async function submitAll(network, watch, sizes, open, inferers, whose) {
	const { inference } = messages(network);
	const epoch = nextOpening(watch, open);
	const transactions = inferers.map(({ topic, account, index }) => inference(topic, account, index, epoch));
	await watch.untilBlockOf(epoch - 1);
	const sent = await sizes.probed(`submissions, ${whose}`, transactions, firstOf(inferers, whose));
	return { epoch, took: sent.map((number) => inferers[number]) };
}

/** Their commitments to the next epoch of the other topics; returns that, who has committed, and the reveals of these. */
async function commitAll(network, watch, sizes, closed, inferers, whose) {
	const epoch = nextOpening(watch, closed);
	const { commits, reveals } = commitments(network, inferers, epoch);
	await watch.untilBlockOf(epoch - 1);
	const sent = await sizes.probed(`commits, ${whose}`, commits, firstOf(inferers, whose));
	const of = (list) => sent.map((number) => list[number]);
	return { epoch, took: of(inferers), reveals: of(reveals) };
}

/** Reveals: as many as fill whole blocks, then the others, since only who reveals has taken part. */
async function revealAll(watch, sizes, { epoch, reveals }) {
	await watch.untilBlockOf(epoch + WINDOW);
	const sent = new Set(await sizes.probed('reveals', reveals));
	const others = reveals.filter((_, number) => !sent.has(number));
	if (others.length > 0) await watch.send('other reveals', others);
}

/** The reputers of a group's topics in which somebody has taken part in this epoch: no other has a window for reports. */
function reputersOf(group, { took }) {
	const topics = new Set(took.map(({ topic }) => topic));
	return seats(group, 'reputers').filter(({ topic }) => topics.has(topic));
}

/** Reports of these reputers on the epoch of each; returns who has reported. */
async function reportAll(network, sizes, reputers, whose) {
	const { report } = messages(network);
	const transactions = reputers.map(({ topic, account, index, epoch }) => report(topic, account, index, epoch));
	const sent = await sizes.probed(`reports, ${whose}`, transactions, firstOf(reputers, whose));
	return sent.map((number) => reputers[number]);
}

/**
 * Sends what belongs to two epochs of the open topics and of those with commitments; `between` runs while the second is
 * waited for. Returns the epochs, and how many have taken part in each.
 */
export async function participate(network, watch, sizes, [open, closed], between) {
	const newcomers = await submitAll(network, watch, sizes, open, seats(open, 'inferers'), 'newcomers');
	const committed = await commitAll(network, watch, sizes, closed, seats(closed, 'inferers'), 'newcomers');
	await revealAll(watch, sizes, committed);
	await between();
	const regulars = await submitAll(network, watch, sizes, open, newcomers.took, 'regulars');
	const recommitted = await commitAll(network, watch, sizes, closed, committed.took, 'regulars');
	// An epoch of which nothing is revealed gets no reports.
	await watch.untilBlockOf(recommitted.epoch + WINDOW);
	await watch.send('reveals, regulars', recommitted.reveals);

	const on = ({ epoch }) => (reputer) => ({ ...reputer, epoch });
	const reputers = [...reputersOf(open, newcomers).map(on(newcomers)), ...reputersOf(closed, committed).map(on(committed))];
	const reported = await reportAll(network, sizes, reputers, 'newcomers');
	await watch.untilBlockOf(recommitted.epoch + EPOCH);
	const next = new Map([[newcomers.epoch, regulars], [committed.epoch, recommitted]]);
	await reportAll(network, sizes, reported.map((reputer) => on(next.get(reputer.epoch))(reputer)), 'regulars');
	const of = ({ epoch, took }) => ({ epoch, sent: took.length });
	return { newcomers: of(newcomers), committed: of(committed), regulars: of(regulars), recommitted: of(recommitted) };
}
