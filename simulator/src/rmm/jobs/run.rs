//! Running jobs on the vendor's clock, and what the one that installs agents does.

use crate::clock::millis;
use crate::state::State;
use crate::world::{
    ActivitySpec, Device, DeviceClass, Job, JobEnd, JobOutcome, JobScript, LINK_VARIABLE, Site,
    SiteKind, World,
};

/// How jobs end that fit: those of a component, of a device, of both, or all.
#[derive(Debug, Clone)]
pub(crate) struct JobRule {
    pub(crate) component: Option<String>,
    pub(crate) device: Option<String>,
    pub(crate) script: JobScript,
}

impl JobRule {
    fn fits(&self, job: &Job) -> bool {
        let is = |wanted: &Option<String>, uid: &String| wanted.as_ref().is_none_or(|it| it == uid);
        is(&self.component, &job.component) && is(&self.device, &job.device)
    }
}

/// Lets jobs start and end whose time has come.
pub(crate) fn run(state: &mut State) {
    if state.rmm.running_jobs.is_empty() {
        return;
    }
    state.world.now_ms = state.clock.now_ms();
    for uid in std::mem::take(&mut state.rmm.running_jobs) {
        if !step(state, &uid) {
            state.rmm.running_jobs.push(uid);
        }
    }
}

/// Whether an agent there takes jobs.
fn takes_jobs(site: &Site, device: &Device) -> bool {
    device.online
        && !device.deleted
        && device.class == DeviceClass::Computer
        && site.kind == SiteKind::Managed
}

/// Moves a job on; whether it is over.
fn step(state: &mut State, uid: &str) -> bool {
    let now = state.world.now_ms;
    let settings = &state.settings.rmm.jobs;
    let jobs = state.world.account.jobs.iter();
    let Some(place) = jobs.enumerate().rfind(|(_, job)| job.uid == uid) else {
        return true;
    };
    let (place, job) = (place.0, place.1.clone());
    let (mut starts, mut ends) = (job.runs_at_ms, job.done_at_ms);
    let row = state.world.device(&job.device);
    let is_reachable = row.is_some_and(|(site, device)| takes_jobs(site, device));
    // Whatever could change that is followed by a step, so a start in the past was a real one.
    if !is_reachable && starts.is_some_and(|start| start > now) {
        (starts, ends) = (None, None);
        let job = &mut state.world.account.jobs[place];
        (job.runs_at_ms, job.done_at_ms) = (None, None);
    }
    if starts.is_none() && now < job.expires_at_ms && is_reachable {
        let start = now.saturating_add(millis(settings.wait));
        starts = Some(start);
        ends = Some(start.saturating_add(millis(settings.run)));
        let job = &mut state.world.account.jobs[place];
        (job.runs_at_ms, job.done_at_ms) = (starts, ends);
    }
    let (at_ms, script) = match (starts, ends) {
        (Some(_), Some(end)) if end <= now => (end, script_of(state, &job)),
        (None, _) if job.expires_at_ms <= now => {
            (job.expires_at_ms, JobScript::new(JobOutcome::Expired))
        }
        _ => return false,
    };
    let status = match script.outcome {
        JobOutcome::Success => "success",
        JobOutcome::Warning => "warning",
        JobOutcome::Failure => "failure",
        JobOutcome::Expired => "expired",
        JobOutcome::Retired => "retired",
    };
    let mut spec = ActivitySpec::device(&job.device, "job", "deployment")
        .at_ms(at_ms)
        .detail("job.id", job.id)
        .detail("job.uid", job.uid.clone())
        .detail("job.name", job.name.clone())
        .detail("job.status", status)
        .detail("job.date_created", job.created_ms)
        .output(!script.stdout.is_empty(), !script.stderr.is_empty());
    spec.user.clone_from(&job.user);
    // A device that is gone by now leaves no entry.
    let _ = state.world.add_activity(&spec);
    state.world.account.jobs[place].end = Some(JobEnd { script, at_ms });
    true
}

/// How a job that has run ends. The component that installs agents does so first.
fn script_of(state: &mut State, job: &Job) -> JobScript {
    let rule = state.rmm.job_rules.iter().rev().find(|rule| rule.fits(job));
    let mut components = state.world.account.components.iter();
    let component = components.find(|component| component.uid == job.component);
    let script = rule
        .map(|rule| &rule.script)
        .or_else(|| component.map(|component| &component.script))
        .cloned()
        .unwrap_or_default();
    let is_installer = job.component_name == state.settings.rmm.jobs.agent_component;
    if !is_installer || !matches!(script.outcome, JobOutcome::Success | JobOutcome::Warning) {
        return script;
    }
    match install_agent(&mut state.world, &job.device) {
        Ok(()) => script,
        Err(reason) => JobScript::new(JobOutcome::Failure).stderr(reason),
    }
}

/// Installs the agent of the package that the device's link variable leads to: the device becomes a
/// protected endpoint of the package's company.
fn install_agent(world: &mut World, device: &str) -> Result<(), &'static str> {
    let (site, device) = world.device(device).ok_or("The device is gone.\r\n")?;
    let mut variables = site.variables.iter().chain(&world.account.variables);
    let link = variables
        .find(|variable| variable.name == LINK_VARIABLE)
        .ok_or("There is no variable GravityZonePackageLink.\r\n")?;
    let mut packages = world.companies.values().flat_map(|company| {
        let packages = company.packages.iter();
        packages.map(move |package| (company, package))
    });
    let (company, package) = packages
        .find(|(_, package)| world.windows_link(&package.id).as_ref() == Some(&link.value))
        .ok_or("The download failed: 404\r\n")?;
    if package.built_at_ms > world.now_ms {
        return Err("The kit is not ready.\r\n");
    }
    let macs: Vec<_> = device
        .interfaces
        .iter()
        .filter_map(|card| card.mac)
        .collect();
    let group = package
        .group_id
        .clone()
        .filter(|id| company.groups.iter().any(|group| group.id == *id));
    let (company, hostname) = (company.id.clone(), device.hostname.clone());
    let ip = device.internal_ip.clone().unwrap_or_default();
    let now = world.now_ms;
    let gone = |_| "The company is gone.\r\n";
    let endpoints = &mut world.company_mut(&company).map_err(gone)?.endpoints;
    if let Some(known) = endpoints
        .iter_mut()
        .find(|known| known.macs.iter().any(|mac| macs.contains(mac)))
    {
        (known.managed, known.protected, known.last_seen_ms) = (true, true, now);
        return Ok(());
    }
    world
        .add_endpoint(&company, &hostname, &ip, &macs)
        .map_err(gone)?;
    if let Some(endpoint) = world
        .company_mut(&company)
        .map_err(gone)?
        .endpoints
        .last_mut()
    {
        endpoint.group = group;
        endpoint.last_seen_ms = now;
    }
    Ok(())
}
