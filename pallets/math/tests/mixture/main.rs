//! The mixture rule (S 9.4): against runs of an oracle in floats, by its properties over random
//! runs, and against what an adversary may try.

mod adversary;
mod band;
mod extremes;
mod pool;
mod properties;
mod removal;
mod runs;
