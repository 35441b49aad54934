//! Which tenants a look is about: facts of another tenant are refused, not compared.

use std::fmt;

use crate::identity::Instance;
use crate::inventory::Index;
use crate::state::{Binding, State};

/// One of the two systems that are brought into line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there are two sides")]
pub enum Side {
    /// Where organisations come from, for example the RMM.
    Source,
    /// Where they are made, for example `GravityZone`.
    Destination,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "source",
            Self::Destination => "destination",
        })
    }
}

/// Why facts cannot be looked at through a state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TenantError {
    /// The state is about no tenants yet.
    #[error("the state is bound to no tenants yet")]
    NotBound,
    /// The facts are about another tenant than the state.
    #[error(
        "the {side} was read from {read}, but the state is bound to {bound}; only a reset rebinds it"
    )]
    Other {
        /// The side that differs.
        side: Side,
        /// The tenant that was read.
        read: Instance,
        /// The tenant that the state is bound to.
        bound: Instance,
    },
}

/// The binding of the state, if both readings are about it.
pub(crate) fn check_tenants<'s>(
    state: &'s State,
    source: &Index<'_>,
    destination: &Index<'_>,
) -> Result<&'s Binding, TenantError> {
    let binding = state.binding().ok_or(TenantError::NotBound)?;
    let sides = [
        (Side::Source, source, &binding.source),
        (Side::Destination, destination, &binding.destination),
    ];
    for (side, index, bound) in sides {
        let read = &index.observation().scope.instance;
        if read != bound {
            return Err(TenantError::Other {
                side,
                read: read.clone(),
                bound: bound.clone(),
            });
        }
    }
    Ok(binding)
}
