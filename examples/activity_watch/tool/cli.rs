//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, value_parser};
use examples::exit::Failure;
use examples::who::name_of;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

const BEFORE: &str = "\
Credentials come from the environment, from a file, or from a prompt, never from the command line:
  DATTO_RMM_URL  DATTO_RMM_KEY  DATTO_RMM_SECRET

The way through: preflight, connect, suggest, assign, follow. Mapping can be repeated at any time, also while the log is
followed. Without a command a story is told against a simulator.

Delivery: with --to FILE each entry is in the file once, however often the program is killed. On standard output an
entry can come twice after a crash: what was printed cannot be taken back. Each line has the entry's id to drop it by.

Exit codes:
  0  done, or stopped by Ctrl-C while following
  1  any other error
  2  arguments, credentials file or organisations cannot be used as given
  5  the vendor refused the credentials; they are not tried again until new ones are given
  6  another process writes the store, or follows already";

const ORGANIZATIONS: &str =
    "The host's organisations, as .csv or .json: id, name, and optionally own; made if absent";
const DEVICES: &str =
    "The host's devices as .csv: organization, id, name, and optionally entra_device_id";

/// Follows the activity log of Datto RMM by the host's organisations.
#[derive(Debug, Parser)]
#[command(name = "activity_watch", version, after_help = BEFORE)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check the account, its rights and what only a person can check
    Preflight(Preflight),
    /// Connect the account to the MSP's own organisation, or edit the connection
    Connect(Connect),
    /// List the host's organisations with the RMM sites that belong to them, and unmapped sites apart
    Map(Map),
    /// Suggest which sites belong to which organisation
    Suggest(Suggest),
    /// Say that sites belong to an organisation
    Assign(Assign),
    /// Take back that sites belong to an organisation, or that they are ignored
    Unassign(Chosen),
    /// Say that sites belong to no organisation, so that they no longer count as unmapped
    Ignore(Chosen),
    /// Follow the activity log until Ctrl-C
    Follow(Follow),
    /// Tell which devices of the RMM and of the host are the same, by Entra device id and name
    Correlate(Correlate),
}

/// What is needed to reach the vendor.
#[derive(Debug, Clone, Args)]
pub(crate) struct Reach {
    /// The file that remembers the connection and its mapping; how far the log was followed is in a file beside it
    #[arg(long, value_name = "PATH", default_value = "activity.store")]
    pub(crate) store: PathBuf,
    /// A file of KEY=VALUE lines that only its owner can read; the environment goes before it
    #[arg(long, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
    /// Ask on the terminal for what neither has; done without this if there is nothing at all
    #[arg(long)]
    pub(crate) ask: bool,
    /// Log in even if these credentials were refused before, for example after API access was switched on
    #[arg(long)]
    pub(crate) log_in_again: bool,
}

/// Who decides.
#[derive(Debug, Clone, Args)]
pub(crate) struct Who {
    /// Who decides, for the decision log [default: the user name]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

impl Who {
    pub(crate) fn name(&self) -> Result<String, Failure> {
        name_of(self.by.as_deref())
    }
}

#[derive(Debug, Args)]
pub(crate) struct Preflight {
    #[command(flatten)]
    pub(crate) reach: Reach,
    /// The name of the RMM user that the key was made for, to look at it too
    #[arg(long, value_name = "NAME", requires = "initials")]
    pub(crate) user: Option<String>,
    /// The MSP's initials, which that name should carry
    #[arg(long, value_name = "LETTERS")]
    pub(crate) initials: Option<String>,
    /// Check for what is done to devices only, which calls for no Administrator
    #[arg(long)]
    pub(crate) devices_only: bool,
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Connect {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) who: Who,
    #[arg(long, value_name = "FILE", help = ORGANIZATIONS)]
    pub(crate) organizations: PathBuf,
    /// The id of the MSP's own organisation, which is added to the file if it is not there
    #[arg(long, value_name = "ID", requires = "own_name")]
    pub(crate) own_id: Option<String>,
    /// Its name
    #[arg(long, value_name = "NAME", requires = "own_id")]
    pub(crate) own_name: Option<String>,
    /// Connect although this RMM account is connected already: everything will be there twice
    #[arg(long)]
    pub(crate) second_integration: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Map {
    #[command(flatten)]
    pub(crate) reach: Reach,
    /// List unmapped sites and organisations only
    #[arg(long)]
    pub(crate) unmapped: bool,
    #[command(flatten)]
    pub(crate) window: Window,
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Suggest {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) who: Who,
    /// Take those with one candidate of an equal name, but for case, legal form and punctuation
    #[arg(long)]
    pub(crate) accept: bool,
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Assign {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) who: Who,
    /// The organisation, by id or name
    pub(crate) organization: String,
    /// The sites, by uid or name
    #[arg(required = true)]
    pub(crate) sites: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Chosen {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) who: Who,
    /// The sites, by uid or name
    #[arg(required = true)]
    pub(crate) sites: Vec<String>,
}

/// How long a new mapping is pending.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Window {
    /// For how long a new mapping counts as pending
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = span)]
    pub(crate) visibility: SignedDuration,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Follow {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[command(flatten)]
    pub(crate) window: Window,
    /// Add the entries as JSON Lines to this file, each once
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub(crate) to: Option<PathBuf>,
    /// Print JSON Lines instead of a table; needed where standard output is no terminal
    #[arg(long)]
    pub(crate) json: bool,
    /// Where to begin as long as nothing was told: a span before now such as 36h or 7d, or a date or time, of
    /// UTC unless it says otherwise; later runs go on where the last one was [default: 24h]
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub(crate) since: Option<Since>,
    /// How late an entry may appear under an older date and still be told
    #[arg(long, value_name = "TIME", default_value = "2h", value_parser = span)]
    pub(crate) late: SignedDuration,
    /// Follow what is done to devices only, which calls for no Administrator
    #[arg(long)]
    pub(crate) devices_only: bool,
    /// The time between two readings
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = wait)]
    pub(crate) every: Duration,
    /// Read once and end
    #[arg(long, conflicts_with = "until_idle")]
    pub(crate) once: bool,
    /// End after a reading that brought nothing new
    #[arg(long)]
    pub(crate) until_idle: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Correlate {
    #[command(flatten)]
    pub(crate) reach: Reach,
    #[arg(long, value_name = "FILE", help = DEVICES)]
    pub(crate) devices: PathBuf,
    /// The user-defined field of the RMM that holds a device's Entra device id
    #[arg(long, value_name = "NUMBER", value_parser = value_parser!(u16).range(1..=300))]
    pub(crate) entra_udf: Option<u16>,
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where a person wants to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Since {
    pub(crate) from: Timestamp,
    /// It was given as a span before now, so that the same words mean a later moment each time.
    pub(crate) is_span: bool,
}

fn span(text: &str) -> Result<SignedDuration, String> {
    // A day is as long as 24 hours, wherever the program runs.
    let span = text
        .parse::<Span>()
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()))
        .map_err(|error| error.to_string())?;
    if span.is_negative() {
        return Err("time does not run backwards".to_owned());
    }
    Ok(span)
}

fn wait(text: &str) -> Result<Duration, String> {
    Duration::try_from(span(text)?).map_err(|error| error.to_string())
}

fn since(text: &str) -> Result<Since, String> {
    // By the clock that the table shows.
    let by_calendar = || {
        let date: DateTime = text.parse().ok()?;
        Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    if let Some(from) = text.parse().ok().or_else(by_calendar) {
        return Ok(Since {
            from,
            is_span: false,
        });
    }
    let from = Timestamp::now()
        .checked_sub(span(text)?)
        .map_err(|error| error.to_string())?;
    Ok(Since {
        from,
        is_span: true,
    })
}
