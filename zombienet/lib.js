// What the scripts of the tests of networks share. `script` is for those of the *.zndsl: a connection to the node that a
// line of one names. Zombienet loads such a script with `require`, and ends it if it exceeds the time limit of its line.
'use strict';
const { createRequire } = require('node:module');
const chain = require('../scripts/e2e/chain');

/** Loads a package that is installed for the end-to-end tests. */
const load = createRequire(require.resolve('../scripts/e2e/chain'));

/**
 * The function that zombienet calls: runs `body` with a connection to the node, and a function that connects to the node
 * of a name; closes all of them at the end.
 */
function script(body) {
	return async (name, network, args) => {
		const apis = [];
		const connect = async (node) => {
			const api = await chain.connect(network.nodesByName[node].wsUri);
			apis.push(api);
			return api;
		};
		try {
			return await body(await connect(name), args, connect);
		} finally {
			await Promise.all(apis.map((api) => api.disconnect()));
		}
	};
}

/** Polls until `look` returns something true, and returns that; the time limit is zombienet's. */
const until = (what, look) => chain.until(what, look, Infinity);

/** The topic's stored epochs in this state, oldest first. */
async function epochs(state, topic) {
	const found = await state.call.topicsApi.epochs(topic);
	return found.map(([epoch, record]) => ({ epoch: epoch.toNumber(), state: record.state }));
}

module.exports = { ...chain, epochs, load, script, until };
