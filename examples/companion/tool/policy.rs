//! The policy file: what the MSP wants, as a small JSON document.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use gravityzone::limits::{BUDGETS, published};
use gravityzone::reconcile::{
    ADD_ON_MODULES, CHOOSABLE_MODULES, Destination, license_subscription, module_rules, name_rules,
    pace,
};
use jiff::SignedDuration;
use reconcile::execution::Pace;
use reconcile::identity::Kind;
use reconcile::inventory::Subscription;
use reconcile::plan::{DeletionLimits, OnDissociate, Policy};
use serde::Deserialize;

use super::exit::Failure;

/// The site variable that deployment components read.
const VARIABLE: &str = "GravityZonePackageLink";

/// The document. Every key is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Document {
    /// What new companies subscribe to; without it none is created.
    subscription: Option<Terms>,
    /// The modules of new packages.
    modules: BTreeSet<String>,
    /// The id of the partner below which new companies are made; the key's own company by default.
    default_parent: Option<String>,
    package_prefix: Option<String>,
    variable: Option<String>,
    remove_competitors: Option<bool>,
    many_sites_to_one_company: bool,
    /// Whether a package is deleted with its association; it stays by default.
    delete_packages: bool,
    /// How much one plan may delete.
    deletions: Option<Threshold>,
    /// How many linked organisations may vanish at once.
    vanishing: Option<Threshold>,
    minutes: Minutes,
    /// How many requests fit in the window of a GravityZone budget, by its name, where the vendor grants other figures
    /// than it publishes.
    requests: BTreeMap<String, u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    kind: String,
    product: Option<String>,
    protection_model: Option<String>,
    reserved_seats: Option<u32>,
    #[serde(default)]
    add_ons: BTreeSet<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Threshold {
    count: usize,
    percent: usize,
    #[serde(default = "two")]
    at_least: usize,
}

fn two() -> usize {
    2
}

/// Times, in minutes.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Minutes {
    /// How long an absence must last.
    grace: Option<u16>,
    /// For how long something new may stay invisible.
    visibility: Option<u16>,
    /// For how long a plan may be confirmed.
    expiry: Option<u16>,
}

impl Document {
    /// Reads a file; without one everything has its default.
    ///
    /// # Errors
    ///
    /// Usage errors that name the file and what is wrong in it.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let wrong = |error| Failure::usage(Wrong(path.display().to_string(), error));
        let text = fs::read(path).map_err(|error| wrong(error.into()))?;
        let document: Self = serde_json::from_slice(&text).map_err(|error| wrong(error.into()))?;
        document.check().map_err(|why| wrong(why.into()))?;
        Ok(document)
    }

    fn check(&self) -> Result<(), String> {
        let choices: Vec<_> = CHOOSABLE_MODULES
            .into_iter()
            .chain(ADD_ON_MODULES)
            .collect();
        let unknown: Vec<_> = self
            .modules
            .iter()
            .map(String::as_str)
            .filter(|module| *module != "antimalware" && !choices.contains(module))
            .collect();
        if !unknown.is_empty() {
            let (unknown, choices) = (unknown.join(", "), choices.join(", "));
            return Err(format!(
                "there are no modules {unknown}; there are {choices}"
            ));
        }
        if let Some(subscription) = self.subscription() {
            license_subscription(&subscription)?;
        }
        for (budget, requests) in &self.requests {
            if !BUDGETS.iter().any(|known| known.name == budget) {
                let known: Vec<_> = BUDGETS.iter().map(|known| known.name).collect();
                return Err(format!(
                    "there is no budget {budget:?}; there are {}",
                    known.join(", ")
                ));
            }
            if *requests == 0 {
                return Err(format!("budget {budget:?} allows no request at all"));
            }
        }
        Ok(())
    }

    fn subscription(&self) -> Option<Subscription> {
        self.subscription.as_ref().map(|terms| Subscription {
            kind: terms.kind.clone(),
            product: terms.product.clone(),
            protection_model: terms.protection_model.clone(),
            reserved_seats: terms.reserved_seats,
            add_ons: terms.add_ons.clone(),
        })
    }

    /// The budgets of the GravityZone client.
    pub(crate) fn limits(&self) -> gravityzone::client_core::Limits {
        let granted = BUDGETS.iter().filter_map(|budget| {
            let requests = self.requests.get(budget.name)?;
            Some((budget, *requests))
        });
        granted
            .fold(published(), |limits, (budget, requests)| {
                limits.bucket(budget.name, requests, budget.window)
            })
            .build()
    }

    /// What plans go by.
    pub(crate) fn policy(&self, destination: &Destination) -> Policy {
        let root = destination.root();
        let parent = self.default_parent.as_ref();
        let parent = parent.map(|id| destination.instance().entity(Kind::COMPANY, id.clone()));
        let variable = self.variable.as_deref().unwrap_or(VARIABLE);
        let mut policy = Policy::new(parent.unwrap_or(root), variable);
        policy.subscription = self.subscription();
        policy.modules.clone_from(&self.modules);
        policy.module_rules = module_rules();
        policy.names = name_rules();
        policy.many_sites_to_one_company = self.many_sites_to_one_company;
        if let Some(prefix) = &self.package_prefix {
            policy.package_prefix.clone_from(prefix);
        }
        if let Some(remove) = self.remove_competitors {
            policy.remove_competitors = remove;
        }
        if self.delete_packages {
            policy.on_dissociate = OnDissociate::DeletePackage;
        }
        for (limits, threshold) in [
            (&mut policy.deletions, self.deletions),
            (&mut policy.vanishing, self.vanishing),
        ] {
            if let Some(Threshold {
                count,
                percent,
                at_least,
            }) = threshold
            {
                *limits = DeletionLimits {
                    count,
                    percent,
                    at_least,
                };
            }
        }
        for (time, minutes) in [
            (&mut policy.grace, self.minutes.grace),
            (&mut policy.visibility, self.minutes.visibility),
            (&mut policy.expires_after, self.minutes.expiry),
        ] {
            if let Some(minutes) = minutes {
                *time = SignedDuration::from_mins(minutes.into());
            }
        }
        policy
    }

    /// How an execution waits.
    pub(crate) fn pace(&self) -> Pace {
        let mut pace = pace();
        if let Some(minutes) = self.minutes.visibility {
            let window = SignedDuration::from_mins(minutes.into());
            pace.visibility.companies = window;
            pace.visibility.packages = window;
            pace.visibility.variables = window.min(pace.visibility.variables);
        }
        pace
    }

    /// The default modules that the subscription does not cover.
    pub(crate) fn dropped_modules(&self) -> BTreeSet<String> {
        let subscription = self.subscription();
        subscription.map_or_else(BTreeSet::new, |subscription| {
            module_rules().split(&self.modules, &subscription).1
        })
    }

    /// Whether packages get any module that can be chosen.
    pub(crate) fn has_modules(&self) -> bool {
        !self.modules.is_empty()
    }

    /// Whether new companies can be paid for.
    pub(crate) fn has_subscription(&self) -> bool {
        self.subscription.is_some()
    }

    /// The site variable's name.
    pub(crate) fn variable(&self) -> &str {
        self.variable.as_deref().unwrap_or(VARIABLE)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the policy in {0} cannot be used")]
struct Wrong(String, #[source] Box<dyn std::error::Error + Send + Sync>);
