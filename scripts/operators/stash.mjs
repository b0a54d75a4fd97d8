// What a chain knows of a validator's account.
import { finalised } from '../e2e/lib.mjs';

/** Milliseconds as a person says them. */
export function time(ms) {
	const minutes = Math.round(ms / 60_000);
	if (minutes < 1) return `${Math.max(0, Math.round(ms / 1_000))} s`;
	if (minutes < 120) return `${minutes} min`;
	return minutes < 2 * 24 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

/** How the account stands at the last finalized block. */
export async function look(api, address) {
	const at = await finalised(api);
	const { session, staking } = at.query;
	const [activeEra, ledger, validating, keys, active, queued, disabled, currentIndex] = await Promise.all([
		staking.activeEra(), staking.ledger(address), staking.validators(address), session.nextKeys(address),
		session.validators(), session.queuedKeys(), session.disabledValidators(), session.currentIndex(),
	]);
	const era = activeEra.unwrap().index.toNumber();
	const [counts, exposure, points, account, limits] = await Promise.all([
		candidates(at), staking.erasStakersOverview(era, address), staking.erasRewardPoints(era),
		at.query.system.account(address), Promise.all([staking.minValidatorBond(), staking.minCommission()]),
	]);
	const isCandidate = (await staking.validators.size(address)).toNumber() > 0;
	const bond = ledger.unwrapOr(null);
	const index = active.findIndex((one) => one.eq(address));
	const own = [...points.individual.entries()].find(([who]) => who.eq(address))?.[1].toNumber() ?? 0;
	const { free, reserved } = account.data;
	return {
		address,
		era,
		session: currentIndex.toNumber(),
		free: free.toBigInt(),
		held: reserved.toBigInt(),
		bonded: bond?.active.toBigInt() ?? 0n,
		unlocking: (bond?.unlocking ?? []).map(({ era: free_era, value }) => ({ era: free_era.toNumber(), value: value.toBigInt() })),
		validating: isCandidate,
		commission: isCandidate ? validating.commission.toNumber() / 10_000_000 : null,
		keys: keys.isSome ? keys.unwrap().toHex() : null,
		/** In the session that runs, and in the next. */
		active: index >= 0,
		queued: queued.some(([who]) => who.eq(address)),
		queuedKeys: queued.find(([who]) => who.eq(address))?.[1].toHex() ?? null,
		disabled: index >= 0 && disabled.some((entry) => (Array.isArray(entry) ? entry[0] : entry).eq(index)),
		stake: exposure.isSome ? exposure.unwrap().total.toBigInt() : 0n,
		nominators: exposure.isSome ? exposure.unwrap().nominatorCount.toNumber() : 0,
		points: own,
		allPoints: points.total.toNumber(),
		minBond: limits[0].toBigInt(),
		minCommission: limits[1].toNumber() / 10_000_000,
		...counts,
	};
}

/** How many places there are, how many accounts want one, and the least stake that has one. */
async function candidates(at) {
	const { staking } = at.query;
	const [places, wanting, active, era] = await Promise.all([
		staking.validatorCount(), staking.counterForValidators(), at.query.session.validators(), staking.activeEra(),
	]);
	const index = era.unwrap().index;
	const elected = await Promise.all(active.map((who) => staking.erasStakersOverview(index, who)));
	const stakes = elected.filter((one) => one.isSome).map((one) => one.unwrap().total.toBigInt());
	return {
		places: places.toNumber(),
		candidates: wanting.toNumber(),
		elected: active.length,
		leastStake: stakes.reduce((least, stake) => (stake < least ? stake : least), stakes[0] ?? 0n),
	};
}

/** About how long the era goes on, in milliseconds. */
export async function untilEraEnds(api) {
	const { eraLength, eraProgress } = await api.derive.session.progress();
	const slots = eraLength.toNumber() - eraProgress.toNumber();
	return Math.max(0, slots) * api.consts.babe.expectedBlockTime.toNumber();
}

/** What the validator does, in a few words. */
export function standing(found) {
	if (found.disabled) return 'disabled: it may not sign in this era, see its log';
	if (found.active) return found.validating ? 'active: it produces blocks and votes' : 'active until the end of the era, then not any more';
	if (!found.validating) return found.bonded > 0n ? 'bonded, but does not stand for election' : 'not a validator';
	if (found.keys === null) return 'without session keys, so it cannot be elected';
	return found.queued ? 'elected: it starts with the next session' : 'waiting for an election';
}
