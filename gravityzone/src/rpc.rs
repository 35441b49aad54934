//! JSON-RPC 2.0 over one URL per service: the envelope around every call, and calls made from an [`Operation`].

mod answer;
mod code;

use std::sync::atomic::{AtomicU64, Ordering};

use client_core::{
    Body, Call, Dialect, Disposition, Error, Operation, Outgoing, Reply, Request, SecretString,
    decode_json,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use code::{RpcCode, is_license_refusal};

/// The envelope of a success whose result is wanted.
#[derive(Deserialize)]
struct Success<T> {
    result: T,
}

/// A call of a method with these parameters (an object), whose `result` decodes as `T`.
///
/// For methods that this crate does not cover. Make the [`Operation`] with [`Operation::rpc`]: the version belongs to
/// the method, and reads must say so to be repeated. Batches are not supported by the vendor.
///
/// ```
/// use client_core::{Operation, Repeat};
///
/// const GET: Operation = Operation::rpc("policies.get", "/v1.1/jsonrpc/policies", "getPolicyDetails")
///     .charges(&["policies.getPolicyDetails"])
///     .repeat(Repeat::Read);
///
/// let call = gravityzone::call::<serde_json::Value>(&GET, &serde_json::json!({"policyId": "0123456789abcdef01234567"}));
/// let policy = call.decode(br#"{"id":"1","jsonrpc":"2.0","result":{"name":"Default"}}"#)?;
/// assert_eq!(policy["name"], "Default");
/// # Ok::<_, client_core::DecodeError>(())
/// ```
pub fn call<T: DeserializeOwned + 'static>(
    operation: &Operation,
    params: &impl Serialize,
) -> Call<T> {
    Call::decoded_by(operation, [], |raw| {
        decode_json::<Success<T>>(&raw.body).map(|success| success.result)
    })
    .json(params)
}

/// A call of a method that answers nothing: a missing `result`, `null` and anything else are success.
pub fn void_call(operation: &Operation, params: &impl Serialize) -> Call<()> {
    Call::decoded_by(operation, [], |_| Ok(())).json(params)
}

/// The vendor's manners: envelope, Basic credentials, and errors inside of successes.
#[derive(Debug)]
pub(crate) struct Rpc {
    key: SecretString,
    last_id: AtomicU64,
}

impl Rpc {
    pub(crate) fn new(key: SecretString) -> Self {
        Self {
            key,
            last_id: AtomicU64::new(0),
        }
    }
}

impl Dialect for Rpc {
    fn prepare(&self, request: &Request, out: &mut Outgoing) -> Result<(), Error> {
        let Some(method) = request.operation().rpc_method() else {
            return Ok(());
        };
        let params = match request.body() {
            Body::Json(params) if !params.is_empty() => params.as_slice(),
            _ => b"{}",
        };
        let id = (self.last_id.fetch_add(1, Ordering::Relaxed) + 1).to_string();
        let mut body =
            format!(r#"{{"id":"{id}","jsonrpc":"2.0","method":"{method}","params":"#).into_bytes();
        body.extend_from_slice(params);
        body.push(b'}');
        out.set_body(body);
        out.set_tag(id);
        out.set_header("content-type", "application/json")
    }

    fn sign(&self, _token: Option<&SecretString>, out: &mut Outgoing) -> Result<(), Error> {
        out.set_basic(&self.key, None)
    }

    fn classify(&self, reply: &Reply<'_>) -> Disposition {
        answer::classify(reply)
    }
}

#[cfg(test)]
mod tests {
    use client_core::{Operation, Repeat};
    use serde_json::{Value, json};

    use super::{call, void_call};

    const GET: Operation = Operation::rpc("x.get", "/v1.0/jsonrpc/x", "getX").repeat(Repeat::Read);

    #[test]
    fn a_result_is_needed_unless_the_method_is_void() {
        let get = call::<Vec<u32>>(&GET, &json!({}));
        assert_eq!(
            get.decode(br#"{"id":"1","jsonrpc":"2.0","result":[1]}"#),
            Ok(vec![1])
        );
        let wrong = get
            .decode(br#"{"id":"1","jsonrpc":"2.0","result":["x"]}"#)
            .unwrap_err();
        assert_eq!(wrong.path(), Some("result[0]"));
        assert!(get.decode(br#"{"id":"1","jsonrpc":"2.0"}"#).is_err());
        assert_eq!(call::<Value>(&GET, &json!({})).target(), "/v1.0/jsonrpc/x");

        let void = void_call(&GET, &json!({}));
        for body in [
            r#"{"id":"1","jsonrpc":"2.0"}"#,
            r#"{"id":"1","jsonrpc":"2.0","result":null}"#,
        ] {
            assert_eq!(void.decode(body.as_bytes()), Ok(()));
        }
    }
}
