//! Quick jobs: making them, and what came of them.

mod run;

use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) use self::run::{JobRule, run};
use super::{Call, Object};
use crate::clock::millis;
use crate::server::Answer;
use crate::world::{ActivitySpec, Component, Job, JobOutcome, JobScript, JobVariable};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JobRequest {
    job_name: String,
    job_component: Object<ComponentRequest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ComponentRequest {
    component_uid: String,
    variables: Option<Vec<Object<VariableRequest>>>,
}

#[derive(Deserialize)]
struct VariableRequest {
    name: String,
    value: Option<String>,
}

/// The inputs of a component with what is given for them; none if something is given that is no
/// input or does not fit its type.
fn variables(
    component: &Component,
    given: Vec<Object<VariableRequest>>,
) -> Option<Vec<JobVariable>> {
    let mut inputs: Vec<JobVariable> = component
        .variables
        .iter()
        .filter(|variable| variable.input)
        .map(|variable| {
            let default = variable.default.clone().unwrap_or_default();
            JobVariable::new(variable.name.clone(), default)
        })
        .collect();
    for Object(variable) in given {
        let known = component
            .variables
            .iter()
            .find(|known| known.input && known.name == variable.name)?;
        let value = variable.value.unwrap_or_default();
        let fits = match known.kind.as_str() {
            "boolean" => value.parse::<bool>().is_ok(),
            "number" => value.parse::<f64>().is_ok(),
            _ => true,
        };
        let input = inputs.iter_mut().find(|input| input.name == variable.name);
        input.filter(|_| fits)?.value = value;
    }
    Some(inputs)
}

/// `PUT /api/v2/device/{deviceUid}/quickjob`
pub(super) fn create(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let (_, device) = call.device()?;
    let body: JobRequest = call.body()?;
    if body.job_name.trim().is_empty() {
        return Err(call.error(400));
    }
    let Object(wanted) = body.job_component;
    let mut components = call.state.world.account.components.iter();
    let component = components
        .find(|component| component.uid == wanted.component_uid)
        .ok_or_else(|| call.error(400))?;
    if !call.reaches(component) {
        return Err(call.error(403));
    }
    let given = wanted.variables.unwrap_or_default();
    let variables = variables(component, given).ok_or_else(|| call.error(400))?;
    let (device, user) = (device.uid.clone(), call.username());
    let (component, component_name) = (component.uid.clone(), component.name.clone());
    let now = call.state.clock.now_ms();
    let ids = &mut call.state.world.rmm_ids;
    let (id, uid) = (ids.number(), ids.guid());
    let job = Job {
        id,
        uid: uid.clone(),
        name: body.job_name,
        created_ms: now,
        user: Some(user),
        component,
        component_name,
        variables,
        device: device.clone(),
        runs_at_ms: None,
        done_at_ms: None,
        expires_at_ms: now.saturating_add(millis(call.state.settings.rmm.jobs.expiry)),
        end: None,
    };
    let body = json!({"job": wire(&job), "jobComponents": [wire_component(&job)]});
    let spec = ActivitySpec::device(device, "job", "create")
        .detail("job.uid", uid.clone())
        .detail("job.name", job.name.clone());
    call.state.world.account.jobs.push(job);
    call.state.rmm.running_jobs.push(uid);
    run(call.state);
    call.log(spec);
    Ok(Answer::json(200, &body))
}

fn wire(job: &Job) -> Value {
    json!({
        "id": job.id,
        "dateCreated": job.created_ms,
        "name": job.name,
        "uid": job.uid,
        "status": if job.end.is_some() { "completed" } else { "active" },
    })
}

fn wire_component(job: &Job) -> Value {
    let variables: Vec<_> = job
        .variables
        .iter()
        .map(|variable| json!({"name": variable.name, "value": variable.value}))
        .collect();
    json!({"uid": job.component, "name": job.component_name, "variables": variables})
}

/// The job that the path names. One on a device out of sight is refused.
fn named<'a>(call: &'a Call<'_>) -> Result<&'a Job, Answer> {
    let world = &call.state.world;
    let job = world.job(call.part(0)).ok_or_else(|| call.error(404))?;
    match world.device(&job.device) {
        Some((site, _)) if !call.sees(site) => Err(call.error(403)),
        _ => Ok(job),
    }
}

/// The same, which must be one on the device that the path names too.
fn named_on_device<'a>(call: &'a Call<'_>) -> Result<&'a Job, Answer> {
    let job = named(call)?;
    if job.device == call.part(1) {
        Ok(job)
    } else {
        Err(call.error(404))
    }
}

/// `GET /api/v2/job/{jobUid}`
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Answer> {
    Ok(Answer::json(200, &wire(named(call)?)))
}

/// `GET /api/v2/job/{jobUid}/components`
pub(super) fn list_components(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let rows = [named(call)?];
    call.page("jobComponents", &rows, |job| wire_component(job))
}

/// Whether a job that ended so has run.
fn has_run(outcome: JobOutcome) -> bool {
    !matches!(outcome, JobOutcome::Expired | JobOutcome::Retired)
}

/// `GET /api/v2/job/{jobUid}/results/{deviceUid}`
pub(super) fn results(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let job = named_on_device(call)?;
    let now = call.state.clock.now_ms();
    let started = job.runs_at_ms.filter(|start| *start <= now);
    let end = job.end.as_ref().map(|end| &end.script);
    let status = match (end.map(|script| script.outcome), started) {
        (None, None) => "Pending",
        (None, Some(_)) => "Running",
        (Some(JobOutcome::Success), _) => "Success",
        (Some(JobOutcome::Warning), _) => "Warning",
        (Some(JobOutcome::Failure), _) => "Failure",
        (Some(JobOutcome::Expired), _) => "Expired",
        (Some(JobOutcome::Retired), _) => "Retired",
    };
    let run = end.filter(|script| has_run(script.outcome));
    let components: Vec<_> = run
        .into_iter()
        .map(|script| {
            let is_failure = script.outcome == JobOutcome::Failure;
            json!({
                "componentUid": job.component,
                "componentName": job.component_name,
                "componentStatus": if is_failure { "Failure" } else { "Success" },
                "numberOfWarnings": i32::from(script.outcome == JobOutcome::Warning),
                "hasStdOut": !script.stdout.is_empty(),
                "hasStdErr": !script.stderr.is_empty(),
            })
        })
        .collect();
    let ran_on = started.filter(|_| end.is_none_or(|script| has_run(script.outcome)));
    Ok(Answer::json(
        200,
        &json!({
            "jobUid": job.uid,
            "deviceUid": job.device,
            "ranOn": ran_on,
            "jobDeploymentStatus": status,
            "componentResults": components,
        }),
    ))
}

/// A bare list, empty where there is no output.
fn output(call: &Call<'_>, stream: fn(&JobScript) -> &String) -> Result<Answer, Answer> {
    let job = named_on_device(call)?;
    let text = job.end.as_ref().map(|end| stream(&end.script));
    let rows: Vec<_> = text
        .filter(|text| !text.is_empty())
        .map(|text| {
            json!({
                "componentUid": job.component,
                "componentName": job.component_name,
                "stdData": text,
            })
        })
        .into_iter()
        .collect();
    Ok(Answer::json(200, &rows))
}

/// `GET /api/v2/job/{jobUid}/results/{deviceUid}/stdout`
pub(super) fn stdout(call: &mut Call<'_>) -> Result<Answer, Answer> {
    output(call, |script| &script.stdout)
}

/// `GET /api/v2/job/{jobUid}/results/{deviceUid}/stderr`
pub(super) fn stderr(call: &mut Call<'_>) -> Result<Answer, Answer> {
    output(call, |script| &script.stderr)
}
