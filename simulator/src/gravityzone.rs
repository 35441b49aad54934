//! The wire of GravityZone: JSON-RPC 2.0 over POST, one path per service and version.

mod companies;
mod endpoints;
mod envelope;
mod general;
mod inventory;
mod licensing;
mod limits;
mod links;
mod network;
mod packages;
mod params;
mod procedures;
mod subscriptions;
mod view;

use axum::http::Method;
use serde_json::{Map, Value, json};

use self::envelope::{Failure, Request};
pub(crate) use self::limits::Memory;
use self::procedures::{PROCEDURES, Procedure, SERVICES, VERSIONS};
use crate::keys::GravityZoneKey;
use crate::server::{Answer, Incoming, Resolved, Tweaks};
use crate::state::State;

/// A request that passed the key's checks.
struct Call<'a> {
    state: &'a mut State,
    /// The position of the key.
    key: usize,
    params: Map<String, Value>,
    version: &'static str,
    tweaks: Tweaks,
}

/// The version and the service that a path names.
fn address(path: &str) -> Option<(&'static str, &'static str)> {
    let (version, service) = path.strip_prefix("/api/")?.split_once("/jsonrpc/")?;
    let service = service.strip_suffix('/').unwrap_or(service);
    let version = VERSIONS.into_iter().find(|known| *known == version)?;
    Some((
        version,
        SERVICES.into_iter().find(|known| *known == service)?,
    ))
}

pub(crate) fn resolve(request: &Incoming) -> Resolved {
    let Some((version, service)) = address(&request.path) else {
        return plain("unknown", Answer::html(404, "404 Not Found"));
    };
    if request.method != Method::POST {
        return plain(service, Answer::html(405, "405 Not Allowed"));
    }
    let parsed = Request::parse(&request.body);
    let method = parsed
        .as_ref()
        .map_or("unknown", |request| request.method.as_str());
    let procedure = PROCEDURES
        .iter()
        .find(|known| known.service == service && known.name == method);
    let operation = format!("{service}.{method}");
    let page = parsed
        .as_ref()
        .ok()
        .and_then(|request| request.params.get("page")?.as_u64())
        .or(Some(1));
    Resolved {
        operation: operation.clone(),
        is_write: procedure.is_some_and(|procedure| procedure.is_write),
        page,
        run: Box::new(move |state, request, tweaks| {
            let id = parsed
                .as_ref()
                .map_or(Value::Null, |request| request.id.clone());
            let key = match authorize(state, request) {
                Ok(key) => key,
                Err(failure) => return failure.answer(401, &id),
            };
            if let Err(refusal) = limits::take(state, request, key, &operation) {
                return refusal;
            }
            let parsed = match parsed {
                Ok(parsed) => parsed,
                Err(failure) => return failure.answer(200, &id),
            };
            if let Some(refusal) = denied(state, key, service, &id) {
                return refusal;
            }
            let result = perform(state, key, procedure, version, parsed.params, tweaks);
            match result {
                Ok(result) => {
                    Answer::json(200, &json!({"id": id, "jsonrpc": "2.0", "result": result}))
                }
                Err(failure) => failure.answer(200, &id),
            }
        }),
    }
}

/// Whether requests can be of that operation, named without the vendor.
pub(crate) fn has_operation(name: &str) -> bool {
    let Some((service, method)) = name.rsplit_once('.') else {
        // A path that leads nowhere, and a service asked with another method than POST.
        return name == "unknown" || SERVICES.contains(&name);
    };
    let mut procedures = PROCEDURES.iter();
    (SERVICES.contains(&service) && method == "unknown")
        || procedures.any(|known| known.service == service && known.name == method)
}

/// An answer that needs no key.
fn plain(operation: &str, answer: Answer) -> Resolved {
    Resolved {
        operation: operation.to_owned(),
        is_write: false,
        page: None,
        run: Box::new(|_, _, _| answer),
    }
}

/// The key of Basic authorization, whose password must be empty.
fn authorize(state: &State, request: &Incoming) -> Result<usize, Failure> {
    let known = request
        .basic()
        .filter(|(_, password)| password.is_empty())
        .and_then(|(user, _)| {
            state
                .keys
                .gravityzone
                .iter()
                .position(|known| known.key == user && !known.revoked)
        });
    known.ok_or_else(|| Failure::server("Invalid API key. The API key is missing or incorrect."))
}

/// Refuses a service that the key was not made for.
fn denied(state: &State, key: usize, service: &str, id: &Value) -> Option<Answer> {
    let api = service.split('/').next().unwrap_or(service);
    if state
        .keys
        .gravityzone
        .get(key)?
        .apis
        .iter()
        .any(|enabled| enabled.eq_ignore_ascii_case(api))
    {
        return None;
    }
    let details = format!("API Key is not allowed to access the selected API: {api}");
    Some(if state.settings.gravityzone.denied_inside_ok {
        Failure::new(-32_001, details).answer(200, id)
    } else {
        Failure::server(details).answer(403, id)
    })
}

fn perform(
    state: &mut State,
    key: usize,
    procedure: Option<&'static Procedure>,
    version: &'static str,
    params: Map<String, Value>,
    tweaks: Tweaks,
) -> Result<Value, Failure> {
    let procedure = procedure
        .filter(|procedure| procedure.versions.contains(&version))
        .ok_or_else(|| Failure::new(-32_601, "The selected API is not available."))?;
    if state.settings.gravityzone.refuse_unknown_parameters
        && let Some(name) = params
            .keys()
            .find(|name| !procedure.parameters.contains(&name.as_str()))
    {
        return Err(Failure::invalid(name));
    }
    (procedure.handler)(&mut Call {
        state,
        key,
        params,
        version,
        tweaks,
    })
}

/// An error of the given HTTP status.
pub(crate) fn error(request: &Incoming, status: u16) -> Answer {
    let id = Request::parse(&request.body).map_or(Value::Null, |request| request.id);
    Failure::server("Injected fault.").answer(status, &id)
}

pub(crate) fn throttled(state: &State, request: &Incoming, retry_after: Option<&String>) -> Answer {
    limits::refusal(state, request, retry_after)
}

impl Call<'_> {
    fn key(&self) -> &GravityZoneKey {
        &self.state.keys.gravityzone[self.key]
    }

    fn now_ms(&self) -> i64 {
        self.state.clock.now_ms()
    }

    /// When something that is made now starts to show.
    fn visible_from_ms(&self) -> i64 {
        self.now_ms().saturating_add(crate::clock::millis(
            self.state.settings.gravityzone.visibility_delay,
        ))
    }
}
