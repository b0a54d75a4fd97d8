// The interface of the runtime against the files that record it, and the comparison of two interfaces.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { eventsPage } from '../operators/events.mjs';
import { changelog, checkRelease, checkVersions, compare, describe } from '../operators/interface.mjs';
import { readMetadata } from '../operators/metadata.mjs';

const file = (path) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
const metadata = await readMetadata(process.env.ALLORA_WS);
const released = JSON.parse(await file('runtime/interface.json'));
const current = describe(metadata);

/** What is wrong if the interface changes so, and the changes. */
function changed(change) {
	const after = structuredClone(current);
	change(after, (name) => after.pallets.find((pallet) => pallet.name === name));
	const changes = compare(current, after);
	return { changes, problems: checkVersions(current, after, changes) };
}

/** Fails unless the change is refused while `transaction_version` stays, and accepted once it rises. */
function assertBreaks(change) {
	assert.match(changed(change).problems.join('\n'), /^transaction_version must rise/);
	const raised = changed((after, pallet) => {
		change(after, pallet);
		after.transaction_version += 1;
	});
	assert.deepEqual(raised.problems, []);
}

test('no signed call means something else than in the last release under the same transaction_version', () => {
	const problems = checkVersions(released, current, compare(released, current));
	assert.deepEqual(problems, [], 'raise transaction_version in runtime/src/lib.rs');
});

test('docs/events.md is that of the runtime', async () => {
	const page = await eventsPage(metadata);
	assert.ok(page === await file('docs/events.md'), 'write it anew: scripts/interface events NODE >docs/events.md');
	assert.ok(page.split('\n### ').length > 80, 'it has the events of all pallets');
});

test('the same interface has no changes', () => {
	assert.deepEqual(changed(() => {}), { changes: [], problems: [] });
	assert.match(changelog(current, current, []), /The interface is the same/);
});

test('a call that moves breaks', () => {
	assertBreaks((_, pallet) => {
		const { calls } = pallet('Topics');
		[calls[0], calls[1]] = [calls[1], calls[0]];
	});
});

test('a call with another argument or argument type breaks', () => {
	assertBreaks((_, pallet) => {
		const { calls } = pallet('Topics');
		calls[0] = calls[0].replace(')', ', more: u8)');
	});
	assertBreaks((_, pallet) => {
		const { calls } = pallet('Inference');
		calls[0] = calls[0].replace('topic: u64', 'topic: u32');
	});
});

test('a call or pallet that goes breaks', () => {
	assertBreaks((_, pallet) => { delete pallet('Reputer').calls[0]; });
	assertBreaks((after) => { after.pallets = after.pallets.filter(({ name }) => name !== 'Consumer'); });
});

test('a pallet with another index breaks', () => {
	assertBreaks((_, pallet) => { pallet('Clock').index = 99; });
});

test('another type inside of an argument breaks', () => {
	const name = current.signed_types.find((type) => /TopicParameters/.test(type));
	assert.ok(name, 'topics.create takes parameters');
	assertBreaks((after) => { after.types[name] = `${after.types[name]}, more: u8`; });
});

test('another transaction extension breaks', () => {
	assertBreaks((after) => { after.extensions.push('CheckWeather: (), ()'); });
});

test('a new call, pallet, or variant of an argument breaks nothing', () => {
	const { changes, problems } = changed((after, pallet) => {
		pallet('Topics').calls[99] = 'sing()';
		after.pallets.push({ ...structuredClone(pallet('Consumer')), name: 'Choir', index: 99 });
		const name = after.signed_types.find((type) => /LossMethod/.test(type));
		after.types[name][99] = 'Applause';
	});
	assert.deepEqual(problems, []);
	assert.ok(changes.some(({ what }) => what === 'Topics.sing (99)'));
	assert.ok(changes.some(({ kind }) => kind === 'Types'));
});

test('changes of events, errors and storage are in the changelog and break no call', () => {
	const change = (after, pallet) => {
		pallet('Clock').events[0] = pallet('Clock').events[0].replace('topic: u64', 'topic: u32');
		pallet('Clock').errors[99] = 'TooLoud';
		delete pallet('Clock').storage.TopicStates;
	};
	const { changes, problems } = changed(change);
	assert.deepEqual(problems, []);
	const text = changelog(current, current, changes);
	assert.match(text, /## Events\n\n- changed `Clock\.TopicActivated \(0\)`/);
	assert.match(text, /## Errors\n\n- added `Clock\.TooLoud \(99\)`/);
	assert.match(text, /## Storage\n\n- removed `Clock\.TopicStates`/);
});

test('versions do not fall', () => {
	const { problems } = changed((after) => {
		after.spec_version -= 1;
		after.transaction_version -= 1;
	});
	assert.deepEqual(problems, ['transaction_version falls', 'spec_version falls']);
});

test('other code than that of the last release needs a higher spec_version', () => {
	const last = { code_hash: '0x01', spec_version: 100 };
	const problems = (spec_version, code_hash, before = last) =>
		checkRelease({ before: current, last: before }, { after: current, release: { code_hash, spec_version } }, []);
	assert.deepEqual(problems(100, '0x01'), []);
	assert.deepEqual(problems(101, '0x02'), []);
	assert.deepEqual(problems(100, '0x02', null), [], 'the first release');
	assert.match(problems(100, '0x02').join(), /spec_version must rise above 100/);
});
