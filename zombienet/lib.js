// What the scripts share: a connection, the dev accounts, sending a transaction, and reading a topic.
// Zombienet loads them itself, so they are CommonJS; it ends one that takes too long.
'use strict';
const { ApiPromise, Keyring, WsProvider } = require('@polkadot/api');
const { cryptoWaitReady } = require('@polkadot/util-crypto');

/** One ALLO in planck. */
const ALLO = 10n ** 10n;

/** A rational number on the wire: 18 decimals. */
const fixed = (numerator, denominator = 1n) => (numerator * 10n ** 18n) / denominator;

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

/** The message of a dispatch error: `pallet.Error`. */
function reason(api, error) {
	if (!error.isModule) return error.toString();
	const { section, name } = api.registry.findMetaError(error.asModule);
	return `${section}.${name}`;
}

/** Signs and sends; gives the transaction's events once it is in a block, or throws why it failed. */
function send(api, tx, signer) {
	return new Promise((resolve, reject) => {
		let unsubscribe;
		const done = (settle, value) => {
			unsubscribe?.();
			settle(value);
		};
		tx.signAndSend(signer, ({ status, events, dispatchError, isError }) => {
			if (dispatchError) done(reject, new Error(reason(api, dispatchError)));
			else if (isError) done(reject, new Error(`transaction is ${status.type}`));
			else if (status.isInBlock) done(resolve, events.map(({ event }) => event));
		}).then((stop) => { unsubscribe = stop; }, reject);
	});
}

/** The chain as of the last finalised block. */
async function finalised(api) {
	return api.at(await api.rpc.chain.getFinalizedHead());
}

/** The topic's epochs on record at this state, oldest first. */
async function epochs(state, topic) {
	const found = await state.call.topicsApi.epochs(topic);
	return found.map(([epoch, record]) => ({ epoch: epoch.toNumber(), state: record.state }));
}

module.exports = { ALLO, account, epochs, finalised, fixed, script, send, until };
