//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use reconcile::mapping::EvidenceKind;

const AFTER: &str = "\
Credentials come from the environment, from a file, or from a prompt, never from the command line:
  DATTO_NETWORKING_KEY  DATTO_NETWORKING_SECRET   and with --rmm  DATTO_RMM_URL  DATTO_RMM_KEY  DATTO_RMM_SECRET

The way through: sync, then organizations and devices to see what waits, decide or review to settle it, sync again;
import what it wrote for creation, and sync again. Without a command a story is told against simulators.

Exit codes:
  0  done, nothing waits for a person
  1  any other error, or stopped by Ctrl-C
  2  arguments, credentials, or a file cannot be used as given
  4  networks or devices wait for a person (sync)
  5  a vendor refused the credentials; nothing more is asked until they are given again
  6  another process writes the store";

const ORGANIZATIONS: &str =
    "The host's organisations, CSV or JSON: id, name; optional: psa_company_id, network_ids";

const CONFIGURATIONS: &str = "The host's configurations, CSV or JSON: id, organization_id, name, mac_address, \
    ip_address; further columns as the field map names them";

/// Matches networks and devices of Datto Networking with a host's organisations and configurations.
#[derive(Debug, Parser)]
#[command(name = "network_sync", version, after_help = AFTER)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read everything, match what can be matched, and write what is to be created or changed at the host
    Sync(Sync),
    /// List the organisations with their networks and how many devices wait, and the networks that have none
    Organizations(Show),
    /// List the devices of mapped networks with what became of each, and what is shown live
    Devices(Devices),
    /// Tell why a device got what it got, with candidates and what would decide
    Explain(Explain),
    /// List the configurations of an organisation whose name contains a text
    Search(Search),
    /// Decide about a network or a device, or about everything in a file; all of it or nothing
    Decide(Decide),
    /// Go through what waits, one question after the other
    Review(Review),
    /// Take a decision back
    Undo(Undo),
    /// List who decided what, when and on which evidence
    Decisions(Stored),
    /// Tell how the last sync went
    Status(Stored),
    /// Tell the story against simulators, as without a command
    Story(Story),
}

/// The store.
#[derive(Debug, Args)]
pub(crate) struct InStore {
    /// The file that remembers decisions and how the last sync went
    #[arg(long, value_name = "PATH", default_value = "network_sync.store")]
    pub(crate) store: PathBuf,
}

/// What is needed to read both sides.
#[derive(Debug, Args)]
pub(crate) struct Reach {
    #[command(flatten)]
    pub(crate) at: InStore,
    #[arg(long, value_name = "FILE", help = ORGANIZATIONS)]
    pub(crate) organizations: PathBuf,
    #[arg(long, value_name = "FILE", help = CONFIGURATIONS)]
    pub(crate) configurations: PathBuf,
    /// A JSON field map in place of the built-in one
    #[arg(long, value_name = "FILE")]
    pub(crate) fields: Option<PathBuf>,
    /// What the account is called in the store; another name is another account
    #[arg(long, value_name = "NAME", default_value = "account")]
    pub(crate) account: String,
    /// Where all of the API is, in place of the documented hosts
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// At most so many requests in a second
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) requests_per_second: u32,
    /// Ask Datto RMM which of its sites a network belongs to, and for the sites' PSA companies
    #[arg(long)]
    pub(crate) rmm: bool,
    /// The path, with {network} in it, where routers such as the D200 are listed; no public source tells one
    #[arg(long, value_name = "PATH")]
    pub(crate) routers: Option<String>,
    /// Leave out what takes one more request for each device: serial numbers, power draw
    #[arg(long)]
    pub(crate) quick: bool,
    /// A file of KEY=VALUE lines that only its owner can read; for each vendor, the environment goes before it
    #[arg(long, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
    /// Ask on the terminal for what neither has; done without this if there is nothing at all
    #[arg(long)]
    pub(crate) ask: bool,
    /// These credentials were refused before and are given again, for example after access was switched on
    #[arg(long)]
    pub(crate) enter_again: bool,
    /// See only what a manager of these organisations sees: ids or exact names [default: everything, as an administrator]
    #[arg(long, value_name = "ORG", value_delimiter = ',')]
    pub(crate) as_manager_of: Vec<String>,
}

/// Who decides.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// Who decides, for the decision log [default: the user name]
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// Check everything and remember nothing
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
pub(crate) struct Show {
    #[command(flatten)]
    pub(crate) reach: Reach,
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
    /// Evidence on which a network gets its organisation without a person, where one stands out [default: none]
    #[arg(long, value_enum, value_name = "EVIDENCE", value_delimiter = ',')]
    pub(crate) accept: Vec<Accepted>,
    /// Decisions to take first; see `decide --from`
    #[arg(long, value_name = "FILE")]
    pub(crate) decisions: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) write: Write,
    /// Write only those devices for creation that a person chose with `decide create`
    #[arg(long)]
    pub(crate) one_by_one: bool,
}

/// What is written for the host and for people. CSV, or JSON if the name ends in .json.
#[derive(Debug, Args, Default)]
pub(crate) struct Write {
    /// Configurations to be created
    #[arg(long, value_name = "FILE")]
    pub(crate) creations: Option<PathBuf>,
    /// Organisations to be created
    #[arg(long, value_name = "FILE")]
    pub(crate) new_organizations: Option<PathBuf>,
    /// Fields of configurations to be changed
    #[arg(long, value_name = "FILE")]
    pub(crate) changes: Option<PathBuf>,
    /// A report for a browser
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

/// Evidence that may decide without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Accepted {
    /// Both carry the same id of a third system
    SharedId,
    /// Most devices of the network are the organisation's
    Devices,
    /// Equal names
    Name,
    /// Names that are equal but for letter case, spacing, legal form and punctuation
    AlikeName,
}

impl Accepted {
    /// The kinds of evidence that are meant.
    pub(crate) fn kinds(self) -> &'static [EvidenceKind] {
        match self {
            Self::SharedId => &[EvidenceKind::SharedId],
            Self::Devices => &[EvidenceKind::DeviceOverlap],
            Self::Name => &[EvidenceKind::ExactName],
            Self::AlikeName => &[EvidenceKind::FoldedName, EvidenceKind::NormalizedName],
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Devices {
    #[command(flatten)]
    pub(crate) show: Show,
    /// Only those of this organisation: its id or exact name
    #[arg(long, value_name = "ORG")]
    pub(crate) organization: Option<String>,
    /// Only those that wait: suggested, ambiguous, new or held
    #[arg(long)]
    pub(crate) waiting: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) show: Show,
    /// The device: kind and id as `node/600001`, its MAC address or its exact name
    pub(crate) device: String,
}

#[derive(Debug, Args)]
pub(crate) struct Search {
    #[command(flatten)]
    pub(crate) show: Show,
    /// The organisation: its id or exact name
    pub(crate) organization: String,
    /// What the name contains
    pub(crate) text: String,
}

#[derive(Debug, Args)]
pub(crate) struct Decide {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) who: Who,
    /// What to decide
    #[arg(value_enum, requires = "subject", required_unless_present = "from")]
    pub(crate) action: Option<Action>,
    /// The network or device: an id, an exact name, or for a device its MAC address; `network:` or `device:` before it where
    /// both could be meant
    pub(crate) subject: Option<String>,
    /// The organisation or configuration, or the name of a new organisation
    pub(crate) object: Option<String>,
    /// A CSV or JSON file of decisions instead: action, subject, object
    #[arg(long, value_name = "FILE", conflicts_with = "action")]
    pub(crate) from: Option<PathBuf>,
}

/// What can be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Action {
    /// Take what is suggested for a network or a device
    Accept,
    /// A network belongs to an organisation; a network that has one gets this one instead
    Map,
    /// An organisation is to be created for a network, named like it or as given
    New,
    /// A network or device is not to be matched
    Ignore,
    /// A network and an organisation, or a device and a configuration, are different ones
    Separate,
    /// A device is a configuration
    Match,
    /// A device has no configuration, and one is to be created
    Create,
}

#[derive(Debug, Args)]
pub(crate) struct Review {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct Undo {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) who: Who,
    /// The number of the decision, as `decisions` lists it
    pub(crate) decision: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Stored {
    #[command(flatten)]
    pub(crate) at: InStore,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Story {
    /// Where the report is written [default: beside the program]
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}
