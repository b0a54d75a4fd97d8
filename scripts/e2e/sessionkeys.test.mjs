// Session keys with proof of possession, as scripts/session-keys makes them for validators.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connect, load, send, timed } from './lib.mjs';

const { Keyring } = load('@polkadot/api');
const script = fileURLToPath(new URL('../session-keys', import.meta.url));
const run = (...args) => promisify(execFile)(script, args);

timed(120)('keys of the script are registered by their owner and by nobody else', async (t) => {
	const api = await connect();
	t.after(() => api.disconnect());
	const keyring = new Keyring({ type: 'sr25519' });
	const owner = keyring.addFromUri('//Charlie//stash');
	const { stdout } = await run(owner.address, process.env.ALLORA_WS);
	const { keys, proof, call } = JSON.parse(stdout);
	assert.equal(api.tx.session.setKeys(keys, proof).method.toHex(), call);

	const thief = keyring.addFromUri('//Dave');
	await assert.rejects(send(api, api.tx(api.createType('Call', call)), thief), /InvalidProof/);
	await send(api, api.tx(api.createType('Call', call)), owner);
	const registered = (await api.query.session.nextKeys(owner.address)).unwrap();
	assert.equal(registered.toHex(), keys);
	assert.ok((await api.rpc.author.hasSessionKeys(keys)).isTrue, 'the node has the private parts');
	await send(api, api.tx.session.purgeKeys(), owner);
});

timed(30)('the script refuses what is not an account', async () => {
	await assert.rejects(run('5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Z'), /checksum/);
	await assert.rejects(run('//Charlie'), /neither an SS58 address/);
});
