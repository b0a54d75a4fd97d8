// The limits of the faucet: one drip per account and per network address in a day, and a sum for all.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';

/** A day in milliseconds. */
export const DAY = 24 * 60 * 60 * 1000;

/**
 * The part of a network address that one person has: all of an IPv4 address, and of an IPv6 address the first half, since
 * who has one has as many as there are in the other half.
 */
export function network(address) {
	const mapped = address.match(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i);
	if (mapped) return mapped[1];
	if (!isIPv6(address)) return address;
	const [head, tail] = address.split('%')[0].split('::');
	const left = head ? head.split(':') : [];
	const right = tail ? tail.split(':') : [];
	const zeros = address.includes('::') ? Array(Math.max(0, 8 - left.length - right.length)).fill('0') : [];
	const groups = [...left, ...zeros, ...right].slice(0, 4);
	return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** What was given in the last day; kept in a file, so that a restart forgets nothing. */
export class Limits {
	constructor({ amount, file, perDay }) {
		Object.assign(this, { amount, drips: [], file, perDay, writing: Promise.resolve() });
	}

	async load() {
		if (!this.file) return;
		const text = await readFile(this.file, 'utf8').catch((error) => {
			if (error.code === 'ENOENT') return '[]';
			throw error;
		});
		this.drips = JSON.parse(text).map((drip) => ({ ...drip, amount: BigInt(drip.amount) }));
	}

	/** Writes to another file first: a file that is half written would forget drips. */
	save() {
		if (!this.file) return Promise.resolve();
		const text = JSON.stringify(this.drips.map((drip) => ({ ...drip, amount: `${drip.amount}` })));
		// What failed before, such as for a full disk, was an error for whoever asked then.
		this.writing = this.writing.catch(() => {}).then(async () => {
			await writeFile(`${this.file}.new`, text, { mode: 0o600 });
			await rename(`${this.file}.new`, this.file);
		});
		return this.writing;
	}

	/** What is left to give today. */
	left(now) {
		this.drips = this.drips.filter(({ at }) => at > now - DAY);
		return this.drips.reduce((left, { amount }) => left - amount, this.perDay);
	}

	/** Notes a drip before it is sent; returns it, or why there is none. */
	take(account, address, now) {
		const left = this.left(now);
		const from = network(address);
		const earlier = this.drips.find((drip) => drip.account === account || drip.from === from);
		if (earlier) {
			const whose = earlier.account === account ? 'this account' : 'your network address';
			return { refused: `${whose} had a drip in the last 24 hours`, retryAfter: earlier.at + DAY - now };
		}
		if (left < this.amount) {
			const first = Math.min(...this.drips.map(({ at }) => at), now);
			return { refused: 'the faucet has given all that it gives in 24 hours', retryAfter: first + DAY - now };
		}
		const drip = { account, amount: this.amount, at: now, from };
		this.drips.push(drip);
		return { drip };
	}

	/** Takes a drip back that was not sent. */
	giveBack(drip) {
		this.drips = this.drips.filter((other) => other !== drip);
	}
}
