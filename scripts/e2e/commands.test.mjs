// Every command of docs/commands.md, typed on a development chain in real time; what it does is seen by another
// command. Flows run side by side, each with accounts of its own, since a command waits until its block is final.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import {
	ALLO, account, agent, devNode, finalised, json, objects, refused, send, timed, topicFile, type, typed, until,
} from './lib.mjs';

/** A model that predicts 100. */
const MODEL = `import json, sys
for line in sys.stdin:
    request = json.loads(line)
    result = {"protocol": 1} if request["method"] == "initialize" else {"values": [100]}
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)
`;

/** The accounts of the flows, besides those that a development chain has. */
const GUESTS = ['Carl', 'Dan', 'Lea', 'Lena', 'Lou', 'Nora', 'Olga', 'Rob', 'Tina', 'Vera', 'Wanda', 'Wes'];

/** The commands that have succeeded, with the options that make another call of one. */
const done = new Set();
const command = ([first, second, ...rest]) => {
	const options = rest.concat(second).filter((word) => ['--cancel', '--compound'].includes(word));
	const reputer = first === 'withdraw' && rest.includes('--reputer') ? ['--reputer'] : [];
	return [first, ...(first === 'topic' ? [second] : []), ...options, ...reputer].join(' ');
};

/** Amounts of ALLO in planck, as text. */
const planck = (allo) => `${BigInt(Math.round(allo * 1e4)) * ALLO / 10_000n}`;

timed(600)('every command does what it says, and another command shows it', async (t) => {
	const { api, url } = await devNode(t);
	const folder = await mkdtemp(join(tmpdir(), 'allora-commands-'));
	t.after(() => rm(folder, { recursive: true }));
	const at = ['--url', url];
	/** Sends by a key; returns the objects that were printed. */
	const sent = async (key, ...args) => {
		const found = objects(await typed(...args, '--json', '--key', key, '--yes', ...at));
		assert.ok(found.every((one) => one.sent), args.join(' '));
		done.add(command(args));
		return found;
	};
	/** Sends by a key what is refused; returns why. */
	const denied = (key, ...args) => refused(...args, '--key', key, '--yes', ...at);
	const shown = async (...args) => {
		done.add(command(args));
		return json(...args, ...at);
	};
	const topicOf = (topic) => shown('topic', 'show', `${topic}`);
	const create = async (key, slots, more, ...fund) => {
		const file = await topicFile(folder, slots, { more });
		return (await sent(key, 'topic', 'create', '--file', file, ...fund))[0].topic;
	};

	// The tables are those of the chain's metadata.
	const { calls, errors, unknown_here } = await json('reference', ...at);
	assert.deepEqual(unknown_here, []);
	assert.deepEqual(calls.filter((call) => !call.command && !call.no_command).map((call) => call.name), []);
	assert.deepEqual(errors.filter((error) => !error.command || !error.explanation).map((error) => error.name), []);
	assert.ok(calls.length > 40 && errors.length > 100);

	// A topic is shown first, refused before it costs anything, and created.
	const file = await topicFile(folder, 18);
	const dry = await typed('topic', 'create', '--file', file, '--key', '//Alice', ...at, '--dry-run');
	assert.match(dry, /an epoch opens every 18 s \(18 slots\); 6 s to predict, then 6 s to reveal/);
	assert.match(dry, /an epoch needs 1 report and 0 ALLO of stake/);
	assert.match(dry, /fee for creating it, counts as revenue: 10 ALLO/);
	assert.match(dry, /nothing was sent: --dry-run/);
	const short = await topicFile(folder, 9);
	assert.match(await denied('//Alice', 'topic', 'create', '--file', short),
		/the chain would refuse it: epoch_length must be at least/);
	assert.match(await refused('topic', 'create', '--file', file, '--key', '//Alice', ...at),
		/nothing was sent: there is no terminal to ask whether to: add --yes/);

	const pay = GUESTS.map((name) => api.tx.balances.transferKeepAlive(account(name).address, 2_000n * ALLO));
	await send(api, api.tx.utility.batchAll(pay), account('Alice'));
	const [main, own, noticed, empty, ordered] = await Promise.all([
		create('//Alice', 10, '', '--fund', '500'),
		// Epochs in which there is time to print a table, fill it in and send it twice.
		create('//Lena', 30, 'loss_method = { custom = "mine" }', '--fund', '500'),
		create('//Nora', 10, ''),
		create('//Tina', 10, ''),
		create('//Olga', 40, 'cadence = "on_demand"'),
	]);

	// A worker predicts in two topics, and a reputer reports in one of them.
	const now = Math.floor(Date.now() / 1000);
	await writeFile(join(folder, 'truth.csv'), Array.from({ length: 300 }, (_, second) => `${now + second},101`).join('\n'));
	await writeFile(join(folder, 'model.py'), MODEL);
	const config = join(folder, 'agent.toml');
	await writeFile(config, `
chain.endpoints = ["${url}"]
keys = { worker = { dev = "//Charlie" }, reputer = { dev = "//Bob" } }
models = { model = { command = ["python3", "model.py"] }, table = { csv = "truth.csv" } }
worker = [{ topic = ${main}, key = "worker", model = "model" }, { topic = ${own}, key = "worker", model = "model" }]
reputer = [{ topic = ${main}, key = "reputer", truth = "table" }]
`);
	const run = agent('run', '--config', config);
	t.after(async () => {
		run.child.kill('SIGKILL');
		await run.ended;
		if (!t.passed) run.lines.slice(-40).forEach((line) => t.diagnostic(line));
	});

	/** What delegations and a worker earn: paid out, or delegated. */
	const rewards = async () => {
		await until('the reputer has stake', () => run.lines.some((line) => / staked in block /.test(line)), 60);
		const delegate = ['delegate', '--topic', `${main}`, '--reputer', '//Bob', '--amount', '400'];
		await Promise.all(['//Eve', '//Ferdie'].map((key) => sent(key, ...delegate)));
		const earned = async (key) => {
			const { delegations: [delegation] } = await shown('account', key);
			return BigInt(delegation.claimable) > 0n && delegation;
		};
		const before = await until('a delegation earns', () => earned('//Eve'), 80);
		const { balance } = await shown('account', '//Ferdie');
		await Promise.all([sent('//Eve', 'claim', '--compound', '--topic', `${main}`), sent('//Ferdie', 'claim')]);
		const [eve, ferdie] = await Promise.all(['//Eve', '//Ferdie'].map((key) => shown('account', key)));
		assert.ok(BigInt(eve.delegations[0].amount) >= BigInt(planck(400)) + BigInt(before.claimable));
		assert.equal(ferdie.delegations[0].amount, planck(400));
		assert.notEqual(ferdie.balance.free, balance.free);
		assert.match(await denied('//Vera', 'claim'), /nothing is owed to 5\w+: `allora-agent account 5/);
	};

	/** Stake and delegations, and what the creator of a topic with stake announces. */
	const stakes = async () => {
		const of = ['--topic', `${noticed}`];
		assert.match(await denied('//Rob', 'stake', ...of, '--amount', '150'),
			new RegExp(`not a reputer of topic ${noticed}: \`allora-agent register --topic ${noticed} --role reputer\``));
		await sent('//Rob', 'register', ...of, '--role', 'reputer');
		await sent('//Rob', 'stake', ...of, '--amount', '150');
		const position = async () => (await shown('account', '//Rob')).positions[0];
		assert.equal((await position()).stake.own, planck(150));
		const reputer = async () => {
			await sent('//Rob', 'unstake', ...of, '--amount', '50');
			const { own: left, removals: [{ id, amount }] } = (await position()).stake;
			assert.deepEqual([left, amount], [planck(100), planck(50)]);
			assert.match(await denied('//Rob', 'withdraw', ...of), /nothing is due in topic \d+, the first one at/);
			await sent('//Rob', 'commission', ...of, '--percent', '12.5');
			await sent('//Rob', 'set-owner', ...of, '--role', 'reputer', '--account', '//Rob', '--owner', '//Vera');
			assert.equal((await position()).reputer.owner, account('Vera').address);
			return id;
		};
		const delegator = async () => {
			const by = [...of, '--reputer', '//Rob'];
			await sent('//Dan', 'delegate', ...by, '--amount', '20.5');
			await sent('//Dan', 'undelegate', ...by, '--amount', '5.5');
			const held = async () => (await shown('account', '//Dan')).delegations[0];
			const { amount, removals: [first] } = await held();
			assert.deepEqual([amount, first.amount], [planck(15), planck(5.5)]);
			await sent('//Dan', 'undelegate', ...by, '--amount', '5');
			const { id } = (await held()).removals[1];
			await sent('//Dan', 'undelegate', ...by, '--cancel', `${id}`);
			const again = await held();
			assert.deepEqual([again.amount, again.removals.length], [planck(15), 1]);
			return first;
		};
		const creator = async () => {
			const changes = join(folder, 'changes.toml');
			await writeFile(changes, 'loss_floor = 0.25\n');
			const announced = async () => (await topicOf(noticed)).info.announced;
			await sent('//Nora', 'topic', 'update', `${noticed}`, '--file', changes);
			const { update: [change, from] } = await announced();
			assert.deepEqual(change, { loss_floor: '0.25' });
			assert.ok(from > Date.now() / 1000);
			assert.match(await denied('//Nora', 'topic', 'update', `${noticed}`, '--file', changes),
				/refused, Topics\.NoticeNotOver: .*: `allora-agent topic show TOPIC`/);
			await sent('//Nora', 'topic', 'retire', `${noticed}`);
			assert.match(await typed('topic', 'show', `${noticed}`, ...at), /may be retired from .* UTC on/);
			await sent('//Nora', 'topic', 'withdraw-announcements', `${noticed}`);
			const left = await announced();
			assert.deepEqual([left.update, left.retirement], [null, null]);
			await sent('//Nora', 'topic', 'restrict', `${noticed}`, '--role', 'worker');
			assert.ok((await announced()).workers_listed_from > Date.now() / 1000);
		};
		const [removal, first] = await Promise.all([reputer(), delegator(), creator()]);
		await sent('//Rob', 'unstake', ...of, '--amount', '10');
		const { id } = (await position()).stake.removals.find((one) => one.id !== removal);
		await sent('//Rob', 'unstake', ...of, '--cancel', `${id}`);
		assert.equal((await position()).stake.own, planck(100));
		await sent('//Rob', 'leave', ...of, '--role', 'reputer');
		assert.equal((await position()).reputer.left, true);
		// Commands read the last final block.
		const finalTime = async () => (await (await finalised(api)).query.timestamp.now()).toNumber();
		await until('the removals are due', async () => await finalTime() / 1000 > first.due, 90);
		await Promise.all([
			sent('//Dan', 'withdraw', ...of, '--reputer', '//Rob'),
			sent('//Rob', 'withdraw', ...of),
		]);
		assert.deepEqual((await position()).stake.removals, []);
		assert.deepEqual((await shown('account', '//Dan')).delegations[0].removals, []);
	};

	/** What the creator of a topic without stake changes at once. */
	const creator = async () => {
		const [id, role] = [`${empty}`, ['--role', 'worker']];
		const info = async () => (await topicOf(empty)).info;
		const changes = join(folder, 'now.toml');
		await writeFile(changes, 'metadata = "another price"\nloss_method = { huber = 1.5 }\n');
		await sent('//Tina', 'topic', 'update', id, '--file', changes);
		const { parameters, revenue } = await info();
		assert.deepEqual([parameters.metadata, parameters.loss_method], ['another price', { huber: { delta: '1.5' } }]);
		await sent('//Tina', 'topic', 'fund', id, '--amount', '30');
		assert.ok(BigInt((await info()).revenue) > BigInt(revenue));
		await sent('//Tina', 'topic', 'restrict', id, ...role);
		assert.equal((await info()).workers_listed, true);
		assert.match(await denied('//Wes', 'register', '--topic', id, ...role),
			/refused, Topics\.NotAllowed: .*: `allora-agent topic show TOPIC`/);
		await sent('//Tina', 'topic', 'allow', id, ...role, '//Wes');
		await sent('//Wes', 'register', '--topic', id, ...role);
		await sent('//Tina', 'topic', 'disallow', id, ...role, '//Wes');
		await sent('//Tina', 'topic', 'restrict', id, ...role, '--off');
		assert.equal((await info()).workers_listed, false);
		await sent('//Tina', 'topic', 'offer', id, '--to', '//Wes');
		await sent('//Wes', 'topic', 'accept', id);
		assert.equal((await info()).creator, account('Wes').address);
		assert.match(await denied('//Tina', 'topic', 'retire', id), /only 5\w+, its creator, may do this/);
		await sent('//Wes', 'topic', 'retire', id);
		await until('the topic is retired', async () => {
			const { topics } = await shown('topic', 'list');
			return topics.find((one) => one.info.topic === empty)?.info.retired ?? true;
		});
	};

	/** Purchases: of a subscription, of a request, and of the newest inference. */
	const consumer = async () => {
		const of = ['--topic', `${main}`];
		await sent('//Carl', 'subscribe', ...of, '--epochs', '3');
		const [subscription] = (await shown('account', '//Carl')).subscriptions;
		assert.deepEqual([subscription.topic, subscription.epochs_left <= 3], [main, true]);
		await sent('//Carl', 'unsubscribe', ...of);
		assert.deepEqual((await shown('account', '//Carl')).subscriptions, []);
		await until('there is an inference', async () => (await topicOf(main)).inference, 60);
		assert.match(await denied('//Carl', 'buy', ...of, '--payment', '0.001'),
			/the minimum is 0\.01 ALLO: `allora-agent buy --topic \d+ --payment 0\.01`/);
		const [{ receipt, costs_planck: costs }] = await sent('//Carl', 'buy', ...of, '--payment', '0.02', '--keep');
		assert.equal(costs.payment, planck(0.02));
		assert.deepEqual(receipt.label_values, ['100']);
		const [kept] = (await shown('account', '//Carl')).receipts;
		assert.equal(kept.epoch, receipt.epoch);
		await sent('//Carl', 'discard', `${kept.number}`);
		assert.deepEqual((await shown('account', '//Carl')).receipts, []);
	};

	/** Requests of a topic on demand: one that gets an epoch, and one that is cancelled while that runs. */
	const requests = async () => {
		const of = ['--topic', `${ordered}`];
		await sent('//Olga', 'topic', 'price', `${ordered}`, '--minimum', '7');
		assert.match(await denied('//Wanda', 'request', ...of, '--payment', '6'), /the minimum is 7 ALLO: `allora-agent request/);
		assert.match(await denied('//Olga', 'request', ...of),
			/refused, Consumer\.WeightTooLow: .*: `allora-agent topic fund TOPIC --amount ALLO`/);
		await sent('//Vera', 'register', ...of, '--role', 'reputer');
		await sent('//Vera', 'stake', ...of, '--amount', '100');
		const [{ costs_planck: costs }] = await sent('//Wanda', 'request', ...of);
		assert.equal(costs['on hold for the inference'], planck(7));
		await until('the epoch opens', async () => (await topicOf(ordered)).info.active, 30);
		const held = async () => BigInt((await shown('account', '//Olga')).balance.reserved);
		await sent('//Olga', 'request', ...of);
		assert.ok(await held() >= 7n * ALLO);
		await sent('//Olga', 'request', ...of, '--cancel');
		assert.equal(await held(), 0n);
	};

	/** Two reports of losses that the chain does not compute, and what they earn: one is paid at once, one on demand. */
	const losses = async () => {
		const of = ['--topic', `${own}`];
		const reputers = ['//Lea', '//Lou'];
		await Promise.all(reputers.map((key) => sent(key, 'register', ...of, '--role', 'reputer')));
		await Promise.all(reputers.map((key) => sent(key, 'stake', ...of, '--amount', '100')));
		assert.match(await denied('//Lea', 'report-losses', '--topic', `${main}`),
			/the chain computes the losses of topic \d+; reputers report the truth: `allora-agent run`/);
		const table = await until('an epoch is open for reports', async () => {
			const { code, text } = await type('report-losses', ...of, ...at);
			return code === 0 && text;
		}, 120);
		const [header, ...rows] = table.split('\n');
		assert.equal(header, 'element,price,log10_loss');
		const filled = join(folder, 'losses.csv');
		await writeFile(filled, [header, ...rows.map((row) => `${row}-1.5`)].join('\n'));
		await Promise.all(reputers.map((key) => sent(key, 'report-losses', ...of, '--file', filled)));
		await until('the losses are the network\'s', async () =>
			(await topicOf(own)).history.some((epoch) => epoch.losses?.network === '-1.5'), 120);
		const owed = async (key) => {
			const { positions: [{ due }], balance } = await shown('account', key);
			return { key, due: BigInt(due), free: BigInt(balance.free) };
		};
		const before = (await Promise.all(reputers.map(owed))).find(({ due }) => due > 0n);
		const [{ fee_planck: fee }] = await sent(before.key, 'claim', ...of);
		const after = await owed(before.key);
		assert.equal(after.due, 0n);
		assert.ok(after.free >= before.free + before.due - BigInt(fee));
	};

	/** Votes. */
	const votes = async () => {
		assert.match(await denied('//Dave', 'vote', '0', 'aye', '--amount', '10'), /referendum 0 does not exist/);
		const proposal = { Inline: api.tx.system.remark('0x00').method.toHex() };
		await send(api, api.tx.referenda.submit({ Origins: 'ParameterAdmin' }, proposal, { After: 0 }), account('Dave'));
		await sent('//Dave', 'vote', '0', 'nay', '--amount', '10', '--conviction', '2');
		const { tally } = (await api.query.referenda.referendumInfoFor(0)).unwrap().asOngoing;
		assert.equal(`${tally.nays}`, `${20n * ALLO}`);
		assert.match(await denied('//Dave', 'topic', 'activate', '99'),
			/Clock\.activate: refused, Clock\.TopicNotFound: There is no topic of this number.*: `allora-agent topic list`/);
		assert.match(await denied('//Dave', 'topic', 'prune', `${main}`),
			/Clock\.prune: refused, Clock\.NotLapsed: The topic is active.*: `allora-agent topic show TOPIC`/);
	};

	await Promise.all([rewards(), stakes(), creator(), consumer(), losses(), requests(), votes()]);

	// What is left shows no more than the rest.
	const csv = join(folder, 'history.csv');
	assert.match(await typed('export', `${main}`, '--out', csv, ...at), /wrote .* with \d+ epochs?$/);
	assert.match(await readFile(csv, 'utf8'), /^epoch,opened_at,state,inference_price,.*\n.*,settled,100,101,/s);
	const columns = join(folder, 'history.parquet');
	await typed('export', `${main}`, '--format', 'parquet', '--out', columns, ...at);
	const table = await parquetReadObjects({ file: await asyncBufferFromFile(columns) });
	const settled = table.find(({ state }) => state === 'settled');
	assert.deepEqual([settled.inference_price, settled.truth_price, settled.inferers], [100, 101, 1n]);
	assert.equal(BigInt(settled.opened_at.getTime()), settled.epoch * 1000n);
	const open = table.at(-1);
	assert.deepEqual([open.truth_price, open.loss_network, typeof open.epoch], [null, null, 'bigint']);
	const { leaders } = await shown('topic', 'leaderboard', `${main}`);
	assert.deepEqual(leaders.map((one) => one.account), [account('Charlie').address]);

	// No call of the protocol is left out, but for the agent's own and those that a topic needs only after a wait.
	const commands = calls.filter((call) => call.command).map((call) => command(call.command.split(' ').slice(1)));
	const left = [...new Set(commands)].filter((one) => !done.has(one));
	assert.deepEqual(left.sort(), ['run', 'topic activate', 'topic prune']);
	run.child.kill('SIGTERM');
	await run.ended;
});
