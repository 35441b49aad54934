//! What the measurements share: inventories, made from a seed or read from files, with the truth about them; the time that
//! this process used; and a server of pages in a process of its own.

mod generate;
mod inventory;

pub mod cpu;
pub mod page_server;

pub use generate::generate;
pub use inventory::{Device, Expected, Inventories, Score, Truth, read_inventories};
