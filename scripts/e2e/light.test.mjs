// The agent by its own light client: it gets the chain's specification and the network address of a node, and no RPC.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { account, agent, devNode, timed, type, typed, until } from './lib.mjs';

/** A model that predicts 100, whatever is asked. */
const MODEL = `import json, sys
for line in sys.stdin:
    request = json.loads(line)
    result = {"protocol": 1} if request["method"] == "initialize" else {"values": [100]}
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)
`;

timed(240)('a worker without any RPC is accepted', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'allora-light-'));
	t.after(() => rm(folder, { recursive: true }));
	const { api, url } = await devNode(t);
	const exported = promisify(execFile)(process.env.ALLORA_NODE, ['export-chain-spec', '--chain', 'dev', '--raw'],
		{ maxBuffer: 1 << 26 });
	await typed('dev-topic', '--open', '--url', url);

	// Without boot nodes there is nobody to ask.
	const specification = JSON.parse((await exported).stdout);
	const spec = join(folder, 'spec.json');
	await writeFile(spec, JSON.stringify({ ...specification, bootNodes: [] }));
	assert.match((await type('topic', 'list', '--light', spec)).text, /no bootNodes: add the address of a node/);
	const addresses = (await api.rpc.system.localListenAddresses()).map(String);
	const local = addresses.filter((address) => address.includes('/ip4/127.0.0.1/tcp/'));
	assert.ok(local.length, addresses.join(' '));
	await writeFile(spec, JSON.stringify({ ...specification, bootNodes: local }));

	await writeFile(join(folder, 'model.py'), MODEL);
	await writeFile(join(folder, 'truth.csv'), `${Math.floor(Date.now() / 1000)},101`);
	const config = join(folder, 'agent.toml');
	await writeFile(config, `
chain.light = "spec.json"
keys = { worker = { dev = "//Charlie" }, reputer = { dev = "//Bob" } }
models = { model = { command = ["python3", "model.py"] }, table = { csv = "truth.csv", max_age_s = 3600 } }
worker = [{ topic = 1, key = "worker", model = "model", jitter_s = 0 }]
reputer = [{ topic = 1, key = "reputer", truth = "table" }]
`);
	const run = agent('run', '--config', config);
	t.after(async () => {
		run.child.kill('SIGKILL');
		await run.ended;
		if (!t.passed) run.lines.slice(-40).forEach((line) => t.diagnostic(line));
	});
	const line = (what, pattern, seconds) => until(what, () => {
		assert.equal(run.child.exitCode, null, `the agent ended: ${run.lines.join('\n')}`);
		return run.lines.map((text) => text.match(pattern)).find(Boolean);
	}, seconds);
	await line('the light client has a peer', /the light client has 1 peer, best block [1-9]/, 30);
	// A command reads the same chain by a light client of its own meanwhile.
	const shown = JSON.parse(await typed('topic', 'show', '1', '--json', '--light', spec));
	assert.equal(typeof shown.info.active, 'boolean');
	const [, epoch] = await line('the worker submits', /worker \S+ epoch (\d+) submitted in block \d+, final/, 120);
	const explained = await api.call.explainApi.explain(account('Charlie').address, 1, Number(epoch));
	assert.ok(explained.inferer.standing.outcome.unwrap().isAccepted, `${explained}`);
	run.child.kill('SIGTERM');
	assert.equal((await run.ended)[0], 0);
});
