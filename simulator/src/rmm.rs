//! The wire of Datto RMM: REST under `/api/v2`, OAuth beside it.

mod account;
mod auth;
mod devices;
mod limits;
mod paging;
mod sites;
mod system;
mod variables;

use std::collections::BTreeMap;

use axum::http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::limits::Charge;
use crate::server::{Answer, Found, Incoming, Resolved, Route, Tweaks, find};
use crate::state::State;
use crate::world::{Site, SiteKind};

/// What the RMM remembers besides the world.
#[derive(Default)]
pub(crate) struct Memory {
    /// Tokens that were handed out.
    pub(crate) tokens: BTreeMap<String, auth::Token>,
    pub(crate) limits: limits::Usage,
}

/// A request that passed authorization and limits.
struct Call<'a> {
    state: &'a mut State,
    request: &'a Incoming,
    /// Values of the path's parameters.
    path: Vec<String>,
    tweaks: Tweaks,
}

type Handler = fn(&mut Call<'_>) -> Result<Answer, Answer>;

/// An endpoint: what it charges and what it does.
struct Endpoint {
    charge: Charge,
    handler: Handler,
}

const fn read(path: &'static str, handler: Handler) -> Route<Endpoint> {
    Route {
        method: Method::GET,
        path,
        handler: Endpoint {
            charge: Charge::Read,
            handler,
        },
    }
}

const fn write(
    method: Method,
    path: &'static str,
    key: &'static str,
    handler: Handler,
) -> Route<Endpoint> {
    Route {
        method,
        path,
        handler: Endpoint {
            charge: Charge::Write(key),
            handler,
        },
    }
}

static ROUTES: &[Route<Endpoint>] = &[
    read("/api/v2/account", account::get),
    read("/api/v2/account/sites", sites::list),
    read("/api/v2/account/devices", devices::list_account),
    read("/api/v2/account/dnet-site-mappings", sites::list_networks),
    read("/api/v2/account/variables", variables::list_account),
    write(
        Method::PUT,
        "/api/v2/account/variable",
        "account-variable-create",
        variables::create_account,
    ),
    write(
        Method::POST,
        "/api/v2/account/variable/{variableId}",
        "account-variable-update",
        variables::update_account,
    ),
    write(
        Method::DELETE,
        "/api/v2/account/variable/{variableId}",
        "account-variable-delete",
        variables::delete_account,
    ),
    write(Method::PUT, "/api/v2/site", "site-create", sites::create),
    read("/api/v2/site/{siteUid}", sites::get),
    write(
        Method::POST,
        "/api/v2/site/{siteUid}",
        "site-update",
        sites::update,
    ),
    read("/api/v2/site/{siteUid}/devices", devices::list_site),
    read(
        "/api/v2/site/{siteUid}/devices/network-interface",
        devices::list_interfaces,
    ),
    read("/api/v2/site/{siteUid}/variables", variables::list_site),
    write(
        Method::PUT,
        "/api/v2/site/{siteUid}/variable",
        "site-variable-create",
        variables::create_site,
    ),
    write(
        Method::POST,
        "/api/v2/site/{siteUid}/variable/{variableId}",
        "site-variable-update",
        variables::update_site,
    ),
    write(
        Method::DELETE,
        "/api/v2/site/{siteUid}/variable/{variableId}",
        "site-variable-delete",
        variables::delete_site,
    ),
    read("/api/v2/device/{deviceUid}", devices::get),
    read("/api/v2/system/request_rate", system::request_rate),
    read("/api/v2/system/pagination", system::pagination),
];

const TOKEN: &str = "/auth/oauth/token";
const STATUS: &str = "/api/v2/system/status";

pub(crate) fn resolve(request: &Incoming) -> Resolved {
    let page = request
        .parameter("page")
        .and_then(|page| page.parse().ok())
        .or(Some(0));
    let method = &request.method;
    if request.path == TOKEN && *method == Method::POST {
        let run = Box::new(|state: &mut State, request: &Incoming, _| auth::token(state, request));
        return Resolved {
            operation: format!("POST {TOKEN}"),
            is_write: false,
            page: None,
            run,
        };
    }
    if request.path == STATUS && *method == Method::GET {
        let run = Box::new(|state: &mut State, _: &Incoming, _| system::status(state));
        return Resolved {
            operation: format!("GET {STATUS}"),
            is_write: false,
            page: None,
            run,
        };
    }
    let is_write = *method != Method::GET;
    match find(ROUTES, method, &request.path) {
        Found::Here(route, path) => Resolved {
            operation: format!("{method} {}", route.path),
            is_write,
            page,
            run: Box::new(move |state, request, tweaks| {
                let admitted = admit(state, request, route.handler.charge);
                admitted.map_or_else(
                    |refusal| refusal,
                    |delay| {
                        let mut call = Call {
                            state,
                            request,
                            path,
                            tweaks,
                        };
                        let mut answer =
                            (route.handler.handler)(&mut call).unwrap_or_else(|refusal| refusal);
                        answer.delay = delay;
                        answer
                    },
                )
            }),
        },
        found => {
            let status = if matches!(found, Found::OtherMethod) {
                405
            } else {
                404
            };
            Resolved {
                operation: format!("{method} unknown"),
                is_write,
                page: None,
                run: Box::new(move |state, request, _| {
                    let charge = if is_write {
                        Charge::Write("unknown")
                    } else {
                        Charge::Read
                    };
                    // Outside `/api` nobody asks for a token.
                    if !request.path.starts_with("/api/") {
                        return error(state, request, 404);
                    }
                    admit(state, request, charge)
                        .err()
                        .unwrap_or_else(|| error(state, request, status))
                }),
            }
        }
    }
}

/// Lets a request in, with the time that its answer is held back, or refuses it.
fn admit(
    state: &mut State,
    request: &Incoming,
    charge: Charge,
) -> Result<std::time::Duration, Answer> {
    limits::check_block(state)?;
    auth::check(state, request)?;
    limits::take(state, request, charge)
}

#[derive(Serialize)]
struct ErrorResponse<'a> {
    timestamp: i64,
    status: u16,
    error: &'static str,
    path: &'a str,
}

/// The vendor's error body, which tells no cause.
pub(crate) fn error(state: &State, request: &Incoming, status: u16) -> Answer {
    let error = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        429 => "Too Many Requests",
        _ => "Error",
    };
    let path = request.path.strip_prefix("/api").unwrap_or(&request.path);
    Answer::json(
        status,
        &ErrorResponse {
            timestamp: state.clock.now_ms(),
            status,
            error,
            path,
        },
    )
}

pub(crate) fn throttled(state: &State, request: &Incoming, retry_after: Option<&String>) -> Answer {
    error(state, request, 429).retry_after(retry_after)
}

impl Call<'_> {
    fn error(&self, status: u16) -> Answer {
        error(self.state, self.request, status)
    }

    /// The body as JSON; 400 for anything else, text that is not UTF-8 included.
    fn body<T: DeserializeOwned>(&self) -> Result<T, Answer> {
        serde_json::from_slice(&self.request.body).map_err(|_| self.error(400))
    }

    /// The site that the path names.
    fn site(&self) -> Result<&Site, Answer> {
        let uid = self.path.first().map_or("", String::as_str);
        self.state.world.site(uid).ok_or_else(|| self.error(404))
    }

    /// The same, to change it.
    fn site_mut(&mut self) -> Result<&mut Site, Answer> {
        let missing = self.error(404);
        let uid = self.path.first().map_or("", String::as_str);
        self.state.world.site_mut(uid).map_err(|_| missing)
    }

    /// A link into the web portal.
    fn portal(&self, path: &str) -> String {
        format!(
            "https://{}.centrastage.net/csm/{path}",
            self.state.world.account.platform
        )
    }
}

/// Whether the site takes part in what ordinary sites do.
fn is_ordinary(site: &Site) -> bool {
    site.kind != SiteKind::DeletedDevices
}
