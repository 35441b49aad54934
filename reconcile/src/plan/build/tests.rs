//! Tests of the planner, by the rows of features that they prove.

mod errors;
mod establishing;
mod leaving;
mod names;
mod packages;
mod properties;
mod review;
mod soundness;
mod variables;
mod world;
