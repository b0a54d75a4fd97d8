// Two workers and a reputer that take part in each epoch of a topic, each through a node of its own while that runs.
'use strict';
const { setTimeout: sleep } = require('node:timers/promises');
const { ALLO, account, fixed, parameters, send } = require('./lib');

/** How long a call may take into a block before it is sent again, in milliseconds. */
const PATIENCE = 4000;

/** The workers with what they infer, and the value that turns out to be true. */
const WORKERS = [['Charlie', fixed(3n)], ['Eve', fixed(4n)]];
const REPUTERS = ['Dave'];
const TRUTH = fixed(7n, 2n);

class Participants {
	/** Creates a topic, registers all, stakes and funds; returns when all of it is final. */
	static async join(network, changes = {}) {
		const self = new Participants();
		Object.assign(self, { network, sent: new Map(), stopped: false, errors: [] });
		const [first, second] = network.validators;
		const [api, other] = [await first.api(), await second.api()];
		const { events } = await send(api, api.tx.topics.create({ ...parameters, history: 64, ...changes }), account('Alice'));
		self.topic = events.find((event) => api.events.topics.TopicCreated.is(event)).data.topic.toNumber();
		// The other node may be behind the one through which the topic became final.
		await network.agree(await first.final());
		const register = (role, who) => send(other, other.tx.topics.register(self.topic, role, null), account(who));
		await Promise.all([
			...WORKERS.map(([who]) => register('Worker', who)),
			...REPUTERS.map(async (who) => {
				await register('Reputer', who);
				await send(other, other.tx.reputer.stake(self.topic, 1000n * ALLO), account(who));
			}),
		]);
		// The first epoch opens at once.
		self.done = self.loop();
		await send(api, api.tx.topics.fund(self.topic, 10_000n * ALLO), account('Alice'));
		return self;
	}

	/** Takes part until `stop`. */
	async loop() {
		while (!this.stopped) {
			await Promise.all([
				...WORKERS.map((worker, index) => this.step(index, worker[0], 'inferer', worker[1])),
				...REPUTERS.map((who, index) => this.step(WORKERS.length + index, who, 'reputer', null)),
			]);
			await sleep(300);
		}
	}

	async stop() {
		this.stopped = true;
		await this.done;
	}

	/** Sends what one participant owes in the open epoch, unless the chain or the pool has it. */
	async step(index, who, role, value) {
		// One that is starting does not count: what a participant owes may be late by then.
		const nodes = this.network.validators.filter((node) => node.answers && this.network.running.includes(node));
		if (!nodes.length) return;
		const node = nodes[index % nodes.length];
		try {
			const api = await node.api();
			const { topics: [schedule] } = await api.call.topicsApi.schedule([this.topic]);
			const open = value === null ? schedule.reporting : [schedule.collecting.unwrapOr(null)].filter(Boolean);
			for (const { epoch } of open) {
				const key = `${who} ${epoch}`;
				if (Date.now() - (this.sent.get(key) ?? 0) < PATIENCE) continue;
				const { [role]: { standing } } = await api.call.explainApi.explain(account(who).address, this.topic, epoch);
				if (standing.outcome.isSome) continue;
				this.sent.set(key, Date.now());
				const tx = value === null ? api.tx.reputer.report(this.topic, epoch, [TRUTH])
					: api.tx.inference.submit(this.topic, epoch, [value], null);
				await tx.signAndSend(account(who), { nonce: -1 });
			}
		} catch (error) {
			// The node was killed, or the call is known or late: the chain's epochs show what was missed.
			this.errors.push(`${node.name}: ${error.message}`);
		}
	}

	/** The states of the topic's epochs in a node's finalised block, by number. */
	async epochs(node) {
		const api = await node.api();
		const at = await api.at(await api.rpc.chain.getFinalizedHead());
		const found = await at.call.topicsApi.epochs(this.topic);
		return new Map(found.map(([epoch, { state }]) =>
			[epoch.toNumber(), state.isVoid ? `Void(${state.asVoid.type})` : state.type]));
	}

	/** How many epochs are settled in a node's finalised block. */
	async settled(node) {
		return [...(await this.epochs(node)).values()].filter((state) => state === 'Settled').length;
	}
}

/** The events of one kind in the blocks from one to another, with the slots of the blocks. */
async function eventsIn(node, from, to, section, method) {
	const api = await node.api();
	const found = [];
	for (let number = from; number <= to; number += 1) {
		const at = await api.at(await api.rpc.chain.getBlockHash(number));
		const events = (await at.query.system.events()).map(({ event }) => event);
		const some = events.filter((event) => event.section === section && event.method === method);
		if (!some.length) continue;
		const slot = (await at.query.babe.currentSlot()).toNumber();
		for (const { data } of some) found.push({ number, slot, data });
	}
	return found;
}

module.exports = { Participants, eventsIn };
