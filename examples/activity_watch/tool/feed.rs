//! A reading of the log: from the resume point to its end, every entry that was not told yet.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use datto_rmm::activity_logs::{ActivityEntity, ActivityLog, ActivityOrder, ListActivityLogs};
use datto_rmm::client_core::Decoded;
use datto_rmm::reconcile::Source;
use examples::activity_store::{ActivityStore, Delivered, OutputError, OutputFile, Resume};
use examples::exit::Failure;
use jiff::{SignedDuration, Timestamp};

use super::cli::{Follow, Since};
use super::directory::Directory;
use super::line::{self, Line};

/// For how long the vendor keeps the log.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 180);

/// Where the first run begins unless it is said.
const FIRST: SignedDuration = SignedDuration::from_hours(24);

/// The parts of the log, each with a resume point of its own.
const DEVICES: &str = "DEVICE";
const USERS: &str = "USER";

/// The part that entries are in which are about this. What is about nothing that we know comes with the devices, which
/// are always followed.
pub(crate) fn part_of(entity: Option<&ActivityEntity>) -> &'static str {
    match entity {
        Some(ActivityEntity::User) => USERS,
        _ => DEVICES,
    }
}

/// Where entries go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sink {
    /// Lines of JSON, each in the file once.
    File(PathBuf),
    /// Lines of JSON on standard output, at least once each.
    Lines,
    /// A table on the terminal, likewise.
    Table,
}

impl Sink {
    pub(crate) fn of(arguments: &Follow) -> Result<Self, Failure> {
        if let Some(file) = &arguments.to {
            return Ok(Self::File(file.clone()));
        }
        if arguments.json {
            return Ok(Self::Lines);
        }
        if io::stdout().is_terminal() {
            return Ok(Self::Table);
        }
        Err(
            Failure::usage("standard output is no terminal to show a table on")
                .with_advice("pass --json for lines, or --to FILE"),
        )
    }
}

/// What is asked for, and how late it may come.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) since: Option<Since>,
    pub(crate) late: SignedDuration,
    pub(crate) visibility: SignedDuration,
    pub(crate) devices_only: bool,
}

/// Follows one account.
pub(crate) struct Feed {
    source: Source,
    wanted: Wanted,
    sink: Sink,
    /// Open unless the last reading failed: what it left behind is cut off when it is opened again.
    output: Option<OutputFile>,
    connection: PathBuf,
    store: ActivityStore,
    /// How far each part is, of those that are followed.
    resume: BTreeMap<&'static str, Resume>,
    directory: Directory,
    has_heads: bool,
}

/// Where it is kept how far the log of a connection was followed.
pub(crate) fn progress_beside(store: &Path) -> PathBuf {
    let mut name = store.file_name().unwrap_or_default().to_owned();
    name.push(".progress");
    store.with_file_name(name)
}

impl Feed {
    /// Goes on where the last one was.
    pub(crate) fn open(
        connection: &Path,
        source: Source,
        wanted: Wanted,
        sink: Sink,
    ) -> Result<Self, Failure> {
        let progress = progress_beside(connection);
        let log = format!("the activity of {}", source.instance());
        let first = match wanted.since {
            Some(since) => since.from,
            None => Timestamp::now().checked_sub(FIRST)?,
        };
        let mut store = ActivityStore::open(&progress, &log, first)?;
        let parts: &[&str] = if wanted.devices_only {
            &[DEVICES]
        } else {
            &[DEVICES, USERS]
        };
        let mut resume = BTreeMap::new();
        for part in parts {
            let mut point = store.resume(part)?;
            if let Some(since) = wanted.since {
                begin(&mut store, part, &mut point, since)?;
            }
            resume.insert(*part, point);
        }
        let mut directory = Directory::default();
        directory.knows(store.sites()?);
        let feed = Self {
            source,
            wanted,
            sink,
            output: None,
            connection: connection.to_owned(),
            store,
            resume,
            directory,
            has_heads: false,
        };
        let (from, kept_from) = (feed.from(), Timestamp::now().checked_sub(KEPT)?);
        if from < kept_from {
            eprintln!(
                "warning: the log is asked for from {from} on, and the vendor keeps 180 days of it"
            );
        }
        Ok(feed)
    }

    /// From when on the log has to be read for all parts that are followed.
    fn from(&self) -> Timestamp {
        let late = self.wanted.late;
        let from = self.resume.values().map(|resume| resume.from(late)).min();
        from.unwrap_or(Timestamp::MIN)
    }

    /// Reads to the end of the log, telling and committing page by page. Gives how many entries were told.
    ///
    /// It may be dropped while it waits: what is told is committed without a wait between the two.
    ///
    /// # Errors
    ///
    /// The first thing that fails. Whatever was committed stays so, and the next reading brings the rest.
    pub(crate) async fn read(&mut self) -> Result<usize, Failure> {
        let reading = self.read_pages().await;
        if reading.is_err() {
            self.output = None;
        }
        reading
    }

    async fn read_pages(&mut self) -> Result<usize, Failure> {
        self.open_output()?;
        let (window, now) = (self.wanted.visibility, Timestamp::now());
        self.directory.refresh(&self.connection, window, now)?;
        let late = self.wanted.late;
        let asked: BTreeMap<_, _> = self
            .resume
            .iter()
            .map(|(part, resume)| (*part, resume.from(late)))
            .collect();
        let began = Instant::now();
        let mut newest = None;
        let mut told = 0;
        let mut pages = self
            .source
            .client()
            .activity_logs()
            .list(&self.filter())
            .pages();
        while let Some(page) = pages.next().await {
            let rows: Vec<_> = page?
                .into_iter()
                .map(|row| (line::key(&row), row))
                // What was not asked for may have been told and forgotten.
                .filter(|(key, _)| {
                    let from = asked.get(key.part);
                    from.is_some_and(|from| key.date.is_none_or(|date| date >= *from))
                })
                .collect();
            newest = newest.max(rows.iter().filter_map(|(key, _)| key.date).max());
            let fresh = self.store.fresh(rows)?;
            let numbers = fresh.iter().filter_map(|(_, row)| line::site_number(row));
            if self.directory.learn(&self.source, numbers).await? {
                self.store.learnt(self.directory.sites())?;
            }
            self.tell(&fresh)?;
            told += fresh.len();
            self.advance(newest, began.elapsed())?;
        }
        Ok(told)
    }

    /// Moves the resume points to the newest entry that was told.
    ///
    /// What appears behind the page that is being read is missed by this reading, and may be as late as any other. So the
    /// reading counts as one of the moment when it began: no earlier than its newest date less the time that it has taken.
    /// A date of the future, which a vendor's slip would be, is no reason to skip what comes until then.
    fn advance(&mut self, newest: Option<Timestamp>, taken: Duration) -> Result<(), Failure> {
        let Some(newest) = newest else {
            return Ok(());
        };
        let newest = newest.checked_sub(taken)?.min(Timestamp::now());
        for (part, resume) in &mut self.resume {
            self.store.advance(part, resume, newest, self.wanted.late)?;
        }
        Ok(())
    }

    fn filter(&self) -> ListActivityLogs {
        // Named, because without it a user who may not read what users did gets the rest, without a word.
        let mut entities = vec![ActivityEntity::Device];
        if !self.wanted.devices_only {
            entities.push(ActivityEntity::User);
        }
        ListActivityLogs::default()
            .order(ActivityOrder::Ascending)
            .from(self.from())
            .entities(entities)
    }

    fn open_output(&mut self) -> Result<(), Failure> {
        let Sink::File(path) = &self.sink else {
            return Ok(());
        };
        if self.output.is_some() {
            return Ok(());
        }
        let (mut output, cut) =
            OutputFile::open(path, self.store.mark()?.as_ref()).map_err(refused)?;
        if cut > 0 {
            eprintln!(
                "{cut} bytes were written and not committed; they are cut off and come again"
            );
        }
        // From here on, whatever is behind this length is ours to cut off.
        self.store.delivered([], Some(&output.mark()?))?;
        self.output = Some(output);
        Ok(())
    }

    /// Tells entries and commits that they were told.
    fn tell(&mut self, fresh: &[(Delivered, Decoded<ActivityLog>)]) -> Result<(), Failure> {
        if fresh.is_empty() {
            return Ok(());
        }
        let lines = fresh
            .iter()
            .map(|(key, row)| Line::of(key, row, &self.directory, &self.source));
        let mut text = String::new();
        for line in lines {
            text.push_str(&match self.sink {
                Sink::Table => line.row(),
                Sink::File(_) | Sink::Lines => line.json()?,
            });
        }
        let mark = if let Some(output) = &mut self.output {
            output.add(&text).map_err(refused)?;
            Some(output.mark()?)
        } else {
            let mut stdout = io::stdout().lock();
            if self.sink == Sink::Table && !self.has_heads {
                self.has_heads = true;
                stdout.write_all(Line::heads().as_bytes())?;
            }
            stdout.write_all(text.as_bytes())?;
            stdout.flush()?;
            None
        };
        let keys = fresh.iter().map(|(key, _)| key);
        Ok(self.store.delivered(keys, mark.as_ref())?)
    }
}

/// Lets a part begin where a person says, as long as nothing of it was told.
///
/// A span that is given with every run moves on with the time. So it only counts if it reaches back further: what comes
/// between two runs that told nothing would be missed.
fn begin(
    store: &mut ActivityStore,
    part: &str,
    point: &mut Resume,
    since: Since,
) -> Result<(), Failure> {
    let began = point.began_from;
    if point.newest.is_none() {
        if since.from < began || !since.is_span {
            store.begin(part, point, since.from)?;
        }
    } else if since.from < began {
        eprintln!(
            "warning: --since counts only until something was told: {part} entries are followed from {began} on, and go \
             on where they were"
        );
    }
    Ok(())
}

/// Says what to do about a file that was changed.
fn refused(error: OutputError) -> Failure {
    match error {
        OutputError::Changed(..) => Failure::usage(error).with_advice(
            "give the file back as it was, or go on in another one: what was told is not told again",
        ),
        other => other.into(),
    }
}
