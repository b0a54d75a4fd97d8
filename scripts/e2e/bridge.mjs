// An inference of the demo is proven as another chain would verify it: by the validators' signatures alone.
import { connect, timed } from './lib.mjs';
import { createRequire } from 'node:module';
const { prove } = createRequire(import.meta.url)('./bridge.js');

timed(60)('inference is verified by the signatures for other chains', async (t) => {
	const api = await connect();
	t.after(() => api.disconnect());
	const { topics } = await api.call.topicsApi.topics(1, 64);
	for (const topic of [...topics].reverse()) {
		if ((await api.call.aggregationApi.latestInference(topic)).isNone) continue;
		const { proven, size } = await prove(process.env.ALLORA_AGENT, [process.env.ALLORA_WS], api, topic);
		t.diagnostic(`made in block ${proven.block}, signed in ${proven.signedBlock}, ${size} bytes`);
		return;
	}
	throw new Error('no topic has an inference');
});
