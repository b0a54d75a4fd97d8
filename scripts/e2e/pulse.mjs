// A thread that asks a node for its best block again and again until it is told to end, and then tells how long it had to
// wait. It is a thread of its own so that nothing that a test does delays it.
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const { http, patience } = workerData;
const headers = { 'content-type': 'application/json' };
const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'chain_getHeader', params: [] });

let ended = false;
parentPort.once('message', () => { ended = true; });

let [asked, longest] = [0, 0];
let failure;
/** Asks once; an answer that takes too long is not waited for. */
async function ask() {
	const begin = performance.now();
	try {
		const response = await fetch(http, { method: 'POST', headers, body, signal: AbortSignal.timeout(patience) });
		const { result } = await response.json();
		if (!result.number) throw new Error(`no header: ${JSON.stringify(result)}`);
	} catch (error) {
		failure = `${error.message} after ${asked} answers`;
	}
	longest = Math.max(longest, Math.ceil(performance.now() - begin));
	asked += 1;
}

while (!ended && !failure) {
	await ask();
	await sleep(20);
}
// Once more, after all of it.
if (!failure) await ask();
parentPort.postMessage({ asked, longest, failure });
