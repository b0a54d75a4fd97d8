// A front of a node that lies about transactions: what a node reports of one is not what becomes of it.
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';

const WATCH = 'author_submitAndWatchExtrinsic';
const SUBMIT = 'author_submitExtrinsic';
const UPDATE = 'author_extrinsicUpdate';

/** What becomes of a submission, and what a client that watches it is told of it: each in turn. */
export const LIES = [
	'none', 'refused but taken', 'refused', 'dropped but taken', 'usurped but taken', 'timed out but taken',
];

/** The same for a client that does not watch it. */
export const UNWATCHED_LIES = ['none', 'refused but taken', 'refused', 'lost'];

/** The statuses that take the place of all others. */
const STATUSES = {
	'dropped but taken': 'dropped',
	'usurped but taken': { usurped: `0x${'00'.repeat(32)}` },
	'timed out but taken': { finalityTimeout: `0x${'00'.repeat(32)}` },
};

/** What a pool returns when two of its views accept a transaction at once. */
const refusal = (id) =>
	JSON.stringify({ jsonrpc: '2.0', id, error: { code: 1013, message: 'Transaction Already Imported' } });

/** Passes messages between a client and the node, with a lie for each submission; `next` returns which. */
function relay(client, url, next, { apis, subscriptions }) {
	subscriptions.push([]);
	const own = subscriptions.at(-1);
	const node = new WebSocket(url, { perMessageDeflate: false });
	const open = once(node, 'open');
	/** By request. */
	const lies = new Map();
	/** By subscription. */
	const statuses = new Map();

	client.on('message', async (data) => {
		await open;
		const request = JSON.parse(data);
		if (request.method === 'state_call') apis.add(request.params[0]);
		if (request.method === WATCH || /_subscribe/.test(request.method)) own.push(request.method);
		if (![WATCH, SUBMIT].includes(request.method)) return node.send(data.toString());
		const lie = next();
		lies.set(request.id, lie);
		if (lie === 'refused') return client.send(refusal(request.id));
		if (lie === 'lost') {
			return client.send(JSON.stringify({ jsonrpc: '2.0', id: request.id, result: `0x${'00'.repeat(32)}` }));
		}
		if (lie === 'refused but taken') request.method = SUBMIT;
		return node.send(JSON.stringify(request));
	});
	node.on('message', (data) => {
		const message = JSON.parse(data);
		const lie = lies.get(message.id);
		lies.delete(message.id);
		if (lie === 'refused but taken' && !message.error) return client.send(refusal(message.id));
		if (lie in STATUSES && !message.error) statuses.set(message.result, STATUSES[lie]);
		const status = message.method === UPDATE && statuses.get(message.params.subscription);
		if (status) message.params.result = status;
		return client.send(JSON.stringify(message));
	});
	client.on('close', () => node.close());
}

/**
 * Starts a front of the node at `url` that ends with the test. Returns its address, how often it told each lie, the
 * runtime APIs that clients have called, and the methods by which each connection has subscribed to something.
 */
export async function front(t, url, lies = LIES) {
	const [apis, subscriptions] = [new Set(), []];
	const told = Object.fromEntries(lies.map((lie) => [lie, 0]));
	const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
	await once(server, 'listening');
	t.after(() => server.close());
	let submissions = 0;
	const next = () => {
		const lie = lies[submissions % lies.length];
		submissions += 1;
		told[lie] += 1;
		return lie;
	};
	server.on('connection', (client) => relay(client, url, next, { apis, subscriptions }));
	return { url: `ws://127.0.0.1:${server.address().port}`, told, apis, subscriptions };
}
