//! Credentials of both vendors; `examples::credentials` tells where they come from.

use std::path::Path;

use datto_rmm::{ApiUrl, SecretString};
use examples::credentials::{GRAVITYZONE, RMM, collect, is_local, stand_in};
use gravityzone::AccessUrl;
use reconcile::identity::Fingerprint;

use super::exit::Failure;

/// Where the vendors are and how to log in. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) rmm_url: ApiUrl,
    pub(crate) rmm_key: SecretString,
    pub(crate) rmm_secret: SecretString,
    pub(crate) gravityzone_url: AccessUrl,
    pub(crate) gravityzone_key: SecretString,
    /// Stands for the RMM's address, key and secret.
    pub(crate) rmm: Fingerprint,
    /// Stands for GravityZone's address and key.
    pub(crate) gravityzone: Fingerprint,
}

impl Access {
    /// Collects the credentials.
    ///
    /// # Errors
    ///
    /// Usage errors, none of which shows a value.
    pub(crate) fn collect(file: Option<&Path>, ask: bool) -> Result<Self, Failure> {
        let mut values = collect(&[RMM, GRAVITYZONE], file, ask)?;
        let mut take = |name: &str| values.remove(name).unwrap_or_default();
        let [rmm_url, rmm_key, rmm_secret] = [RMM[0], RMM[1], RMM[2]].map(&mut take);
        let [gravityzone_url, gravityzone_key] = [GRAVITYZONE[0], GRAVITYZONE[1]].map(&mut take);
        let unusable =
            |name: &str, why: String| Failure::usage(format!("{name} cannot be used: {why}"));
        let rmm_address: ApiUrl = rmm_url
            .parse()
            .map_err(|error: datto_rmm::ApiUrlError| unusable(RMM[0], error.to_string()))?;
        let gravityzone_address: AccessUrl =
            gravityzone_url
                .parse()
                .map_err(|error: gravityzone::AccessUrlError| {
                    unusable(GRAVITYZONE[0], error.to_string())
                })?;
        Ok(Self {
            rmm: stand_in(&[rmm_address.as_str(), &rmm_key, &rmm_secret]),
            gravityzone: stand_in(&[gravityzone_address.as_str(), &gravityzone_key]),
            rmm_url: rmm_address,
            rmm_key: rmm_key.into(),
            rmm_secret: rmm_secret.into(),
            gravityzone_url: gravityzone_address,
            gravityzone_key: gravityzone_key.into(),
        })
    }

    /// Whether both addresses are on this machine.
    pub(crate) fn is_local(&self) -> bool {
        is_local(self.rmm_url.as_str()) && is_local(self.gravityzone_url.as_str())
    }
}
