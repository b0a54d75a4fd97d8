// What the scripts share: a connection, the dev accounts, and reading a topic.
// Zombienet loads them itself, so they are CommonJS; it ends one that takes too long.
'use strict';
const { ApiPromise, Keyring, WsProvider } = require('@polkadot/api');
const { cryptoWaitReady } = require('@polkadot/util-crypto');
const chain = require('./chain');

/** What zombienet calls: `body` with a connection to the node, which is closed after it. */
function script(body) {
	return async (name, network, args) => {
		await cryptoWaitReady();
		const api = await ApiPromise.create({
			provider: new WsProvider(network.nodesByName[name].wsUri),
			noInitWarn: true,
			throwOnConnect: true,
		});
		try {
			return await body(api, args, name);
		} finally {
			await api.disconnect();
		}
	};
}

/** The dev account of this name. */
function account(name) {
	return new Keyring({ type: 'sr25519', ss58Format: 42 }).addFromUri(`//${name}`);
}

/** Polls until `look` gives something true, which is returned. */
async function until(look) {
	for (;;) {
		const found = await look();
		if (found) return found;
		await new Promise((resolve) => setTimeout(resolve, 250));
	}
}

/** The topic's epochs on record at this state, oldest first. */
async function epochs(state, topic) {
	const found = await state.call.topicsApi.epochs(topic);
	return found.map(([epoch, record]) => ({ epoch: epoch.toNumber(), state: record.state }));
}

module.exports = { ...chain, account, epochs, script, until };
