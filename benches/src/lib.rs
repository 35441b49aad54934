//! What the measurements share: inventories, made from a seed or read from files, with the truth about them.

mod generate;
mod inventory;

pub use generate::generate;
pub use inventory::{Device, Expected, Inventories, Score, Truth, read_inventories};
