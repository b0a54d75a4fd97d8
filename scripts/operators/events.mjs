// docs/events.md: every event of the runtime, written from a chain's metadata.
import { readdir } from 'node:fs/promises';
import { Types } from './metadata.mjs';

/** Events of the SDK's pallets that indexers of this chain need, and what for. */
const SDK = {
	'System.ExtrinsicFailed': 'a transaction that paid its fee and changed nothing else; the error is that of the call',
	'System.CodeUpdated': 'the next block has another runtime: read the metadata again',
	'Balances.Transfer': 'a transfer of free balance, by a call or by a pallet',
	'Balances.Held': 'a bond or deposit is put on hold; `reason` says for what',
	'Balances.Released': 'a hold is released',
	'Balances.BurnedHeld': 'a part of a hold is gone, as by a slash',
	'TransactionPayment.TransactionFeePaid': 'the fee and the tip of a transaction',
	'Staking.EraPaid': 'an era has ended; what validators and nominators get for it once it is claimed',
	'Staking.Rewarded': 'a validator or nominator is paid for an era',
	'Staking.Slashed': 'a validator or nominator has lost stake',
	'Staking.Bonded': 'stake is bonded',
	'Staking.Unbonded': 'stake begins to unbond',
	'Staking.Withdrawn': 'unbonded stake is free',
	'Staking.StakersElected': 'the validators of the next era are elected',
	'Session.NewSession': 'a session begins, with the session keys that were queued',
	'Session.ValidatorDisabled': 'a validator may not sign any more in this era',
	'Offences.Offence': 'an offence of validators was reported, as signing two blocks of a slot',
	'NominationPools.PaidOut': 'a member of a pool has collected rewards',
	'Referenda.Submitted': 'a referendum begins; `Approved`, `Rejected`, `TimedOut`, `Cancelled` and `Killed` end it',
	'Parameters.Updated': 'a parameter of the protocol has changed',
	'SafeMode.Entered': 'calls are refused, except those that end the safe mode',
	'TxPause.CallPaused': 'a call is refused until `CallUnpaused`',
	'Utility.BatchInterrupted': 'a batch has stopped: the calls before `index` have happened, the others have not',
};

/** When events of the SDK are emitted that its documentation says nothing about. */
const UNDOCUMENTED = {
	'Referenda.ConfirmStarted': 'Approval and support suffice: the confirmation period begins.',
	'Referenda.ConfirmAborted': 'Approval or support no longer suffices: the decision period goes on.',
	'Whitelist.CallWhitelisted': 'The technical committee has whitelisted the call with this hash.',
	'Whitelist.WhitelistedCallRemoved': 'The call with this hash is no longer whitelisted.',
	'Whitelist.WhitelistedCallDispatched': 'A whitelisted call was dispatched as root, with this result.',
};

const INTRODUCTION = `# Events

What an indexer of this chain reads, written from the runtime's metadata by \`scripts/interface events\`; a test compares
this page with a running node. Clients decode events by the metadata of the block in which they are, so indices and
types need not be copied from here; \`scripts/interface diff\` shows what an upgrade changes in them.

- Amounts are in planck; 1 ALLO is 10,000,000,000 planck. A \`FixedI128\` is an integer in units of 10^-18.
- An \`EpochId\` is the slot in which the epoch of a topic opens. A \`Slot\` is a number of slots since the Unix epoch.
- An event belongs to the extrinsic of its phase (\`ApplyExtrinsic\`), or to the hooks of its block (\`Initialization\`,
  \`Finalization\`). What the clock does, such as opening and settling epochs, is in the phase of a hook.
- Only events of finalized blocks stay: index those, or be ready to take back.
- What the chain forgets (\`Clock.EpochPruned\`) an indexer has to keep; [the gateway](gateway.md) is one that does.
`;

/** The pallets of this workspace: the crates in \`pallets\`, and those in the runtime. */
export async function ownCrates() {
	const folders = await readdir(new URL('../../pallets', import.meta.url));
	return new Set(['allora_runtime', ...folders.flatMap((name) => [`pallet_${name}`, `allora_${name}`])]);
}

/** Docs as one paragraph per blank line, in the style of a page: links between items of code are only code. */
function prose(docs) {
	const text = docs.map((line) => line.trim()).join('\n').trim();
	const paragraphs = text.split(/\n\s*\n/).map((paragraph) => paragraph.replace(/\n/g, ' '));
	return paragraphs.map((paragraph) => paragraph.replace(/\[(`[^`]+`)\](\([^)]*\))?(?!\()/g, '$1'));
}

/** Docs in a cell of a table. */
const cell = (docs) => prose(docs).join(' ').replace(/\|/g, '\\|');

/** A table without the columns in which every cell is empty. */
function grid(heads, rows) {
	const kept = heads.map((_, at) => rows.some((row) => row[at] !== ''));
	const row = (cells) => `| ${cells.filter((_, at) => kept[at]).join(' | ')} |`;
	return [row(heads), row(heads.map(() => '---')).replace(/ /g, ''), ...rows.map(row)].join('\n');
}

/** Text in lines of at most 120 characters. */
function wrap(text, indent = '') {
	const lines = [];
	let current = '';
	for (const word of text.split(' ')) {
		if (current && indent.length + current.length + 1 + word.length > 120) {
			lines.push(indent + current);
			current = word;
		} else {
			current = current ? `${current} ${word}` : word;
		}
	}
	return [...lines, indent + current].join('\n');
}

/** A type without its parameters. */
const title = (name) => name.replace(/<.*>$/, '');

/** Writes the page. */
export class Page {
	constructor(metadata, crates) {
		this.metadata = metadata;
		this.crates = crates;
		this.types = new Types(metadata);
		/** Own types that events use, to be explained below them. */
		this.explained = new Map();
	}

	isOwn(id) {
		return this.crates.has(this.types.get(id).path[0]);
	}

	/** The type of a field: the name in the code if that says more, and what it is encoded as. */
	field({ type, typeName }) {
		this.explain(type);
		const short = this.types.short(type);
		const alias = typeName?.match(/^(?:T::|Self::)?([A-Z]\w*)$/)?.[1];
		const saysMore = alias && alias !== short && !/^(T|BalanceOf|AccountIdOf)$/.test(alias) && !short.includes(alias);
		if (saysMore) return `\`${alias}\` (\`${short}\`)`;
		const link = this.explained.get(title(short)) === type ? `(#${title(short).toLowerCase()})` : '';
		return link ? `[\`${short}\`]${link}` : `\`${short}\``;
	}

	/** Notes an own type, and those that it is made of. */
	explain(id) {
		const { def, path } = this.types.get(id);
		if (path.length > 1 && this.isOwn(id)) {
			const name = title(this.types.short(id));
			// The runtime's outer enums have every pallet: they are explained by the pallets.
			if (this.explained.has(name) || /^Runtime[A-Z]/.test(name)) return;
			this.explained.set(name, id);
		} else if (def.variant && path.length > 1) {
			return;
		}
		this.types.parts(id).forEach((part) => this.explain(part));
	}

	/** A table of fields; nothing if there is none. */
	table(fields) {
		if (fields.length === 0) return [];
		const columns = fields.map((field, at) => [`\`${field.name ?? at}\``, this.field(field), cell(field.docs)]);
		return [grid(['field', 'type', 'meaning'], columns)];
	}

	pallet({ events, index, name }) {
		const parts = [`## ${name}`, `Pallet ${index}, crate \`${this.types.get(events.type).path[0]}\`.`];
		for (const event of this.types.variants(events.type)) {
			parts.push(`### ${name}.${event.name}`, ...prose(event.docs).map((paragraph) => wrap(paragraph)));
			parts.push(...this.table(event.fields));
		}
		return parts;
	}

	/** The events of the SDK that indexers need most, then those of each of its pallets. */
	sdk(pallets) {
		const needed = Object.entries(SDK).map(([full, meaning]) => {
			const [palletName, eventName] = full.split('.');
			const pallet = pallets.find(({ name }) => name === palletName);
			if (!pallet || !this.types.variants(pallet.events.type).some(({ name }) => name === eventName)) {
				throw new Error(`the runtime has no event ${full}`);
			}
			return [`\`${full}\``, meaning];
		});
		return ['## Events of the SDK', 'Those that an indexer of this chain needs most:',
			grid(['event', 'meaning'], needed),
			'All of them, by pallet, with what the SDK says about each:',
			...pallets.flatMap((pallet) => this.sdkPallet(pallet))];
	}

	/** The events of one of the SDK's pallets, a row each. */
	sdkPallet({ events, index, name: palletName }) {
		const rows = this.types.variants(events.type).map(({ name, docs, fields }) => {
			const full = `${palletName}.${name}`;
			const meaning = cell(docs) || UNDOCUMENTED[full];
			if (!meaning) throw new Error(`the SDK says nothing about ${full}: say when it is emitted`);
			const typed = fields.map((field, at) => `\`${field.name ?? at}\`: \`${this.types.short(field.type)}\``);
			return [`\`${name}\``, typed.join(', '), meaning];
		});
		return [`### ${palletName}`, `Pallet ${index}, crate \`${this.types.get(events.type).path[0]}\`.`,
			grid(['event', 'fields', 'emitted'], rows)];
	}

	type(name, id) {
		const { def, docs } = this.types.get(id);
		const parts = [`### ${name}`, ...prose(docs).filter(Boolean).map((paragraph) => wrap(paragraph))];
		if (def.composite) return [...parts, ...this.table(def.composite.fields ?? [])];
		const rows = this.types.variants(id).map((variant) => {
			const fields = variant.fields.map((field) => `${field.name ? `\`${field.name}\`: ` : ''}${this.field(field)}`);
			return [`${variant.index}`, `\`${variant.name}\``, fields.join(', '), cell(variant.docs)];
		});
		return [...parts, grid(['index', 'variant', 'fields', 'meaning'], rows)];
	}

	print() {
		const emitting = this.metadata.pallets.filter(({ events }) => events);
		const own = emitting.filter(({ events }) => this.isOwn(events.type));
		const ofSdk = emitting.filter((pallet) => !own.includes(pallet));
		const pallets = own.map((pallet) => this.pallet(pallet));
		const count = ({ events }) => this.types.variants(events.type).length;
		const contents = own.map((pallet) => `- [${pallet.name}](#${pallet.name.toLowerCase()}), ${count(pallet)} events`);
		const all = ofSdk.reduce((sum, pallet) => sum + count(pallet), 0);
		contents.push(`- [Events of the SDK](#events-of-the-sdk), ${all} in ${ofSdk.length} pallets`);
		const parts = [INTRODUCTION.trim(), contents.join('\n'), ...pallets.flat(), ...this.sdk(ofSdk)];
		const types = [];
		// A type that is explained may use another one: until there is no new one.
		for (const [name, id] of this.explained) types.push([name, this.type(name, id)]);
		types.sort(([a], [b]) => (a < b ? -1 : 1));
		if (types.length > 0) parts.push('## Types', ...types.flatMap(([, lines]) => lines));
		return `${parts.join('\n\n')}\n`;
	}
}

/** The page of a chain with this metadata. */
export const eventsPage = async (metadata) => new Page(metadata, await ownCrates()).print();
