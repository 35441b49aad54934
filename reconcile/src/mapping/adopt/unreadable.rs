//! Source organisations that have the variable, of which it cannot be told where it leads.

use std::fmt;

use crate::inventory::{Coverage, Organization, Reading, Rows, Sort, VariableValue};
use crate::mapping::{Mapping, SiteState};

/// A source organisation that is neither mapped nor ignored, and whose variable may hold a link that leads nowhere
/// that can be seen.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Unreadable<'a> {
    /// The organisation as it was read.
    pub site: &'a Organization,
    /// Why.
    pub reason: UnreadableReason,
}

/// Why it cannot be told where a variable leads.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnreadableReason {
    /// Whether there is one is not known: the variables were not read whole; carries the reason.
    NotRead(String),
    /// Its value is masked.
    Masked,
    /// Its value is no link of any package, and all packages were read.
    UnknownLink,
    /// Its value is no link of any package that was read, and some were not; carries the reason.
    ReadInPart(String),
}

impl fmt::Display for UnreadableReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRead(why) => write!(f, "its variables were not read whole: {why}"),
            Self::Masked => {
                f.write_str("its variable is masked, so it cannot be told where it leads")
            }
            Self::UnknownLink => f.write_str(
                "its variable holds no installation link of any package that can be seen",
            ),
            Self::ReadInPart(why) => write!(
                f,
                "its variable holds no link that was read, and the companies were read in part: {why}"
            ),
        }
    }
}

impl<'a> Mapping<'a> {
    /// The open source organisations whose variable leads nowhere that can be seen, with the reason, ordered by
    /// identity. Those without the variable are not among them.
    ///
    /// ```
    /// use reconcile::identity::{Instance, Kind, Vendor};
    /// use reconcile::inventory::{
    ///     Coverage, Index, Observation, Organization, Role, Rows, Scope, Segment, Variable, VariableValue,
    /// };
    /// use reconcile::mapping::{Mapping, MappingPolicy, UnreadableReason};
    /// use reconcile::state::{Body, State};
    ///
    /// let rmm = Instance::new(Vendor::new("datto-rmm"), "merlot/abc123");
    /// let gravityzone = Instance::new(Vendor::new("gravityzone"), "cloud/0001");
    /// let now = "2026-11-21T08:00:00Z".parse().unwrap();
    /// let whole = |of, rows| Segment { of, coverage: Coverage::Complete, rows };
    /// let read = |instance: &Instance, segments| Observation {
    ///     scope: Scope { instance: instance.clone(), root: instance.root(), rights: None },
    ///     taken_at: now,
    ///     segments,
    /// };
    /// let site = rmm.entity(Kind::SITE, "s1");
    /// let (id, name) = ("7".into(), "GravityZonePackageLink".into());
    /// let variable = Variable { id, name, value: VariableValue::Masked };
    /// let sites = read(&rmm, vec![
    ///     whole(rmm.root(), Rows::Organizations(vec![Organization::new(site.clone(), "Northwind", Role::Managed)])),
    ///     whole(site, Rows::Variables(vec![variable])),
    /// ]);
    /// let companies = read(&gravityzone, vec![whole(gravityzone.root(), Rows::Organizations(vec![]))]);
    /// let mut state = State::new();
    /// state.absorb(&state.entry(Body::Bound { source: rmm, destination: gravityzone }, "setup", now))?;
    ///
    /// let (source, destination) = (Index::new(&sites), Index::new(&companies));
    /// let policy = MappingPolicy { variable: Some("GravityZonePackageLink".into()), ..MappingPolicy::default() };
    /// let mapping = Mapping::new(&state, &source, &destination, &policy)?;
    /// assert!(mapping.adoption().is_empty());
    /// assert_eq!(mapping.unreadable()[0].reason, UnreadableReason::Masked);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unreadable(&self) -> Vec<Unreadable<'a>> {
        let Some(variable) = self.policy.variable.as_deref() else {
            return Vec::new();
        };
        let open = self
            .sites()
            .into_iter()
            .filter(|row| row.state == SiteState::Unmapped)
            .filter(|row| self.linked_from(&row.site.entity).is_empty());
        let unreadable = |site: &'a Organization| {
            let reason = self.unreadable_reason(site, variable)?;
            Some(Unreadable { site, reason })
        };
        open.filter_map(|row| unreadable(row.site)).collect()
    }

    /// Why the variable of a site that is tied to nothing leads nowhere; `None` if it has none.
    fn unreadable_reason(&self, site: &Organization, variable: &str) -> Option<UnreadableReason> {
        let mut held = self.source.variables(&site.entity).iter();
        let Some(held) = held.find(|held| held.name == variable) else {
            return match self.source.reading(&site.entity, Sort::Variables) {
                Reading::Partial(why) => Some(UnreadableReason::NotRead(why.to_owned())),
                Reading::Complete | Reading::Missing => None,
            };
        };
        Some(match held.value {
            VariableValue::Masked => UnreadableReason::Masked,
            VariableValue::Is(_) => match self.not_read() {
                Some(why) => UnreadableReason::ReadInPart(why),
                None => UnreadableReason::UnknownLink,
            },
        })
    }

    /// Why a package may exist that was not read.
    fn not_read(&self) -> Option<String> {
        match self.destination.organizations_reading() {
            Reading::Partial(why) => return Some(why.to_owned()),
            Reading::Missing => return Some("no listing was read".to_owned()),
            Reading::Complete => {}
        }
        let mut segments = self.destination.observation().segments.iter();
        segments.find_map(|segment| match (&segment.rows, &segment.coverage) {
            (Rows::Packages(_), Coverage::Partial(why)) => Some(why.clone()),
            (Rows::Packages(packages), Coverage::Complete) => {
                let unread = packages.iter().find(|package| package.link.is_none())?;
                Some(format!(
                    "the link of package {:?} was not read",
                    unread.name
                ))
            }
            _ => None,
        })
    }
}
