//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};
use jiff::SignedDuration;
use reconcile::drift::ActionKind;
use reconcile::identity::Fingerprint;
use reconcile::plan::Digest;

use super::help::{BEFORE, CSV, DEPLOYED, POLICY, WEBHOOK};

/// The longest time between two passes of `watch`: nobody would notice that it is gone.
const LONGEST: Duration = Duration::from_hours(24);

/// Brings Datto RMM sites and GravityZone companies into line.
#[derive(Debug, Parser)]
#[command(name = "companion", version, after_help = BEFORE)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check both accounts, the keys and the policy, and list what only a person can check
    Preflight(Preflight),
    /// Read an estate that is linked already, and propose its associations; writes nothing at the vendors
    Adopt(Adopt),
    /// List the Managed sites with their companies and events
    Sites(Sites),
    /// List the companies with their sites and events
    Companies(Show),
    /// Suggest companies for the sites that have none, with the evidence
    Suggest(Show),
    /// Decide which company a site belongs to; `apply` carries it out
    Associate(Associate),
    /// Decide that a site belongs to no company any more; `apply` carries it out
    Dissociate(OneSite),
    /// Decide that a site is not to be mapped
    Ignore(OneSite),
    /// Decide that a site and a company are different ones, however alike they look; they are suggested no more
    KeepSeparate(Pair),
    /// Write the mappings as CSV, to be edited in a spreadsheet
    Export(Export),
    /// Decide what was edited in an exported file: all of it, or nothing if anything in it is wrong
    Import(Import),
    /// Show what `apply` would do and what is held back; saves nothing
    Plan(Show),
    /// Carry out what was decided, after a review and a yes; finishes an interrupted apply first
    Apply(Apply),
    /// List the events that wait for an answer, from the store
    Events(Events),
    /// Answer an event
    Resolve(Resolve),
    /// Take a decision back
    Undo(Undo),
    /// List who decided what, when and on which evidence, and what was made through us
    Decisions(Decisions),
    /// One unattended pass: finish, look for drift, and with --yes carry out what is decided
    Sync(Sync),
    /// Repeat the pass of `sync` until Ctrl-C, and tell a webhook of events if one is set in the environment
    Watch(Watch),
    /// Tell a webhook of events, at least once each; what it does not take is tried again by a later run
    Notify(Notify),
    /// Start a component as a quick job on the devices of associated sites that have no agent, after a review and a yes;
    /// or check what came of it
    Deploy(Deploy),
    /// Forget everything in the store, after listing what stays behind at the vendors
    Reset(Reset),
    /// Print the JSON Schema of what a command prints with --json
    Schema(Schema),
}

/// The store.
#[derive(Debug, Args)]
pub(crate) struct InStore {
    /// The file that remembers decisions, events and what was done
    #[arg(long, value_name = "PATH", default_value = "companion.store")]
    pub(crate) store: PathBuf,
}

/// What is needed to reach the vendors.
#[derive(Debug, Args)]
pub(crate) struct Reach {
    #[command(flatten)]
    pub(crate) at: InStore,
    /// A file of KEY=VALUE lines that only its owner can read; for each vendor, the environment goes before it
    #[arg(long, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
    /// Ask on the terminal for what neither has; done without this if there is nothing at all
    #[arg(long)]
    pub(crate) ask: bool,
    #[arg(long, value_name = "FILE", help = POLICY)]
    pub(crate) policy: Option<PathBuf>,
    /// Log in even if these credentials were refused before, for example after API access was switched on
    #[arg(long)]
    pub(crate) log_in_again: bool,
}

/// Who decides.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// Who decides, for the decision log [default: the user name]
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// Check everything and write nothing, neither here nor at the vendors
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// How data is shown.
#[derive(Debug, Args)]
pub(crate) struct Format {
    /// Print one JSON document instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Preflight {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Sites {
    #[command(flatten)]
    pub(crate) show: Show,
    /// Only those that have no company and were not ignored
    #[arg(long)]
    pub(crate) unmapped: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Adopt {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) who: Who,
    /// Decide all proposals as one batch; the store remembers them, the vendors are not written
    #[arg(long)]
    pub(crate) accept: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Associate {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) who: Who,
    /// The site: its uid or exact name
    pub(crate) site: String,
    #[command(flatten)]
    pub(crate) to: To,
    /// The partner under which the new company is made: its id or exact name [default: the policy's]
    #[arg(long, value_name = "ID", requires = "new")]
    pub(crate) parent: Option<String>,
    /// The site has a company already: let it point to this one from now on
    #[arg(long)]
    pub(crate) change: bool,
}

/// An existing company or a new one.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct To {
    /// An existing company: its id or exact name
    #[arg(long, value_name = "ID")]
    pub(crate) company: Option<String>,
    /// A new company of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) new: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct OneSite {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) who: Who,
    /// The site: its uid or exact name
    pub(crate) site: String,
}

#[derive(Debug, Args)]
pub(crate) struct Pair {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) who: Who,
    /// The site: its uid or exact name
    pub(crate) site: String,
    /// The company: its id or exact name
    #[arg(long, value_name = "ID")]
    pub(crate) company: String,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) reach: Reach,
    /// Where to write; must not exist [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
    /// Separate cells by semicolons, for spreadsheets where the comma is the decimal mark
    #[arg(long)]
    pub(crate) semicolon: bool,
}

#[derive(Debug, Args)]
#[command(after_help = CSV)]
pub(crate) struct Import {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) who: Who,
    /// The edited file
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Apply {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) who: Who,
    /// Apply without asking
    #[arg(long, conflicts_with = "digest")]
    pub(crate) yes: bool,
    /// Apply without asking, but only the plan that has this digest: the one that was reviewed
    #[arg(long, value_name = "DIGEST")]
    pub(crate) digest: Option<Digest>,
}

#[derive(Debug, Args)]
pub(crate) struct Events {
    #[command(flatten)]
    pub(crate) at: InStore,
    #[command(flatten)]
    pub(crate) format: Format,
    /// List those that were answered with ignore instead
    #[arg(long)]
    pub(crate) ignored: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Resolve {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) who: Who,
    /// The event: its id, the start of it, or the exact name of its kind
    pub(crate) event: String,
    /// The answer
    pub(crate) action: Answer,
    /// The name of the company, for create and recreate
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Answer without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

/// The actions that answer events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Answer {
    /// Make the company under the name given
    Create,
    /// Make the deleted company again
    Recreate,
    /// Acknowledge the move; moves nothing
    Move,
    /// Link the two
    Associate,
    /// Source deleted: delete company and association. Site became OnDemand: drop the association
    Delete,
    /// Keep the company
    Keep,
    /// Put back what is missing or changed
    Restore,
    /// Take what is seen now as right
    Accept,
    /// Make nothing, or hide the event
    Ignore,
}

impl Answer {
    /// The action as events offer it.
    pub(crate) fn kind(self) -> ActionKind {
        match self {
            Self::Create => ActionKind::Create,
            Self::Recreate => ActionKind::Recreate,
            Self::Move => ActionKind::Move,
            Self::Associate => ActionKind::Associate,
            Self::Delete => ActionKind::Delete,
            Self::Keep => ActionKind::Keep,
            Self::Restore => ActionKind::Restore,
            Self::Accept => ActionKind::Accept,
            Self::Ignore => ActionKind::Ignore,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Undo {
    #[command(flatten)]
    pub(crate) at: InStore,
    #[command(flatten)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) who: Who,
    /// The number of the decision, as `decisions` lists it
    pub(crate) decision: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Decisions {
    #[command(flatten)]
    pub(crate) at: InStore,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Sync {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) who: Who,
    /// Carry out what is decided without asking; otherwise it is only counted
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
#[command(after_help = WEBHOOK)]
pub(crate) struct Watch {
    #[command(flatten)]
    pub(crate) pass: Sync,
    /// How long to wait between two passes, such as 15m or 1h; a tenth more or less at random, and longer after a pass
    /// that failed. At least a minute, the time over which the vendors count requests
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = span)]
    pub(crate) every: Duration,
    /// End by itself after so many passes
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..))]
    pub(crate) passes: Option<u64>,
}

fn time(text: &str) -> Result<SignedDuration, String> {
    let span: SignedDuration = text
        .parse()
        .map_err(|error: jiff::Error| error.to_string())?;
    if span.is_negative() {
        return Err("time does not run backwards".to_owned());
    }
    Ok(span)
}

fn span(text: &str) -> Result<Duration, String> {
    let span = time(text)?.unsigned_abs();
    if span > LONGEST {
        return Err("that is more than a day".to_owned());
    }
    Ok(span)
}

#[derive(Debug, Args)]
#[command(after_help = WEBHOOK)]
pub(crate) struct Notify {
    #[command(flatten)]
    pub(crate) at: InStore,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
#[command(after_help = DEPLOYED)]
pub(crate) struct Deploy {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) who: Who,
    /// The component that installs the agent: its uid or exact name
    #[arg(long, value_name = "ID", required_unless_present = "check")]
    pub(crate) component: Option<String>,
    /// Only this site: its uid or exact name; may be given several times [default: all that are associated]
    #[arg(long, value_name = "SITE")]
    pub(crate) site: Vec<String>,
    /// Start so many jobs at most
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    /// Start jobs on devices that are offline too; they wait there, and expire
    #[arg(long)]
    pub(crate) offline_too: bool,
    /// How long a device is left alone after a try
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = time)]
    pub(crate) window: SignedDuration,
    /// Try again before that time is over, also where nobody knows whether a job was started: look for it in the portal
    /// first, by the name that is shown
    #[arg(long)]
    pub(crate) again: bool,
    /// Start without asking
    #[arg(long, conflicts_with = "digest")]
    pub(crate) yes: bool,
    /// Start without asking, but only if the list has this digest: the one that was reviewed
    #[arg(long, value_name = "DIGEST")]
    pub(crate) digest: Option<Fingerprint>,
    /// Start nothing: tell what came of earlier jobs, and where agents have appeared
    #[arg(
        long,
        conflicts_with_all = ["component", "limit", "offline_too", "again", "yes", "digest"]
    )]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Reset {
    #[command(flatten)]
    pub(crate) at: InStore,
    #[command(flatten)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) who: Who,
    /// Forget without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// The command [default: all, as one object]
    #[arg(value_enum)]
    pub(crate) command: Option<Documented>,
    /// Print what the project's documentation says of all of them instead
    #[arg(long, hide = true, conflicts_with = "command")]
    pub(crate) markdown: bool,
}

/// The commands that take `--json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Documented {
    Preflight,
    Adopt,
    Sites,
    Companies,
    Suggest,
    Associate,
    Dissociate,
    Ignore,
    KeepSeparate,
    Import,
    Plan,
    Apply,
    Events,
    Resolve,
    Undo,
    Decisions,
    Sync,
    Watch,
    Notify,
    Deploy,
    Reset,
}
