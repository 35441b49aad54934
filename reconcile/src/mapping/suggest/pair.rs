//! What speaks for one pair, whether it is open or not.

use super::{Companies, Found, sorted};
use crate::identity::EntityRef;
use crate::mapping::{Evidence, Mapping};

impl Mapping<'_> {
    /// What speaks for a pair by ids, links and names, strongest first, as far as both are listed.
    ///
    /// As for suggestions, parts and likeness of names count only where nothing stronger speaks.
    pub(in crate::mapping) fn speaks_for(
        &self,
        site: &EntityRef,
        company: &EntityRef,
    ) -> Vec<Evidence> {
        let (Some(site), Some(company)) = (
            self.source.organization(site),
            self.destination.organization(company),
        ) else {
            return Vec::new();
        };
        let companies = Companies::new(vec![company]);
        let of = |found: Found| found.evidence.into_values().flatten().collect::<Vec<_>>();
        let mut evidence = of(self.by_ids_and_names(site, &companies));
        if let Some(package) = self.linked_from(&site.entity).get(&company.entity) {
            evidence.push(Evidence::InstallationLink {
                package: package.entity.clone(),
                name: package.name.clone(),
            });
        }
        if evidence.is_empty() {
            evidence = of(self.by_likeness(site, &companies, &std::collections::BTreeSet::new()));
        }
        sorted(evidence)
    }
}
