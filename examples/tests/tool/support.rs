//! Simulators, a store and a policy in a folder of their own, and the program to run on them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;

use serde_json::{Value, json};
use simulator::{Fault, FaultAction, Settings, Simulator, World};
use tempfile::TempDir;

use super::private::write_private;
use super::program::bare;
use super::schemas;

pub(crate) use super::program::Run;

/// The site variable that carries the installation link.
pub(crate) const VARIABLE: &str = "GravityZonePackageLink";

/// Commands that need neither credentials nor a policy.
const OFFLINE: [&str; 4] = ["events", "undo", "decisions", "reset"];

/// A simulated estate with the tool's files beside it.
pub(crate) struct Bench {
    pub(crate) simulator: Simulator,
    folder: TempDir,
}

/// The program, which cargo builds beside the tests.
pub(crate) fn program() -> PathBuf {
    super::program::program("companion")
}

/// What new companies cost, and budgets without limits, so that tests are about what they are about.
fn policy() -> Value {
    let requests: serde_json::Map<_, _> = gravityzone::limits::BUDGETS
        .iter()
        .map(|budget| (budget.name.to_owned(), json!(100_000)))
        .collect();
    json!({
        "subscription": {
            "kind": "monthly",
            "product": "endpoint-security",
            "protection_model": "aLaCarte",
            "add_ons": ["edr"]
        },
        "modules": ["firewall", "content-control"],
        "minutes": {"grace": 0, "visibility": 0},
        "requests": requests
    })
}

impl Bench {
    pub(crate) fn new(world: World) -> Self {
        let simulator = Simulator::start_blocking(world, Settings::unlimited()).expect("it starts");
        let folder = tempfile::tempdir().expect("a folder");
        let bench = Self { simulator, folder };
        bench.set_policy(&policy());
        bench
    }

    pub(crate) fn demo() -> Self {
        Self::new(World::demo())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path("companion.store")
    }

    pub(crate) fn set_policy(&self, policy: &Value) {
        fs::write(self.path("policy.json"), policy.to_string()).expect("written");
    }

    /// Writes a file that only its owner can read.
    pub(crate) fn write_private(path: &Path, text: &str) {
        write_private(path, text);
    }

    /// Changes the usual policy.
    pub(crate) fn change_policy(&self, change: impl FnOnce(&mut Value)) {
        let mut policy = policy();
        change(&mut policy);
        self.set_policy(&policy);
    }

    /// The credentials as the environment has them.
    pub(crate) fn credentials(&self) -> [(&'static str, String); 5] {
        let simulator = &self.simulator;
        [
            ("DATTO_RMM_URL", simulator.rmm_url()),
            ("DATTO_RMM_KEY", simulator.rmm_key()),
            ("DATTO_RMM_SECRET", simulator.rmm_secret()),
            ("GRAVITYZONE_URL", simulator.gravityzone_url()),
            ("GRAVITYZONE_KEY", simulator.gravityzone_key()),
        ]
    }

    /// The program with these arguments, and nothing of this process's environment.
    pub(crate) fn bare(&self, arguments: &[&str]) -> Command {
        bare("companion", arguments, self.folder.path())
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare(arguments);
        command.arg("--store").arg(self.store());
        if !OFFLINE.contains(&arguments[0]) {
            command.arg("--policy").arg(self.path("policy.json"));
            command.envs(self.credentials());
        }
        command
    }

    /// Runs a prepared command. Whatever it prints, no secret is in it.
    pub(crate) fn finish(&self, mut command: Command) -> Run {
        self.judge(&command.output().expect("the program runs"))
    }

    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the program runs")
    }

    pub(crate) fn judge(&self, output: &Output) -> Run {
        let run = Run::of(output);
        let links = self
            .simulator
            .companies()
            .into_iter()
            .flat_map(|company| self.simulator.packages_of(&company.id).unwrap_or_default())
            .filter_map(|package| self.simulator.windows_link(&package.id).ok());
        let secrets = [
            self.simulator.rmm_secret(),
            self.simulator.rmm_key(),
            self.simulator.gravityzone_key(),
        ];
        for secret in secrets.into_iter().chain(links) {
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

    /// Runs with `--json`, and checks the exit code and that the document fits its schema.
    pub(crate) fn json(&self, arguments: &[&str], code: i32) -> Value {
        let command = arguments[0];
        let mut arguments = arguments.to_vec();
        arguments.push("--json");
        let run = self.run(&arguments);
        assert_eq!(run.code, code, "{run:?}");
        let document =
            serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
        schemas::assert_fits(command, &document);
        document
    }

    /// Runs what has to succeed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.code, 0, "{run:?}");
        run
    }

    pub(crate) fn variable_of(&self, site: &str) -> Option<String> {
        let site = self.simulator.site_uid(site).expect("a site");
        let variables = self.simulator.variables_of(&site).expect("a site");
        let link = variables.into_iter().find(|known| known.name == VARIABLE);
        link.map(|variable| variable.value)
    }
}

/// The one row of a list whose field has this text.
pub(crate) fn row<'v>(list: &'v Value, field: &str, text: &str) -> &'v Value {
    let mut rows = list
        .as_array()
        .expect("a list")
        .iter()
        .filter(|row| row[field] == text);
    let found = rows.next();
    assert!(rows.next().is_none(), "several rows have {field} {text}");
    found.unwrap_or_else(|| panic!("no row has {field} {text}: {list:#}"))
}

/// Everything in a folder, to see that nothing was written.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    files.sort();
    files
}

/// Another process that writes the store, until this is dropped.
///
/// A lock of this process would not do: whatever it starts meanwhile shares the lock for a moment.
pub(crate) struct Holder(Child);

impl Bench {
    /// Starts a process that has the store and waits for a vendor.
    pub(crate) fn hold(&self) -> Holder {
        let (tell, told) = mpsc::channel();
        self.simulator.on_request(move |_, _| {
            let _ = tell.send(());
        });
        self.simulator
            .inject(Fault::any(None, FaultAction::DelayMs(60_000)));
        let holder = Holder(self.spawn(&["sync"]));
        told.recv().expect("it asks, after it has opened the store");
        self.simulator.clear_hooks();
        holder
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        // It may be gone by itself; then there is nothing to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
