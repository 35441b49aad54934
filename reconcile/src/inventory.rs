//! Facts as they were read: observations made of segments, each complete or partial.
//!
//! A vendor crate turns listings into an [`Observation`]. Whatever could not be read makes its segment
//! [`Coverage::Partial`] with the reason, so that what is missing is never taken for deleted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::identity::{EntityRef, Fingerprint, Instance, MacAddr};

/// Under which rights something was read: another scope may show other things without anything having changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by hosts and vendor crates"
)]
pub struct Scope {
    /// The tenant that was read.
    pub instance: Instance,
    /// The top of the tree that the credentials reach; the instance's root if they reach all of it.
    pub root: EntityRef,
    /// A digest of what the vendor tells of the key's rights; `None` where it tells nothing.
    pub rights: Option<Fingerprint>,
}

impl Scope {
    /// A digest that changes whenever any part of the scope does.
    pub fn digest(&self) -> Fingerprint {
        let rights = self.rights.map(|rights| rights.to_string());
        Fingerprint::of(format!(
            "{}\n{}\n{}",
            self.instance,
            self.root,
            rights.as_deref().unwrap_or("untold")
        ))
    }
}

/// What one tenant looked like, read under one scope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by hosts and vendor crates"
)]
pub struct Observation {
    /// The rights that the reading had.
    pub scope: Scope,
    /// When the reading began.
    pub taken_at: Timestamp,
    /// The parts that were read, in any order.
    pub segments: Vec<Segment>,
}

/// One listing: what it lists, of whom, and whether all of it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by hosts and vendor crates"
)]
pub struct Segment {
    /// The entity whose members are listed: the tenant, a partner, a folder, a site or a company.
    pub of: EntityRef,
    /// Whether every member is in `rows`.
    pub coverage: Coverage,
    /// The members that were read.
    pub rows: Rows,
}

/// Whether a segment holds everything there was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a listing is whole or it is not")]
pub enum Coverage {
    /// The listing reached its end and every row was readable.
    Complete,
    /// Something is missing; says what and why.
    Partial(String),
}

/// The members of a segment, by sort.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new sort of row must be handled everywhere"
)]
pub enum Rows {
    /// Sites, companies, folders or networks.
    Organizations(Vec<Organization>),
    /// Devices of an organisation.
    Devices(Vec<Device>),
    /// Installation packages of a company.
    Packages(Vec<Package>),
    /// Variables of a site or of the tenant.
    Variables(Vec<Variable>),
}

/// What part an organisation plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// A source organisation whose devices are managed.
    Managed,
    /// A source organisation that is served on demand only; never imported.
    OnDemand,
    /// Not a real organisation, for example the place where deleted devices are kept.
    Pseudo,
    /// A destination organisation that manages others.
    Partner,
    /// A destination organisation at the end of the tree.
    Customer,
    /// Groups organisations and counts for nothing else.
    Folder,
}

/// An id of another system that an organisation carries, for example its PSA company.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "a pair by definition")]
pub struct SharedId {
    /// The system and kind of id, for example `autotask-company`.
    pub scheme: String,
    /// The id as text.
    pub value: String,
}

/// A site, company, folder or network as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by hosts and vendor crates"
)]
pub struct Organization {
    /// Its identity.
    pub entity: EntityRef,
    /// Its name, verbatim.
    pub name: String,
    /// The part it plays.
    pub role: Role,
    /// What stands directly above it.
    pub parent: Option<EntityRef>,
    /// The nearest partner above it; folders do not count.
    pub partner: Option<EntityRef>,
    /// Whether it is suspended; `None` if that was not read.
    pub suspended: Option<bool>,
    /// Whether the credentials' owner may manage it; `None` if that was not read.
    pub managed_by_us: Option<bool>,
    /// Ids of other systems that it carries.
    pub shared_ids: BTreeSet<SharedId>,
    /// What it has subscribed to; `None` if that was not read.
    pub subscription: Option<Subscription>,
}

impl Organization {
    /// An organisation of which only the essentials were read.
    pub fn new(entity: EntityRef, name: impl Into<String>, role: Role) -> Self {
        Self {
            entity,
            name: name.into(),
            role,
            parent: None,
            partner: None,
            suspended: None,
            managed_by_us: None,
            shared_ids: BTreeSet::new(),
            subscription: None,
        }
    }
}

/// What a company pays for, in the vendor's own terms but one shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::exhaustive_structs,
    reason = "every term costs money and must be stated"
)]
pub struct Subscription {
    /// The kind of contract, for example `monthly` or `trial`.
    pub kind: String,
    /// The product, for example `endpoint-security`; `None` if the contract names none.
    pub product: Option<String>,
    /// The protection model, for example `mspSecure`; `None` if the contract names none.
    pub protection_model: Option<String>,
    /// Seats taken from the partner's pool; `None` shares the pool.
    pub reserved_seats: Option<u32>,
    /// The add-ons that are paid for.
    pub add_ons: BTreeSet<String>,
}

impl fmt::Display for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        for part in [&self.product, &self.protection_model]
            .into_iter()
            .flatten()
        {
            write!(f, ", {part}")?;
        }
        match self.reserved_seats {
            Some(seats) => write!(f, ", {seats} seats")?,
            None => f.write_str(", shared seats")?,
        }
        if self.add_ons.is_empty() {
            f.write_str(", no add-ons")
        } else {
            let add_ons: Vec<_> = self.add_ons.iter().map(String::as_str).collect();
            write!(f, ", add-ons {}", add_ons.join(" "))
        }
    }
}

/// A device as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by hosts and vendor crates"
)]
pub struct Device {
    /// Its identity.
    pub entity: EntityRef,
    /// Host name or label; empty if it has none.
    pub name: String,
    /// Every readable MAC address of its interfaces.
    pub macs: Vec<MacAddr>,
    /// Every address of its interfaces; never the address under which it reaches the internet.
    pub ips: Vec<IpAddr>,
    /// Serial number, verbatim.
    pub serial: Option<String>,
    /// Further fields by name, for field maps.
    pub fields: BTreeMap<String, String>,
}

/// An installation package as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by hosts and vendor crates"
)]
pub struct Package {
    /// Its identity.
    pub entity: EntityRef,
    /// Its name, verbatim.
    pub name: String,
    /// The company that it installs for.
    pub company: EntityRef,
    /// The modules that it installs; `None` if they were not read.
    pub modules: Option<BTreeSet<String>>,
    /// Stands for its installation link; `None` if the link was not read.
    pub link: Option<Fingerprint>,
}

/// A variable as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by hosts and vendor crates"
)]
pub struct Variable {
    /// The vendor's id of it.
    pub id: String,
    /// Its name, verbatim.
    pub name: String,
    /// What can be told of its value.
    pub value: VariableValue,
}

/// What can be told of a variable's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a value can be read or it cannot")]
pub enum VariableValue {
    /// The vendor hides it: equality can be neither shown nor ruled out.
    Masked,
    /// Stands for the value.
    Is(Fingerprint),
}

/// Why a segment is partial though its listing reached the end.
const LISTED_TWICE: &str =
    "an organisation was listed twice with different content, so it changed meanwhile";

/// Looks an observation up by entity, so that deciding stays linear.
///
/// Two segments of one sort for one entity are merged; the whole is complete only if both are.
#[derive(Debug, Clone)]
pub struct Index<'o> {
    observation: &'o Observation,
    /// With the entity among whose members each was listed.
    organizations: BTreeMap<&'o EntityRef, (&'o EntityRef, &'o Organization)>,
    packages: BTreeMap<&'o EntityRef, Vec<&'o Package>>,
    variables: BTreeMap<&'o EntityRef, Vec<&'o Variable>>,
    coverage: BTreeMap<(&'o EntityRef, Sort), Option<&'o str>>,
}

/// The sort of rows that a segment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Sort {
    /// [`Rows::Organizations`].
    Organizations,
    /// [`Rows::Devices`].
    Devices,
    /// [`Rows::Packages`].
    Packages,
    /// [`Rows::Variables`].
    Variables,
}

/// Whether a listing allows a conclusion from something's absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "read whole, read in part, or not read"
)]
pub enum Reading<'o> {
    /// Absence from it is a fact of this reading.
    Complete,
    /// Absence from it says nothing; carries the reason.
    Partial(&'o str),
    /// It was not read at all.
    Missing,
}

impl Rows {
    /// The sort of these rows.
    pub fn sort(&self) -> Sort {
        match self {
            Self::Organizations(_) => Sort::Organizations,
            Self::Devices(_) => Sort::Devices,
            Self::Packages(_) => Sort::Packages,
            Self::Variables(_) => Sort::Variables,
        }
    }
}

impl<'o> Index<'o> {
    /// Indexes an observation.
    pub fn new(observation: &'o Observation) -> Self {
        let mut index = Self {
            observation,
            organizations: BTreeMap::new(),
            packages: BTreeMap::new(),
            variables: BTreeMap::new(),
            coverage: BTreeMap::new(),
        };
        for segment in &observation.segments {
            let reason = match &segment.coverage {
                Coverage::Complete => None,
                Coverage::Partial(reason) => Some(reason.as_str()),
            };
            let known = index
                .coverage
                .entry((&segment.of, segment.rows.sort()))
                .or_insert(reason);
            // The lesser reason of several, so that the order of segments does not show.
            *known = match (*known, reason) {
                (Some(first), Some(second)) => Some(first.min(second)),
                (first, second) => first.or(second),
            };
            match &segment.rows {
                Rows::Organizations(rows) => {
                    for row in rows {
                        index.list(&segment.of, row);
                    }
                }
                Rows::Packages(rows) => {
                    index.packages.entry(&segment.of).or_default().extend(rows);
                }
                Rows::Variables(rows) => {
                    index.variables.entry(&segment.of).or_default().extend(rows);
                }
                Rows::Devices(_) => {}
            }
        }
        for rows in index.packages.values_mut() {
            rows.sort_by(|a, b| a.entity.cmp(&b.entity));
            rows.dedup_by(|a, b| a.entity == b.entity);
        }
        for rows in index.variables.values_mut() {
            rows.sort_by(|a, b| a.id.cmp(&b.id));
            rows.dedup_by(|a, b| a.id == b.id);
        }
        index
    }

    /// Takes a row in. One that was listed before with other content moved or changed while it was read, so neither
    /// listing allows a conclusion.
    fn list(&mut self, of: &'o EntityRef, row: &'o Organization) {
        let Some((other, known)) = self.organizations.insert(&row.entity, (of, row)) else {
            return;
        };
        if known == row {
            return;
        }
        // Whichever comes first as text, so that the order of segments does not show.
        if format!("{known:?}") < format!("{row:?}") {
            self.organizations.insert(&row.entity, (other, known));
        }
        for of in [of, other] {
            let reason = self
                .coverage
                .entry((of, Sort::Organizations))
                .or_insert(None);
            *reason = Some(reason.map_or(LISTED_TWICE, |reason| reason.min(LISTED_TWICE)));
        }
    }

    /// What was indexed.
    pub fn observation(&self) -> &'o Observation {
        self.observation
    }

    /// An organisation, if it was listed anywhere.
    pub fn organization(&self, entity: &EntityRef) -> Option<&'o Organization> {
        self.organizations.get(entity).map(|(_, row)| *row)
    }

    /// All organisations, ordered by identity.
    pub fn organizations(&self) -> impl Iterator<Item = &'o Organization> + '_ {
        self.organizations.values().map(|(_, row)| *row)
    }

    /// The packages listed for a company, ordered by identity.
    pub fn packages(&self, company: &EntityRef) -> &[&'o Package] {
        self.packages.get(company).map_or(&[], Vec::as_slice)
    }

    /// The variables listed for a site or tenant, ordered by id.
    pub fn variables(&self, of: &EntityRef) -> &[&'o Variable] {
        self.variables.get(of).map_or(&[], Vec::as_slice)
    }

    /// Whether the listing of `sort` for `of` allows a conclusion from absence.
    pub fn reading(&self, of: &EntityRef, sort: Sort) -> Reading<'o> {
        match self.coverage.get(&(of, sort)) {
            None => Reading::Missing,
            Some(None) => Reading::Complete,
            Some(Some(reason)) => Reading::Partial(reason),
        }
    }

    /// Whether every listing of organisations was read whole, and why not.
    ///
    /// A company that is not listed may hang below any partner, so its absence is a fact only if all were read.
    pub fn organizations_reading(&self) -> Reading<'o> {
        let mut readings = self
            .coverage
            .iter()
            .filter(|((_, sort), _)| *sort == Sort::Organizations)
            .peekable();
        if readings.peek().is_none() {
            return Reading::Missing;
        }
        match readings.find_map(|(_, reason)| *reason) {
            None => Reading::Complete,
            Some(reason) => Reading::Partial(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{
        Coverage, Index, Observation, Organization, Reading, Role, Rows, Scope, Segment, Sort,
    };
    use crate::identity::{Instance, Kind, Vendor};

    fn instance() -> Instance {
        Instance::new(Vendor::new("vendor"), "tenant")
    }

    fn observation(segments: Vec<Segment>) -> Observation {
        let scope = Scope {
            instance: instance(),
            root: instance().root(),
            rights: None,
        };
        Observation {
            scope,
            taken_at: Timestamp::UNIX_EPOCH,
            segments,
        }
    }

    #[test]
    fn u02_a_company_listed_under_two_parents_makes_both_listings_partial_in_any_order() {
        let company = |parent: &str| {
            let mut company = Organization::new(
                instance().entity(Kind::COMPANY, "c"),
                "Name",
                Role::Customer,
            );
            company.parent = Some(instance().entity(Kind::COMPANY, parent));
            company
        };
        let segment = |parent: &str| Segment {
            of: instance().entity(Kind::COMPANY, parent),
            coverage: Coverage::Complete,
            rows: Rows::Organizations(vec![company(parent)]),
        };
        let ways = [["a", "b"], ["b", "a"]].map(|ways| observation(ways.map(segment).into()));
        for way in &ways {
            let index = Index::new(way);
            let listed = index.organization(&instance().entity(Kind::COMPANY, "c"));
            assert_eq!(listed, Some(&company("a")));
            assert!(matches!(index.organizations_reading(), Reading::Partial(_)));
            for parent in ["a", "b"] {
                let of = instance().entity(Kind::COMPANY, parent);
                assert!(matches!(
                    index.reading(&of, Sort::Organizations),
                    Reading::Partial(_)
                ));
            }
        }
    }

    #[test]
    fn nothing_read_is_missing_and_not_complete() {
        let empty = observation(Vec::new());
        assert_eq!(Index::new(&empty).organizations_reading(), Reading::Missing);
    }
}
