//! The way of a request: resolve, record, hook, fault, carry out, hook, fault, answer.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State as Carried};
use axum::http::Response;

use super::connection::Wire;
use super::exchange::{Answer, Incoming, Resolved, Tweaks};
use crate::faults::{Asked, FaultAction};
use crate::record::{Phase, RequestInfo, Vendor};
use crate::state::Shared;
use crate::{gravityzone, networking, rmm};

/// Larger bodies are refused.
const MAX_BODY: usize = 4 << 20;

#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) vendor: Vendor,
    pub(crate) shared: Arc<Shared>,
}

pub(crate) async fn handle(
    ConnectInfo(wire): ConnectInfo<Wire>,
    Carried(server): Carried<Server>,
    request: Request,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return Answer::html(413, "413 Payload Too Large")
            .into_http(server.shared.lock().clock.now_ms());
    };
    let incoming = Incoming {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers,
        body,
    };
    // A task of its own: what a client sent is carried out even if the client is gone by then.
    let shared = Arc::clone(&server.shared);
    let answer = tokio::spawn(async move { server.exchange(&wire, incoming).await }).await;
    let latency = shared.lock().settings.latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let now_ms = shared.lock().clock.now_ms();
    answer
        .unwrap_or_else(|_| Answer::html(500, "500 Internal Server Error"))
        .into_http(now_ms)
}

impl Server {
    async fn exchange(&self, wire: &Wire, incoming: Incoming) -> Answer {
        let Resolved {
            operation,
            is_write,
            page,
            run,
        } = match self.vendor {
            Vendor::Rmm => rmm::resolve(&incoming),
            Vendor::GravityZone => gravityzone::resolve(&incoming),
            Vendor::Networking => networking::resolve(&incoming),
        };
        let operation = format!("{} {operation}", self.vendor);
        let (info, fault) = {
            let mut state = self.shared.lock();
            let asked = Asked {
                vendor: self.vendor,
                operation: &operation,
                is_write,
                page,
            };
            let fault = state.faults.strike(&asked);
            let info = state
                .records
                .begin(self.vendor, operation, is_write, incoming.target());
            if let Some(record) = state.records.of(info.sequence) {
                record.fault = fault.as_ref().map(FaultAction::name);
            }
            (info, fault)
        };
        self.shared.call_hooks(&info, Phase::Before);
        if let Some(answer) = self.without_work(wire, &incoming, fault.as_ref()) {
            return self.sent(
                &info,
                answer,
                !matches!(fault, Some(FaultAction::CloseBefore)),
            );
        }
        if let Some(FaultAction::DelayMs(wait)) = fault {
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
        let tweaks = match fault {
            Some(FaultAction::MissingRows(missing_rows)) => Tweaks { missing_rows },
            _ => Tweaks::default(),
        };
        let answer = {
            let mut state = self.shared.lock();
            let answer = run(&mut state, &incoming, tweaks);
            rmm::run_jobs(&mut state);
            if let Some(record) = state.records.of(info.sequence) {
                record.processed = true;
            }
            answer
        };
        self.shared.call_hooks(&info, Phase::After);
        if !answer.delay.is_zero() {
            tokio::time::sleep(answer.delay).await;
        }
        self.spoiled(wire, &info, answer, fault).await
    }

    /// The answer of a fault that keeps the request from being carried out.
    fn without_work(
        &self,
        wire: &Wire,
        incoming: &Incoming,
        fault: Option<&FaultAction>,
    ) -> Option<Answer> {
        Some(match fault? {
            FaultAction::Status(status @ 500..) => {
                Answer::html(*status, &format!("{status} Gateway"))
            }
            FaultAction::Status(status) => match self.vendor {
                Vendor::Rmm => rmm::error(&self.shared.lock(), incoming, *status),
                Vendor::GravityZone => gravityzone::error(incoming, *status),
                Vendor::Networking => networking::error(*status, 1000),
            },
            FaultAction::RateLimited(retry_after) => {
                let state = self.shared.lock();
                match self.vendor {
                    Vendor::Rmm => rmm::throttled(&state, incoming, retry_after.as_ref()),
                    Vendor::GravityZone => {
                        gravityzone::throttled(&state, incoming, retry_after.as_ref())
                    }
                    Vendor::Networking => {
                        networking::error(429, 1000).retry_after(retry_after.as_ref())
                    }
                }
            }
            FaultAction::Answer {
                status,
                content_type,
                body,
            } => Answer::text(*status, content_type, body.as_str()),
            FaultAction::HtmlOk => Answer::html(200, "Please sign in"),
            FaultAction::CloseBefore => {
                wire.close();
                Answer::empty(500)
            }
            _ => return None,
        })
    }

    /// Applies a fault to the answer of a request that was carried out.
    async fn spoiled(
        &self,
        wire: &Wire,
        info: &RequestInfo,
        mut answer: Answer,
        fault: Option<FaultAction>,
    ) -> Answer {
        let mut is_sent = true;
        match fault {
            Some(FaultAction::CloseAfter) => {
                wire.close();
                is_sent = false;
            }
            Some(FaultAction::CutBody) => wire.cut_body_after(answer.body.len() / 2),
            Some(FaultAction::TruncatedJson) => answer.body.truncate(answer.body.len() / 2),
            Some(FaultAction::DelayAnswerMs(wait)) => {
                tokio::time::sleep(Duration::from_millis(wait)).await;
            }
            _ => {}
        }
        self.sent(info, answer, is_sent)
    }

    /// Notes the answer in the record.
    fn sent(&self, info: &RequestInfo, answer: Answer, is_sent: bool) -> Answer {
        let mut state = self.shared.lock();
        if let Some(record) = state.records.of(info.sequence).filter(|_| is_sent) {
            record.status = Some(answer.status);
        }
        answer
    }
}
