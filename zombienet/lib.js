// What the scripts of the network test share: a connection to the node that a line of network.zndsl names, and epochs.
// Zombienet loads each script with `require`, and ends one that exceeds the time limit of its line.
'use strict';
const chain = require('../scripts/e2e/chain');

/** The function that zombienet calls: runs `body` with a connection to the node, and closes that at the end. */
function script(body) {
	return async (name, network, args) => {
		const api = await chain.connect(network.nodesByName[name].wsUri);
		try {
			return await body(api, args);
		} finally {
			await api.disconnect();
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

module.exports = { ...chain, epochs, script, until };
