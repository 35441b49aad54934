//! The wire of Datto RMM: REST under `/api/v2` and `/api/v3`, OAuth beside it.

mod account;
mod activity;
mod alerts;
mod audit;
mod auth;
mod components;
mod devices;
mod fields;
mod filters;
mod jobs;
mod limits;
mod paging;
mod patches;
mod routes;
mod site_settings;
mod sites;
mod system;
mod users;
mod variables;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::Method;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

pub(crate) use self::jobs::{JobRule, run as run_jobs};
use self::limits::Charge;
use self::routes::ROUTES;
use crate::server::{Answer, Found, Incoming, Resolved, Tweaks, find, in_table};
use crate::state::State;
use crate::world::{ActivitySpec, Device, SecurityLevel, Site, SiteKind, User};

/// What the RMM remembers besides the world.
#[derive(Default)]
pub(crate) struct Memory {
    /// Tokens that were handed out.
    pub(crate) tokens: BTreeMap<String, auth::Token>,
    pub(crate) limits: limits::Usage,
    /// How jobs end where somebody has said so; the last rule that fits wins.
    pub(crate) job_rules: Vec<JobRule>,
    /// The uids of jobs that are not over.
    running_jobs: Vec<String>,
}

/// A request that passed authorization and limits.
struct Call<'a> {
    state: &'a mut State,
    request: &'a Incoming,
    /// The position of the caller's key pair.
    key: usize,
    /// Values of the path's parameters.
    path: Vec<String>,
    tweaks: Tweaks,
}

type Handler = fn(&mut Call<'_>) -> Result<Answer, Answer>;

/// An endpoint: since which build there is one, what it charges and what it does.
struct Endpoint {
    build: u16,
    charge: Charge,
    handler: Handler,
}

/// A site's device.
type Row<'a> = (&'a Site, &'a Device);

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
        let run = Box::new(|state: &mut State, _: &Incoming, _| {
            limits::check_block(state).map_or_else(|blocked| blocked, |()| system::status(state))
        });
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
                    |(key, delay)| {
                        let mut call = Call {
                            state,
                            request,
                            key,
                            path,
                            tweaks,
                        };
                        let mut answer = call.run(&route.handler).unwrap_or_else(|refusal| refusal);
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
                    if let Err(blocked) = limits::check_block(state) {
                        return blocked;
                    }
                    let charge = if is_write {
                        Charge::Write("unknown")
                    } else {
                        Charge::Read
                    };
                    // Nobody asks for a token outside `/api`, nor where somebody wants one from there.
                    if !request.path.starts_with("/api/") || request.path.ends_with(TOKEN) {
                        return error(state, request, 404);
                    }
                    match admit(state, request, charge) {
                        Err(refusal) => refusal,
                        Ok(_) if status == 404 => no_resource(state, request),
                        Ok(_) => error(state, request, status),
                    }
                }),
            }
        }
    }
}

/// Whether requests can be of that operation, named without the vendor.
pub(crate) fn has_operation(name: &str) -> bool {
    name == format!("POST {TOKEN}") || name == format!("GET {STATUS}") || in_table(ROUTES, name)
}

/// Lets a request in, with the position of its key pair and the time that its answer is held back,
/// or refuses it.
fn admit(
    state: &mut State,
    request: &Incoming,
    charge: Charge,
) -> Result<(usize, Duration), Answer> {
    limits::check_block(state)?;
    let key = auth::check(state, request)?;
    Ok((key, limits::take(state, request, charge)?))
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
        415 => "Unsupported Media Type",
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

/// What the server behind the API says of a path that leads nowhere.
fn no_resource(state: &State, request: &Incoming) -> Answer {
    let path = request.path.strip_prefix("/api").unwrap_or(&request.path);
    let body = json!({
        "timestamp": state.clock.now_ms(),
        "status": 404,
        "error": "Not Found",
        "message": format!("No static resource {}.", path.trim_start_matches('/')),
        "path": path,
    });
    Answer::json(404, &body)
}

pub(crate) fn throttled(state: &State, request: &Incoming, retry_after: Option<&String>) -> Answer {
    error(state, request, 429).retry_after(retry_after)
}

/// A JSON object, where a type alone would take the values of its fields in a list as well.
struct Object<T>(T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Map::deserialize(deserializer)?;
        let whole = serde_json::from_value(Value::Object(fields));
        whole.map(Self).map_err(D::Error::custom)
    }
}

impl Call<'_> {
    fn run(&mut self, endpoint: &Endpoint) -> Result<Answer, Answer> {
        if self.state.settings.rmm.build < endpoint.build {
            return Err(no_resource(self.state, self.request));
        }
        if endpoint.charge.is_change() && !self.is_administrator() {
            return Err(self.error(403));
        }
        (endpoint.handler)(self)
    }

    /// The caller; none if the world was changed so that the key pair is nobody's.
    fn user(&self) -> Option<&User> {
        self.state.world.user_of_key(self.key)
    }

    fn username(&self) -> String {
        self.user()
            .map_or_else(String::new, |user| user.username.clone())
    }

    fn is_administrator(&self) -> bool {
        self.user()
            .is_none_or(|user| user.level == SecurityLevel::Administrator)
    }

    /// Whether the caller may see a site.
    fn sees(&self, site: &Site) -> bool {
        self.user()
            .and_then(|user| user.sites.as_ref())
            .is_none_or(|sites| sites.contains(&site.uid))
    }

    /// The sites that the caller may see.
    fn sites(&self) -> impl Iterator<Item = &Site> {
        let scope = self.user().and_then(|user| user.sites.as_ref());
        let sites = self.state.world.sites.iter();
        sites.filter(move |site| scope.is_none_or(|scope| scope.contains(&site.uid)))
    }

    /// Their devices.
    fn devices(&self) -> impl Iterator<Item = Row<'_>> {
        self.sites()
            .flat_map(|site| site.devices.iter().map(move |device| (site, device)))
    }

    /// Notes in the activity log what the caller has done.
    fn log(&mut self, spec: ActivitySpec) {
        self.state.world.now_ms = self.state.clock.now_ms();
        // What an entry is about was found a moment before; without it there is nothing to note.
        let _ = self.state.world.add_activity(&spec.by(self.username()));
    }

    fn error(&self, status: u16) -> Answer {
        error(self.state, self.request, status)
    }

    /// The body, a JSON object; 400 for anything else, text that is not UTF-8 included.
    fn body<T: DeserializeOwned>(&self) -> Result<T, Answer> {
        let kind = self.request.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if let Some(status) = self.state.settings.rmm.other_content_type_status
            && !kind.eq_ignore_ascii_case("application/json")
        {
            return Err(self.error(status));
        }
        let body = serde_json::from_slice::<Object<T>>(&self.request.body);
        body.map(|Object(body)| body).map_err(|_| self.error(400))
    }

    /// The part of the path with that position among its parameters.
    fn part(&self, position: usize) -> &str {
        self.path.get(position).map_or("", String::as_str)
    }

    /// The number that the last part of the path gives.
    fn number(&self) -> Result<i64, Answer> {
        let text = self.path.last().map_or("", String::as_str);
        text.parse().map_err(|_| self.error(400))
    }

    /// A query parameter, read by `parse`; 400 for a value that is none. Empty is as good as absent.
    fn query<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Answer> {
        match self.request.parameter(name) {
            Some(text) if !text.is_empty() => parse(&text).map(Some).ok_or_else(|| self.error(400)),
            _ => Ok(None),
        }
    }

    /// The site with that uid; 403 for one out of sight.
    fn site_with(&self, uid: &str) -> Result<&Site, Answer> {
        match self.state.world.site(uid) {
            Some(site) if self.sees(site) => Ok(site),
            Some(_) => Err(self.error(403)),
            None => Err(self.error(404)),
        }
    }

    /// The site that the path names first.
    fn site(&self) -> Result<&Site, Answer> {
        self.site_with(self.part(0))
    }

    /// The same, to change it.
    fn site_mut(&mut self) -> Result<&mut Site, Answer> {
        self.site()?;
        let missing = self.error(404);
        let uid = self.path.first().map_or("", String::as_str);
        self.state.world.site_mut(uid).map_err(|_| missing)
    }

    /// The device that a part of the path names by uid, with its site; 403 for one out of sight.
    fn device_in(&self, position: usize) -> Result<Row<'_>, Answer> {
        match self.state.world.device(self.part(position)) {
            Some(row) if self.sees(row.0) => Ok(row),
            Some(_) => Err(self.error(403)),
            None => Err(self.error(404)),
        }
    }

    /// The device that the path names first.
    fn device(&self) -> Result<Row<'_>, Answer> {
        self.device_in(0)
    }

    /// The same, to change it.
    fn device_mut(&mut self) -> Result<&mut Device, Answer> {
        self.device()?;
        let missing = self.error(404);
        let uid = self.path.first().map_or("", String::as_str);
        self.state.world.device_mut(uid).map_err(|_| missing)
    }

    /// The devices that have the hardware address of the path, which is 12 hex digits and no more;
    /// 404 if there is none.
    fn devices_by_mac(&self) -> Result<Vec<Row<'_>>, Answer> {
        let text = self.part(0);
        if text.len() != 12 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(self.error(self.state.settings.rmm.malformed_mac_status));
        }
        let wanted = text.to_lowercase();
        let rows: Vec<_> = self
            .devices()
            .filter(|(_, device)| {
                let mut macs = device.interfaces.iter().filter_map(|card| card.mac);
                macs.any(|mac| mac.spelled("") == wanted)
            })
            .collect();
        if rows.is_empty() {
            return Err(self.error(404));
        }
        Ok(rows)
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
