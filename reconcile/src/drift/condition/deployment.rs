//! The conditions of what deploys the agent: the package of an association and the variable that holds its link.

use std::collections::BTreeSet;

use super::{Facts, Truth};
use crate::drift::view::{View, Visibility, settling};
use crate::identity::{EntityRef, Fingerprint};
use crate::inventory::{Organization, Reading, Sort, VariableValue};
use crate::state::{Association, LinkedPackage, LinkedVariable};

impl Facts<'_, '_> {
    /// Missing, renamed, changed.
    pub(super) fn package(
        &self,
        association: &Association,
        linked: Option<&LinkedPackage>,
        company: Option<&Organization>,
    ) -> [Truth; 3] {
        let unknown = |truth: &Truth| [truth.clone(), Truth::UNTOLD, Truth::UNTOLD];
        let (Some(linked), Some(company)) = (linked, company) else {
            return unknown(&Truth::UNTOLD);
        };
        let listed = self.input.destination.packages(&company.entity);
        if let Some(package) = listed
            .iter()
            .find(|package| package.entity == linked.package)
        {
            let renamed = Truth::of(package.name != linked.name, || {
                format!(
                    "the package {:?} of company {:?} is called {:?} now: what refers to it breaks",
                    linked.name, company.name, package.name
                )
            });
            let changed = match (&linked.modules, &package.modules) {
                (Some(before), Some(now)) => Truth::of(before != now, || {
                    format!("package {:?}: {}", linked.name, difference(before, now))
                }),
                _ => Truth::UNTOLD,
            };
            return [Truth::False, renamed, changed];
        }
        if let Some(why) = self.no_absences(
            self.destination,
            association,
            &company.entity,
            Sort::Packages,
        ) {
            return unknown(&Truth::unknown(why));
        }
        let again = listed.iter().any(|package| package.name == linked.name);
        let note = if again {
            "; another one has its name"
        } else {
            ""
        };
        let missing = format!(
            "the package {:?} of company {:?} is gone{note}",
            linked.name, company.name
        );
        [Truth::True(missing), Truth::False, Truth::False]
    }

    /// Missing, changed, unverifiable.
    pub(super) fn variable(
        &self,
        association: &Association,
        linked: Option<&LinkedVariable>,
        site: Option<&Organization>,
    ) -> [Truth; 3] {
        let unknown = |truth: Truth| [truth, Truth::UNTOLD, Truth::UNTOLD];
        let (Some(linked), Some(site)) = (linked, site) else {
            return unknown(Truth::UNTOLD);
        };
        let held: Vec<VariableValue> = self
            .input
            .source
            .variables(&site.entity)
            .iter()
            .filter(|variable| variable.name == linked.name)
            .map(|variable| variable.value)
            .collect();
        if held.contains(&VariableValue::Is(linked.value)) {
            return [Truth::False, Truth::False, Truth::False];
        }
        if held.contains(&VariableValue::Masked) {
            let detail = format!(
                "the variable {:?} of site {:?} is masked",
                linked.name, site.name
            );
            return [Truth::False, Truth::UNTOLD, Truth::True(detail)];
        }
        if let Some(VariableValue::Is(value)) = held.first() {
            let detail = format!(
                "the variable {:?} of site {:?} was changed: {}",
                linked.name,
                site.name,
                self.meaning(*value, association)
            );
            return [Truth::False, Truth::True(detail), Truth::False];
        }
        if let Some(why) = self.no_absences(self.source, association, &site.entity, Sort::Variables)
        {
            return unknown(Truth::unknown(why));
        }
        let missing = format!(
            "the variable {:?} of site {:?} is gone",
            linked.name, site.name
        );
        [Truth::True(missing), Truth::False, Truth::False]
    }

    /// What a value that we did not write points to.
    fn meaning(&self, value: Fingerprint, association: &Association) -> String {
        let Some(packages) = self.links.get(&value) else {
            return "its value is no installation link that is known".to_owned();
        };
        let packages: Vec<_> = packages
            .iter()
            .map(|(company, package)| {
                let own = association.destination() == Some(company);
                let name = self
                    .input
                    .destination
                    .organization(company)
                    .map_or("", |company| &company.name);
                let whose = if own { "the same" } else { "another" };
                format!(
                    "package {:?} of {whose} company, {name:?} ({})",
                    package.name, company.id
                )
            })
            .collect();
        format!("it now holds the link of {}", packages.join(" and "))
    }

    /// Why an absence from a listing that belongs to one entity says nothing, if so.
    fn no_absences(
        &self,
        view: &View<'_>,
        association: &Association,
        of: &EntityRef,
        sort: Sort,
    ) -> Option<String> {
        if let Visibility::Changed(_) = view.visibility {
            return Some("what can be seen has changed".to_owned());
        }
        match view.index.reading(of, sort) {
            Reading::Complete => settling(self.input, view.index, association).map(str::to_owned),
            Reading::Partial(why) => Some(why.to_owned()),
            Reading::Missing => Some(format!("the listing of {of} was not read")),
        }
    }
}

/// What was added to a set of modules and what was taken out.
fn difference(before: &BTreeSet<String>, now: &BTreeSet<String>) -> String {
    let list = |modules: Vec<&String>| {
        modules
            .into_iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (added, removed) = (
        list(now.difference(before).collect()),
        list(before.difference(now).collect()),
    );
    match (added.is_empty(), removed.is_empty()) {
        (false, false) => format!("{added} added, {removed} taken out"),
        (false, true) => format!("{added} added"),
        (true, _) => format!("{removed} taken out"),
    }
}
