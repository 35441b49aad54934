//! Who decides.

use crate::exit::Failure;

/// The name given, or that of the user.
///
/// # Errors
///
/// A usage error if neither is known.
pub fn name_of(given: Option<&str>) -> Result<String, Failure> {
    let given = given.map(str::to_owned).or_else(|| {
        ["USER", "LOGNAME", "USERNAME"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()))
    });
    match given {
        Some(name) if !name.trim().is_empty() => Ok(name),
        _ => {
            Err(Failure::usage("it is not known who decides").with_advice("say so with --by NAME"))
        }
    }
}
