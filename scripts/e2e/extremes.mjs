// Parameters of the right types at their extremes: the largest numbers, long and empty lists, keys and prefixes, ranges that
// are long or reversed, and blocks that nobody knows. Each call has an exact outcome, an error or a bounded answer, changes
// nothing, and keeps nobody else waiting.
import assert from 'node:assert/strict';
import { account, connect, timed, until } from './lib.mjs';
import { WRONG_PARAMETERS, assertFailed, best, call, connection, harmless, result } from './raw.mjs';

/** The codes of errors. */
const NO_RANGE = 4001;
const HIGH_COUNT = 4002;
const NO_STATE = 4003;
const NOT_RECORDED = 4004;
const HIGH_NUMBER = 3001;
const NO_HEX = 3001;
const NO_STORAGE = 5001;
const WRONG_KEY = 1040;
const NO_RUNTIME = 1;
const NOT_FINAL = 4;
const TRAPPED = 8000;
const NO_LEAF = 8011;
const NO_PROOF = 8012;
const NO_NUMBER = 8014;

const U32 = 2 ** 32 - 1;
const U64 = 2n ** 64n - 1n;
const U256 = `0x${'ff'.repeat(32)}`;
/** A hash that no block and no transaction has. */
const UNKNOWN = `0x${'ab'.repeat(32)}`;
/** The key of the runtime's code, and keys that nothing is at. */
const CODE = '0x3a636f6465';
const LONG = `0x${'ff'.repeat(1_000_000)}`;
const MANY = Array.from({ length: 5_000 }, (_, number) => `0x${number.toString(16).padStart(64, '0')}`);
/** A child trie that does not exist, and what names none. */
const CHILD = `0x${Buffer.from(':child_storage:default:none').toString('hex')}`;
const NO_CHILD = '0x6e6f6e65';

/** An outcome: an error with this code. */
const fails = (code) => (answer, method, params) => assertFailed(answer, [code], method, params);
/** An outcome: this answer. */
const is = (expected) => ({ result: found, error }) => assert.deepEqual(error ?? found, expected);
/** An outcome: an answer of which this holds. */
const holds = (check) => ({ result: found, error }) => {
	assert.ok(!error && check(found), JSON.stringify(error ?? found).slice(0, 200));
};
/** Tries calls, each a method with parameters and an outcome. */
async function tryAll(rows) {
	for (const [method, params, outcome] of rows) {
		try {
			outcome(await call(method, params), method, params);
		} catch (error) {
			error.message = `${method}: ${error.message}`;
			throw error;
		}
	}
	console.log(`${rows.length} calls`);
}

timed(60)('counts beyond their limits are refused, and large ones bound the answer', () => harmless(async () => {
	const { genesis } = await blocks();
	const keys = (await result('state_getKeys', ['0x'])).length;
	assert.ok(keys > 100 && keys < 100_000, `${keys} keys`);
	await tryAll([
		['state_getKeysPaged', ['0x', U32], fails(HIGH_COUNT)],
		['state_getKeysPaged', [null, 1_001], fails(HIGH_COUNT)],
		['state_getKeysPaged', ['0x', 2 ** 32], fails(WRONG_PARAMETERS)],
		['state_getKeysPaged', ['0x', U64], fails(WRONG_PARAMETERS)],
		['state_getKeysPaged', ['0x', -1], fails(WRONG_PARAMETERS)],
		['state_getKeysPaged', ['0x', 1_000], holds((list) => list.length === Math.min(1_000, keys))],
		['state_getKeysPaged', ['0x', 0], is([])],
		['state_getKeysPaged', [LONG, 1_000], is([])],
		['state_getKeysPaged', ['0x', 1_000, LONG], is([])],
		['state_getKeysPaged', ['0x', 1_000, '0x', UNKNOWN], fails(NO_STATE)],
		['state_getKeys', [LONG], is([])],
		['state_getPairs', [LONG], is([])],
		['state_getStorage', [LONG], is(null)],
		['state_getStorage', ['0x'], is(null)],
		['state_getStorageHash', [LONG], is(null)],
		['state_getStorageSize', [LONG], is(null)],
		['childstate_getKeysPaged', [CHILD, '0x', U32], is([])],
		['childstate_getKeysPaged', [CHILD, LONG, U32, LONG], is([])],
		['childstate_getKeysPaged', [CHILD, '0x', 2 ** 32], fails(WRONG_PARAMETERS)],
		['childstate_getKeysPaged', [NO_CHILD, '0x', 1], fails(NO_STATE)],
		['chain_getBlockHash', [U32], is(null)],
		['chain_getBlockHash', [2 ** 32], fails(HIGH_NUMBER)],
		['chain_getBlockHash', [U64], fails(HIGH_NUMBER)],
		['chain_getBlockHash', [2n ** 64n], fails(WRONG_PARAMETERS)],
		['chain_getBlockHash', [U256], fails(HIGH_NUMBER)],
		['chain_getBlockHash', [`${U256}ff`], fails(WRONG_PARAMETERS)],
		['chain_getBlockHash', [-1], fails(WRONG_PARAMETERS)],
		['archive_v1_hashByHeight', [0], is([genesis])],
		['archive_v1_hashByHeight', [U32], is([])],
		['archive_v1_hashByHeight', [2 ** 32], fails(HIGH_NUMBER)],
		['archive_v1_hashByHeight', [U64], fails(HIGH_NUMBER)],
		['archive_v1_hashByHeight', [2n ** 64n], fails(WRONG_PARAMETERS)],
		['grandpa_proveFinality', [U32], fails(NOT_FINAL)],
		['grandpa_proveFinality', [2 ** 32], fails(WRONG_PARAMETERS)],
	]);
}));

timed(60)('thousands of keys get as many answers, or none where there is no state', () => harmless(async () => {
	const { head } = await blocks();
	const nothing = MANY.map(() => null);
	await tryAll([
		['state_queryStorageAt', [MANY, head], holds(([{ block, changes }]) => block === head
			&& changes.length === MANY.length && changes.every(([, value]) => value === null))],
		['state_queryStorageAt', [[], head], is([])],
		['state_queryStorageAt', [MANY, UNKNOWN], fails(NO_RANGE)],
		['state_getReadProof', [MANY, head], holds(({ at, proof }) => at === head && proof.length < 1_000)],
		['state_getReadProof', [[], head], holds(({ proof }) => proof.length <= 1)],
		['state_getReadProof', [MANY, UNKNOWN], fails(NO_STATE)],
		['state_getReadProof', [[LONG], head], holds(({ proof }) => proof.length < 10)],
		['childstate_getStorageEntries', [CHILD, MANY, head], is(nothing)],
		['childstate_getStorageEntries', [NO_CHILD, MANY, head], fails(NO_STATE)],
		['childstate_getStorageEntries', [CHILD, MANY, UNKNOWN], fails(NO_STATE)],
		['childstate_getKeys', [CHILD, LONG], is([])],
		['childstate_getKeys', ['0x', '0x'], fails(NO_STATE)],
		['childstate_getKeys', [LONG, '0x'], fails(NO_STATE)],
		['childstate_getStorage', [CHILD, LONG], is(null)],
		['childstate_getStorageHash', [CHILD, '0x'], is(null)],
		['childstate_getStorageSize', [CHILD, '0x'], is(null)],
		['state_getChildReadProof', [CHILD, MANY, head], holds(({ proof }) => proof.length < 10)],
		['state_getChildReadProof', [NO_CHILD, MANY, head], fails(NO_STATE)],
		['chain_getBlockHash', [[]], is([])],
		['chain_getBlockHash', [Array(5_000).fill(U32)], is(nothing)],
		['chain_getBlockHash', [[0, U64]], fails(HIGH_NUMBER)],
		['author_removeExtrinsic', [[]], is([])],
		['author_removeExtrinsic', [MANY.map((hash) => ({ hash }))], is([])],
	]);
}));

timed(60)('ranges that are long, reversed or unknown are answered in bounds or refused', () => harmless(async () => {
	const { genesis, head, long, number } = await blocks();
	const code = (changes) => changes.length === 1 && changes[0].changes.length === 1;
	await tryAll([
		['state_queryStorage', [[CODE], long, head], holds(code)],
		['state_queryStorage', [MANY.slice(0, 1_000), long, head], holds((changes) => changes.length === 1)],
		['state_queryStorage', [[], long, head], is([])],
		['state_queryStorage', [[CODE], head, long], fails(NO_RANGE)],
		['state_queryStorage', [[CODE], head, genesis], fails(NO_RANGE)],
		['state_queryStorage', [[CODE], UNKNOWN, head], fails(NO_RANGE)],
		['state_queryStorage', [[CODE], head, UNKNOWN], fails(NO_RANGE)],
		['mmr_generateProof', [[U32]], fails(NO_LEAF)],
		['mmr_generateProof', [[number], U32], fails(NO_PROOF)],
		['mmr_generateProof', [[number], 0], fails(NO_NUMBER)],
		['mmr_generateProof', [[]], fails(NO_PROOF)],
		['mmr_generateProof', [Array(5_000).fill(1)], holds(({ leaves }) => leaves.length < 5_000_000)],
		['mmr_generateProof', [[2 ** 32]], fails(WRONG_PARAMETERS)],
		['mmr_generateProof', [[1], null, UNKNOWN], fails(TRAPPED)],
		['mmr_generateAncestryProof', [U32], fails(NO_PROOF)],
		['mmr_generateAncestryProof', [number, 1], fails(NO_PROOF)],
		['mmr_root', [UNKNOWN], fails(TRAPPED)],
		['mmr_verifyProof', [{ blockHash: UNKNOWN, leaves: '0x', proof: '0x' }], fails(WRONG_PARAMETERS)],
		['mmr_verifyProof', [{ blockHash: UNKNOWN, leaves: '0x00', proof: `0x00${'ff'.repeat(8)}00` }], fails(TRAPPED)],
		['mmr_verifyProofStateless', [UNKNOWN, { blockHash: head, leaves: '0xffffffff', proof: '0x' }], fails(WRONG_PARAMETERS)],
	]);
}));

timed(60)('blocks that nobody knows have nothing, and no state', (t) => harmless(async () => {
	const { head } = await blocks();
	const api = await connect();
	t.after(() => api.disconnect());
	const signed = (await api.tx.system.remark('0x').signAsync(account('Alice'), { nonce: -1 })).toHex();
	await tryAll([
		['chain_getHeader', [UNKNOWN], is(null)],
		['chain_getBlock', [UNKNOWN], is(null)],
		['state_getStorage', [CODE, UNKNOWN], fails(NO_STATE)],
		['state_getStorageHash', [CODE, UNKNOWN], fails(NO_STATE)],
		['state_getStorageSize', [CODE, UNKNOWN], fails(NO_STATE)],
		['state_getKeys', ['0x', UNKNOWN], fails(NO_STATE)],
		['state_getPairs', ['0x', UNKNOWN], fails(NO_STATE)],
		['state_getMetadata', [UNKNOWN], fails(NO_STATE)],
		['state_getRuntimeVersion', [UNKNOWN], fails(NO_STATE)],
		['state_call', ['Core_version', '0x', UNKNOWN], fails(NO_STATE)],
		['state_call', ['x'.repeat(1_000_000), '0x'], fails(NO_STATE)],
		['state_call', ['Core_version', LONG], fails(NO_STATE)],
		['state_traceBlock', [UNKNOWN, null, null, null], fails(NO_RANGE)],
		['state_callRecorded', ['Core_version', '0x', UNKNOWN], fails(NOT_RECORDED)],
		['archive_v1_header', [UNKNOWN], is(null)],
		['archive_v1_body', [UNKNOWN], is(null)],
		['archive_v1_call', [UNKNOWN, 'Core_version', ''], holds(({ success, error }) => !success && error)],
		['archive_v1_call', [head, 'x'.repeat(1_000_000), ''], holds(({ success, error }) => !success && error)],
		['archive_v1_call', [head, 'Core_version', 'zz'], fails(NO_HEX)],
		['payment_queryInfo', [signed, UNKNOWN], fails(NO_RUNTIME)],
		['payment_queryFeeDetails', [signed, UNKNOWN], fails(NO_RUNTIME)],
		['system_dryRun', [signed, UNKNOWN], fails(NO_RUNTIME)],
		// What it would do, which it does not.
		['system_dryRun', [signed], is('0x0000')],
		['system_accountNextIndex', [`5${'C'.repeat(1_000)}`], fails(WRONG_PARAMETERS)],
	]);
}));

timed(60)('keys and values of any length leave the keystore and the local storage alone', () => harmless(async () => {
	await tryAll([
		['author_hasKey', ['0x', 'babe'], is(false)],
		['author_hasKey', [LONG, 'babe'], is(false)],
		['author_hasKey', [UNKNOWN, 'b'.repeat(1_000_000)], fails(WRONG_KEY)],
		['author_hasSessionKeys', ['0x'], fails(WRONG_KEY)],
		['author_hasSessionKeys', [LONG], is(false)],
		['author_insertKey', ['', '//Alice', UNKNOWN], fails(WRONG_KEY)],
		['author_insertKey', ['b'.repeat(1_000_000), '//Alice', UNKNOWN], fails(WRONG_KEY)],
		['offchain_localStorageGet', ['PERSISTENT', LONG], is(null)],
		['offchain_localStorageGet', ['PERSISTENT', '0x'], is(null)],
		['offchain_localStorageGet', ['LOCAL', '0x'], fails(NO_STORAGE)],
		['offchain_localStorageSet', ['LOCAL', LONG, LONG], fails(NO_STORAGE)],
		['offchain_localStorageClear', ['LOCAL', LONG], fails(NO_STORAGE)],
		['offchain_localStorageClear', ['PERSISTENT', LONG], is(null)],
	]);
}));

timed(60)('subscriptions to thousands of items end in time', () => harmless(async () => {
	const { head } = await blocks();
	const { socket, received, ask } = await connection();
	/** The events of a subscription, until it ends. */
	const events = async (method, params) => {
		const { result: subscription } = await ask(method, params);
		assert.ok(subscription, method);
		for (;;) {
			const found = received.filter((message) => message.params?.subscription === subscription)
				.map((message) => message.params.result);
			if (found.some(({ event }) => /storageDone|storageError|storageDiffDone|storageDiffError/.test(event))) return found;
			await new Promise((resolve) => { socket.once('message', resolve); });
		}
	};
	const values = MANY.map((key) => ({ key, type: 'value' }));
	assert.deepEqual(await events('archive_v1_storage', [head, values]), [{ event: 'storageDone' }]);
	const [unknown] = await events('archive_v1_storage', [UNKNOWN, values]);
	assert.equal(unknown.event, 'storageError');
	const wrong = await events('archive_v1_storage', [head, [{ key: 'zz', type: 'value' }]]);
	assert.deepEqual(wrong.map(({ event }) => event), ['storageError']);
	const reversed = await events('archive_v1_storageDiff', [(await blocks()).genesis, [], head]);
	assert.ok(reversed.length < 20_000, `${reversed.length} events`);
	const [nowhere] = await events('archive_v1_storageDiff', [UNKNOWN, []]);
	assert.equal(nowhere.event, 'storageDiffError');
	socket.terminate();
}));

/** The blocks of which the calls ask: the first, the best, and one at most a hundred before it. */
async function blocks() {
	const number = await until('there are blocks', best);
	const [genesis, long, head] = await result('chain_getBlockHash', [[0, Math.max(0, number - 100), number]]);
	return { genesis, head, long, number };
}
