//! What the host wants, as data: everything that a plan decides without asking.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use crate::identity::EntityRef;
use crate::inventory::Subscription;

/// What the host wants of associations, companies, packages and deletions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by hosts, with `Policy::new` for the rest"
)]
pub struct Policy {
    /// The partner below which new companies are made unless a decision names another.
    pub default_parent: EntityRef,
    /// What new companies subscribe to; `None` holds every creation back.
    pub subscription: Option<Subscription>,
    /// The site variable that carries the installation link.
    pub variable: String,
    /// What package names begin with; the site's id follows.
    pub package_prefix: String,
    /// The modules that an agent is first deployed with.
    pub modules: BTreeSet<String>,
    /// Which modules a subscription allows.
    pub module_rules: ModuleRules,
    /// Whether the installer removes competing products first.
    pub remove_competitors: bool,
    /// Whether one company may serve several sites.
    pub many_sites_to_one_company: bool,
    /// What names the destination accepts.
    pub names: NameRules,
    /// What happens to the package when its association is dropped.
    pub on_dissociate: OnDissociate,
    /// How much one plan may delete.
    pub deletions: DeletionLimits,
    /// For how long a plan may be confirmed.
    pub expires_after: SignedDuration,
    /// For how long something just made may stay invisible at the vendors.
    pub visibility: SignedDuration,
    /// How long an absence must last, from the first look to the second.
    pub grace: SignedDuration,
    /// How many associated entities may vanish at once before it is taken for a change of what can be seen.
    pub vanishing: DeletionLimits,
}

impl Policy {
    /// A policy with the defaults of GravityZone's companion app for Datto RMM: one site to one company, competitors removed, packages
    /// kept, no subscription yet.
    ///
    /// The defaults for times: a plan can be confirmed for one hour, something new may be invisible for five
    /// minutes, an absence must last fifteen minutes. At most 5 entities or 20 percent may be deleted, or vanish, at
    /// once.
    pub fn new(default_parent: EntityRef, variable: impl Into<String>) -> Self {
        let limits = DeletionLimits {
            count: 5,
            percent: 20,
            at_least: 2,
        };
        Self {
            default_parent,
            subscription: None,
            variable: variable.into(),
            package_prefix: "site-".to_owned(),
            modules: BTreeSet::new(),
            module_rules: ModuleRules::default(),
            remove_competitors: true,
            many_sites_to_one_company: false,
            names: NameRules::default(),
            on_dissociate: OnDissociate::KeepPackage,
            deletions: limits,
            expires_after: SignedDuration::from_hours(1),
            visibility: SignedDuration::from_mins(5),
            grace: SignedDuration::from_mins(15),
            vanishing: limits,
        }
    }

    /// The name of a site's package.
    pub fn package_name(&self, site: &EntityRef) -> String {
        format!("{}{}", self.package_prefix, site.id)
    }
}

/// Which modules a subscription allows. A vendor crate provides the rules of its vendor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "built by vendor crates")]
pub struct ModuleRules {
    /// Modules that are always installed, asked for or not.
    pub always: BTreeSet<String>,
    /// Modules that need one of these add-ons; all others are free.
    pub needs: BTreeMap<String, BTreeSet<String>>,
}

impl ModuleRules {
    /// Splits the modules asked for into those that a subscription allows and those that it drops.
    ///
    /// ```
    /// use std::collections::{BTreeMap, BTreeSet};
    /// use reconcile::inventory::Subscription;
    /// use reconcile::plan::ModuleRules;
    ///
    /// let rules = ModuleRules {
    ///     always: BTreeSet::from(["antimalware".into()]),
    ///     needs: BTreeMap::from([("edr".into(), BTreeSet::from(["edr-add-on".into()]))]),
    /// };
    /// let subscription = Subscription {
    ///     kind: "monthly".into(),
    ///     product: None,
    ///     protection_model: None,
    ///     reserved_seats: None,
    ///     add_ons: BTreeSet::new(),
    /// };
    /// let wanted = BTreeSet::from(["edr".to_owned(), "firewall".to_owned()]);
    /// let (allowed, dropped) = rules.split(&wanted, &subscription);
    /// assert_eq!(allowed, BTreeSet::from(["antimalware".into(), "firewall".into()]));
    /// assert_eq!(dropped, BTreeSet::from(["edr".into()]));
    /// ```
    pub fn split(
        &self,
        wanted: &BTreeSet<String>,
        subscription: &Subscription,
    ) -> (BTreeSet<String>, BTreeSet<String>) {
        let (mut allowed, dropped): (BTreeSet<_>, BTreeSet<_>) =
            wanted.iter().cloned().partition(|module| {
                self.needs
                    .get(module)
                    .is_none_or(|add_ons| !add_ons.is_disjoint(&subscription.add_ons))
            });
        allowed.extend(self.always.iter().cloned());
        (allowed, dropped)
    }
}

/// What names the destination accepts for a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by vendor crates")]
pub struct NameRules {
    /// The most characters that a name may have.
    pub max_chars: usize,
    /// Whether text that looks like markup is refused.
    pub forbid_markup: bool,
}

impl Default for NameRules {
    fn default() -> Self {
        Self {
            max_chars: usize::MAX,
            forbid_markup: false,
        }
    }
}

impl NameRules {
    /// Checks a name.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the name: empty, too long, or markup in it.
    pub fn check(&self, name: &str) -> Result<(), String> {
        let chars = name.chars().count();
        if name.trim().is_empty() {
            Err("the name is empty".to_owned())
        } else if name.trim() != name {
            Err(format!("the name {name:?} begins or ends with a space"))
        } else if chars > self.max_chars {
            Err(format!(
                "the name {name:?} has {chars} characters, at most {} are allowed",
                self.max_chars
            ))
        } else if self.forbid_markup && name.contains(['<', '>']) {
            Err(format!(
                "the name {name:?} looks like HTML, which is not allowed"
            ))
        } else if name.chars().any(char::is_control) {
            Err(format!("the name {name:?} contains a control character"))
        } else {
            Ok(())
        }
    }
}

/// What happens to the package when its association is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnDissociate {
    /// It stays and is used again when the site is associated again.
    KeepPackage,
    /// It is deleted.
    DeletePackage,
}

/// How much may go at once. More than either limit is too much, unless it is fewer than `at_least`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by hosts")]
pub struct DeletionLimits {
    /// The most that may go.
    pub count: usize,
    /// The largest share of all that may go, in percent.
    pub percent: usize,
    /// Below this number the share does not count.
    pub at_least: usize,
}

impl DeletionLimits {
    /// Whether `gone` of `all` is too much.
    ///
    /// ```
    /// use reconcile::plan::DeletionLimits;
    ///
    /// let limits = DeletionLimits { count: 5, percent: 20, at_least: 2 };
    /// assert!(!limits.exceeded(1, 2));
    /// assert!(!limits.exceeded(2, 10));
    /// assert!(limits.exceeded(3, 10));
    /// assert!(limits.exceeded(6, 1_000));
    /// ```
    pub fn exceeded(&self, gone: usize, all: usize) -> bool {
        gone > self.count || (gone >= self.at_least && gone * 100 > all * self.percent)
    }
}
