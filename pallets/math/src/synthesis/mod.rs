//! The network inferences of an epoch (S 8).

mod builder;
mod bundle;
mod formulas;

pub use builder::synthesise;
pub use bundle::{Bundle, Input};
pub use formulas::{disagreement, forecast_implied};
