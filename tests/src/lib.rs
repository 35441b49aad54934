//! What the cross-crate tests share: a small bridge with every choice made, used in process and as a process that can
//! be killed.

pub mod bridge;
pub mod readme_bridge;
pub mod shared_budget;
