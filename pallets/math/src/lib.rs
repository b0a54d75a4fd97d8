//! Numbers and formulas of the Allora protocol.
#![cfg_attr(not(feature = "std"), no_std)]
