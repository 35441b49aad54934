//! datto-rmm
