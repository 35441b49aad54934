//! gravityzone
