// What the tests share: a connection, the dev accounts, and sending a transaction.
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { cryptoWaitReady } from '@polkadot/util-crypto';

/** One ALLO in planck. */
export const ALLO = 10n ** 10n;

/** A rational number on the wire: 18 decimals. */
export const fixed = (numerator, denominator = 1n) => (numerator * 10n ** 18n) / denominator;

/** Parameters of a topic with the shortest epochs. */
export const parameters = {
	metadata: 'e2e: the next value',
	loss_method: 'sqe',
	ground_truth: 'the test knows',
	labels: ['y'],
	unityTolerance: null,
	labelDefault: 0,
	epoch_length: 10,
	worker_window: 5,
	ground_truth_lag: 10,
	p_norm: fixed(3n),
	c_norm: fixed(3n, 4n),
	alpha_regret: fixed(1n, 10n),
	merit_sortition_alpha: fixed(1n, 10n),
	epsilon: fixed(1n, 100n),
	scale_rule: 'Mad',
	inferer_quantile: fixed(1n, 4n),
	forecaster_quantile: fixed(1n, 4n),
	reputer_quantile: fixed(1n, 4n),
	allow_negative: false,
	max_inferers: 32,
	max_forecasters: 6,
	max_reputers: 6,
	min_reputers: 1,
	min_stake: 0,
	history: 10,
};

/** Connects to a node, by default the one under test; fails if it does not answer. */
export async function connect(url = process.env.ALLORA_WS) {
	if (!url) throw new Error('ALLORA_WS names no node; use scripts/e2e/run');
	await cryptoWaitReady();
	return ApiPromise.create({
		provider: new WsProvider(url),
		noInitWarn: true,
		throwOnConnect: true,
	});
}

/** The dev account of this name. */
export function account(name) {
	return new Keyring({ type: 'sr25519', ss58Format: 42 }).addFromUri(`//${name}`);
}

/** Polls until `look` gives something true, which is returned. */
export async function until(what, look, seconds = 40) {
	const end = Date.now() + seconds * 1000;
	for (;;) {
		const found = await look();
		if (found) return found;
		if (Date.now() > end) throw new Error(`timed out waiting until ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 250));
	}
}

/** The message of a dispatch error: `pallet.Error`. */
function reason(api, error) {
	if (!error.isModule) return error.toString();
	const { section, name } = api.registry.findMetaError(error.asModule);
	return `${section}.${name}`;
}

/** Signs and sends; gives the block's hash and the transaction's events, or throws why it failed. */
export function send(api, tx, signer) {
	return new Promise((resolve, reject) => {
		let unsubscribe;
		const done = (settle, value) => {
			unsubscribe?.();
			settle(value);
		};
		tx.signAndSend(signer, ({ status, events, dispatchError, isError }) => {
			if (dispatchError) done(reject, new Error(reason(api, dispatchError)));
			else if (isError) done(reject, new Error(`transaction is ${status.type}`));
			else if (status.isInBlock || status.isFinalized) {
				// A sealed block is final at once, and the pool says only that.
				const block = status.isInBlock ? status.asInBlock : status.asFinalized;
				done(resolve, { block, events: events.map(({ event }) => event) });
			}
		}).then((stop) => { unsubscribe = stop; }, reject);
	});
}

/** The only event of this name among `events`. */
export function only(events, section, method) {
	const found = events.filter((event) => event.section === section && event.method === method);
	if (found.length !== 1) {
		const seen = events.map((event) => `${event.section}.${event.method}`).join(', ');
		throw new Error(`expected one ${section}.${method}, seen: ${seen}`);
	}
	return found[0];
}
