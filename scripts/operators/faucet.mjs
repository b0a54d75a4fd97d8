// The command scripts/faucet.
import { createServer } from 'node:http';
import { ALLO, connect, load, send } from '../e2e/lib.mjs';
import { Limits } from './limits.mjs';
import { Failure, allo, options, planck, signer } from './terminal.mjs';

const { decodeAddress } = load('@polkadot/util-crypto');
const { u8aToHex } = load('@polkadot/util');

const USAGE = `Gives tokens of a test network to accounts that ask for them over HTTP: one drip per account and per network address
(of IPv6, per /64) in 24 hours. It refuses a chain whose type is not Development, Local or Testnet.

usage: faucet --key FILE [options]

--key FILE        the account that gives: a key file of polkadot.js, or //Alice on a development chain
--url URL         the node, by default ws://127.0.0.1:9944
--amount ALLO     a drip, by default 10
--per-day ALLO    what all drips of 24 hours may be, by default 10000
--listen PORT     the port on the loopback interface, by default 8000; a proxy with TLS in front of it is for the rest
--state FILE      where drips are kept over a restart, by default faucet.json
--behind-proxy    takes the network address from the last entry of X-Forwarded-For, which the proxy must set

GET /             a page with a form
GET /status       the amount, and what is left for today, as JSON
POST /drip        with {"account": "5F..."}: returns once the transfer is final`;

/** Types of chains whose tokens are worth nothing. */
const TEST_CHAINS = ['Development', 'Local', 'Testnet'];
/** The maximum number of bytes of a request, of requests that wait, and of transfers in a transaction. */
const [MAX_BYTES, MAX_WAITING, MAX_BATCH] = [1_024, 200, 50];

/** Fails unless the chain is one for tests. */
async function testChain(api) {
	const type = await api.rpc.system.chainType();
	const name = type.isCustom ? type.asCustom.toString() : type.type;
	if (!TEST_CHAINS.includes(name)) throw new Failure(`the chain ${await api.rpc.system.chain()} is of type ${name}: its tokens are not for tests`);
}

/** An answer to a request that is not served. */
class Refusal extends Error {
	constructor(status, message, headers = {}) {
		super(message);
		Object.assign(this, { headers, status });
	}
}

/** The body of a request, of a bounded number of bytes. */
async function body(request) {
	const parts = [];
	let length = 0;
	for await (const part of request) {
		length += part.length;
		if (length > MAX_BYTES) throw new Refusal(413, 'the request is too long');
		parts.push(part);
	}
	return Buffer.concat(parts).toString('utf8');
}

/** The public key of the account that a request names; an address of another network's prefix is the same account. */
async function accountOf(request) {
	let account;
	try {
		({ account } = JSON.parse(await body(request)));
	} catch (error) {
		if (error instanceof Refusal) throw error;
	}
	if (typeof account !== 'string') throw new Refusal(400, 'expected {"account": "an SS58 address"}');
	try {
		const key = decodeAddress(account);
		if (key.length === 32) return u8aToHex(key);
	} catch {
		// It is refused below.
	}
	throw new Refusal(400, 'this is not the address of an account');
}

class Faucet {
	constructor({ amount, api, isBehindProxy, limits, pair }) {
		Object.assign(this, { amount, api, isBehindProxy, limits, pair, sending: null, waiting: [] });
	}

	/** The network address that a request comes from. */
	from(request) {
		const forwarded = request.headers['x-forwarded-for'];
		// Entries before the last are what the client says of itself.
		return (this.isBehindProxy && forwarded?.split(',').at(-1).trim()) || request.socket.remoteAddress;
	}

	async drip(request) {
		const account = await accountOf(request);
		if (this.waiting.length >= MAX_WAITING) throw new Refusal(503, 'too many wait: try again in a minute');
		const { drip, refused, retryAfter } = this.limits.take(account, this.from(request), Date.now());
		if (refused) throw new Refusal(429, refused, { 'Retry-After': `${Math.ceil(retryAfter / 1_000)}` });
		const block = await new Promise((resolve, reject) => {
			this.waiting.push({ account, drip, reject, resolve });
			this.sending ??= this.sendAll().finally(() => { this.sending = null; });
		});
		return { account, amount: `${this.amount}`, block };
	}

	/** Sends what waits, many transfers in a transaction, until nothing waits. */
	async sendAll() {
		while (this.waiting.length > 0) {
			const batch = this.waiting.splice(0, MAX_BATCH);
			try {
				// First on disk: after a crash a drip may be missing, but none is given twice.
				await this.limits.save();
				const calls = batch.map(({ account }) => this.api.tx.balances.transferKeepAlive(account, this.amount));
				const { block } = await send(this.api, this.api.tx.utility.batchAll(calls), this.pair);
				batch.forEach(({ resolve }) => resolve(block.toHex()));
			} catch (error) {
				console.error(`not sent: ${error.message}`);
				batch.forEach(({ drip, reject }) => {
					this.limits.giveBack(drip);
					reject(new Refusal(502, 'the chain refuses the transfer, or the faucet is empty'));
				});
				await this.limits.save().catch((failure) => console.error(`${failure.message}`));
			}
		}
	}

	status() {
		return { amount: `${this.amount}`, left: `${this.limits.left(Date.now())}`, account: this.pair.address };
	}

	async answer(request) {
		const route = `${request.method} ${request.url}`;
		if (route === 'GET /') return { page: PAGE.replace('AMOUNT', allo(this.amount)) };
		if (route === 'GET /status') return this.status();
		if (route === 'POST /drip') return this.drip(request);
		throw new Refusal(404, 'there is GET /, GET /status and POST /drip');
	}

	async serve(request, response) {
		let [status, headers, answer] = [200, {}, undefined];
		try {
			answer = await this.answer(request);
		} catch (error) {
			if (!(error instanceof Refusal)) console.error(error);
			status = error.status ?? 500;
			headers = error.headers ?? {};
			answer = { error: error instanceof Refusal ? error.message : 'the faucet has a fault' };
		}
		const isPage = answer.page !== undefined;
		response.writeHead(status, { 'Content-Type': isPage ? 'text/html; charset=utf-8' : 'application/json', ...headers });
		response.end(isPage ? answer.page : `${JSON.stringify(answer)}\n`);
	}
}

const PAGE = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Faucet</title>
<style>body{font:16px/1.5 sans-serif;max-width:38em;margin:3em auto;padding:0 1em}input{font:inherit;width:100%;box-sizing:border-box;padding:.4em}
button{font:inherit;margin-top:.6em;padding:.4em 1em}</style>
<h1>Faucet</h1><p>AMOUNT for an account of this test network, once in 24 hours.</p>
<form><label>Address <input name="account" placeholder="5F…" required autocomplete="off" spellcheck="false"></label><button>Send</button></form>
<p id="answer" role="status"></p>
<script>
const answer = document.getElementById('answer');
document.querySelector('form').addEventListener('submit', async (event) => {
	event.preventDefault();
	answer.textContent = 'Sending; it takes until the block is final.';
	const account = new FormData(event.target).get('account').trim();
	const response = await fetch('drip', { method: 'POST', body: JSON.stringify({ account }) }).catch((error) => error);
	const told = response.json ? await response.json().catch(() => ({ error: response.status })) : { error: response.message };
	answer.textContent = told.error ? 'Not sent: ' + told.error : 'Sent, in block ' + told.block;
});
</script>
`;

const OPTIONS = { flags: ['behind-proxy', 'help'], values: ['key', 'url', 'amount', 'per-day', 'listen', 'state'] };

try {
	const given = options(process.argv.slice(2), OPTIONS);
	if (given.help || !given.key || given.rest.length > 0) {
		console.error(USAGE);
		process.exit(given.help ? 0 : 2);
	}
	const [amount, perDay] = [planck(given.amount ?? '10'), planck(given['per-day'] ?? '10000')];
	if (amount < ALLO / 1000n || perDay < amount) throw new Failure('a drip is at least 0.001 ALLO, and a day at least a drip');
	const url = given.url ?? 'ws://127.0.0.1:9944';
	const api = await connect(url).catch(() => { throw new Failure(`no node listens at ${url}`); });
	await testChain(api);
	const limits = new Limits({ amount, file: given.state ?? 'faucet.json', perDay });
	await limits.load();
	const pair = await signer(api, given.key);
	const faucet = new Faucet({ amount, api, isBehindProxy: given['behind-proxy'], limits, pair });
	const server = createServer({ headersTimeout: 10_000, requestTimeout: 20_000 }, (request, response) => faucet.serve(request, response));
	server.maxConnections = 500;
	server.listen(Number(given.listen ?? 8000), '127.0.0.1', () => {
		console.log(`The faucet of ${pair.address} gives ${allo(amount)} at http://127.0.0.1:${server.address().port}/, and ${allo(perDay)} in 24 hours.`);
	});
} catch (error) {
	console.error(error instanceof Failure ? `error: ${error.message}` : error);
	process.exit(1);
}
