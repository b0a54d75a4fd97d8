// Chromium without a window, with one page in which light clients run. The page and its scripts come from a server of
// this process, under a policy as a public site would have; commands and answers go by a WebSocket.
'use strict';
const { execFileSync, spawn } = require('node:child_process');
const { once } = require('node:events');
const http = require('node:http');
const { join } = require('node:path');
const { closeSync, openSync, readFileSync } = require('node:fs');
const { load } = require('./lib');
const { until } = require('../scripts/e2e/chain');

const SOURCES = join(__dirname, '../scripts/e2e');
const PAGE = '<!doctype html><meta charset="utf-8"><title>light client</title><script type="module" src="/page.js"></script>';
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src ws:";

/** Programs that are a chromium, by the names that Debian, Ubuntu and Google give them. */
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** The browser's program: that of CHROMIUM, or the first one that the machine has. */
function program() {
	const names = process.env.CHROMIUM ? [process.env.CHROMIUM] : PROGRAMS;
	for (const name of names) {
		try {
			return execFileSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim();
		} catch {
			// The next one, then.
		}
	}
	if (process.env.CHROMIUM) throw new Error(`CHROMIUM names no program: ${process.env.CHROMIUM}`);
	return null;
}

/** The page's scripts by their paths, each with all that it imports. */
async function scripts() {
	const { outputFiles } = await load('esbuild').build({
		absWorkingDir: SOURCES,
		// polkadot-api's own name of the worker says that it has no side effects, so nothing would be left of it.
		entryPoints: { page: 'light/page.mjs', worker: 'node_modules/@polkadot-api/smoldot/dist/worker/worker.js' },
		bundle: true,
		splitting: true,
		format: 'esm',
		platform: 'browser',
		write: false,
		outdir: '/',
	});
	return new Map(outputFiles.map(({ path, contents }) => [path, Buffer.from(contents)]));
}

class Browser {
	/** Opens the page; `saw` gets what it complains of. Returns nothing if there is no browser. */
	static async open(folder, saw) {
		const path = program();
		if (!path) return null;
		const self = new Browser();
		const files = await scripts();
		self.server = http.createServer(({ url }, response) => {
			const [type, body] = url === '/' ? ['text/html', PAGE] : ['text/javascript', files.get(url)];
			response.writeHead(body ? 200 : 404, { 'Content-Type': type, 'Content-Security-Policy': POLICY }).end(body);
		}).listen(0, '127.0.0.1');
		await once(self.server, 'listening');
		const { WebSocketServer } = load('ws');
		new WebSocketServer({ server: self.server }).once('connection', (socket) => {
			self.socket = socket.on('message', (data) => self.heard(JSON.parse(data), saw));
		});

		const log = join(folder, 'browser.log');
		const out = openSync(log, 'a');
		self.child = spawn(path, [
			'--headless=new', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-breakpad',
			// A page that nobody looks at must not be slowed down.
			'--disable-background-timer-throttling', '--disable-renderer-backgrounding',
			// The peers are on this machine.
			'--allow-loopback-in-peer-connection',
			// Its sandbox does not start for root.
			...(process.getuid() === 0 ? ['--no-sandbox'] : []),
			`--user-data-dir=${join(folder, 'browser')}`, `http://127.0.0.1:${self.server.address().port}/`,
		], { stdio: ['ignore', out, out] });
		closeSync(out);
		process.on('exit', () => self.child.kill());
		Object.assign(self, { calls: new Map(), last: 0 });
		self.ended = once(self.child, 'exit');
		await until('the page is open', () => {
			if (self.child.exitCode !== null) throw new Error(`the browser ended: ${readFileSync(log, 'utf8').slice(-2000)}`);
			return self.socket;
		}, 60);
		return self;
	}

	/** Takes an answer of the page, or what it complains of. */
	heard({ id, result, error, saw: text }, saw) {
		const call = this.calls.get(id);
		if (text) saw('page', text);
		else if (error) call?.reject(new Error(error));
		else call?.resolve(result);
	}

	/** The program and its version. */
	get version() {
		return execFileSync(this.child.spawnfile, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
	}

	/** Lets the page do this, and returns the answer; fails without one within a minute. */
	async call(name, method, ...args) {
		this.last += 1;
		const id = this.last;
		let timer;
		try {
			return await new Promise((resolve, reject) => {
				this.calls.set(id, { resolve, reject });
				timer = setTimeout(() => reject(new Error(`the page does not answer to ${method} of ${name}`)), 60_000);
				this.socket.send(JSON.stringify({ id, name, method, args }));
			});
		} finally {
			clearTimeout(timer);
			this.calls.delete(id);
		}
	}

	/** Starts a light client in the page; it has the methods of LightClient. */
	async client(name, spec, forbidden) {
		await this.call(name, 'open', spec, forbidden);
		return new Proxy({}, {
			// It is no promise.
			get: (_, method) => (method === 'then' ? undefined : (...args) => this.call(name, method, ...args)),
		});
	}

	async close() {
		this.child.kill();
		await this.ended;
		this.server.close();
	}
}

module.exports = { Browser };
