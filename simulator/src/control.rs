//! Control: what people and other systems do to the vendors while a client looks away.

mod companies;
mod keys;
mod sites;
mod weather;
