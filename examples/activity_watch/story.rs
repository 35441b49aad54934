//! The story: a day of an RMM account, followed to the end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser as _;
use examples::activity_store::ActivityStore;
use examples::exit::Failure;
use examples::expect::Expectations;
use examples::present::heading;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use simulator::{ActivityDay, SecurityLevel, Settings, Simulator, SiteKind, World, WorldSpec};
use tempfile::TempDir;

use crate::tool::cli::{Cli, Command, Follow, Since};
use crate::tool::feed::{Feed, Sink, Wanted, progress_beside};
use crate::tool::session::{Access, Session};
use crate::tool::{connect, directory, follow, map, preflight};

const ENTRIES: usize = 400;
/// How often the follower reads in that day, and after how many readings it is started anew.
const READINGS: u32 = 96;
const LIFE: u32 = 7;

type Told = Result<(), Failure>;

/// Everything that the story needs, gone when it is dropped.
struct Stage {
    simulator: Simulator,
    folder: TempDir,
}

impl Stage {
    async fn set() -> Result<Self, Failure> {
        let world = World::generate(&WorldSpec::new(73).sites(6).devices_per_site(4));
        let simulator = Simulator::start(world, Settings::unlimited()).await?;
        let folder = tempfile::tempdir()?;
        let stage = Self { simulator, folder };
        stage.write_credentials(&stage.simulator.rmm_key(), &stage.simulator.rmm_secret())?;
        Ok(stage)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn store(&self) -> PathBuf {
        self.path("activity.store")
    }

    fn write_credentials(&self, key: &str, secret: &str) -> Told {
        let path = self.path("credentials");
        let url = self.simulator.rmm_url();
        let text = format!("DATTO_RMM_URL={url}\nDATTO_RMM_KEY={key}\nDATTO_RMM_SECRET={secret}\n");
        fs::write(&path, text)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        }
        Ok(())
    }

    /// The command that these arguments name, with store and credentials.
    fn command(&self, arguments: &[&str]) -> Result<Command, Failure> {
        let mut all: Vec<std::ffi::OsString> = vec!["activity_watch".into()];
        all.extend(arguments.iter().map(Into::into));
        for (name, value) in [
            ("--store", self.store()),
            ("--credentials", self.path("credentials")),
        ] {
            all.extend([name.into(), value.into()]);
        }
        Ok(Cli::try_parse_from(all)?.command)
    }

    fn follow(&self, arguments: &[&str]) -> Result<Follow, Failure> {
        let all: Vec<&str> = ["follow"].iter().chain(arguments).copied().collect();
        match self.command(&all)? {
            Command::Follow(follow) => Ok(follow),
            _ => Err(Failure::usage("no follow")),
        }
    }

    async fn connect(&self, arguments: &[&str]) -> Told {
        let all: Vec<&str> = ["connect"].iter().chain(arguments).copied().collect();
        if let Command::Connect(connect) = self.command(&all)? {
            connect::run(&connect).await?;
        }
        Ok(())
    }

    fn reach(&self) -> Result<crate::tool::cli::Reach, Failure> {
        Ok(self.follow(&["--json"])?.reach)
    }
}

/// The lines that were told, by id, and how many there are.
fn lines_of(file: &Path) -> Result<(BTreeMap<String, Value>, usize), Failure> {
    let text = fs::read_to_string(file)?;
    let mut lines = BTreeMap::new();
    let mut count = 0;
    for line in text.lines() {
        let value: Value = serde_json::from_str(line)?;
        lines.insert(value["id"].as_str().unwrap_or_default().to_owned(), value);
        count += 1;
    }
    Ok((lines, count))
}

/// Tells it.
pub(crate) async fn tell(expect: &mut Expectations) -> Told {
    let stage = Stage::set().await?;
    heading("1. Preflight: least privilege, Administrator, repair in place");
    rights(&stage, expect).await?;
    heading("2. Connect: the MSP's own organisation first, and each account once");
    connection(&stage, expect).await?;
    heading("3. Map: the host's organisations on the left, RMM sites to choose from");
    mapping(&stage, expect).await?;
    heading("4. Follow a day, with restarts, a torn file and late entries");
    day(&stage, expect).await?;
    heading("5. A refused log-in is not repeated, and nothing is lost by it");
    refused(&stage, expect).await
}

async fn rights(stage: &Stage, expect: &mut Expectations) -> Told {
    let user = stage.simulator.rmm_user()?;
    stage
        .simulator
        .set_user_level(&user, SecurityLevel::ReadOnly)?;
    let access = Access::prepare(&stage.reach()?)?;
    let low = preflight::report(&access, true, None).await;
    expect.that(
        low.ready,
        "a low level is ready for what is done to devices",
    );
    let users = preflight::report(&access, false, None).await;
    let told = users
        .checks
        .iter()
        .any(|line| line.detail.contains("Administrators only"));
    expect.that(
        !users.ready && told,
        "and not for what users did, which the report says plainly",
    );
    stage
        .simulator
        .set_user_level(&user, SecurityLevel::Administrator)?;
    let repaired = preflight::report(&access, false, Some((&user, &user[..2]))).await;
    expect.that(
        repaired.ready,
        "an Administrator with the same key is ready: repaired in place",
    );
    Ok(())
}

async fn connection(stage: &Stage, expect: &mut Expectations) -> Told {
    let sites = stage.simulator.sites();
    let managed: Vec<_> = sites
        .iter()
        .filter(|site| site.kind == SiteKind::Managed)
        .collect();
    let host = stage.path("organizations.csv");
    let rows = (0..).zip(managed.iter().take(4));
    let rows = rows.map(|(number, site): (u32, _)| {
        let name = site.name.to_uppercase();
        format!("c{number},\"{name}\",\n")
    });
    let text = "id,name,city\n".to_owned() + &rows.collect::<String>();
    fs::write(&host, text)?;
    let path = host.to_string_lossy().into_owned();
    let given = ["--organizations", &path, "--by", "alex"];
    expect.that(
        stage.connect(&given).await.is_err(),
        "without the MSP's own organisation there is no connection",
    );
    let own = ["--own-id", "msp", "--own-name", "Example MSP"];
    let all: Vec<_> = given.iter().chain(&own).copied().collect();
    stage.connect(&all).await?;
    let text = fs::read_to_string(&host)?;
    expect.that(
        text.contains("msp,Example MSP"),
        "it is added to the host's file",
    );
    let second = stage.path("second.store");
    let Command::Connect(mut again) = stage.command(&[&["connect"], given.as_slice()].concat())?
    else {
        return Err(Failure::usage("no connect"));
    };
    again.reach.store = second;
    let refused = connect::run(&again).await;
    expect.that(
        refused.is_err_and(|failure| failure.in_one_line().contains("connected already")),
        "the same account is not connected twice",
    );
    expect.that(!again.reach.store.exists(), "and nothing is left behind");
    stage.connect(&given).await?;
    expect.that(true, "the connection can be entered again");
    Ok(())
}

async fn mapping(stage: &Stage, expect: &mut Expectations) -> Told {
    let run = |arguments: Vec<String>| async move {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        match stage.command(&arguments)? {
            Command::Suggest(suggest) => map::suggest(&suggest).await,
            Command::Assign(assign) => map::assign(&assign).await,
            _ => Err(Failure::usage("neither suggest nor assign")),
        }
    };
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    run(words(&["suggest", "--accept", "--by", "alex"])).await?;
    let sites = stage.simulator.sites();
    let managed: Vec<_> = sites
        .iter()
        .filter(|site| site.kind == SiteKind::Managed)
        .collect();
    run(words(&["assign", "c0", &managed[4].uid, "--by", "alex"])).await?;
    let session = Session::open(&stage.reach()?).await?;
    let window = SignedDuration::from_mins(30);
    let look = |now| {
        session.with_mapping(|mapping| {
            map::Document::of(mapping, &session.connection.state, window, now)
        })
    };
    let document = look(Timestamp::now())?;
    let served: Vec<_> = document
        .organizations
        .iter()
        .map(|one| one.sites.len())
        .collect();
    expect.equal(
        &served,
        &vec![2, 1, 1, 1, 0],
        "equal names are mapped, and two sites belong to one organisation",
    );
    expect.equal(
        &document.unmapped.len(),
        &1,
        "the site without an organisation is on the list of unmapped ones",
    );
    let standings = |document: &map::Document| -> BTreeSet<_> {
        let sites = document.organizations.iter().flat_map(|one| &one.sites);
        sites.map(|site| site.mapping).collect()
    };
    let pending = BTreeSet::from([directory::Standing::Pending]);
    expect.that(
        standings(&document) == pending,
        "what was just mapped is pending",
    );
    let later = look(Timestamp::now().checked_add(window)?)?;
    let mapped = BTreeSet::from([directory::Standing::Mapped]);
    expect.that(standings(&later) == mapped, "and mapped half an hour later");
    Ok(())
}

async fn day(stage: &Stage, expect: &mut Expectations) -> Told {
    let simulator = &stage.simulator;
    let starts = Timestamp::now().checked_sub(SignedDuration::from_hours(48))?;
    let day = ActivityDay::new(2026)
        .entries(ENTRIES)
        .starts_ms(starts.as_millisecond())
        .late_percent(10);
    simulator.set_clock_ms(starts.as_millisecond());
    let ids: BTreeSet<_> = simulator.simulate_activity(&day).into_iter().collect();
    let late = simulator
        .activity()
        .into_iter()
        .filter(|entry| entry.visible_from_ms > entry.date_ms);
    println!(
        "  {ENTRIES} entries, {} of them late by up to 90 minutes",
        late.count()
    );
    let file = stage.path("activity.jsonl");
    let mut feed = None;
    let mut most = 0;
    // Late entries of the day's end appear after it.
    let step = Duration::from_hours(24) / READINGS;
    for reading in 0..READINGS + 8 {
        simulator.advance(step);
        if reading % LIFE == 0 {
            drop(feed.take());
            if reading > 0 {
                // As if it had been killed while it wrote.
                let mut torn = OpenOptions::new().append(true).open(&file)?;
                torn.write_all(b"{\"id\":\"torn\",\"da")?;
            }
        }
        if feed.is_none() {
            feed = Some(open(stage, &file, starts).await?);
        }
        if let Some(feed) = &mut feed {
            most = most.max(feed.read().await?);
        }
    }
    drop(feed);
    let (lines, count) = lines_of(&file)?;
    expect.equal(&count, &ENTRIES, "every entry was told once");
    expect.that(
        lines.keys().cloned().collect::<BTreeSet<_>>() == ids,
        "and each was one of the day's",
    );
    expect.that(most < ENTRIES / 4, "as it happened, not all at the end");
    let count_of = |mapping: &str| {
        lines
            .values()
            .filter(|line| line["mapping"] == mapping)
            .count()
    };
    let of_sites = lines
        .values()
        .filter(|line| !line["site"].is_null())
        .count();
    let told: BTreeMap<_, _> = ["pending", "unmapped", "no_site"]
        .map(|one| (one, count_of(one)))
        .into();
    println!("  {told:?}");
    expect.equal(
        &(told["pending"] + told["unmapped"]),
        &of_sites,
        "each entry of a site has its organisation, or is told to have none",
    );
    expect.that(
        told["pending"] > 0 && told["unmapped"] > 0,
        "new mappings are told as pending, not as missing",
    );
    let progress = progress_beside(&stage.store());
    let log = format!(
        "the activity of {}",
        Session::open(&stage.reach()?).await?.source.instance()
    );
    let store = ActivityStore::open(&progress, &log, starts)?;
    expect.that(
        store.remembered()? < ENTRIES as u64 / 2,
        "what no reading meets again is forgotten",
    );
    Ok(())
}

async fn open(stage: &Stage, file: &Path, since: Timestamp) -> Result<Feed, Failure> {
    let source = Access::prepare(&stage.reach()?)?.source().await?;
    let wanted = Wanted {
        since: Some(Since {
            from: since,
            is_span: false,
        }),
        late: SignedDuration::from_hours(2),
        visibility: SignedDuration::from_mins(30),
        devices_only: false,
    };
    Feed::open(&stage.store(), source, wanted, Sink::File(file.to_owned()))
}

async fn refused(stage: &Stage, expect: &mut Expectations) -> Told {
    let simulator = &stage.simulator;
    let file = stage.path("activity.jsonl");
    let path = file.to_string_lossy().into_owned();
    let arguments = stage.follow(&["--once", "--to", &path])?;
    simulator.revoke_rmm_key();
    let refusal = follow::run(&arguments).await.err();
    let is_refusal = |failure: &Failure| failure.exit == examples::exit::Exit::Credentials;
    expect.that(
        refusal.as_ref().is_some_and(is_refusal),
        "the refusal has an exit code of its own",
    );
    simulator.reset_counts();
    let again = follow::run(&arguments).await.err();
    expect.that(
        again.as_ref().is_some_and(is_refusal) && simulator.requests().is_empty(),
        "and the next run does not ask at all",
    );
    let (key, secret) = simulator.add_rmm_key();
    stage.write_credentials(&key, &secret)?;
    let device = simulator.sites()[0].devices[0].uid.clone();
    let spec = simulator::ActivitySpec::device(device, "device", "note");
    let id = simulator.add_activity(&spec)?;
    follow::run(&arguments).await?;
    let (lines, count) = lines_of(&file)?;
    expect.that(
        count == ENTRIES + 1 && lines.contains_key(&id),
        "with new credentials it goes on where it was",
    );
    Ok(())
}
