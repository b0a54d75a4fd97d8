//! Tests, one module per concern.
//!
//! The topic of the tests has p = 3, c = 0.75, alpha = 0.1, epsilon = 0.01 and the MAD scale. With
//! two inferers and no forecaster, the elements of a bundle are: combined, naive, inferer 1,
//! inferer 2, without inferer 1, without inferer 2.

mod accepted;
mod explaining;
mod labels;
mod learning;
mod mixture;
mod mixture_book;
mod newcomers;
mod outliers;
mod reading;
mod regret_book;
mod synthesis;
mod truth;
