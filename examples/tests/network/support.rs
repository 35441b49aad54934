//! A simulated account, the host's files in a folder of their own, and the program to run on them.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use simulator::{MacAddress, Settings, Simulator, World};
use tempfile::TempDir;

pub(crate) use super::program::Run;

/// The host's organisations unless a test says otherwise.
pub(crate) const ORGANIZATIONS: &str = "id,name\n1,Harbour Clinic\n2,Bluebird Bakery\n";

/// The host's configurations: one for each tier, and others that match.
pub(crate) const CONFIGURATIONS: &str = "\
id,organization_id,name,mac_address,ip_address
c1,1,Hall,AC-86-74-7F-00-01,10.0.0.11
c2,1,Desk,ac86.747f.0002,10.9.9.9
c3,1,AP-Yard,,
c4,1,sw-1,ac:86:74:7f:00:04,10.0.0.14
c5,1,strip-1,ac:86:74:7f:00:05,10.0.0.15
";

/// A simulated account with the tool's files beside it.
pub(crate) struct Bench {
    pub(crate) simulator: Simulator,
    folder: TempDir,
}

pub(crate) fn mac(last: u8) -> MacAddress {
    MacAddress([0xac, 0x86, 0x74, 0x7f, 0x00, last])
}

/// A clinic with every kind of device, and a bakery with an access point.
pub(crate) fn world() -> World {
    let mut world = World::new(2026);
    let clinic = world.add_network("Harbour Clinic");
    for (last, name) in [(1, "ap-hall"), (2, "ap-desk"), (3, "ap-yard")] {
        let ip = format!("10.0.0.{}", 10 + last);
        world
            .add_node(clinic, name, mac(last), &ip)
            .expect("a network");
    }
    world
        .add_switch(clinic, "sw-1", mac(4), "10.0.0.14")
        .expect("a network");
    world
        .add_power_strip(clinic, "strip-1", mac(5), Some("10.0.0.15"))
        .expect("a network");
    world
        .add_router(clinic, "gate", mac(6), "10.0.0.1")
        .expect("a network");
    let bakery = world.add_network("Bluebird Bakery");
    world
        .add_node(bakery, "ap-oven", mac(7), "10.0.1.11")
        .expect("a network");
    world
}

impl Bench {
    pub(crate) fn new(world: World) -> Self {
        let mut settings = Settings::unlimited();
        settings.networking.routers = true;
        let simulator = Simulator::start_blocking(world, settings).expect("it starts");
        let bench = Self {
            simulator,
            folder: tempfile::tempdir().expect("a folder"),
        };
        bench.write("organizations.csv", ORGANIZATIONS);
        bench.write("configurations.csv", CONFIGURATIONS);
        bench
    }

    /// The clinic and the bakery, before anything was done.
    pub(crate) fn fresh() -> Self {
        Self::new(world())
    }

    /// The same after both networks got the organisations of their names.
    pub(crate) fn mapped() -> Self {
        let bench = Self::fresh();
        let run = bench.run(&["sync", "--accept", "name"]);
        assert_eq!(run.code, 4, "{run:?}");
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("written");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("it is there")
    }

    /// What is in the folder.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("a folder");
        let name = |entry: std::io::Result<fs::DirEntry>| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        };
        let mut files: Vec<_> = entries.map(name).collect();
        files.sort();
        files
    }

    /// The program with these arguments alone, and nothing of this process's environment.
    pub(crate) fn bare(&self, arguments: &[&str]) -> Command {
        super::program::bare("network_sync", arguments, self.folder.path())
    }

    /// The program with credentials, and with the host's files where a command takes them.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare(arguments);
        if !["decisions", "status"].contains(&arguments[0]) {
            for (flag, name) in [
                ("--organizations", "organizations.csv"),
                ("--configurations", "configurations.csv"),
            ] {
                if !arguments.contains(&flag) {
                    command.args([flag, name]);
                }
            }
            command.args(["--url", &self.simulator.networking_url()]);
            command.args(["--requests-per-second", "1000"]);
        }
        command
            .env("DATTO_NETWORKING_KEY", self.simulator.networking_key())
            .env(
                "DATTO_NETWORKING_SECRET",
                self.simulator.networking_secret(),
            );
        command
    }

    /// The credentials of Datto RMM too.
    pub(crate) fn with_rmm(&self, command: &mut Command) {
        command
            .arg("--rmm")
            .env("DATTO_RMM_URL", self.simulator.rmm_url())
            .env("DATTO_RMM_KEY", self.simulator.rmm_key())
            .env("DATTO_RMM_SECRET", self.simulator.rmm_secret());
    }

    fn judge(&self, output: &Output) -> Run {
        let run = Run::of(output);
        for secret in [
            self.simulator.networking_secret(),
            self.simulator.networking_key(),
            self.simulator.rmm_secret(),
        ] {
            let is_told = run.stdout.contains(&secret) || run.stderr.contains(&secret);
            assert!(!is_told, "a secret was printed");
        }
        run
    }

    /// Runs a prepared command. Whatever it prints, no secret is in it.
    pub(crate) fn finish(&self, mut command: Command) -> Run {
        self.judge(&command.output().expect("the program runs"))
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.finish(self.command(arguments))
    }

    /// Runs with these lines on standard input.
    pub(crate) fn answer(&self, arguments: &[&str], lines: &str) -> Run {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(lines.as_bytes()).expect("it listens");
        drop(stdin);
        self.judge(&child.wait_with_output().expect("it ends"))
    }

    /// Runs with `--json`.
    pub(crate) fn json(&self, arguments: &[&str], code: i32) -> Value {
        let mut arguments = arguments.to_vec();
        arguments.push("--json");
        let run = self.run(&arguments);
        assert_eq!(run.code, code, "{run:?}");
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
    }

    /// Runs what has to succeed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.code, 0, "{run:?}");
        run
    }

    /// Runs what is refused, with these parts in what it says.
    pub(crate) fn refuses(&self, arguments: &[&str], code: i32, parts: &[&str]) {
        let run = self.run(arguments);
        assert_eq!(run.code, code, "{run:?}");
        for part in parts {
            assert!(run.stderr.contains(part), "{part:?} is not in {run:?}");
        }
    }

    /// The device of this name, as `devices --json` lists it.
    pub(crate) fn device(&self, name: &str) -> Value {
        let organizations = self.json(&["devices", "--routers", ROUTERS], 0);
        let rows = organizations.as_array().expect("a list");
        let devices = rows
            .iter()
            .flat_map(|row| row["devices"].as_array().expect("a list"));
        let mut found = devices.filter(|device| device["name"] == name);
        let device = found
            .next()
            .unwrap_or_else(|| panic!("no {name} in {organizations:#}"));
        assert!(found.next().is_none(), "several {name}");
        device.clone()
    }

    /// The network of this name among those without an organisation.
    pub(crate) fn open_network(&self, name: &str) -> Value {
        row(&self.json(&["organizations"], 0)["networks"], "name", name).clone()
    }
}

/// Where the simulator lists routers.
pub(crate) const ROUTERS: &str = "/router/network/{network}/list";

/// The one row of a list whose field has this text.
pub(crate) fn row<'v>(list: &'v Value, field: &str, text: &str) -> &'v Value {
    let rows = list.as_array().expect("a list").iter();
    let mut rows = rows.filter(|row| row[field] == text);
    let found = rows.next();
    assert!(rows.next().is_none(), "several rows have {field} {text}");
    found.unwrap_or_else(|| panic!("no row has {field} {text}: {list:#}"))
}
