//! The wire of Datto Networking: signed requests, and GETs that act.

mod access;
mod accounts;
mod answers;
mod bodies;
mod channels;
mod clients;
mod codes;
mod devices;
mod groups;
mod history;
mod networks;
mod nodes;
mod power_strips;
mod routers;
mod routes;
mod signature;
mod survey;
mod switches;
mod users;
mod vouchers;

use axum::http::Method;
use serde_json::json;

use self::codes::Problem;
use self::routes::{ROUTES, TIME};
pub(crate) use self::signature::Memory;
use crate::calendar;
use crate::server::{Answer, Found, Incoming, Resolved, Tweaks, find, in_table};
use crate::state::State;

/// A request whose signature is good and whose key may use the endpoint.
struct Call<'a> {
    state: &'a mut State,
    request: &'a Incoming,
    /// The position of the caller's key pair.
    key: usize,
    /// Values of the path's parameters.
    path: Vec<String>,
    /// The last segment of the endpoint's path.
    last: &'static str,
    /// What the version header says; 0 without one.
    version: u8,
    is_write: bool,
    tweaks: Tweaks,
}

type Done = Result<Answer, Problem>;
type Handler = fn(&mut Call<'_>) -> Done;

/// An endpoint. GETs that act must say so, since the method does not.
struct Endpoint {
    is_write: bool,
    handler: Handler,
}

pub(crate) fn resolve(request: &Incoming) -> Resolved {
    let method = &request.method;
    match find(ROUTES, method, &request.path) {
        Found::Here(route, path) => Resolved {
            operation: format!("{method} {}", route.path),
            is_write: route.handler.is_write,
            page: None,
            run: Box::new(move |state, request, tweaks| {
                let is_open = route.path == TIME && !state.settings.networking.sign_time;
                let checked = if is_open {
                    Ok((0, 1))
                } else {
                    signature::check(state, request)
                };
                let (key, version) = match checked {
                    Ok(checked) => checked,
                    Err(refusal) => return refusal,
                };
                let mut call = Call {
                    state,
                    request,
                    key,
                    path,
                    last: route.path.rsplit('/').next().unwrap_or_default(),
                    version,
                    is_write: route.handler.is_write,
                    tweaks,
                };
                let permitted = if is_open {
                    Ok(())
                } else {
                    call.permit(route.path)
                };
                permitted
                    .and_then(|()| (route.handler.handler)(&mut call))
                    .unwrap_or_else(Answer::from)
            }),
        },
        _ => Resolved {
            operation: format!("{method} unknown"),
            is_write: *method != Method::GET,
            page: None,
            run: Box::new(|state, request, _| {
                signature::check(state, request)
                    .err()
                    .unwrap_or_else(|| error(404, 1002))
            }),
        },
    }
}

/// Whether requests can be of that operation, named without the vendor.
pub(crate) fn has_operation(name: &str) -> bool {
    in_table(ROUTES, name)
}

/// An error as the vendor words it.
pub(crate) fn error(status: u16, code: i64) -> Answer {
    Problem::new(status, code, "").into()
}

/// `GET /time`
fn time(call: &mut Call<'_>) -> Done {
    call.json(json!({"time": calendar::rfc3339(call.now_ms())}))
}
