// A relay between two sockets that can be cut. As a program it runs in a network namespace of its own, and connects the
// node that it starts there with the world outside, by sockets in files.
'use strict';
const { spawn, execFileSync } = require('node:child_process');
const { once } = require('node:events');
const net = require('node:net');

/** A relay from where it listens to where it connects, each a port of this machine or a file. */
class Link {
	constructor(from, to) {
		this.sockets = new Set();
		this.isCut = false;
		this.server = net.createServer((inward) => {
			if (this.isCut) {
				inward.destroy();
				return;
			}
			const outward = net.connect(to);
			for (const [end, other] of [[inward, outward], [outward, inward]]) {
				this.sockets.add(end);
				end.on('error', () => {});
				end.on('close', () => {
					this.sockets.delete(end);
					other.destroy();
				});
			}
			inward.pipe(outward).pipe(inward);
		}).listen(from);
		this.ready = once(this.server, 'listening');
	}

	/** Closes its connections and accepts none, or accepts them again. */
	cut(isCut) {
		this.isCut = isCut;
		if (isCut) for (const socket of this.sockets) socket.destroy();
	}
}

module.exports = { Link };

/** Runs a command in this namespace, with these relays, and ends with it. */
async function inside({ links, command }) {
	execFileSync('ip', ['link', 'set', 'lo', 'up']);
	await Promise.all(links.map(([from, to]) => new Link(from, to).ready));
	const [program, ...args] = command;
	const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], { stdio: 'inherit' });
	process.on('SIGTERM', () => child.kill('SIGTERM'));
	const [code] = await once(child, 'exit');
	process.exit(code ?? 1);
}

if (require.main === module) inside(JSON.parse(process.argv[2]));
