//! The wire of Datto Networking: signed requests over networks and access points.

mod networks;
mod nodes;
mod signature;

use axum::http::Method;
use serde_json::{Value, json};

pub(crate) use self::signature::Memory;
use crate::calendar;
use crate::server::{Answer, Found, Incoming, Resolved, Route, Tweaks, find};
use crate::state::State;

/// A request whose signature is good.
struct Call<'a> {
    state: &'a mut State,
    /// Values of the path's parameters.
    path: Vec<String>,
    /// What the version header says; 0 without one.
    version: u8,
    tweaks: Tweaks,
}

type Handler = fn(&mut Call<'_>) -> Result<Answer, Answer>;

/// An endpoint. GETs that act must say so, since the method does not.
struct Endpoint {
    is_write: bool,
    handler: Handler,
}

const fn read(path: &'static str, handler: Handler) -> Route<Endpoint> {
    Route {
        method: Method::GET,
        path,
        handler: Endpoint {
            is_write: false,
            handler,
        },
    }
}

const TIME: &str = "/time";

static ROUTES: &[Route<Endpoint>] = &[
    read(TIME, time),
    read("/network/list", networks::list),
    read("/node/network/{network}/list", nodes::list),
    read("/node/{node}", nodes::get),
];

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
                    Ok(1)
                } else {
                    signature::check(state, request)
                };
                checked
                    .and_then(|version| {
                        (route.handler.handler)(&mut Call {
                            state,
                            path,
                            version,
                            tweaks,
                        })
                    })
                    .unwrap_or_else(|refusal| refusal)
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

/// An error as the vendor words it.
pub(crate) fn error(status: u16, code: i64) -> Answer {
    error_with(status, code, "", &json!({}))
}

fn error_with(status: u16, code: i64, context: &str, values: &Value) -> Answer {
    let message = match code {
        1002 => "The request is unknown or not implemented.",
        1003 => "The id is not valid.",
        1017 => "The element was not found.",
        12_000 => "The network does not exist.",
        13_000 => "The signature is wrong.",
        13_001 => "The nonce or the timestamp is missing.",
        13_002 => "The timestamp is outside the allowed window.",
        13_003 => "The nonce was used before.",
        13_004 => "The version is not valid.",
        13_005 => "The key is not authorized.",
        13_011 => "The key is unknown.",
        13_012 => "The nonce is too long.",
        13_015 => "The signature header is empty.",
        _ => "Something went wrong.",
    };
    let error = json!({"code": code, "message": message, "context": context, "values": values});
    Answer::json(status, &json!({"errors": [error]}))
}

/// `GET /time`
#[expect(clippy::unnecessary_wraps, reason = "handlers share one signature")]
fn time(call: &mut Call<'_>) -> Result<Answer, Answer> {
    Ok(Answer::json(
        200,
        &json!({"time": calendar::rfc3339(call.state.clock.now_ms())}),
    ))
}
