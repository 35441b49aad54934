//! datto-networking
