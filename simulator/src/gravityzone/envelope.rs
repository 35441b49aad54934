//! The JSON-RPC envelope and its errors.

use serde_json::{Map, Value, json};

use crate::server::Answer;

/// A request whose envelope is sound.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) id: Value,
    pub(super) method: String,
    pub(super) params: Map<String, Value>,
}

impl Request {
    /// Reads an envelope. Batches and notifications are no requests here; `params` may be `[]`.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Failure> {
        let value: Value = serde_json::from_slice(body)
            .map_err(|_| Failure::new(-32_700, "The body is not JSON."))?;
        let invalid = || Failure::new(-32_600, "The envelope is not a JSON-RPC 2.0 request.");
        let Value::Object(mut members) = value else {
            return Err(invalid());
        };
        let id = members
            .remove("id")
            .filter(|id| id.is_string() || id.is_number())
            .ok_or_else(invalid)?;
        let is_current = members.get("jsonrpc").and_then(Value::as_str) == Some("2.0");
        let method = members
            .get("method")
            .and_then(Value::as_str)
            .filter(|_| is_current)
            .ok_or_else(invalid)?;
        let method = method.to_owned();
        let params = match members.remove("params") {
            Some(Value::Object(params)) => params,
            Some(Value::Array(list)) if list.is_empty() => Map::new(),
            _ => return Err(invalid()),
        };
        Ok(Self { id, method, params })
    }
}

/// A JSON-RPC error.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    code: i64,
    details: String,
}

impl Failure {
    pub(super) fn new(code: i64, details: impl Into<String>) -> Self {
        Self {
            code,
            details: details.into(),
        }
    }

    /// -32000, for keys, licences and settings.
    pub(super) fn server(details: impl Into<String>) -> Self {
        Self::new(-32_000, details)
    }

    /// -32602, with a text about any rule.
    pub(super) fn params(details: impl Into<String>) -> Self {
        Self::new(-32_602, details)
    }

    /// -32602 for a parameter.
    pub(super) fn invalid(parameter: &str) -> Self {
        Self::params(format!("Invalid value for '{parameter}' parameter."))
    }

    pub(super) fn answer(&self, status: u16, id: &Value) -> Answer {
        let message = match self.code {
            -32_700 => "Parse error",
            -32_600 => "Invalid Request",
            -32_601 => "Method not found",
            -32_602 => "Invalid params",
            -32_001 => "Authorization error",
            -32_002 => "Resource not found",
            -32_003 => "Too many requests",
            _ => "Server error",
        };
        let error =
            json!({"code": self.code, "message": message, "data": {"details": self.details}});
        Answer::json(status, &json!({"id": id, "jsonrpc": "2.0", "error": error}))
    }
}
