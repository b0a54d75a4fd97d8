//! The tracks of referenda.

use super::{
	blocks,
	origins::Origin::{self, *},
	DAY, HOUR,
};
use crate::{Balance, BlockNumber, OriginCaller, RuntimeOrigin, ALLO};
use alloc::borrow::Cow;
use frame_support::traits::OriginTrait;
use pallet_referenda::{Curve, Track, TrackInfo};
use sp_runtime::{str_array, Perbill};

/// What distinguishes a track; periods are in minutes.
struct Terms {
	name: &'static str,
	/// Root if `None`.
	origin: Option<Origin>,
	/// The maximum number of referenda that are decided at a time.
	max_deciding: u32,
	/// The decision deposit in planck.
	deposit: Balance,
	prepare: u32,
	decision: u32,
	confirm: u32,
	enactment: u32,
	/// The part of votes, weighted by conviction, that must approve: at the start and at the end
	/// of the decision period, in percent.
	approval: (u32, u32),
	/// The part of the active issuance that must approve, likewise.
	support: (u32, u32),
}

/// The tracks; a track's id is its position.
///
/// A track that can do more takes longer, costs more and asks for more votes. Support never falls
/// to zero, so that nobody decides alone while the others look away.
const TRACKS: [Terms; 6] = [
	Terms {
		name: "root",
		origin: None,
		// More than one: else somebody's own referendum would keep the others waiting for 28 days.
		max_deciding: 5,
		deposit: 100_000 * ALLO,
		prepare: 2 * HOUR,
		decision: 28 * DAY,
		confirm: DAY,
		enactment: DAY,
		approval: (100, 60),
		support: (50, 5),
	},
	Terms {
		name: "whitelisted_caller",
		origin: Some(WhitelistedCaller),
		max_deciding: 20,
		deposit: 10_000 * ALLO,
		prepare: 30,
		decision: 28 * DAY,
		confirm: 10,
		enactment: 10,
		approval: (95, 50),
		support: (25, 2),
	},
	Terms {
		name: "parameters",
		origin: Some(ParameterAdmin),
		max_deciding: 10,
		deposit: 5_000 * ALLO,
		prepare: 2 * HOUR,
		decision: 14 * DAY,
		confirm: DAY,
		enactment: DAY,
		approval: (100, 50),
		support: (50, 2),
	},
	Terms {
		name: "subsidy",
		origin: Some(SubsidyAdmin),
		max_deciding: 50,
		deposit: 5_000 * ALLO,
		prepare: 2 * HOUR,
		decision: 14 * DAY,
		confirm: 2 * DAY,
		enactment: DAY,
		approval: (100, 50),
		support: (50, 2),
	},
	Terms {
		name: "treasury",
		origin: Some(Treasurer),
		max_deciding: 20,
		deposit: 5_000 * ALLO,
		prepare: 2 * HOUR,
		decision: 28 * DAY,
		confirm: 2 * DAY,
		enactment: DAY,
		approval: (100, 50),
		support: (50, 2),
	},
	Terms {
		name: "emergency",
		origin: Some(EmergencyAdmin),
		max_deciding: 10,
		deposit: 10_000 * ALLO,
		prepare: 10,
		decision: 7 * DAY,
		confirm: 30,
		enactment: 10,
		approval: (95, 60),
		support: (25, 5),
	},
];

/// A threshold that falls in a straight line over the whole decision period.
fn falling((start, end): (u32, u32)) -> Curve {
	Curve::LinearDecreasing {
		length: Perbill::one(),
		floor: Perbill::from_percent(end),
		ceil: Perbill::from_percent(start),
	}
}

impl Terms {
	fn info(&self) -> TrackInfo<Balance, BlockNumber> {
		TrackInfo {
			name: str_array(self.name),
			max_deciding: self.max_deciding,
			decision_deposit: self.deposit,
			prepare_period: blocks(self.prepare),
			decision_period: blocks(self.decision),
			confirm_period: blocks(self.confirm),
			min_enactment_period: blocks(self.enactment),
			min_approval: falling(self.approval),
			min_support: falling(self.support),
		}
	}

	fn has_origin(&self, origin: &OriginCaller) -> bool {
		match origin {
			OriginCaller::system(frame_system::RawOrigin::Root) => self.origin.is_none(),
			OriginCaller::Origins(origin) => self.origin.as_ref() == Some(origin),
			_ => false,
		}
	}
}

/// The tracks as `pallet_referenda` reads them, with periods in blocks.
pub struct Tracks;
impl pallet_referenda::TracksInfo<Balance, BlockNumber> for Tracks {
	type Id = u16;
	type RuntimeOrigin = <RuntimeOrigin as OriginTrait>::PalletsOrigin;

	fn tracks() -> impl Iterator<Item = Cow<'static, Track<Self::Id, Balance, BlockNumber>>> {
		(0..).zip(&TRACKS).map(|(id, terms)| Cow::Owned(Track { id, info: terms.info() }))
	}

	fn track_for(origin: &Self::RuntimeOrigin) -> Result<Self::Id, ()> {
		(0..).zip(&TRACKS).find(|(_, terms)| terms.has_origin(origin)).map(|(id, _)| id).ok_or(())
	}

	fn info(id: Self::Id) -> Option<Cow<'static, TrackInfo<Balance, BlockNumber>>> {
		TRACKS.get(usize::from(id)).map(|terms| Cow::Owned(terms.info()))
	}
}
