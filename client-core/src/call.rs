//! A request together with its decoder.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::client::Raw;
use crate::decode::{DecodeError, decode_json};
use crate::encode;
use crate::error::{Delivery, Error, ErrorKind};
use crate::operation::Operation;
use crate::query;
use crate::request::{Body, Expect, Request};
use crate::retry::RetryPolicy;

type Decoder<T> = Arc<dyn Fn(&Raw) -> Result<T, DecodeError> + Send + Sync>;

/// One call of an endpoint: a value that can be built, compared, logged and sent more than once.
///
/// Built from an [`Operation`] and nothing else; sent by [`Client::send`](crate::Client::send). A mistake in its input
/// (a path value that is empty or `..`, a filter that is no struct) does not panic: it is the error of the send, and of
/// [`check`](Self::check).
#[must_use = "a call does nothing until a client sends it"]
pub struct Call<T> {
    pub(crate) request: Request,
    pub(crate) decoder: Decoder<T>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) max_body: Option<usize>,
    invalid: Option<Error>,
}

impl<T: DeserializeOwned + 'static> Call<T> {
    /// A call whose answer is JSON. `path` fills the variables of the operation's path, in order; each value is
    /// encoded, never interpreted.
    pub fn new<const N: usize>(operation: &Operation, path: [&str; N]) -> Self {
        Self::build(operation, &path, Expect::Json, |raw| decode_json(&raw.body))
    }
}

impl Call<()> {
    /// A call whose answer carries nothing: any success is success, its body is not read as JSON.
    pub fn unit<const N: usize>(operation: &Operation, path: [&str; N]) -> Self {
        Self::build(operation, &path, Expect::Nothing, |_| Ok(()))
    }
}

impl Call<Vec<u8>> {
    /// A call whose answer is taken as it comes: text, an archive, a report.
    pub fn bytes<const N: usize>(operation: &Operation, path: [&str; N]) -> Self {
        Self::build(operation, &path, Expect::Bytes, |raw| Ok(raw.body.clone()))
    }
}

impl Call<Raw> {
    /// `call` with its answer as it came.
    pub(crate) fn undecoded<T>(call: Call<T>) -> Self {
        Self {
            request: Request {
                expect: Expect::Bytes,
                ..call.request
            },
            decoder: Arc::new(|raw| Ok(raw.clone())),
            deadline: call.deadline,
            retry: call.retry,
            max_body: call.max_body,
            invalid: call.invalid,
        }
    }
}

impl<T> Call<T> {
    fn build(
        operation: &Operation,
        path: &[&str],
        expect: Expect,
        decoder: impl Fn(&Raw) -> Result<T, DecodeError> + Send + Sync + 'static,
    ) -> Self {
        let (path, invalid) = match encode::fill(operation.path(), path) {
            Ok(path) => (path, None),
            Err(error) => (
                operation.path().to_owned(),
                Some(invalid(operation, &error.to_string())),
            ),
        };
        Self {
            request: Request {
                operation: *operation,
                path,
                query: Vec::new(),
                headers: Vec::new(),
                body: Body::None,
                expect,
                credentials: true,
            },
            decoder: Arc::new(decoder),
            deadline: None,
            retry: None,
            max_body: None,
            invalid,
        }
    }

    /// A call whose answer `decoder` reads, for answers with an envelope. The decoder sees status, headers and body of
    /// an answer that the dialect already accepted.
    pub fn decoded_by<const N: usize>(
        operation: &Operation,
        path: [&str; N],
        decoder: impl Fn(&Raw) -> Result<T, DecodeError> + Send + Sync + 'static,
    ) -> Self {
        Self::build(operation, &path, Expect::Json, decoder)
    }

    /// The way around this library: any path and query, already encoded, for an [`Operation::raw`]. Charges, limits,
    /// credentials and retry work as for other calls.
    pub fn raw(operation: &Operation, target: &str) -> Self
    where
        T: DeserializeOwned + 'static,
    {
        let mut call = Self::build(operation, &[], Expect::Json, |raw| decode_json(&raw.body));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        call.invalid = encode::check_path(path)
            .err()
            .map(|error| invalid(operation, &error.to_string()));
        path.clone_into(&mut call.request.path);
        call.request.query = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        call
    }

    /// Adds the fields of `filter` to the query, in order. Absent ones are left out, lists are joined by commas.
    pub fn query<Q: Serialize + ?Sized>(mut self, filter: &Q) -> Self {
        match query::pairs(filter) {
            Ok(pairs) => self.request.query.extend(pairs),
            Err(error) => self.reject(&format!("the query cannot be built: {error}")),
        }
        self
    }

    /// Adds one pair to the query.
    pub fn query_pair(mut self, key: impl Into<String>, value: impl fmt::Display) -> Self {
        self.request.query.push((key.into(), value.to_string()));
        self
    }

    /// Replaces the values of `key` in the query by `value`: for the page number.
    pub fn set_query(mut self, key: &str, value: impl fmt::Display) -> Self {
        self.request.query.retain(|(name, _)| name != key);
        self.query_pair(key, value)
    }

    /// The same call with the query of a link that an answer gave for its next page.
    ///
    /// # Errors
    ///
    /// [`Paging`](crate::ErrorKind::Paging) if the link leads to another origin than `base`, or to another path than
    /// this call's: credentials would go with it.
    pub fn follow(mut self, base: &Url, link: &str) -> Result<Self, Error> {
        let astray = || {
            Error::new(
                ErrorKind::Paging,
                "the link to the next page leads elsewhere",
            )
            .with_operation(self.request.operation.name())
            .with_delivery(Delivery::Refused)
        };
        let link = base.join(link).map_err(|_| astray())?;
        let path = format!("{}{}", base.path().trim_end_matches('/'), self.request.path);
        if link.origin() != base.origin() || link.path() != path || !link.username().is_empty() {
            return Err(astray());
        }
        self.request.query = link.query_pairs().into_owned().collect();
        Ok(self)
    }

    /// Sets a JSON body, serialised here and now.
    pub fn json<B: Serialize + ?Sized>(mut self, body: &B) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.request.body = Body::Json(bytes),
            Err(error) => self.reject(&format!("the body cannot be built: {error}")),
        }
        self
    }

    /// Sets a form body of secret values.
    pub fn form(mut self, pairs: Vec<(&'static str, SecretString)>) -> Self {
        self.request.body = Body::Form(pairs);
        self
    }

    /// Adds a header. Values show up in no log; secrets belong into the dialect all the same.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.request.headers.push((name, value.into()));
        self
    }

    /// Sends the call without credentials.
    pub fn without_credentials(mut self) -> Self {
        self.request.credentials = false;
        self
    }

    /// Overrides the client's operation deadline, counted from the send, waits and retries included.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Overrides the client's retry policy.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Overrides the client's cap on the answer's size, in bytes after decompression.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// The same call with another result.
    pub fn map<U: 'static>(self, map: impl Fn(T) -> U + Send + Sync + 'static) -> Call<U>
    where
        T: 'static,
    {
        self.and_then(move |value| Ok(map(value)))
    }

    /// The same call with another result that may fail to be made.
    pub fn and_then<U: 'static>(
        self,
        map: impl Fn(T) -> Result<U, DecodeError> + Send + Sync + 'static,
    ) -> Call<U>
    where
        T: 'static,
    {
        let decoder = self.decoder;
        Call {
            request: self.request,
            decoder: Arc::new(move |raw| decoder(raw).and_then(&map)),
            deadline: self.deadline,
            retry: self.retry,
            max_body: self.max_body,
            invalid: self.invalid,
        }
    }

    /// The request, to compare or print.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The operation.
    pub fn operation(&self) -> &Operation {
        &self.request.operation
    }

    /// Path and query, relative to the client's base: `/sites?state=live`.
    pub fn target(&self) -> String {
        self.request.target()
    }

    /// Decodes an answer with the call's own decoder, without sending anything: for tests on recorded bodies.
    ///
    /// # Errors
    ///
    /// As for the same body from the wire.
    pub fn decode(&self, body: &[u8]) -> Result<T, DecodeError> {
        (self.decoder)(&Raw::recorded(body))
    }

    /// Whether the call can be sent.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput), if a part of it could not be built.
    pub fn check(&self) -> Result<(), Error> {
        self.invalid.clone().map_or(Ok(()), Err)
    }

    /// Refuses the call with `message`, unless it is refused already: for checks in a vendor crate's setters.
    pub fn refuse_if(mut self, refused: bool, message: &str) -> Self {
        if refused {
            self.reject(message);
        }
        self
    }

    fn reject(&mut self, message: &str) {
        if self.invalid.is_none() {
            self.invalid = Some(invalid(&self.request.operation, message));
        }
    }
}

fn invalid(operation: &Operation, message: &str) -> Error {
    Error::invalid_input(message.to_owned()).with_operation(operation.name())
}

impl<T> Clone for Call<T> {
    fn clone(&self) -> Self {
        Self {
            request: self.request.clone(),
            decoder: Arc::clone(&self.decoder),
            deadline: self.deadline,
            retry: self.retry.clone(),
            max_body: self.max_body,
            invalid: self.invalid.clone(),
        }
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;
    use serde_json::json;

    use super::Call;
    use crate::{ErrorKind, Method, Operation, Repeat};

    const GET: Operation = Operation::get("sites.get", "/v2/site/{siteUid}/variables");

    #[test]
    fn target_shows_path_and_query() {
        let call = Call::<()>::unit(&GET, ["a/b"])
            .query_pair("page", 0)
            .query_pair("max", 250)
            .set_query("page", 1);
        assert_eq!(call.target(), "/v2/site/a%2Fb/variables?max=250&page=1");
        assert!(call.check().is_ok());
    }

    #[test]
    fn bad_input_is_the_calls_error() {
        let error = Call::<()>::unit(&GET, [".."])
            .query_pair("page", 0)
            .check()
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.operation()),
            (ErrorKind::InvalidInput, "sites.get")
        );
        assert!(Call::<()>::unit(&GET, []).check().is_err());
        assert!(Call::<()>::unit(&GET, ["x"]).query("text").check().is_err());
        assert!(
            Call::<()>::unit(&GET, ["x"])
                .refuse_if(true, "no")
                .check()
                .is_err()
        );
    }

    #[test]
    fn raw_calls_keep_their_target() {
        const RAW: Operation = Operation::raw("raw", Method::Get, Repeat::Read);
        let call = Call::<serde_json::Value>::raw(&RAW, "/v2/new%20thing?a=1&b=x%20y");
        assert_eq!(call.target(), "/v2/new%20thing?a=1&b=x%20y");
        assert!(call.check().is_ok());
        assert!(Call::<()>::raw(&RAW, "/../x").check().is_err());
    }

    #[test]
    fn debug_prints_no_values() {
        let call = Call::<()>::unit(&GET, ["x"])
            .query_pair("q", "canary")
            .json(&json!({"value": "canary"}))
            .header("x-thing", "canary");
        assert!(!format!("{call:?}").contains("canary"));
        let form =
            Call::<()>::unit(&GET, ["x"]).form(vec![("password", SecretString::from("canary"))]);
        assert!(!format!("{form:?}").contains("canary"));
        assert_eq!(form.request(), form.clone().request());
    }

    #[test]
    fn links_are_followed_at_home_only() {
        let base = "https://api.example.test:8443/api/".parse().unwrap();
        let call = || Call::<()>::unit(&GET, ["a b"]).query_pair("max", 2);
        for link in [
            "https://api.example.test:8443/api/v2/site/a%20b/variables?max=2&searchAfter=1%2C2&searchAfter=x",
            "/api/v2/site/a%20b/variables?max=2&searchAfter=1,2&searchAfter=x",
        ] {
            let target = call().follow(&base, link).unwrap().target();
            assert_eq!(
                target,
                "/v2/site/a%20b/variables?max=2&searchAfter=1,2&searchAfter=x"
            );
        }
        for link in [
            "https://api.example.test/api/v2/site/a%20b/variables?page=1",
            "http://api.example.test:8443/api/v2/site/a%20b/variables?page=1",
            "https://evil.test:8443/api/v2/site/a%20b/variables?page=1",
            "https://x@api.example.test:8443/api/v2/site/a%20b/variables?page=1",
            "//evil.test/api/v2/site/a%20b/variables",
            "/api/v2/site/other/variables?page=1",
            "/api/v2/site/a%20b/variables/../../../account",
            "https://[",
        ] {
            let error = call().follow(&base, link).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Paging, "{link}");
        }
    }

    #[test]
    fn map_changes_the_result_only() {
        let call = Call::<Vec<u32>>::new(&GET, ["x"]).map(|numbers| numbers.len());
        assert_eq!(call.decode(b"[1,2,3]"), Ok(3));
        assert!(call.decode(b"[").unwrap_err().is_malformed());
    }
}
