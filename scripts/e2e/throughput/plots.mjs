// The plots of docs/load.md, as SVG.

const COLOURS = { transfers: '#1f62b5', submissions: '#d67018', commits: '#1c8c5c', reveals: '#8a4fa3', reports: '#b5332f', other: '#999' };
const KINDS = [
	'transfers', 'submissions, newcomers', 'submissions, regulars', 'commits, newcomers', 'commits, regulars', 'reveals', 'reports, newcomers',
	'reports, regulars',
];
const WIDTH = 900;

const escaped = (words) => `${words}`.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const text = (x, y, words, { anchor = 'middle', colour = '#222', size = 12 } = {}) =>
	`<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${colour}" font-size="${size}">${escaped(words)}</text>`;
const rect = (x, y, width, height, colour) =>
	`<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${Math.max(0, height).toFixed(1)}" fill="${colour}"/>`;
const line = (x1, y1, x2, y2, colour, dash = '') =>
	`<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${colour}"${dash && ` stroke-dasharray="${dash}"`}/>`;

/** A round number that is at least this. */
function ceiling(value) {
	const unit = 10 ** Math.floor(Math.log10(value || 1));
	return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((times) => times * unit).find((round) => round >= value);
}

/** A panel with axes: the scales, and what is drawn so far. */
class Panel {
	constructor({ top, height, title, from = 0, to, most, unit = '' }) {
		Object.assign(this, { top, height, from, to, most: ceiling(most), left: 60, right: WIDTH - 20 });
		this.parts = [text(this.left, top - 8, title, { anchor: 'start', size: 13 })];
		for (let part = 0; part <= 4; part += 1) {
			const value = (part * this.most) / 4;
			this.parts.push(line(this.left, this.y(value), this.right, this.y(value), '#ddd'));
			this.parts.push(text(this.left - 6, this.y(value) + 4, `${Number(value.toPrecision(4))}${unit}`, { anchor: 'end' }));
		}
	}

	x = (value) => this.left + ((value - this.from) / (this.to - this.from)) * (this.right - this.left);
	y = (value) => this.top + this.height - (value / this.most) * this.height;

	/** Labels below the axis, at these values. */
	ticks(values, name = (value) => `${value}`) {
		this.parts.push(...values.flatMap((value) => String(name(value)).split(', ').map((words, at) =>
			text(this.x(value), this.top + this.height + 16 + 14 * at, words))));
	}

	curve(points, colour) {
		const path = points.map(([x, y]) => `${this.x(x).toFixed(1)},${this.y(y).toFixed(1)}`).join(' ');
		this.parts.push(`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.6"/>`);
	}

	legend(entries) {
		let x = this.right;
		for (const [name, colour] of [...entries].reverse()) {
			x -= 7 * name.length + 26;
			this.parts.push(rect(x, this.top - 18, 10, 10, colour), text(x + 14, this.top - 9, name, { anchor: 'start' }));
		}
	}
}

const image = (height, panels) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
${panels.flatMap(({ parts }) => parts).join('\n')}
</svg>
`;

/** Transactions per second by kind, on one node and on a network, below what a block has room for. */
export function ratesPlot(runs) {
	const bound = (run, kind) => (run.kinds[kind].fitByUse * 1000) / run.slotMilliseconds;
	// A run that was made before there was a kind has no bar.
	const has = (run) => KINDS.filter((kind) => run.kinds[kind]);
	const most = Math.max(...runs.flatMap((run) => has(run).map((kind) => Math.max(bound(run, kind), run.kinds[kind].perSecond))));
	const panel = new Panel({ top: 50, height: 260, title: 'transactions per second', to: KINDS.length, most });
	const shades = ['#1f62b5', '#d67018'];
	// The bars of a kind take four fifths of its room, with a gap between two.
	const pitch = (0.8 * (panel.x(1) - panel.x(0))) / runs.length;
	const wide = pitch - 6;
	KINDS.forEach((kind, index) => {
		runs.filter((run) => has(run).includes(kind)).forEach((run) => {
			const at = runs.indexOf(run);
			const [x, rate] = [panel.x(index + 0.5) + (at - runs.length / 2) * pitch + 3, run.kinds[kind].perSecond];
			panel.parts.push(rect(x, panel.y(rate), wide, panel.y(0) - panel.y(rate), shades[at]), text(x + wide / 2, panel.y(0) - 6, Math.round(rate), { colour: '#fff' }));
			panel.parts.push(line(x - 2, panel.y(bound(run, kind)), x + wide + 2, panel.y(bound(run, kind)), '#222', '4 3'));
		});
	});
	panel.ticks(KINDS.map((_, index) => index + 0.5), (value) => KINDS[Math.floor(value)]);
	panel.legend(runs.map(({ validators }, at) => [validators === 1 ? 'one node' : `${validators} validators`, shades[at]]));
	panel.parts.push(text(panel.left, 362, 'dashed: as many as fit by the weight that they use into a block per slot', { anchor: 'start', colour: '#555' }));
	return image(376, [panel]);
}

/** How full each block is and with what, and how long its finality took. */
export function blocksPlot(runs) {
	const panels = runs.flatMap(({ validators, blocks }, at) => {
		const used = blocks.filter(({ number }) => number > 1);
		const range = { from: used[0].number - 1, to: used.at(-1).number + 1 };
		const name = validators === 1 ? 'one node' : `${validators} validators`;
		const full = new Panel({ top: 50 + at * 330, height: 140, title: `${name}: weight of blocks, % of the limit`, ...range, most: 100, unit: ' %' });
		const wide = (full.right - full.left) / (range.to - range.from) - 2;
		for (const { number, kinds, fullness } of used) {
			const total = Object.values(kinds).reduce((sum, count) => sum + count, 0);
			let below = 0;
			for (const [kind, count] of Object.entries(kinds)) {
				const part = (100 * fullness * count) / total;
				full.parts.push(rect(full.x(number) - wide / 2, full.y(below + part), wide, full.y(below) - full.y(below + part), COLOURS[kind.split(', ')[0]] ?? COLOURS.other));
				below += part;
			}
		}
		full.parts.push(line(full.left, full.y(25), full.right, full.y(25), '#222', '4 3'));
		full.legend(Object.entries(COLOURS));
		const lags = used.filter(({ lag }) => Number.isFinite(lag));
		const lag = new Panel({ top: 236 + at * 330, height: 80, title: 'seconds from a block to its finality', ...range, most: Math.max(...lags.map((block) => block.lag)) });
		lag.curve(lags.map((block) => [block.number, block.lag]), '#222');
		lag.ticks(used.filter(({ number }) => number % 5 === 0).map(({ number }) => number));
		return [full, lag];
	});
	return image(20 + runs.length * 330, panels);
}

/** What the epochs of many topics take: time per block, memory and files of the node. */
export function epochsPlot({ blocks, points, slotMilliseconds, epochSlots, topics }) {
	const range = { from: 0, to: blocks.length };
	const minutes = (slot) => (slot * slotMilliseconds) / 60_000;
	const title = `${topics} topics: milliseconds to build and import a block (a slot has ${slotMilliseconds})`;
	const times = new Panel({ top: 40, height: 130, title, ...range, most: Math.max(...blocks.map(({ milliseconds }) => milliseconds)) });
	times.parts.push(...blocks.map(({ slot, milliseconds }) => `<circle cx="${times.x(slot).toFixed(1)}" cy="${times.y(milliseconds).toFixed(1)}" r="1.8" fill="#1f62b5"/>`));
	const memory = new Panel({ top: 220, height: 110, title: 'resident memory of the node, MiB', ...range, most: Math.max(...points.map((point) => point.memory)) });
	memory.curve(points.map((point) => [point.slot, point.memory]), '#d67018');
	const files = new Panel({ top: 380, height: 110, title: 'files of the node, MiB', ...range, most: Math.max(...points.map((point) => point.files)) });
	files.curve(points.map((point) => [point.slot, point.files]), '#1c8c5c');
	const ticks = blocks.map(({ slot }) => slot).filter((slot) => slot % (2 * epochSlots) === 0);
	files.ticks(ticks, minutes);
	files.parts.push(text(WIDTH / 2, 522, 'minutes of chain time'));
	return image(535, [times, memory, files]);
}
