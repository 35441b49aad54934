//! The commands that decide about sites: `associate`, `dissociate`, `ignore` and `keep-separate`. `apply` carries out
//! what follows.

use reconcile::identity::EntityRef;
use reconcile::inventory::Index;
use reconcile::state::{Association, AssociationId, Decision, Target};
use schemars::JsonSchema;
use serde::Serialize;

use super::cli::{Associate, OneSite, Pair};
use super::exit::{Exit, Failure};
use super::lookup;
use super::present::{clean, json, line};
use super::session::{Estate, Session};

/// The document of `associate --json`, `dissociate --json`, `ignore --json`, `keep-separate --json`, `resolve --json` and
/// `undo --json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "decided")]
pub(crate) struct Decided {
    /// The number under which it can be taken back; `null` after a dry run.
    decision: Option<u64>,
    /// What was decided, for a person.
    what: String,
    by: String,
}

impl Decided {
    /// A decision that was taken.
    pub(crate) fn new(number: u64, what: impl Into<String>, by: &str, dry_run: bool) -> Self {
        Self {
            decision: (!dry_run).then_some(number),
            what: what.into(),
            by: by.to_owned(),
        }
    }

    /// Prints it.
    pub(crate) fn show(&self, as_json: bool) -> Result<(), Failure> {
        if as_json {
            return json(self);
        }
        let what = clean(&self.what);
        match self.decision {
            Some(number) => line(format!(
                "{what} (decision {number}, by {})",
                clean(&self.by)
            )),
            None => line(format!("{what} (dry run: nothing was decided)")),
        }
    }
}

/// Runs `associate`.
pub(crate) async fn associate(arguments: &Associate) -> Result<Exit, Failure> {
    let mut session = Session::deciding(&arguments.reach, &arguments.who).await?;
    let estate = session.gather().await?;
    let source = lookup::site(&estate, &arguments.site)?;
    let target = match (&arguments.to.company, &arguments.to.new) {
        (Some(company), _) => Target::Existing(lookup::company(&estate, company)?),
        (None, Some(name)) => Target::New {
            name: name.clone(),
            parent: match &arguments.parent {
                Some(parent) => lookup::company(&estate, parent)?,
                None => session.policy.default_parent.clone(),
            },
        },
        // The group of arguments asks for one of the two.
        (None, None) => return Err(Failure::usage("give --company or --new")),
    };
    let site = label(&estate, &source);
    let what = match &target {
        Target::Existing(company) => format!("{site} belongs to {}", label(&estate, company)),
        Target::New { name, .. } => format!("{site} gets a new company {name:?}"),
    };
    let decision = if arguments.change {
        Decision::Change {
            association: association_of(&session, &source, &site)?,
            target,
        }
    } else {
        Decision::Associate { source, target }
    };
    let number = session.decide(&estate, &decision).await?;
    Decided::new(number.0, what, &session.by, arguments.who.dry_run).show(arguments.format.json)?;
    Ok(Exit::Clean)
}

/// Runs `dissociate`.
pub(crate) async fn dissociate(arguments: &OneSite) -> Result<Exit, Failure> {
    let mut session = Session::deciding(&arguments.reach, &arguments.who).await?;
    let estate = session.gather().await?;
    let source = lookup::site(&estate, &arguments.site)?;
    let site = label(&estate, &source);
    let association = association_of(&session, &source, &site)?;
    let decision = Decision::Dissociate { association };
    let number = session.decide(&estate, &decision).await?;
    let what = format!("{site} belongs to no company any more; the company stays");
    Decided::new(number.0, what, &session.by, arguments.who.dry_run).show(arguments.format.json)?;
    Ok(Exit::Clean)
}

/// Runs `ignore`.
pub(crate) async fn ignore(arguments: &OneSite) -> Result<Exit, Failure> {
    let mut session = Session::deciding(&arguments.reach, &arguments.who).await?;
    let estate = session.gather().await?;
    let source = lookup::site(&estate, &arguments.site)?;
    let what = format!("{} is not to be mapped", label(&estate, &source));
    let number = session
        .decide(&estate, &Decision::Ignore { source })
        .await?;
    Decided::new(number.0, what, &session.by, arguments.who.dry_run).show(arguments.format.json)?;
    Ok(Exit::Clean)
}

/// Runs `keep-separate`.
pub(crate) async fn keep_separate(arguments: &Pair) -> Result<Exit, Failure> {
    let mut session = Session::deciding(&arguments.reach, &arguments.who).await?;
    let estate = session.gather().await?;
    let source = lookup::site(&estate, &arguments.site)?;
    let destination = lookup::company(&estate, &arguments.company)?;
    let (site, company) = (label(&estate, &source), label(&estate, &destination));
    let decision = Decision::KeepSeparate {
        source,
        destination,
    };
    let number = session.decide(&estate, &decision).await?;
    let what = format!("{site} and {company} are different ones");
    Decided::new(number.0, what, &session.by, arguments.who.dry_run).show(arguments.format.json)?;
    Ok(Exit::Clean)
}

fn association_of(
    session: &Session,
    source: &EntityRef,
    site: &str,
) -> Result<AssociationId, Failure> {
    let association = session.state.associations_of(source).next();
    let id = |association: &Association| association.id;
    association
        .map(id)
        .ok_or_else(|| Failure::usage(format!("{site} has no company")))
}

/// An organisation as people know it.
fn label(estate: &Estate, entity: &EntityRef) -> String {
    let (sites, companies) = (Index::new(&estate.sites), Index::new(&estate.companies));
    let listed = sites
        .organization(entity)
        .or_else(|| companies.organization(entity));
    match listed {
        Some(organization) => format!("{} {:?} ({})", entity.kind, organization.name, entity.id),
        None => format!("{} {}", entity.kind, entity.id),
    }
}
