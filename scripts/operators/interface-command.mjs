// The command scripts/interface.
import { readFile } from 'node:fs/promises';
import { eventsPage } from './events.mjs';
import { changelog, checkVersions, compare, describe, print } from './interface.mjs';
import { readMetadata } from './metadata.mjs';

const USAGE = `Describes what a runtime offers to clients, and compares two of them.

usage: interface show SOURCE       prints calls, events, errors, storage, constants, runtime APIs and types, as JSON
       interface diff OLD NEW      prints what has changed, as Markdown
       interface check OLD NEW     fails if signed calls would mean something else under the same transaction_version
       interface events SOURCE     prints docs/events.md
A SOURCE is the address of a node (ws or http), a file of metadata of version 15, or, for diff and check, what \`show\`
prints, such as runtime/interface.json.`;

/** Reads a description, or makes it of metadata. */
async function described(source) {
	if (source.endsWith('.json')) return JSON.parse(await readFile(source, 'utf8'));
	return describe(await readMetadata(source));
}

const COMMANDS = {
	show: { sources: 1, run: async (source) => process.stdout.write(print(await described(source))) },
	events: { sources: 1, run: async (source) => process.stdout.write(await eventsPage(await readMetadata(source))) },
	diff: { sources: 2, run: async (old, now) => {
		const [before, after] = [await described(old), await described(now)];
		process.stdout.write(changelog(before, after, compare(before, after)));
	} },
	check: { sources: 2, run: async (old, now) => {
		const [before, after] = [await described(old), await described(now)];
		const problems = checkVersions(before, after, compare(before, after));
		problems.forEach((problem) => console.error(problem));
		process.exitCode = problems.length > 0 ? 1 : 0;
	} },
};

const [name, ...sources] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : undefined;
if (command?.sources !== sources.length) {
	console.error(USAGE);
	process.exitCode = 2;
} else {
	try {
		await command.run(...sources);
	} catch (error) {
		console.error(`${error.message}`);
		process.exitCode = 1;
	}
}
