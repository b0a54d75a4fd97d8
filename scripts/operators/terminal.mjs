// What the commands for operators share: options, questions, and the key that signs.
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { ALLO, load } from '../e2e/lib.mjs';

const { Keyring } = load('@polkadot/api');

/** An error that is the user's to mend: it is printed without a trace. */
export class Failure extends Error {}

/** Amounts in ALLO, with as many decimals as they have and thousands apart. */
export function allo(planck) {
	const whole = (planck / ALLO).toString().replace(/\B(?=(\d{3})+$)/g, ',');
	const rest = (planck % ALLO).toString().padStart(10, '0').replace(/0+$/, '');
	return `${whole}${rest && `.${rest}`} ALLO`;
}

/** Reads an amount of ALLO, as 1000 or 0.5. */
export function planck(text) {
	const found = /^(\d{1,9})(?:\.(\d{1,10}))?$/.exec(text);
	if (!found) throw new Failure(`${text} is not an amount of ALLO, such as 1000 or 0.5`);
	return BigInt(found[1]) * ALLO + BigInt((found[2] ?? '').padEnd(10, '0'));
}

/**
 * Splits arguments into options with a value, options without one and the rest; refuses what is in none of the lists.
 * What comes after `--` is for the node.
 */
export function options(args, { flags, values }) {
	const found = { rest: [], node: [] };
	for (let at = 0; at < args.length; at += 1) {
		const [name, value] = args[at].match(/^--([a-z-]+)(?:=(.*))?$/)?.slice(1) ?? [];
		if (args[at] === '--') {
			found.node = args.slice(at + 1);
			break;
		} else if (name === undefined) {
			found.rest.push(args[at]);
		} else if (flags.includes(name) && value === undefined) {
			found[name] = true;
		} else if (values.includes(name)) {
			found[name] = value ?? args[at += 1];
			if (found[name] === undefined) throw new Failure(`--${name} needs a value`);
		} else {
			throw new Failure(`there is no option --${name}`);
		}
	}
	return found;
}

/** Asks on the terminal; with `--yes`, or without a terminal, the default is the answer. */
export async function ask({ yes }, question, fallback) {
	if (yes || !process.stdin.isTTY) {
		if (fallback === undefined) throw new Failure(`${question}: say it by an option`);
		return fallback;
	}
	const terminal = createInterface({ input: process.stdin, output: process.stdout });
	const answer = await terminal.question(`${question}${fallback === undefined ? '' : ` [${fallback}]`}: `);
	terminal.close();
	return answer.trim() || fallback || ask({ yes }, question, fallback);
}

/** Asks whether to go on; without a terminal that needs `--yes`. Without a yes, `refusal` is what does not happen. */
export async function confirm({ yes }, question, refusal = 'nothing is sent') {
	if (yes) return;
	if (!process.stdin.isTTY) throw new Failure('nobody is there to ask: add --yes');
	if (!/^y(es)?$/i.test(await ask({}, `${question} (y/n)`, 'n'))) throw new Failure(refusal);
}

/** Reads a line that is not shown. */
async function secret(question) {
	if (!process.stdin.isTTY) throw new Failure('nobody is there to ask for the password: put it into a file that ALLORA_PASSWORD_FILE names');
	const nowhere = new Writable({ write: (chunk, encoding, done) => done() });
	const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
	process.stdout.write(question);
	const answer = await terminal.question('');
	terminal.close();
	process.stdout.write('\n');
	return answer;
}

/** The pair that signs: of a key file of polkadot.js, or on test chains of a development key such as //Alice. */
export async function signer(api, key) {
	const keyring = new Keyring({ type: 'sr25519', ss58Format: 42 });
	if (key.startsWith('//')) {
		const type = await api.rpc.system.chainType();
		if (!type.isDevelopment && !type.isLocal) {
			throw new Failure(`${key} is known to everybody: this chain is no development chain`);
		}
		return keyring.addFromUri(key);
	}
	const pair = keyring.addFromJson(await readFile(key, 'utf8').then(JSON.parse).catch((error) => {
		throw new Failure(`${key} is no key file: ${error.message}`);
	}));
	const file = process.env.ALLORA_PASSWORD_FILE;
	const password = file ? (await readFile(file, 'utf8')).trim() : await secret(`Password of ${key}: `);
	try {
		pair.decodePkcs8(password);
	} catch {
		throw new Failure(`the password of ${key} is another one`);
	}
	return pair;
}

/** Runs a command to its end: what is the user's to mend is printed, and the exit code is 1. */
export async function run(command) {
	try {
		await command();
		process.exit(0);
	} catch (error) {
		console.error(error instanceof Failure ? `error: ${error.message}` : error);
		process.exit(error instanceof Failure ? 1 : 70);
	}
}
