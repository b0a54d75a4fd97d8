// The load test's command line, see scripts/load.
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { capacity } from './capacity.mjs';
import { epochs } from './epochs.mjs';
import { cleanUp } from './nodes.mjs';
import { tables, writePage } from './page.mjs';
import { overfull } from './pool.mjs';
import { rates } from './rates.mjs';

const SIZES = { inferers: 32, forecasters: 6, reputers: 6 };
/** How much each part of a run sends. */
const LARGE = {
	// Three blocks and more of each kind but reveals, by the weight that they use.
	rates: { transfers: 10_000, topics: 250, inferers: 32, reputers: 12 },
	epochs: { topics: 100, epochs: 15 },
	aligned: { topics: 100, epochs: 1, phase: 0 },
	pool: { limit: 1_000, count: 1_500 },
};
/** A run of seconds, which shows that everything works and measures nothing. */
const SMOKE = { epochs: { topics: 3, epochs: 1 }, pool: { limit: 150, count: 200 } };

/** The parts of a run, in their order. */
const PARTS = {
	solo: (sizes, log) => rates({ validators: 1, ...sizes.rates }, log),
	network: (sizes, log) => rates({ validators: 4, ...sizes.rates }, log),
	epochs: (sizes, log) => epochs(sizes.epochs, log, (network, group) =>
		capacity(network, group, { topics: 1_000, sizes: SIZES, length: 20 })),
	aligned: (sizes, log) => epochs(sizes.aligned, log),
	pool: (sizes, log) => overfull(sizes.pool, log),
};

function machine() {
	const [first, ...others] = cpus();
	return {
		processor: first.model, cores: others.length + 1, memoryGiB: Math.round(totalmem() / 2 ** 30), kernel: release(),
		loadBefore: loadavg()[0],
	};
}

function options() {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			json: { type: 'string' }, page: { type: 'boolean' }, shared: { type: 'boolean' }, smoke: { type: 'boolean' },
			keep: { type: 'boolean' },
		},
	});
	const unknown = positionals.find((name) => !PARTS[name]);
	if (unknown) throw new Error(`there is no part ${unknown}, but ${Object.keys(PARTS).join(', ')}`);
	if (values.page && !values.json) throw new Error('--page needs --json');
	if (values.keep) return { ...values, parts: [] };
	const all = values.smoke ? ['epochs', 'pool'] : Object.keys(PARTS);
	return { ...values, parts: positionals.length > 0 ? positionals : all };
}

/** The results so far in this file. */
async function previous(file) {
	return file ? JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) : {};
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const log = (line) => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);
const { json, page, shared, smoke, parts } = options();
const began = Date.now();
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
	process.on(signal, () => {
		stopped = true;
		cleanUp().finally(() => process.exit(130));
	});
}
try {
	const results = await previous(json);
	const version = execFileSync(process.env.ALLORA_NODE, ['--version'], { encoding: 'utf8' }).trim();
	const run = { date: new Date().toISOString().slice(0, 10), version, shared: Boolean(shared), machine: machine() };
	for (const part of parts) {
		if (stopped) break;
		log(`== ${part}`);
		const start = Date.now();
		try {
			const result = await PARTS[part](smoke ? SMOKE : LARGE, log);
			results[part] = { run, wallSeconds: Math.round((Date.now() - start) / 1000), ...result };
		} catch (error) {
			// The other parts are of use without this one.
			log(`${part} failed: ${error.stack}`);
			process.exitCode = 1;
			await cleanUp();
		}
		if (json) await writeFile(json, JSON.stringify(results));
	}
	if (!json) console.log(JSON.stringify(results));
	console.error(`\n${tables(results)}`);
	if (page) await writePage(root, results);
	log(`done in ${Math.round((Date.now() - began) / 1000)} s`);
} finally {
	await cleanUp();
}
// Connections that a failure has left open would keep the process.
process.exit();
