// What a runtime offers to clients, as one JSON object, and what has changed between two of them.
import { Types } from './metadata.mjs';

/** The fields of a struct or of a variant as text; a field without a name is a type alone. */
const spellFields = (types, fields) =>
	fields.map(({ name, type }) => (name ? `${name}: ${types.name(type)}` : types.name(type)));

/** Describes a runtime by its metadata. */
export function describe(metadata) {
	const types = new Types(metadata);
	const apart = metadata.pallets.flatMap(({ calls, errors, events }) => [calls, errors, events]).filter(Boolean);
	const described = new Described(types, apart.map(({ type }) => type));
	const variants = (id) => (id === undefined ? {} : described.variants(id));
	const sorted = [...metadata.pallets].sort((a, b) => a.index - b.index);
	// What a signed transaction consists of comes first: its types are noted apart from the others.
	const calls = new Map(sorted.map((pallet) => [pallet.index, variants(pallet.calls?.type)]));
	const extensions = metadata.extrinsic.signedExtensions.map(({ identifier, type, additionalSigned }) =>
		`${identifier}: ${described.use(type)}, ${described.use(additionalSigned)}`);
	const signed = described.names();
	const pallets = sorted.map((pallet) => ({
		index: pallet.index,
		name: pallet.name,
		calls: calls.get(pallet.index),
		events: variants(pallet.events?.type),
		errors: variants(pallet.errors?.type),
		storage: Object.fromEntries((pallet.storage?.items ?? []).map((item) => [item.name, described.storage(item)])),
		constants: Object.fromEntries((pallet.constants ?? [])
			// It changes with every release, and says what the other fields say.
			.filter(({ name }) => `${pallet.name}.${name}` !== 'System.Version')
			.map(({ name, type, value }) => [name, `${described.use(type)} = ${value}`])),
	}));
	const apis = metadata.apis.flatMap(({ name, methods }) => methods.map((method) => {
		const inputs = method.inputs.map((input) => `${input.name}: ${described.use(input.type)}`);
		return [`${name}.${method.name}`, `(${inputs.join(', ')}) -> ${described.use(method.output)}`];
	}));
	return {
		spec_name: metadata.specName,
		spec_version: metadata.specVersion,
		transaction_version: metadata.transactionVersion,
		extensions,
		pallets,
		apis: Object.fromEntries(apis),
		signed_types: signed,
		types: described.table(),
	};
}

/** The types in use, each with its definition. */
class Described {
	/** `apart` are the ids of types that are described by their variants, in the place where they are used. */
	constructor(types, apart) {
		this.types = types;
		this.used = new Set(apart);
		this.definitions = new Map();
	}

	/** Notes a type and what it is made of; returns its name. */
	use(id) {
		if (!this.used.has(id)) {
			this.used.add(id);
			const { def, path } = this.types.get(id);
			// The name of an option or result says all.
			if (path.length > 1 && (def.composite || def.variant)) this.define(id, def);
			this.types.parts(id).forEach((part) => this.use(part));
		}
		return this.types.name(id);
	}

	define(id, def) {
		const name = this.types.name(id);
		const definition = def.variant
			? this.spellVariants(id)
			: spellFields(this.types, def.composite.fields ?? []).join(', ');
		// Types of the same name may differ in a parameter that has no type of its own: all are compared.
		const all = this.definitions.get(name) ?? [];
		const text = JSON.stringify(definition);
		if (!all.some((other) => JSON.stringify(other) === text)) all.push(definition);
		this.definitions.set(name, all);
	}

	spellVariants(id) {
		return Object.fromEntries(this.types.variants(id).map(({ fields, index, name }) => {
			const parts = spellFields(this.types, fields);
			return [index, parts.length > 0 ? `${name}(${parts.join(', ')})` : name];
		}));
	}

	/** The variants of a pallet's calls, events or errors, by index. */
	variants(id) {
		this.types.parts(id).forEach((part) => this.use(part));
		return this.spellVariants(id);
	}

	storage({ modifier, type }) {
		if (type.map === undefined) return `${modifier} ${this.use(type.plain)}`;
		const { hashers, key, value } = type.map;
		return `${modifier} map ${hashers.join(' ')} ${this.use(key)} -> ${this.use(value)}`;
	}

	/** The names of the types that are defined so far. */
	names() {
		return [...this.definitions.keys()].sort();
	}

	table() {
		const sorted = [...this.definitions].sort(([a], [b]) => (a < b ? -1 : 1));
		return Object.fromEntries(sorted.map(([name, all]) => [name, all.length === 1 ? all[0] : all]));
	}
}

/** An interface as a file: an item per line, so that two of them can be compared line by line. */
export function print(shown) {
	return `${JSON.stringify(shown, null, '\t')}\n`;
}

/** What is in one of two objects only, or differs: each as `see(key, before, after)`. */
function differences(before, after, see) {
	for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
		if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) see(key, before[key], after[key]);
	}
}

/** Whether an enum has only got more variants: what was encoded before means the same. */
const extends_ = (before, after) => [before, after].every((one) => typeof one === 'object' && !Array.isArray(one))
	&& Object.entries(before).every(([index, variant]) => after[index] === variant);

/** The name of a variant, without its fields. */
const nameOf = (variant) => variant?.match(/^\w+/)[0];

/** The kinds of things that a change may concern, in the order of a changelog. */
export const KINDS = ['Transactions', 'Calls', 'Events', 'Errors', 'Storage', 'Constants', 'Runtime APIs', 'Types'];

/** The changes from one description to another; `breaks` are those that make signed calls mean something else. */
export function compare(before, after) {
	const changes = [];
	const note = (kind, what, old, now, breaks = false) => {
		const verb = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
		changes.push({ kind, verb, what, before: old, after: now, breaks });
	};
	differences(before.extensions, after.extensions, (at, old, now) => note('Transactions', `extension ${at}`, old, now, true));
	comparePallets(before.pallets, after.pallets, note);
	differences(before.apis, after.apis, (name, old, now) => note('Runtime APIs', name, old, now));
	const signed = new Set(before.signed_types);
	differences(before.types, after.types, (name, old, now) => {
		// A type that is gone or new is one of a call, event or item that has changed itself.
		if (old === undefined || now === undefined) return;
		note('Types', name, old, now, signed.has(name) && !extends_(old, now));
	});
	return changes;
}

function comparePallets(before, after, note) {
	const byName = (pallets) => Object.fromEntries(pallets.map((pallet) => [pallet.name, pallet]));
	const none = { calls: {}, events: {}, errors: {}, storage: {}, constants: {} };
	differences(byName(before), byName(after), (name, old, now) => {
		const moved = old && now && old.index !== now.index;
		if (moved) note('Calls', `${name}: the pallet's index`, old.index, now.index, true);
		const [was, is] = [old ?? none, now ?? none];
		for (const [kind, part] of [['Calls', 'calls'], ['Events', 'events'], ['Errors', 'errors']]) {
			differences(was[part], is[part], (index, one, other) => {
				// Another name at the same index: two things, not one that has changed.
				const breaks = kind === 'Calls' && one !== undefined;
				const label = `${name}.${nameOf(one ?? other)} (${index})`;
				if (one && other && nameOf(one) !== nameOf(other)) {
					note(kind, label, one, undefined, breaks);
					note(kind, `${name}.${nameOf(other)} (${index})`, undefined, other);
				} else {
					note(kind, label, one, other, breaks);
				}
			});
		}
		differences(was.storage, is.storage, (item, one, other) => note('Storage', `${name}.${item}`, one, other));
		differences(was.constants, is.constants, (item, one, other) => note('Constants', `${name}.${item}`, one, other));
	});
}

/** What is wrong with the versions of `after`, whose changes since `before` are these. */
export function checkVersions(before, after, changes) {
	const broken = changes.filter(({ breaks }) => breaks);
	const problems = [];
	if (broken.length > 0 && after.transaction_version <= before.transaction_version) {
		problems.push('transaction_version must rise, because transactions signed before would mean something else:');
		problems.push(...broken.map((change) => `  ${line(change)}`));
	}
	if (after.transaction_version < before.transaction_version) problems.push('transaction_version falls');
	if (after.spec_version < before.spec_version) problems.push('spec_version falls');
	return problems;
}

/**
 * What is wrong with the versions of a release, whose code and interface are given with those of the last release; `last`
 * is nothing if there was none.
 */
export function checkRelease({ before, last }, { after, release }, changes) {
	const problems = checkVersions(before, after, changes);
	const other = last && last.code_hash !== release.code_hash;
	if (other && release.spec_version <= last.spec_version) {
		problems.push(`spec_version must rise above ${last.spec_version}: the code is not that of the last release`);
	}
	return problems;
}

/** The variants, or the fields, that a definition has and another one has not. */
function lost(one, other) {
	const parts = (definition) => (typeof definition === 'string' ? definition.split(/, (?=\w+: )/) : Object.entries(definition).map(([index, text]) => `${index} ${text}`));
	const kept = new Set(parts(other));
	return parts(one).filter((part) => !kept.has(part));
}

/** A change as a line. */
export function line({ after, before, breaks, kind, verb, what }) {
	const mark = breaks ? ' **breaks**' : '';
	if (verb !== 'changed') return `${verb} \`${what}\`${mark}: \`${verb === 'added' ? after : before}\``;
	if (kind !== 'Types') return `changed \`${what}\`${mark}: \`${before}\` is now \`${after}\``;
	const [gone, come] = [lost(before, after), lost(after, before)].map((parts) => parts.map((part) => `\`${part}\``).join(', '));
	return `changed \`${what}\`${mark}: ${[gone && `without ${gone}`, come && `with ${come}`].filter(Boolean).join('; ')}`;
}

/** The changes as Markdown. */
export function changelog(before, after, changes) {
	const version = (one) => `${one.spec_name} ${one.spec_version} (transactions ${one.transaction_version})`;
	const parts = [`# ${version(after)}, since ${version(before)}`];
	for (const kind of KINDS) {
		const own = changes.filter((change) => change.kind === kind);
		if (own.length > 0) parts.push(`## ${kind}`, own.map((change) => `- ${line(change)}`).join('\n'));
	}
	if (changes.length === 0) parts.push('The interface is the same.');
	return `${parts.join('\n\n')}\n`;
}
