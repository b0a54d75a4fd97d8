// What the page of zombienet/browser.js runs: light clients, each with a worker of its own, which the test tells by a
// WebSocket what to do. Connections to peers are the page's, since a worker has no WebRTC.
import { startFromWorker } from 'polkadot-api/smoldot/from-worker';
import { LightClient } from './client.mjs';

const socket = new WebSocket(`ws://${location.host}/`);
const tell = (message) => socket.send(JSON.stringify(message));
const saw = (text) => tell({ saw: text });
addEventListener('error', ({ message }) => saw(message));
addEventListener('unhandledrejection', ({ reason }) => saw(`${reason}`));

const clients = new Map();

/** Starts a light client of this name; `forbidden` are the options of smoldot that forbid kinds of connections. */
async function open(name, spec, forbidden) {
	const worker = new Worker('/worker.js', { type: 'module' });
	const broken = new Promise((_, reject) => {
		worker.addEventListener('error', ({ message }) => reject(new Error(`the worker does not run: ${message ?? 'refused'}`)));
	});
	const logCallback = (level, target, message) => saw(`${name}, ${target}: ${message}`);
	const smoldot = startFromWorker(worker, { maxLogLevel: 1, logCallback, ...forbidden });
	clients.set(name, await Promise.race([LightClient.open(smoldot, spec, saw), broken]));
}

socket.addEventListener('message', async ({ data }) => {
	const { id, name, method, args } = JSON.parse(data);
	try {
		tell({ id, result: await (method === 'open' ? open(name, ...args) : clients.get(name)[method](...args)) ?? null });
	} catch (error) {
		tell({ id, error: `${error?.stack ?? error}` });
	}
});
