// The metadata of a chain as plain objects: read from a node or a file, with names for its types.
import { readFile } from 'node:fs/promises';
import { load } from '../e2e/lib.mjs';

const { Metadata, TypeRegistry } = load('@polkadot/types');
const { compactFromU8a, hexToU8a, isHex, u8aToHex } = load('@polkadot/util');

/** The version of the metadata that is read: the first with runtime APIs. */
const VERSION = 15;

/** Calls a method of a node over HTTP. */
export async function rpc(url, method, params = []) {
	const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
	const headers = { 'Content-Type': 'application/json' };
	const response = await fetch(url.replace(/^ws/, 'http'), { method: 'POST', headers, body });
	const { error, result } = await response.json();
	if (error) throw new Error(`${method}: ${error.message}${error.data ? `: ${error.data}` : ''}`);
	return result;
}

/** The encoded metadata of the node at this address, as bytes. */
export async function fetchMetadata(url) {
	const version = `0x${VERSION.toString(16).padStart(2, '0')}000000`;
	// An option of bytes, which have their length before them.
	const answer = hexToU8a(await rpc(url, 'state_call', ['Metadata_metadata_at_version', version]));
	if (answer[0] !== 1) throw new Error(`the node has no metadata of version ${VERSION}`);
	const [offset] = compactFromU8a(answer.subarray(1));
	return answer.subarray(1 + offset);
}

/** Decodes metadata; the numbers of the versions are in the constant System.Version. */
export function decode(bytes) {
	const { metadata } = new Metadata(new TypeRegistry(), bytes).toJSON();
	const decoded = metadata[`v${VERSION}`];
	if (!decoded) throw new Error(`the metadata has another version than ${VERSION}: ${Object.keys(metadata)}`);
	const system = decoded.pallets.find(({ name }) => name === 'System');
	const { value } = system.constants.find(({ name }) => name === 'Version');
	const version = new TypeRegistry().createType('RuntimeVersion', hexToU8a(value));
	return {
		...decoded,
		specName: version.specName.toString(),
		specVersion: version.specVersion.toNumber(),
		transactionVersion: version.transactionVersion.toNumber(),
	};
}

/** Reads metadata from a node, or from a file as bytes or hex. */
export async function readMetadata(source) {
	if (/^(ws|http)s?:/.test(source)) return decode(await fetchMetadata(source));
	const content = await readFile(source);
	const text = content.toString('latin1').trim();
	return decode(isHex(text) ? hexToU8a(text) : content);
}

export { u8aToHex };

/** Parts of paths that say nothing: modules in which a crate keeps its types. */
const last = (path) => path.at(-1);

/** Names for the types of metadata, by id; a name has a type's path and parameters. */
export class Types {
	constructor(metadata) {
		this.types = new Map(metadata.lookup.types.map(({ id, type }) => [id, type]));
		this.names = new Map();
	}

	/** The type of this id. */
	get(id) {
		return this.types.get(id);
	}

	/** The full name, which distinguishes types of the same name in different crates. */
	name(id) {
		if (!this.names.has(id)) {
			// A type that has itself as a parameter does not occur in names.
			this.names.set(id, '…');
			this.names.set(id, this.spell(id, (other) => this.name(other), (path) => path.join('::')));
		}
		return this.names.get(id);
	}

	/** The short name, for people. */
	short(id) {
		return this.spell(id, (other) => this.short(other), last);
	}

	spell(id, name, spellPath) {
		const { def, params, path } = this.get(id);
		if (path.length > 0) {
			const known = params.filter(({ type }) => type !== null && type !== undefined).map(({ type }) => name(type));
			const brackets = known.length > 0 ? `<${known.join(', ')}>` : '';
			return `${spellPath(path)}${brackets}`;
		}
		if (def.primitive) return def.primitive.toLowerCase();
		if (def.sequence) return `Vec<${name(def.sequence.type)}>`;
		if (def.array) return `[${name(def.array.type)}; ${def.array.len}]`;
		if (def.tuple) return `(${def.tuple.map(name).join(', ')})`;
		if (def.compact) return `Compact<${name(def.compact.type)}>`;
		if (def.bitSequence) return `Bits<${name(def.bitSequence.bitStoreType)}>`;
		throw new Error(`a type without a name: ${JSON.stringify(def)}`);
	}

	/** The types that a type is made of. */
	parts(id) {
		const { def } = this.get(id);
		const ofFields = (fields) => fields.map(({ type }) => type);
		if (def.composite) return ofFields(def.composite.fields ?? []);
		if (def.variant) return (def.variant.variants ?? []).flatMap(({ fields }) => ofFields(fields));
		if (def.tuple) return def.tuple;
		return [def.sequence, def.array, def.compact].filter(Boolean).map(({ type }) => type);
	}

	/** The variants of an enum, by index. */
	variants(id) {
		return [...(this.get(id).def.variant?.variants ?? [])].sort((a, b) => a.index - b.index);
	}
}
