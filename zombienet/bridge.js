// Proves the topic's newest inference by this node, and verifies it by the validators that another node names. Where two
// blocks competed at the beginning of a session, nodes that imported the wrong one last cannot: then others are asked.
'use strict';
const { connect } = require('./lib');
const { prove } = require('../scripts/e2e/bridge');

exports.run = async (name, network, [topic, other]) => {
	const api = await connect(network.nodesByName[other].wsUri);
	try {
		const names = [name, ...Object.keys(network.nodesByName).filter((one) => one !== name)];
		const urls = names.map((one) => network.nodesByName[one].wsUri);
		const { proven, size } = await prove(process.env.ALLORA_AGENT, urls, api, topic);
		if (proven.signatures !== 2) throw new Error(`${proven.signatures} validators have signed`);
		console.log(`made in block ${proven.block}, signed in ${proven.signedBlock}, ${size} bytes`);
	} finally {
		await api.disconnect();
	}
};
