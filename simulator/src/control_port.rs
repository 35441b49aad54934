//! The control port: what a test needs of the handle as JSON over HTTP, for programs in any language.
//!
//! `GET /` tells addresses and credentials, `GET /counts` and `GET /requests` what was asked,
//! `GET /world` everything that exists, `GET /records` a host's records of it; `POST /commands` takes
//! one [`Command`] or a list of them.

mod command;

use axum::extract::State as Carried;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use self::command::{Command, Refusal};
use crate::records::RecordsSpec;
use crate::simulator::{Simulator, WeakSimulator};

/// A status and a JSON body.
type Reply = (StatusCode, Json<Value>);

pub(crate) fn serve(listener: tokio::net::TcpListener, simulator: WeakSimulator) {
    let router = Router::new()
        .route(
            "/",
            get(async |Carried(simulator)| answer(&simulator, about)),
        )
        .route(
            "/counts",
            get(async |Carried(simulator)| answer(&simulator, counts)),
        )
        .route(
            "/requests",
            get(async |Carried(simulator)| {
                answer(&simulator, |simulator| json!(simulator.requests()))
            }),
        )
        .route(
            "/world",
            get(async |Carried(simulator)| answer(&simulator, world)),
        )
        .route(
            "/records",
            get(async |Carried(simulator)| answer(&simulator, records)),
        )
        .route("/commands", post(commands))
        .with_state(simulator);
    tokio::spawn(async move { axum::serve(listener, router).await });
}

fn gone() -> Reply {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        Json(json!({"error": "the simulator has stopped"})),
    )
}

fn answer(simulator: &WeakSimulator, read: fn(&Simulator) -> Value) -> Reply {
    simulator
        .upgrade()
        .map_or_else(gone, |simulator| (StatusCode::OK, Json(read(&simulator))))
}

fn world(simulator: &Simulator) -> Value {
    simulator.with_world(|world| json!(world))
}

fn records(simulator: &Simulator) -> Value {
    simulator.with_world(|world| json!(world.host_records(&RecordsSpec::default())))
}

fn about(simulator: &Simulator) -> Value {
    json!({
        "rmm": {"url": simulator.rmm_url(), "key": simulator.rmm_key(), "secret": simulator.rmm_secret()},
        "gravityzone": {
            "url": simulator.gravityzone_url(),
            "key": simulator.gravityzone_key(),
            "root": simulator.root_company(),
        },
        "networking": {
            "url": simulator.networking_url(),
            "key": simulator.networking_key(),
            "secret": simulator.networking_secret(),
        },
        "nowMs": simulator.now_ms(),
    })
}

fn counts(simulator: &Simulator) -> Value {
    let mut operations = serde_json::Map::new();
    for record in simulator.requests() {
        let count = operations
            .entry(record.info.operation)
            .or_insert_with(|| json!(0));
        *count = json!(count.as_u64().unwrap_or(0) + 1);
    }
    json!({"reads": simulator.reads(), "writes": simulator.writes(), "operations": operations})
}

/// One command, or several to carry out in order up to the first that fails.
#[derive(Deserialize)]
#[serde(untagged)]
enum Commands {
    Several(Vec<Value>),
    One(Value),
}

async fn commands(
    Carried(simulator): Carried<WeakSimulator>,
    Json(commands): Json<Commands>,
) -> Reply {
    let Some(simulator) = simulator.upgrade() else {
        return gone();
    };
    let (is_list, commands) = match commands {
        Commands::Several(commands) => (true, commands),
        Commands::One(command) => (false, vec![command]),
    };
    let mut results = Vec::new();
    for command in commands {
        let command: Command = match serde_json::from_value(command) {
            Ok(command) => command,
            Err(error) => {
                return (
                    StatusCode::BAD_REQUEST,
                    Json(json!({"error": error.to_string()})),
                );
            }
        };
        match command.apply(&simulator) {
            Ok(result) => results.push(result),
            Err(Refusal::Unknown(unknown)) => {
                return (
                    StatusCode::NOT_FOUND,
                    Json(json!({"error": unknown.to_string()})),
                );
            }
            Err(Refusal::Bad(error)) => {
                return (StatusCode::BAD_REQUEST, Json(json!({"error": error})));
            }
        }
    }
    let result = if is_list {
        json!(results)
    } else {
        results.pop().unwrap_or(Value::Null)
    };
    (StatusCode::OK, Json(json!({"result": result})))
}
