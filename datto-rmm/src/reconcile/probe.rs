//! Looking at the account on behalf of an execution.

use ::reconcile::execution::{Finding, SourceProbe};
use ::reconcile::identity::EntityRef;
use client_core::ErrorKind;

use super::convert;
use super::{Source, tenant};
use crate::variables::Variable;

const FOREIGN: &str = "the question is about another tenant, or about no site";

impl Source {
    pub(super) async fn look(&self, probe: &SourceProbe) -> Finding {
        match probe {
            SourceProbe::Control => match tenant(self.client()).await {
                Ok(instance) => Finding::Control(instance),
                Err(error) => Finding::Unknown(error.to_string()),
            },
            SourceProbe::Site(site) => self.look_at_site(site).await,
            SourceProbe::Variable { of, name } => match self.find_variable(of, name).await {
                Some(Ok(found)) => Finding::Variable(found.as_ref().map(convert::variable)),
                Some(Err(error)) => Finding::Unknown(error.to_string()),
                None => Finding::Unknown(FOREIGN.to_owned()),
            },
        }
    }

    async fn look_at_site(&self, entity: &EntityRef) -> Finding {
        let Some(uid) = self.site_uid(entity) else {
            return Finding::Unknown(FOREIGN.to_owned());
        };
        match self.client().sites().get(&uid).await {
            Ok(site) if !site.uid.as_str().eq_ignore_ascii_case(uid.as_str()) => {
                Finding::Unknown("the vendor answered with another site".to_owned())
            }
            Ok(site) => match self.organization(&site) {
                Ok(organization) => Finding::Organization(Some(Box::new(organization))),
                Err(why) => Finding::Unknown(format!("site {uid} cannot be told: {why}")),
            },
            // A path that the vendor does not know is an error of another kind.
            Err(error) if error.kind() == ErrorKind::NotFound => Finding::Organization(None),
            Err(error) => Finding::Unknown(error.to_string()),
        }
    }

    /// The variable of a site or of the account; `None` for any other entity. Its absence needs a whole listing.
    pub(super) async fn find_variable(
        &self,
        of: &EntityRef,
        name: &str,
    ) -> Option<Result<Option<Variable>, client_core::Error>> {
        if *of == self.root() {
            return Some(self.client().account().variables().find(name).await);
        }
        let site = self.site_uid(of)?;
        Some(self.client().site(&site).variables().find(name).await)
    }
}
