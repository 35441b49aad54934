//! The story: from discovery to a second run that has nothing to do, against simulators, with every promise checked.

mod afterwards;
mod devices;
mod organizations;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use datto_networking::reconcile::{Observe, instance};
use datto_networking::routers::RouterListing;
use examples::console::line;
use examples::exit::Failure;
use examples::expect::Expectations;
use examples::present::heading;
use examples::refused::Refused;
use reconcile::mapping::EvidenceKind;
use simulator::{Settings, Simulator};
use tempfile::TempDir;

use super::access::{Vendors, networking};
use super::cli::Action;
use super::desk::{Desk, Keeper};
use super::report::{self, Device, Report};
use super::sample::{Host, Sample};
use super::status::{self, Status};
use super::wish::Wish;
use super::{fields, output, sync};

/// Who decides in this story.
const OPERATOR: &str = "Alex at Lighthouse IT";
/// What the account is called.
const ACCOUNT: &str = "lighthouse";
/// The simulator asks for no moderation.
const REQUESTS_PER_SECOND: u32 = 1000;

/// Everything the story needs.
struct Stage {
    simulator: Simulator,
    sample: Sample,
    host: Host,
    folder: TempDir,
    expect: Expectations,
}

/// What the host would import.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Files {
    organizations: String,
    creations: String,
    changes: String,
}

/// Tells the story; the report goes beside the program unless it is told where.
pub(crate) async fn main(report: Option<&Path>) -> ExitCode {
    let told = async {
        let mut stage = Stage::set().await?;
        stage.tell(&report_path(report)?).await?;
        Ok::<_, Failure>(stage.expect)
    };
    match told.await {
        Ok(expectations) => expectations.verdict(),
        Err(failure) => {
            println!("\nthe story ended early");
            failure.print();
            ExitCode::FAILURE
        }
    }
}

fn report_path(given: Option<&Path>) -> Result<PathBuf, Failure> {
    match given {
        Some(path) => Ok(path.to_owned()),
        None => Ok(std::env::current_exe()?.with_extension("html")),
    }
}

impl Stage {
    async fn set() -> Result<Self, Failure> {
        let sample = Sample::new()?;
        let mut settings = Settings::unlimited();
        settings.networking.routers = true;
        let simulator = Simulator::start(sample.world.clone(), settings).await?;
        Ok(Self {
            host: sample.host.clone(),
            simulator,
            sample,
            folder: tempfile::tempdir()?,
            expect: Expectations::default(),
        })
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("network_sync.store")
    }

    fn vendors(&self, secret: String) -> Result<Vendors, Failure> {
        let url = self.simulator.networking_url();
        let key = self.simulator.networking_key();
        let networking = networking(Some(&url), key, secret, REQUESTS_PER_SECOND)?;
        let rmm = datto_rmm::Client::builder(
            self.simulator.rmm_url().parse()?,
            self.simulator.rmm_key(),
            self.simulator.rmm_secret(),
        )
        .build()?;
        let observe = Observe::new(instance(ACCOUNT))
            .details(true)
            .routers(RouterListing::new("/router/network/{network}/list")?);
        let refused = Refused::beside(&self.store());
        Ok(Vendors::of_story(networking, rmm, observe, refused))
    }

    /// One sync: everything is read anew, and what needs no person is done. The store is opened and closed with it.
    async fn sync(&self) -> Result<Desk, Failure> {
        let (mut keeper, state) = Keeper::open(&self.store(), true)?;
        keeper.put(&Status::syncing())?;
        let vendors = self.vendors(self.simulator.networking_secret())?;
        let (records, fields) = (self.host.records()?, fields::built_in()?);
        let account = instance(ACCOUNT);
        let begun = Desk::begin(
            keeper,
            state,
            &vendors,
            records,
            fields,
            OPERATOR.to_owned(),
            &account,
        );
        let mut desk = begun.await.map_err(|(_, failure)| failure)?;
        // What carries the same id, or the very same name, needs no person; everything else does.
        desk.mapping
            .accept
            .extend([EvidenceKind::SharedId, EvidenceKind::ExactName]);
        sync::discover(&mut desk, &[]).await?;
        let report = report::build(&desk)?;
        desk.put(&Status::ok(report.sum().to_string()))?;
        Ok(desk)
    }

    async fn tell(&mut self, path: &Path) -> Result<(), Failure> {
        heading("1. Discovery: organisations first");
        let mut desk = self.sync().await?;
        self.discovery(&desk)?;
        heading("2. Organisations: what is left needs a person");
        self.organizations(&mut desk).await?;
        heading("3. Devices, inside their organisations");
        self.devices(&desk, path)?;
        heading("4. Devices: what is left needs a person");
        self.decide_devices(&mut desk).await?;
        heading("5. What the host imports");
        let files = self.files(&desk)?;
        heading("6. The second run");
        drop(desk);
        self.second_run(&files).await?;
        heading("7. The host has imported it");
        let desk = self.imported(&files).await?;
        heading("8. A manager's view");
        self.manager(desk)?;
        heading("9. Refused credentials");
        self.refused().await?;
        heading("10. Nothing was written");
        self.read_only();
        line(format!("\nThe report is in {}", path.display()))
    }

    fn status(&self) -> Result<Status, Failure> {
        status::read(&self.store())
    }
}

fn files(desk: &Desk, report: &Report) -> Files {
    use examples::sheet::Form::Csv;

    Files {
        organizations: output::new_organizations(desk, Csv),
        creations: output::creations(desk, report, false, Csv),
        changes: output::changes(report, Csv),
    }
}

fn wish(action: Action, subject: &str, object: Option<String>) -> Wish {
    Wish {
        action,
        subject: subject.to_owned(),
        object,
    }
}

/// Decides, and says what.
async fn decide(
    desk: &mut Desk,
    action: Action,
    subject: &str,
    object: Option<String>,
) -> Result<(), Failure> {
    let granted = wish(action, subject, object).grant(desk)?;
    line(format!("  {}", granted.what))?;
    desk.record(granted.decided).await?;
    Ok(())
}

fn of<'r>(report: &'r Report, label: &str) -> Option<&'r Device> {
    report
        .devices()
        .map(|(_, device)| device)
        .find(|device| device.id == label)
}

fn find<'r>(report: &'r Report, name: &str) -> Result<&'r report::Network, Failure> {
    let found = report.networks.iter().find(|network| network.name == name);
    found.ok_or_else(|| Failure::usage(format!("no network {name:?} waits")))
}
