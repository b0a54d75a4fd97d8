// What the tests of a network and those of a single node share, without a package: each has packages of its own.
'use strict';

/** One ALLO in planck. */
const ALLO = 10n ** 10n;

/** A rational number on the wire: 18 decimals. */
const fixed = (numerator, denominator = 1n) => (numerator * 10n ** 18n) / denominator;

/** For how many blocks a transaction is valid. */
const VALID = 64;

/** Parameters of a topic of short epochs. */
const parameters = {
	metadata: 'a test: the next value',
	loss_method: 'sqe',
	ground_truth: 'the test knows',
	labels: ['y'],
	unity_tolerance: null,
	label_default: 0,
	epoch_length: 12,
	worker_window: 9,
	ground_truth_lag: 12,
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
	min_stake: 100n * ALLO,
	history: 10,
};

/** The chain as of the last finalised block. */
async function finalised(api) {
	return api.at(await api.rpc.chain.getFinalizedHead());
}

/** The message of a dispatch error: `pallet.Error`. */
function reason(api, error) {
	if (!error.isModule) return error.toString();
	const { section, name } = api.registry.findMetaError(error.asModule);
	return `${section}.${name}`;
}

/** Submits a signed transaction; returns the hash of the block with it once that is final. */
function submit(api, tx) {
	return new Promise((resolve, reject) => {
		let unsubscribe;
		const done = (settle, value) => {
			unsubscribe?.();
			settle(value);
		};
		api.rpc.author.submitAndWatchExtrinsic(tx, (status) => {
			const lost = status.isInvalid || status.isDropped || status.isUsurped || status.isFinalityTimeout;
			if (status.isFinalized) done(resolve, status.asFinalized);
			else if (lost) done(reject, new Error(`transaction is ${status.type}`));
		}).then((stop) => { unsubscribe = stop; }, reject);
	});
}

/**
 * Signs and sends; once it is final, returns the block's hash and the transaction's events, or throws why it failed.
 *
 * A best block may be abandoned for another branch, which knows nothing of its transactions and where they may come
 * later, or fail: what depends on a transaction waits for its finality. It refers to a final block, so that it is
 * valid on every branch.
 */
async function send(api, tx, signer) {
	const blockHash = await api.rpc.chain.getFinalizedHead();
	const { number: current } = await api.rpc.chain.getHeader(blockHash);
	const era = api.registry.createType('ExtrinsicEra', { current, period: VALID });
	const signed = await tx.signAsync(signer, { blockHash, era });
	const block = await submit(api, signed);

	const { extrinsics } = (await api.rpc.chain.getBlock(block)).block;
	const index = extrinsics.findIndex(({ hash }) => hash.eq(signed.hash));
	const records = await (await api.at(block)).query.system.events();
	const events = records
		.filter(({ phase }) => phase.isApplyExtrinsic && phase.asApplyExtrinsic.eq(index))
		.map(({ event }) => event);
	const failed = events.find((event) => api.events.system.ExtrinsicFailed.is(event));
	if (failed) throw new Error(reason(api, failed.data.dispatchError));
	return { block, events };
}

module.exports = { ALLO, finalised, fixed, parameters, send };
