// Light clients of a suite's network: what each is told of the chain, and whether it reads what a node reads.
'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { until } = require('../scripts/e2e/chain');
const { load } = require('./lib');

/** The specification for a light client, with these addresses of peers. */
function specification(network, bootNodes) {
	const spec = JSON.parse(readFileSync(network.spec, 'utf8'));
	delete spec.protocolId;
	return JSON.stringify({ ...spec, bootNodes });
}

/** A light client in this process, by websockets; `saw` gets what it complains of. */
async function inNode(network, saw) {
	const { LightClient } = await import(pathToFileURL(join(__dirname, '../scripts/e2e/light/client.mjs')));
	const { start } = await import(pathToFileURL(load.resolve('polkadot-api/smoldot')));
	const smoldot = start({ maxLogLevel: 1, logCallback: (level, target, message) => saw(`light client, ${target}`, message) });
	const spec = specification(network, network.nodes.map((node) => node.address()));
	return LightClient.open(smoldot, spec, (text) => saw('light client', text));
}

/** Reads the topic's newest inference by the light client and by a node, at the same block, and compares them. */
async function compare(client, node, topic) {
	await until('the light client has caught up', async () => {
		const [head, final] = [await client.head(), await node.final()];
		return head?.number >= final - 3;
	}, 120);
	const { hash, number, took, inference } = await client.inference(topic);
	await until('the node has finalized the block, too', async () => await node.final() >= number, 60);
	if (await node.hash(number) !== hash) throw new Error(`block ${number} of the light client is not that of the chain`);
	const api = await node.api();
	const wanted = (await (await api.at(hash)).call.aggregationApi.latestInference(topic)).unwrap();
	const text = (part) => (Array.isArray(part) ? [...part].map(text) : part.toString());
	const there = JSON.stringify([wanted.epoch, wanted.labelValues, wanted.intervals].map(text));
	const here = JSON.stringify(inference);
	if (here !== there) throw new Error(`the light client reads ${here}, the node ${there}`);
	return { number, took, epoch: Number(inference[0]), text: here };
}

module.exports = { compare, inNode, specification };
