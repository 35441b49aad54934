//! The vendor's manners: headers, signature, errors, and what can be done about a refused signature.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use client_core::{
    Client, Clock, Dialect, Disposition, Error, Outgoing, Raw, Redactor, Reply, Request,
    RetryPolicy,
};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use crate::access::Access;
use crate::code::Code;
use crate::errors;
use crate::host::HeaderNames;
use crate::signing::{Nonces, Rules, Signer, is_nonce};
use crate::skew::{Next, Skew};
use crate::time;

/// How long one of the two attempts to learn the vendor's time may take.
const TIME_DEADLINE: Duration = Duration::from_secs(20);
/// How often a request is signed again because of its nonce.
const NONCE_ATTEMPTS: u32 = 2;

/// Everything that puts a signature on a request for one host.
pub(crate) struct Signing {
    pub(crate) signer: Signer,
    pub(crate) nonces: Nonces,
    pub(crate) skew: Skew,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) redactor: Redactor,
    pub(crate) names: HeaderNames,
    pub(crate) version: Option<u32>,
    pub(crate) extra: Vec<(&'static str, SecretString)>,
    pub(crate) rules: Rules,
    /// The path of the base address.
    pub(crate) base_path: String,
}

impl Signing {
    fn prepare(&self, out: &mut Outgoing) -> Result<(), Error> {
        // The documentation wants it on every request, with a body or without.
        out.set_header("content-type", "application/json")?;
        if out.body().is_empty() && matches!(out.method(), "POST" | "PUT") {
            // The documentation wants the length of nothing told too.
            out.set_header("content-length", "0")?;
        }
        if let Some(version) = self.version {
            out.set_header(self.names.version, &version.to_string())?;
        }
        for (name, value) in &self.extra {
            out.set_secret_header(name, value.expose_secret())?;
        }
        Ok(())
    }

    fn sign(&self, out: &mut Outgoing) -> Result<(), Error> {
        let (time, generation) = self.skew.apply(self.clock.timestamp());
        let nonce = self.nonces.next();
        if !is_nonce(&nonce) {
            return Err(Error::config(
                "the source of nonces gave what is none: 1 to 32 ASCII letters and digits",
            ));
        }
        let authorization = self.signer.authorization(time.as_second(), &nonce);
        let target = out.target();
        let target = self.rules.target(&target, &self.base_path);
        let signature = self.signer.signature(
            &authorization,
            target,
            self.rules.body(out.method(), out.body()),
        );
        // An error page may quote what it refused.
        self.redactor
            .learn_secret(&SecretString::from(signature.as_str()));
        out.set_tag(generation.to_string());
        out.set_secret_header(self.names.authorization, &authorization)?;
        out.set_secret_header(self.names.signature, &signature)
    }
}

/// The manners of one host. A clone shares everything.
#[derive(Clone)]
pub(crate) struct Manners(Arc<Inner>);

struct Inner {
    signing: Arc<Signing>,
    access: Access,
    /// Asks for the time; set once the client exists.
    time: OnceLock<Client>,
    /// Refused nonces since the last accepted answer.
    nonces_refused: AtomicU32,
}

impl Manners {
    pub(crate) fn new(signing: Signing, access: Access) -> Self {
        Self(Arc::new(Inner {
            signing: Arc::new(signing),
            access,
            time: OnceLock::new(),
            nonces_refused: AtomicU32::new(0),
        }))
    }

    /// Completes them with the client that uses them, so that they can ask for the time.
    pub(crate) fn attach(&self, client: &Client) -> Result<(), Error> {
        let asking = client.derive(client.base().path(), Asking(Arc::clone(&self.0.signing)))?;
        // Only the first client counts, and there is only one.
        let _ = self.0.time.set(asking);
        Ok(())
    }

    /// Learns the vendor's time: by a signed `/time`, by an unsigned one, by the `Date` of any answer. True if any of
    /// them told it.
    async fn measure(&self, refused: &Reply<'_>) -> bool {
        let signing = &self.0.signing;
        let mut dates = vec![(date(refused.headers.get("date")), refused.received_at)];
        if let Some(client) = self.0.time.get() {
            for signed in [true, false] {
                let call = time::call()
                    .deadline(TIME_DEADLINE)
                    .retry(RetryPolicy::never());
                let call = if signed {
                    call
                } else {
                    call.without_credentials()
                };
                let Ok(raw) = client.send_raw(call).await else {
                    continue;
                };
                let ours = signing.clock.timestamp();
                if let Some(vendor) = told(&raw) {
                    signing.skew.set(vendor, ours, signing.clock.now());
                    return true;
                }
                dates.insert(0, (date(raw.headers.get("date")), ours));
            }
        }
        let Some((vendor, ours)) = dates
            .into_iter()
            .find_map(|(vendor, ours)| Some((vendor?, ours)))
        else {
            return false;
        };
        signing.skew.set(vendor, ours, signing.clock.now());
        true
    }
}

#[async_trait]
impl Dialect for Manners {
    fn prepare(&self, request: &Request, out: &mut Outgoing) -> Result<(), Error> {
        self.0.access.check(request.operation(), request.path())?;
        self.0.signing.prepare(out)
    }

    fn sign(&self, _: Option<&SecretString>, out: &mut Outgoing) -> Result<(), Error> {
        self.0.signing.sign(out)
    }

    fn classify(&self, reply: &Reply<'_>) -> Disposition {
        let refused = &self.0.nonces_refused;
        match errors::classify(reply) {
            Disposition::Accepted => {
                refused.store(0, Ordering::Relaxed);
                Disposition::Accepted
            }
            Disposition::Failed(failure) if has(reply, Code::NonceReused) => {
                // The first repetition is `recover`'s, outside the count; the second one goes by the retry policy.
                let again = refused.fetch_add(1, Ordering::Relaxed) < NONCE_ATTEMPTS;
                Disposition::Failed(failure.transient(again))
            }
            failed @ Disposition::Failed(_) => failed,
        }
    }

    async fn recover(&self, reply: &Reply<'_>) -> bool {
        let signing = &self.0.signing;
        if has(reply, Code::TimestampOutsideWindow) {
            let generation = reply.tag.and_then(|tag| tag.parse().ok());
            return match signing.skew.refused(generation, signing.clock.now()) {
                Next::Sign => true,
                Next::Measure => self.measure(reply).await,
                Next::Stop => false,
            };
        }
        if has(reply, Code::NonceReused) {
            signing.nonces.renew();
            return true;
        }
        let elements = errors::elements(reply.body);
        let too_long = elements
            .iter()
            .find(|element| element.code == Some(Code::NonceTooLong));
        too_long
            .and_then(errors::Element::maximum)
            .is_some_and(|max| signing.nonces.shorten(max))
    }
}

fn has(reply: &Reply<'_>, code: Code) -> bool {
    errors::elements(reply.body)
        .iter()
        .any(|element| element.code == Some(code))
}

/// Asks for the time and takes any answer: a refusal has a `Date` too.
struct Asking(Arc<Signing>);

impl Dialect for Asking {
    fn prepare(&self, _: &Request, out: &mut Outgoing) -> Result<(), Error> {
        self.0.prepare(out)
    }

    fn sign(&self, _: Option<&SecretString>, out: &mut Outgoing) -> Result<(), Error> {
        self.0.sign(out)
    }

    fn classify(&self, _: &Reply<'_>) -> Disposition {
        Disposition::Accepted
    }
}

/// The time that a successful answer of `/time` tells.
fn told(raw: &Raw) -> Option<Timestamp> {
    let success = (200..=299).contains(&raw.status) && errors::elements(&raw.body).is_empty();
    success.then(|| time::read(&raw.body).ok()).flatten()
}

/// A `Date` header, which is always of the form `Sun, 06 Nov 1994 08:49:37 GMT` today.
fn date(value: Option<&client_core::reqwest::header::HeaderValue>) -> Option<Timestamp> {
    let text = value?.to_str().ok()?.trim().strip_suffix(" GMT")?;
    let (_, text) = text.split_once(", ")?;
    let time = jiff::civil::DateTime::strptime("%d %b %Y %H:%M:%S", text).ok()?;
    time.to_zoned(jiff::tz::TimeZone::UTC)
        .ok()
        .map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use client_core::reqwest::header::HeaderValue;

    use super::date;

    #[test]
    fn dates_of_answers() {
        let read = |text: &'static str| {
            date(Some(&HeaderValue::from_static(text))).map(|time| time.to_string())
        };
        assert_eq!(
            read("Sun, 06 Nov 1994 08:49:37 GMT").as_deref(),
            Some("1994-11-06T08:49:37Z")
        );
        for text in [
            "",
            "soon",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 31 Feb 1994 08:49:37 GMT",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(date(None), None);
    }
}
