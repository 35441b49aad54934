//! A simulated account, the host's files beside the tool's, and the program to run on them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use simulator::{Settings, Simulator, Site, SiteKind, World, WorldSpec};
use tempfile::TempDir;

use super::program::{Run, bare};

/// The host's organisations: the names of three sites, and the MSP itself.
const ORGANIZATIONS: &str = "id,name,own\nmsp,Example MSP,true\n";

pub(crate) struct Bench {
    pub(crate) simulator: Simulator,
    folder: TempDir,
}

impl Bench {
    /// Six managed sites with three devices each; three of them have an organisation of their name.
    pub(crate) fn new() -> Self {
        Self::of(World::generate(
            &WorldSpec::new(73).sites(6).devices_per_site(3),
        ))
    }

    pub(crate) fn of(world: World) -> Self {
        let simulator = Simulator::start_blocking(world, Settings::unlimited()).expect("it starts");
        let folder = tempfile::tempdir().expect("a folder");
        let bench = Self { simulator, folder };
        let sites = bench.sites();
        let rows = (0..)
            .zip(&sites[..3])
            .map(|(number, name): (u32, _)| format!("c{number},{name},\n"));
        let text = ORGANIZATIONS.to_owned() + &rows.collect::<String>();
        bench.write("organizations.csv", &text);
        bench
    }

    /// The managed sites.
    pub(crate) fn managed(&self) -> Vec<Site> {
        let mut sites = self.simulator.sites();
        sites.retain(|site| site.kind == SiteKind::Managed);
        sites
    }

    /// Their names.
    pub(crate) fn sites(&self) -> Vec<String> {
        self.managed().into_iter().map(|site| site.name).collect()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("written");
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("read")
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let simulator = &self.simulator;
        let mut command = bare("activity_watch", arguments, self.folder());
        command.envs([
            ("DATTO_RMM_URL", simulator.rmm_url()),
            ("DATTO_RMM_KEY", simulator.rmm_key()),
            ("DATTO_RMM_SECRET", simulator.rmm_secret()),
        ]);
        command
    }

    /// Runs a prepared command. Whatever it prints, no secret is in it.
    pub(crate) fn finish(&self, mut command: Command) -> Run {
        let run = Run::of(&command.output().expect("the program runs"));
        for secret in [self.simulator.rmm_secret(), self.simulator.rmm_key()] {
            assert!(
                !run.stdout.contains(&secret) && !run.stderr.contains(&secret),
                "a secret was printed"
            );
        }
        run
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.finish(self.command(arguments))
    }

    /// Runs what has to succeed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.code, 0, "{run:?}");
        run
    }

    pub(crate) fn json(&self, arguments: &[&str], code: i32) -> Value {
        let mut arguments = arguments.to_vec();
        arguments.push("--json");
        let run = self.run(&arguments);
        assert_eq!(run.code, code, "{run:?}");
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
    }

    /// Starts a run in the background, and kills it when the test ends, however it ends.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Background {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        Background::start(command)
    }

    /// Connects the account to the host.
    pub(crate) fn connect(&self) {
        self.ok(&["connect", "--organizations", "organizations.csv"]);
    }

    /// Connects, and maps what has the same name.
    pub(crate) fn map(&self) {
        self.connect();
        self.ok(&["suggest", "--accept"]);
    }

    /// What is in a file of lines.
    pub(crate) fn lines(&self, name: &str) -> Vec<Value> {
        lines(&self.text(name))
    }

    /// Waits until something is so; the program under test does it in its own time.
    pub(crate) fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        for _ in 0..2000 {
            if holds(self) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("in ten seconds it never was so that {what}");
    }
}

pub(crate) fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

pub(crate) fn ids(lines: &[Value]) -> Vec<String> {
    let ids = lines.iter().map(|line| line["id"].as_str().expect("an id"));
    ids.map(str::to_owned).collect()
}

/// A run in the background.
pub(crate) struct Background(Option<Child>);

impl Background {
    pub(crate) fn start(mut command: Command) -> Self {
        Self(Some(command.spawn().expect("the program runs")))
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        let child = self.0.as_mut().expect("it was not waited for");
        child.try_wait().expect("asked").is_some()
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.as_ref().expect("it was not waited for").id()
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(mut self) -> Run {
        let child = self.0.take().expect("it was not waited for");
        Run::of(&child.wait_with_output().expect("it ends"))
    }

    /// Kills it, which must not have ended by itself.
    pub(crate) fn kill(mut self) -> Run {
        let child = self.0.as_mut().expect("it was not waited for");
        let ended = child.try_wait().expect("asked");
        assert!(ended.is_none(), "it follows until it is killed: {ended:?}");
        child.kill().expect("it runs");
        self.wait()
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            // It may be gone by itself; then there is nothing to do.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
