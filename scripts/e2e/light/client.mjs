// A light client of the chain: smoldot under polkadot-api. It knows nothing but a specification, and reads by runtime
// calls that it proves itself. The same code runs in Node.js and in the page beside this file; what it returns is JSON.
import { createClient } from 'polkadot-api';
import { getSmProvider } from 'polkadot-api/sm-provider';

/** Large integers as text, and all else as it is. */
const plain = (value) => JSON.parse(JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part)));

export class LightClient {
	/** Adds the chain of this specification, a text, to an instance of smoldot; fails if the specification is bad. */
	static async open(smoldot, spec, saw) {
		const self = new LightClient();
		const chain = await smoldot.addChain({ chainSpec: spec });
		const client = createClient(getSmProvider(() => chain));
		Object.assign(self, { smoldot, client, newest: null, unsafe: client.getUnsafeApi() });
		client.finalizedBlock$.subscribe({
			next: ({ hash, number }) => { self.newest = { hash, number }; },
			error: (error) => saw(`${error}`),
		});
		return self;
	}

	/** The newest finalized block, if it has one yet. */
	async head() {
		return this.newest;
	}

	/** The identities of its peers. */
	async peers() {
		return (await this.client._request('system_peers', [])).map(({ peerId }) => peerId);
	}

	/** The topic's newest inference as of the newest finalized block, which comes with it, and the milliseconds it took. */
	async inference(topic) {
		const { hash, number } = this.newest;
		const begin = Date.now();
		const read = await this.unsafe.apis.AggregationApi.latest_inference(BigInt(topic), { at: hash });
		const { epoch, label_values: values, intervals } = read;
		return plain({ hash, number, took: Date.now() - begin, inference: [epoch, values, intervals] });
	}

	/** The session, the era, the public keys that finalize, and the runtime's version as of the newest finalized block. */
	async state() {
		const at = { at: this.newest.hash };
		const [session, era, authorities, version] = await Promise.all([
			this.unsafe.query.Session.CurrentIndex.getValue(at),
			this.unsafe.query.Staking.ActiveEra.getValue(at),
			this.unsafe.apis.GrandpaApi.grandpa_authorities(at),
			this.unsafe.apis.Core.version(at),
		]);
		const keys = authorities.map(([key]) => key);
		return plain({ session, era: era.index, keys, version: version.spec_version });
	}

	async close() {
		this.client.destroy();
		await this.smoldot.terminate();
	}
}
