// The tables of docs/load.md, from the results of a run.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blocksPlot, epochsPlot, ratesPlot } from './plots.mjs';

const KINDS = [
	'transfers', 'submissions, newcomers', 'submissions, regulars', 'commits, newcomers', 'commits, regulars', 'reveals',
	'reports, newcomers', 'reports, regulars', 'registrations', 'stakes',
];
/** The ratio to transfers that submissions should reach. */
const WANTED = 0.8;
const [BEGIN, END] = ['<!-- written by scripts/load: begin -->', '<!-- written by scripts/load: end -->'];

const percent = (part) => `${(100 * part).toFixed(part < 0.1 ? 1 : 0)} %`;
const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (header, rows) => [row(header), `|${'---|'.repeat(header.length)}`, ...rows.map(row)].join('\n');
const spaced = (number) => `${Math.round(number)}`.replace(/\B(?=(\d{3})+$)/g, ' ');
const number = (value) => value === null || value === undefined ? '-' : value >= 100 ? spaced(value) : `${Number(value.toFixed(2))}`;
const span = ({ median, p95, most }, unit) => `${number(median)} / ${number(p95)} / ${number(most)} ${unit}`;
const named = (run) => run.validators === 1 ? 'One node' : `${run.validators} validators`;

/** How many submissions of newcomers or regulars blocks have, as ratios to transfers. */
function ratiosOf({ kinds }, whose) {
	const [submissions, transfers] = [kinds[`submissions, ${whose}`], kinds.transfers];
	const ratio = (figure) => transfers[figure] / submissions[figure];
	return {
		measured: submissions.ofTransfers, used: ratio('usedMicroseconds'), declared: ratio('declaredMicroseconds'),
		built: ratio('buildMicroseconds'),
	};
}

/** When and on what something ran. */
function where({ run: { date, version, shared, machine }, wallSeconds }) {
	const { processor, cores, memoryGiB, loadBefore } = machine;
	const others = shared
		? `the machine had other work (load ${loadBefore.toFixed(1)} before the run), so figures that the machine bounds are rough`
		: 'the machine had no other work';
	return `${date}, ${version}, ${cores} x ${processor}, ${memoryGiB} GiB, ${wallSeconds} s; ${others}.`;
}

function ratesTable(run) {
	const bound = ({ limits }) => {
		const all = limits.reduce((sum, [, count]) => sum + count, 0);
		return limits.map(([name, blocks]) => `${name} (${blocks} of ${all})`).join(', ');
	};
	const rows = KINDS.filter((kind) => run.kinds[kind]).map((kind) => {
		const rate = run.kinds[kind];
		return [
			kind, `${spaced(rate.included)} of ${spaced(rate.sent)}`, rate.blocks, number(rate.perSecond), rate.ofTransfers.toFixed(2),
			number((rate.fitByUse * 1000) / run.slotMilliseconds), `${spaced(rate.mostInBlock)} of ${spaced(rate.fitByUse)}`,
			percent(rate.fullness), percent(rate.length), bound(rate),
		];
	});
	return table(['', 'included', 'blocks', 'per second', 'of transfers', 'weight allows', 'most in a block', 'its weight', 'its length', 'blocks ended by'], rows);
}

function costTable(run) {
	const rows = KINDS.filter((kind) => run.kinds[kind]).map((kind) => {
		const { declaredMicroseconds, usedMicroseconds, bytes, buildMicroseconds, nodeMicroseconds, senderMicroseconds, sendingSeconds, sent, mostWaiting, inclusion, finality } = run.kinds[kind];
		return [
			kind, bytes, ...[declaredMicroseconds, usedMicroseconds, buildMicroseconds, nodeMicroseconds, senderMicroseconds].map(number), spaced(sent / sendingSeconds), spaced(mostWaiting),
			inclusion.map(number).join(' / '), finality.map(number).join(' / '),
		];
	});
	const nodes = run.validators === 1 ? 'node' : 'nodes';
	return table(['', 'bytes', 'us declared', 'us used', 'us to build', `us of processor, ${nodes}`, 'us of processor, sender', 'sent per second', 'most waiting', 'inclusion, s: median / 95 %', 'finality, s: median / 95 %'], rows);
}

function ratesSection(run) {
	const { pace, accepted, before, after } = run;
	const ratios = ['regulars', 'newcomers'].map((whose) => {
		const { measured, used, declared, built } = ratiosOf(run, whose);
		return `- Submissions of ${whose} as a ratio to transfers: ${measured.toFixed(2)}; by the weights used ${used.toFixed(2)}, by those declared ${declared.toFixed(2)}, by
  the time to build blocks ${built.toFixed(2)}.`;
	});
	const closes = accepted.closes.map(({ closed, building }) => `${closed} in a block built in ${building} ms`).join(', ');
	return `### ${named(run)}

${where(run)}

${ratesTable(run)}

${costTable(run)}

| | median / 95 % / most |
|---|---|
| block time | ${span(pace.blockTime, 's')} |
| time to build a block | ${span(pace.building, 'ms')} |
| finality after the block was seen | ${span(pace.finalitySeconds, 's')} |
| blocks ahead of the last final one | ${span(pace.finalityBlocks, '')} |

${ratios.join('\n')}
- Accepted by the chain: ${spaced(accepted.newcomers)} submissions of newcomers and ${spaced(accepted.regulars)} of regulars, ${spaced(accepted.reveals)} and
  ${spaced(accepted.regularReveals)} reveals, ${spaced(accepted.reports)} and ${spaced(accepted.regularReports)} reports. Transactions that failed: ${spaced(accepted.failed)}.
- Epochs closed to workers: ${closes}.
- Slots without a block: ${pace.missedSlots} of ${pace.blocks + pace.missedSlots}. Memory of a node: ${number(before.memory)} MiB before, ${number(after.mostMemory)} at most; its
  files grew by ${number(after.files - before.files)} MiB.`;
}

/** The mean and the maximum of a figure of blocks. */
const meanAndMost = (blocks, figure, digits = 0) => {
	const values = blocks.map(figure);
	return `${(values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(digits)} / ${Math.max(...values).toFixed(digits)}`;
};

function epochsSection({ epochs, aligned }) {
	const growth = ({ points, epochsEach }) => (points.at(-1).files - points[0].files) / epochsEach;
	const runs = [['spread by the chain', epochs], ['all in the same slots', aligned]].filter(([, run]) => run);
	const rows = [
		['topics, epochs each', ({ topics, epochsEach }) => `${topics}, ${epochsEach}`],
		['chain time', ({ chainMinutes }) => `${chainMinutes.toFixed(1)} minutes`],
		['time that it took', ({ seconds }) => `${seconds.toFixed(0)} s`],
		['transactions, in no block', ({ transactions, missing }) => `${spaced(transactions)}, ${missing}`],
		['epochs settled, with all participants', ({ settled, complete }) => `${settled}, ${complete}`],
		['steps that were late; slots', ({ lateSteps, latest }) => `${lateSteps}; ${latest}`],
		['topics served in a block: mean / most', ({ blocks }) => meanAndMost(blocks, ({ served }) => served)],
		['ms to make a block: mean / most', ({ blocks }) => meanAndMost(blocks, ({ milliseconds }) => milliseconds)],
		['transactions per block: mean / most', ({ blocks }) => meanAndMost(blocks, ({ transactions }) => transactions)],
		['their weight, % of the limit', ({ blocks }) => meanAndMost(blocks, ({ fullness }) => 100 * fullness, 1)],
		['weight of hooks, ms', ({ blocks }) => meanAndMost(blocks, ({ hooks }) => hooks, 1)],
		['memory of the node, MiB: before, after, most', ({ points }) => [points[0].memory, points.at(-1).memory, points.at(-1).mostMemory].map(number).join(', ')],
		['files per round of epochs, MiB', (run) => number(growth(run))],
		['files per epoch of a topic, KiB', (run) => number((1024 * growth(run)) / run.topics)],
		['processor of the node per round of epochs, s', ({ points, epochsEach }) => number((points.at(-1).cpu - points[0].cpu) / epochsEach)],
	];
	return `### A hundred topics

${where(epochs ?? aligned)}

${table(['', ...runs.map(([name]) => name)], rows.map(([name, of]) => [name, ...runs.map(([, run]) => of(run))]))}`;
}

function capacitySection({ then: found }) {
	const { topics, reserved, share, session, tolerance, admitted, steps, shareNeeded, spread, aligned, messages, topicsByMessages } = found;
	const sum = ({ late, steps: all, latest }) => `${spaced(late)} of ${spaced(all)} steps late, by at most ${latest} ${latest === 1 ? 'slot' : 'slots'}`;
	const rows = [
		['an epoch of a topic reserves', `${reserved.epoch.toFixed(2)} ms (open ${reserved.open.toFixed(2)}, close to workers ${reserved.closeWorkers.toFixed(2)}, close to reputers ${reserved.closeReputers.toFixed(2)}, a turn ${reserved.turn.toFixed(2)})`],
		['steps of all topics, per slot', `${steps.toFixed(0)} ms of the clock's ${share.toFixed(0)} (${percent(steps / share)})`],
		['topics that the clock admits', spaced(admitted)],
		['share that it needed to admit all, whatever their alignment', `${shareNeeded.toFixed(0)} ms (${(shareNeeded / share).toFixed(1)} times as much)`],
		[`played with worst cases, spread over the slots`, `${sum(spread)}; allowed are ${tolerance}`],
		['played with worst cases, all in the same slots', `${sum(aligned)}; allowed are ${tolerance}`],
		['what their participants send openly, per slot', `${messages.open.toFixed(0)} ms of ${messages.block.toFixed(0)} (${percent(messages.open / messages.block)}); free of fees are ${messages.target.toFixed(0)}`],
		['what they send with commitments, per slot', `${messages.committed.toFixed(0)} ms of ${messages.block.toFixed(0)} (${percent(messages.committed / messages.block)})`],
		['topics whose messages fill blocks: openly, with commitments', `${spaced(topicsByMessages.open)}, ${spaced(topicsByMessages.committed)}`],
		['topics whose messages stay free: openly, with commitments', `${spaced(topicsByMessages.freeOpen)}, ${spaced(topicsByMessages.freeCommitted)}`],
	];
	return `### ${spaced(topics)} topics, by declared weights

Epochs of ${found.length} slots, sessions of ${session}.

${table(['', ''], rows)}`;
}

function poolSection(pool) {
	const list = (counts) => Object.entries(counts).map(([reason, count]) => `${count} x \`${reason}\``).join('; ') || 'none';
	const rows = [
		['places', pool.limit], ['transfers sent', pool.sent], ['of them refused', `${pool.refused}: ${list(pool.reasons)}`],
		['in the pool after that', pool.held], ['with a tip, sent to the full pool', `${pool.tipped}, of which ${pool.tippedRefused} refused, ${pool.tippedIncluded} in blocks`],
		['without a tip, taken and dropped again', pool.dropped], ['refused when they were sent again', list(pool.reasonsAgain)],
		['signed anew since the pool had banned them', pool.banned], ['lost in the end', pool.lost],
	];
	return `### An overfull pool

${table(['', ''], rows)}`;
}

/** What was wanted, and whether it is reached. */
function verdicts({ solo, network, epochs }) {
	const submissions = (run, whose, words) => {
		const { measured, used, declared } = ratiosOf(run, whose);
		// A machine that is too slow for full blocks of transfers does not make submissions any cheaper.
		const reached = measured >= WANTED && used >= WANTED ? 'yes' : 'no';
		return [
			`${words} at least ${WANTED} of transfers, per second and by the weights used, ${named(run).toLowerCase()}`,
			`${measured.toFixed(2)}; by the weights used ${used.toFixed(2)}, by those declared ${declared.toFixed(2)}`, reached,
		];
	};
	const rows = [solo, network].filter(Boolean).flatMap((run) => [
		submissions(run, 'regulars', 'submissions'),
		submissions(run, 'newcomers', 'beside it: the first submissions of newcomers'),
	]);
	if (epochs) {
		const { topics, epochSlots, slotMilliseconds, chainMinutes, epochs: all, complete, lateSteps, then: { topics: many, admitted } } = epochs;
		const each = `epochs of ${(epochSlots * slotMilliseconds) / 60_000} minutes`;
		rows.push([
			`${topics} topics of ${Object.values(epochs.sizes).join('/')} with ${each} on time for 30 minutes of chain time`,
			`${spaced(complete)} of ${spaced(all)} epochs settled with everybody in ${chainMinutes.toFixed(0)} minutes, ${lateSteps} steps late`,
			chainMinutes >= 30 && complete === all && lateSteps === 0 ? 'yes' : 'no',
		], [`${spaced(many)} such topics`, `the clock admits ${spaced(admitted)}`, admitted >= many ? 'yes' : 'no']);
	}
	return table(['wanted', 'measured', 'reached'], rows);
}

/** All tables of these results, as Markdown. */
export function tables(results) {
	const { solo, network, epochs, aligned, pool } = results;
	return [
		...solo || network || epochs ? [verdicts(results)] : [], ...[solo, network].filter(Boolean).map(ratesSection), ...epochs || aligned ? [epochsSection(results)] : [],
		...epochs?.then ? [capacitySection(epochs)] : [], ...pool ? [poolSection(pool)] : [],
	].join('\n\n');
}

/** Replaces the tables of docs/load.md, and the plots. */
export async function writePage(root, results) {
	const file = join(root, 'docs/load.md');
	const page = await readFile(file, 'utf8');
	const [before, rest] = page.split(BEGIN);
	const after = rest.split(END)[1];
	await writeFile(file, `${before}${BEGIN}\n\n${tables(results)}\n\n${END}${after}`);
	const runs = [results.solo, results.network].filter(Boolean);
	if (runs.length > 0) {
		await writeFile(join(root, 'docs/load-rates.svg'), ratesPlot(runs));
		await writeFile(join(root, 'docs/load-blocks.svg'), blocksPlot(runs));
	}
	if (results.epochs) await writeFile(join(root, 'docs/load-epochs.svg'), epochsPlot(results.epochs));
}
