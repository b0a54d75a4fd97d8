// Accounts, and transactions signed by hand: polkadot.js takes a millisecond or more for each, this a twentieth.
//
// The signatures are ed25519's, which Node.js computes natively. The chain takes them like those of sr25519, and its
// weights do not tell them apart.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { load } from '../lib.mjs';

const { compactToU8a, u8aConcat, u8aToHex } = load('@polkadot/util');
const { blake2AsU8a, encodeAddress } = load('@polkadot/util-crypto');

/** What precedes the seed in the DER encoding of a private key (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
/** The transaction extensions whose bytes are written below. */
const EXTENSIONS = [
	'CheckNonZeroSender', 'CheckSpecVersion', 'CheckTxVersion', 'CheckGenesis', 'CheckMortality', 'CheckNonce',
	'CheckWeight', 'ChargeTransactionPayment', 'CheckMetadataHash', 'WeightReclaim',
];
/** A longer payload is hashed before it is signed. */
const MAX_PAYLOAD = 256;

/** The account of this name. */
export function accountOf(name) {
	const seed = createHash('sha256').update(`load test: ${name}`).digest();
	const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
	const id = new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32));
	return { key, id, nonce: 0 };
}

/** As many accounts, named by their numbers. */
export const accountsOf = (name, count) => Array.from({ length: count }, (_, index) => accountOf(`${name} ${index}`));

/** The address of an account. */
export const address = ({ id }) => encodeAddress(id, 42);

const u32 = (number) => {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(number);
	return bytes;
};

/** Signs transactions for a chain. */
export class Signer {
	constructor(api) {
		const found = api.registry.signedExtensions;
		if (`${found}` !== `${EXTENSIONS}`) throw new Error(`the chain has other transaction extensions: ${found}`);
		const genesis = api.genesisHash.toU8a();
		const { specVersion, transactionVersion } = api.runtimeVersion;
		// The mortality's block is the genesis of immortal transactions; then no hash of metadata.
		this.implicit = u8aConcat(u32(specVersion.toNumber()), u32(transactionVersion.toNumber()), genesis, genesis, [0]);
	}

	/** A transaction with the account's next nonce, as hexadecimal text. */
	sign(account, call, tip = 0n) {
		const extra = u8aConcat([0], compactToU8a(account.nonce), compactToU8a(tip), [0]);
		account.nonce += 1;
		const payload = u8aConcat(call, extra, this.implicit);
		const signature = sign(null, payload.length > MAX_PAYLOAD ? blake2AsU8a(payload) : payload, account.key);
		const body = u8aConcat([0x84, 0], account.id, [0], signature, extra, call);
		return u8aToHex(u8aConcat(compactToU8a(body.length), body));
	}
}

/** The bytes of a call. */
export const bytesOf = (tx) => tx.method.toU8a();

/** A copy of a call whose first two arguments are a topic and an epoch, with others. */
export function aimed(call, topic, epoch) {
	const copy = Buffer.from(call);
	copy.writeBigUInt64LE(BigInt(topic), 2);
	copy.writeBigUInt64LE(BigInt(epoch), 10);
	return copy;
}
