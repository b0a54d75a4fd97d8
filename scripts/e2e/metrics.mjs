// The metrics of the node that the demo has used: they count what its blocks have done, and the dashboard and the alerts
// name series that it has.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';

import { ALLO, connect, timed, until } from './lib.mjs';

const place = process.env.ALLORA_METRICS;

/** Series that other programs than the node make: Prometheus itself, and its exporter of the machine. */
const OTHERS = /^(up|node_filesystem_(avail|size)_bytes)$/;

/** Labels that Prometheus adds when it reads a node. */
const ADDED = ['instance', 'job'];

/** The labels in braces, by name, with the operators between names and values; the braces may be left out. */
function labels(text) {
	const found = text.matchAll(/([a-z_]+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g);
	return [...found].map(([, name, operator, value]) => ({ name, operator, value }));
}

/** The series of the node: names with labels and values. */
async function series() {
	const response = await fetch(place);
	assert.equal(response.status, 200);
	const text = await response.text();
	return text.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => {
		const [, name, inner, value] = line.match(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/);
		return { name, labels: Object.fromEntries(labels(inner ?? '').map((of) => [of.name, of.value])), value: Number(value) };
	});
}

/** The sum of the series of this name with these labels; fails if there is none. */
function sum(all, name, wanted = {}) {
	const found = all.filter((one) =>
		one.name === name && Object.entries(wanted).every(([label, value]) => one.labels[label] === value));
	assert.notEqual(found.length, 0, `${name} ${JSON.stringify(wanted)}`);
	return found.reduce((total, { value }) => total + value, 0);
}

/** What an expression of PromQL selects: names of series with their conditions on labels. */
function selectors(expression) {
	const kept = [];
	let rest = expression.replace(/\{[^}]*\}/g, (braces) => `#${kept.push(braces) - 1}#`);
	rest = rest.replace(/\[[^\]]*\]/g, '');
	// A list of labels follows each of these words.
	rest = rest.replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
	const names = rest.matchAll(/(?<![\w.])([a-zA-Z_:][\w:]*)(?:#(\d+)#)?(?!\s*\()(?![\w:])/g);
	return [...names]
		.filter(([, name]) => !/^(and|or|unless|bool|offset|e|inf|nan)$/i.test(name))
		.map(([, name, at]) => ({ name, conditions: labels(at === undefined ? '' : kept[at]) }));
}

/** Whether one of the series is selected. */
const selects = (all, { name, conditions }) => all.some((one) => one.name === name &&
	conditions.filter((of) => !ADDED.includes(of.name)).every(({ name: label, operator, value }) => {
		const has = one.labels[label] ?? '';
		const matches = operator.endsWith('~') ? new RegExp(`^(?:${value})$`).test(has) : has === value;
		return matches !== operator.startsWith('!');
	}));

const at = (file) => readFile(new URL(`../../monitoring/${file}`, import.meta.url), 'utf8');

/** The expressions of the alerts, which are the only keys `expr` of the file, on a line of their own or folded below. */
async function alerts() {
	const text = await at('alerts.yml');
	const found = [...text.matchAll(/^( *)expr: (?:>-\n((?:\1 {2}.*\n)+)|(.*)\n)/gm)];
	assert.equal(found.length, text.match(/alert: /g).length);
	return found.map(([, , folded, line]) => folded ?? line);
}

async function dashboard() {
	const { panels } = JSON.parse(await at('dashboard.json'));
	return panels.flatMap(({ targets = [] }) => targets).map(({ expr }) => expr);
}

timed(30)('expressions are taken apart into names and labels', () => {
	const found = selectors('a:b{x="1 + f",y!~"g|h"} - on (z) sum by (le, x) (rate(c_total[5m] offset 1h)) * 60 > 0.2e1 and d');
	assert.deepEqual(found.map(({ name }) => name), ['a:b', 'c_total', 'd']);
	assert.deepEqual(found[0].conditions, [
		{ name: 'x', operator: '=', value: '1 + f' }, { name: 'y', operator: '!~', value: 'g|h' },
	]);
	const all = [{ name: 'a', labels: { x: '1' } }];
	for (const [conditions, selected] of [['x="1"', true], ['x="2"', false], ['x!="2"', true], ['x=~"1|2"', true],
		['x!~"1.*"', false], ['y="1"', false], ['instance="i"', true]]) {
		assert.equal(selects(all, { name: 'a', conditions: labels(conditions) }), selected, conditions);
	}
});

timed(60)('each expression of the dashboard and of the alerts selects series of a node', async (t) => {
	// Some series begin with the first transaction that is refused.
	const api = await connect();
	t.after(() => api.disconnect());
	await assert.rejects(api._rpcCore.provider.send('author_submitExtrinsic', ['0x00']));
	const all = await series();
	const expressions = [...await dashboard(), ...await alerts()];
	assert.ok(expressions.length > 50, `${expressions.length} expressions`);
	for (const expression of expressions) {
		const found = selectors(expression);
		assert.notEqual(found.length, 0, expression);
		for (const one of found.filter(({ name }) => !OTHERS.test(name))) {
			assert.ok(selects(all, one), `${expression}: ${JSON.stringify(one)}`);
		}
	}
});

/** What the events of a block say, as the sums of series by name and labels. */
function counted(events) {
	const count = {};
	const add = (name, amount = 1) => { count[name] = (count[name] ?? 0) + amount; };
	const amount = (value) => Number(value.toBigInt()) / Number(ALLO);
	for (const { event: { section, method, data } } of events) {
		const role = data.role?.toString().toLowerCase();
		const known = {
			'clock.EpochOpened': () => add('opened'),
			'clock.WorkersClosed': () => add('inferred'),
			'clock.EpochSettled': () => add('settled'),
			'clock.EpochsSkipped': () => add('skipped', data.count.toNumber()),
			'clock.EpochVoided': () => add(`void ${data.reason}`),
			'inference.InferenceAccepted': () => add('inferer accepted'),
			'inference.ForecastAccepted': () => add('forecaster accepted'),
			'inference.Committed': () => add(`${role} committed`),
			'inference.Passive': () => add(`${role} passive`),
			'inference.Displaced': () => add(`${role} displaced`),
			'inference.Unrevealed': () => add(`${role} unrevealed`, data.scores.length),
			'reputer.ReportAccepted': () => add('reputer accepted'),
			'reputer.Passive': () => add('reputer passive'),
			'reputer.Displaced': () => add('reputer displaced'),
			'reputer.Abstained': () => add('reputer abstained'),
			'emissions.RewardsCredited': () => {
				add('to inferers', amount(data.inference));
				add('to forecasters', amount(data.forecast));
				add('to reputers', amount(data.reputation));
			},
			'emissions.PaidOut': () => add('paid out', amount(data.amount)),
			'emissions.EmissionReturned': () => add('emission returned', amount(data.amount)),
			'emissions.EarningsReturned': () => add('earnings returned', amount(data.amount)),
			'emissions.PayoutFailed': () => add('failed payouts'),
			'system.ExtrinsicSuccess': () => add('success'),
			'system.ExtrinsicFailed': () => add('failure'),
		};
		known[`${section}.${method}`]?.();
	}
	return count;
}

/** The same names, from the series of the node. */
function exposed(all) {
	const count = {
		opened: sum(all, 'allora_epochs_opened_total'),
		inferred: sum(all, 'allora_epochs_inferred_total'),
		settled: sum(all, 'allora_epochs_settled_total'),
		skipped: sum(all, 'allora_epochs_skipped_total'),
		late: sum(all, 'allora_epoch_steps_late_total'),
		'to inferers': sum(all, 'allora_rewards_credited_allo_total', { role: 'inferer' }),
		'to forecasters': sum(all, 'allora_rewards_credited_allo_total', { role: 'forecaster' }),
		'to reputers': sum(all, 'allora_rewards_credited_allo_total', { role: 'reputer' }),
		'paid out': sum(all, 'allora_rewards_paid_out_allo_total'),
		'emission returned': sum(all, 'allora_rewards_returned_allo_total', { source: 'emission' }),
		'earnings returned': sum(all, 'allora_rewards_returned_allo_total', { source: 'earnings' }),
		'failed payouts': sum(all, 'allora_payouts_failed_total'),
		success: sum(all, 'allora_extrinsics_total', { result: 'success' }),
		failure: sum(all, 'allora_extrinsics_total', { result: 'failure' }),
	};
	const words = (text) => text.split('_').map((word) => word[0].toUpperCase() + word.slice(1)).join('');
	for (const { name, labels: of, value } of all) {
		if (name === 'allora_epochs_voided_total') count[`void ${words(of.reason)}`] = value;
		if (name === 'allora_submissions_total') count[`${of.role} ${of.outcome}`] = value;
	}
	return count;
}

/** The slots in which the closing of the reporters, that of the workers and the opening of an epoch are due. */
const dues = ({ reportsLast, revealsLast, workersOpen }) =>
	[reportsLast.toNumber() + 1, revealsLast.toNumber() + 1, workersOpen.toNumber()];

/** When the step with this event was due; a failed one is the last that was. */
const DUE = {
	EpochSettled: (windows) => dues(windows)[0],
	WorkersClosed: (windows) => dues(windows)[1],
	EpochOpened: (windows) => dues(windows)[2],
	EpochVoided: (windows, slot) => dues(windows).find((due) => due <= slot),
};

/** The steps that a block has taken, each with what it takes to see whether it is late. */
async function steps({ query, call }, events) {
	const taken = events.filter(({ event }) => event.section === 'clock' && DUE[event.method]);
	if (taken.length === 0) return [];
	const slot = (await query.babe.currentSlot()).toNumber();
	return Promise.all(taken.map(async ({ event: { method, data: { topic, epoch } } }) => {
		const { windows } = (await call.topicsApi.epoch(topic, epoch)).unwrap();
		const length = (await call.topicsApi.topic(topic)).unwrap().parameters.epochLength.toNumber();
		// A quarter of the length, rounded down to a power of two, at least 2 slots.
		const tolerance = 2 ** Math.floor(Math.log2(Math.max(2, Math.floor(length / 4))));
		return { method, delay: slot - DUE[method](windows, slot), tolerance };
	}));
}

timed(200)('the counters of a node are the events of the finalized blocks since its start', async (t) => {
	const api = await connect();
	t.after(() => api.disconnect());
	// What two readings agree in was not read while a block was being counted.
	let all;
	await until('two readings in a row have the same counters', async () => {
		const [one, other] = [await series(), await series()];
		all = other;
		return isDeepStrictEqual(exposed(one), exposed(other)) &&
			sum(one, 'allora_metrics_blocks_read_total') === sum(other, 'allora_metrics_blocks_read_total');
	}, 60);
	const blocks = sum(all, 'allora_metrics_blocks_read_total');
	assert.equal(sum(all, 'allora_metrics_blocks_unread_total'), 0);
	assert.equal(sum(all, 'allora_metrics_readable'), 1);
	assert.equal(sum(all, 'allora_validator_in_authority_set'), 1);
	const { specVersion } = await api.rpc.state.getRuntimeVersion();
	for (const of of ['chain', 'node']) {
		assert.equal(sum(all, 'allora_runtime_spec_version', { of }), specVersion.toNumber());
	}

	// It has read each block from 1 on.
	const total = {};
	const numbers = Array.from({ length: blocks }, (_, index) => index + 1);
	const worker = async () => {
		for (let number = numbers.shift(); number; number = numbers.shift()) {
			const at = await api.at(await api.rpc.chain.getBlockHash(number));
			const events = await at.query.system.events();
			const late = (await steps(at, events)).filter(({ delay, tolerance }) => delay > tolerance);
			for (const [name, value] of Object.entries({ ...counted(events), late: late.length })) {
				total[name] = (total[name] ?? 0) + value;
			}
		}
	};
	await Promise.all(Array.from({ length: 8 }, worker));
	const shown = exposed(all);
	for (const name of new Set([...Object.keys(total), ...Object.keys(shown)])) {
		const [right, seen] = [total[name] ?? 0, shown[name] ?? 0];
		assert.ok(Math.abs(right - seen) <= 1e-9 * Math.max(1, right), `${name}: ${seen}, but the events say ${right}`);
	}
	assert.ok(total.settled > 0 && total.success > 0 && total['inferer accepted'] > 0 && total['paid out'] > 0);
	t.diagnostic(`${blocks} blocks: ${JSON.stringify(total)}`);
});
