// Writes docs/testnet anew: a list of validators with new session keys, the specification of it without code, and the
// root of its state. Run by scripts/testnet-example when the session keys or the genesis of the runtime have changed.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { load, start, until } from '../e2e/lib.mjs';
import { rpc } from './metadata.mjs';

const { blake2AsU8a, encodeAddress } = load('@polkadot/util-crypto');
const { u8aToHex } = load('@polkadot/util');
const folder = new URL('../../docs/testnet/', import.meta.url);

/** An account of nobody: the hash of a name. */
const publicKey = (name) => blake2AsU8a(`allora example network/${name}`);
const address = (name) => encodeAddress(publicKey(name), 42);

/** A `[[validator]]` with session keys that a node has made; their private parts are gone with the node. */
async function validator(url, name) {
	const { keys, proof } = await rpc(url, 'author_rotateKeysWithOwner', [u8aToHex(publicKey(name))]);
	return `[[validator]]\nstash = "${address(name)}"\nkeys = "${keys}"\nproof = "${proof}"\nbond = 20_000\ncommission = 5\n`;
}

const node = start('--chain', 'dev', '--tmp');
try {
	const port = await until('the node listens', () =>
		node.lines.join('\n').match(/Running JSON-RPC server: .*127\.0\.0\.1:(\d+)/)?.[1], 180);
	const validators = [];
	for (const name of ['validator 1', 'validator 2', 'validator 3', 'validator 4']) {
		validators.push(await validator(`http://127.0.0.1:${port}`, name));
	}
	const groups = ['foundation', 'participants', 'investors', 'team'].map((name) => `${name} = "${address(name)}"`);
	const members = [1, 2, 3].map((number) => `"${address(`member ${number}`)}"`);
	const list = `# An example of what allora-node testnet-spec takes; docs/operators.md explains it. The accounts are hashes of names, and
# the private parts of the session keys are lost: nobody can run this network.
name = "Allora Example Testnet"
id = "allora_example"
validator_count = 10
committee = [
	${members.join(',\n\t')},
]

[groups]
${groups.join('\n')}

[[holder]]
account = "${address('faucet')}"
amount = 1_000_000

${validators.join('\n')}`;
	await writeFile(new URL('validators.toml', folder), list);
} finally {
	node.child.kill('SIGINT');
	await node.ended;
}
const args = ['testnet-spec', '--without-code', fileURLToPath(new URL('validators.toml', folder))];
const { stderr, stdout } = await promisify(execFile)(process.env.ALLORA_NODE, args, { maxBuffer: 2 ** 26 });
await writeFile(new URL('spec.json', folder), stdout);
await writeFile(new URL('state', folder), `${stderr.match(/^state without code: (0x[0-9a-f]{64})$/m)[1]}\n`);
process.exit(0);
