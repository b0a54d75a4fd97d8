//! Behaviour of the coordinator.
//!
//! The topic of the tests has p = 3, c = 0.75, alpha = 0.1, epsilon = 0.01 and the MAD scale. With
//! two inferers and no forecaster a bundle's elements are combined, naive, both inferers, and the
//! network without the first and without the second.

mod explaining;
mod labels;
mod learning;
mod newcomers;
mod outliers;
mod reading;
mod regret_book;
mod synthesis;
