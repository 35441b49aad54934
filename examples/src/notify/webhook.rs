//! A webhook: each notice as a signed POST.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::SignedDuration;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use url::{Host, Url};

use super::{DeliveryError, EventSink, Notice};

/// The header with the signature.
const SIGNATURE: &str = "Webhook-Signature";
const KEY: &str = "Idempotency-Key";
const PREFIX: &str = "sha256=";
/// The least bytes that a shared secret must have, so that it cannot be found by trying.
const SHORTEST_SECRET: usize = 16;

/// Posts notices to an address, signed with a shared secret.
///
/// `Debug` shows neither the secret nor more of the address than the host, for paths often hold a token.
#[derive(Clone)]
pub struct Webhook {
    http: reqwest::Client,
    address: Url,
    keyed: Hmac<Sha256>,
    timeout: Duration,
}

/// Why a webhook cannot be set up. Shows neither the address nor the secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// The address is none.
    #[error("the webhook's address is no https:// address")]
    Address,
    /// The notices would go over the network in the clear.
    #[error("http:// is allowed to this machine only: use https:// for the webhook")]
    PlainHttp,
    /// A user name or password in an address ends up in logs.
    #[error("the webhook's address must not hold a user name or password")]
    Credentials,
    /// The secret could be found by trying.
    #[error("the webhook's secret must have at least {SHORTEST_SECRET} bytes")]
    ShortSecret,
    /// There is no way to send anything, for example because the system has no root certificates.
    #[error("the webhook's client cannot be set up")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Webhook {
    /// Posts to an `https://` address, or an `http://` address of this machine. An attempt may take ten seconds.
    ///
    /// # Errors
    ///
    /// A [`WebhookError`] if the address or the secret cannot be used.
    pub fn new(address: &str, secret: &SecretString) -> Result<Self, WebhookError> {
        let address = Url::parse(address.trim()).map_err(|_| WebhookError::Address)?;
        let is_https = match address.scheme() {
            "https" => true,
            "http" if is_loopback(&address) => false,
            "http" => return Err(WebhookError::PlainHttp),
            _ => return Err(WebhookError::Address),
        };
        if !address.username().is_empty() || address.password().is_some() {
            return Err(WebhookError::Credentials);
        }
        if secret.expose_secret().len() < SHORTEST_SECRET {
            return Err(WebhookError::ShortSecret);
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("msp-bridge/", env!("CARGO_PKG_VERSION")))
            // Signature and content would go wherever the answer points.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false);
        if !is_https {
            // Neither a proxy nor root certificates are needed for this machine.
            builder = builder.no_proxy().tls_certs_only([]);
        }
        let http = builder
            .build()
            .map_err(|error| WebhookError::Client(error.without_url().into()))?;
        Ok(Self {
            http,
            address,
            keyed: keyed(secret),
            timeout: Duration::from_secs(10),
        })
    }

    /// How long an attempt may take.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Scheme, host and port.
    fn receiver(&self) -> String {
        self.address.origin().ascii_serialization()
    }

    fn unsendable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> DeliveryError {
        DeliveryError::Unsendable {
            source: error.into(),
        }
    }
}

#[async_trait]
impl EventSink for Webhook {
    async fn deliver(&self, notice: &Notice) -> Result<(), DeliveryError> {
        // These very bytes are signed and sent.
        let body = serde_json::to_vec(notice).map_err(Self::unsendable)?;
        let mut signature =
            HeaderValue::from_str(&signature(&self.keyed, &body)).map_err(Self::unsendable)?;
        signature.set_sensitive(true);
        let request = self
            .http
            .post(self.address.clone())
            .timeout(self.timeout)
            .header(CONTENT_TYPE, "application/json")
            .header(KEY, &notice.id)
            .header(SIGNATURE, signature)
            .body(body);
        let receiver = self.receiver();
        let answer = request.send().await.map_err(|error| {
            let (is_builder, is_connect) = (error.is_builder(), error.is_connect());
            let source = error.without_url().into();
            if is_builder {
                DeliveryError::Unsendable { source }
            } else if is_connect {
                DeliveryError::Unreachable {
                    receiver: receiver.clone(),
                    source,
                }
            } else {
                DeliveryError::NoAnswer {
                    receiver: receiver.clone(),
                    source,
                }
            }
        })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        // The body is not read: it can be anything, and nothing of it belongs in a log.
        let (retry_after, status) = (retry_after(answer.headers()), status.as_u16());
        Err(if (300..400).contains(&status) {
            DeliveryError::Redirected { receiver, status }
        } else {
            DeliveryError::Refused {
                receiver,
                status,
                retry_after,
            }
        })
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("receiver", &self.receiver())
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Whether the `Webhook-Signature` header is that of the body, for receivers. Takes as long whether it is or not.
///
/// ```
/// use examples::notify::is_signed;
///
/// let secret = "an-example-secret".into();
/// let header = "sha256=74b049c98aac5ba2469dae0855a2b3b68d272703db695d9f5e9472f190558fde";
/// assert!(is_signed(&secret, b"{}", header));
/// assert!(!is_signed(&secret, b"{ }", header), "something was changed on the way");
/// ```
pub fn is_signed(secret: &SecretString, body: &[u8], header: &str) -> bool {
    let Some(given) = header.strip_prefix(PREFIX).and_then(unhex) else {
        return false;
    };
    keyed(secret)
        .chain_update(body)
        .verify_slice(&given)
        .is_ok()
}

fn keyed(secret: &SecretString) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret.expose_secret().as_bytes())
        .expect("an HMAC takes a key of any length")
}

fn signature(keyed: &Hmac<Sha256>, body: &[u8]) -> String {
    let digest = keyed.clone().chain_update(body).finalize().into_bytes();
    digest
        .iter()
        .fold(PREFIX.to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || text.len() % 2 == 1 {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

/// In seconds; a date is left to the usual waits.
fn retry_after(headers: &HeaderMap) -> Option<SignedDuration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    let seconds: u32 = text.trim().parse().ok()?;
    Some(SignedDuration::from_secs(seconds.into()))
}

fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).to_canonical().is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::{Webhook, WebhookError, is_signed, keyed, signature};

    /// Test case 2 of RFC 4231.
    #[test]
    fn the_signature_is_an_hmac_sha256_of_the_body() {
        let secret = SecretString::from("Jefe");
        let body = b"what do ya want for nothing?";
        let header = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature(&keyed(&secret), body), header);
        assert!(is_signed(&secret, body, header));
        assert!(!is_signed(&secret, b"what do ya want", header));
        assert!(!is_signed(&"Jeff".into(), body, header));
        for header in [
            "",
            "sha256=",
            "sha256=5bd",
            "sha256=+f",
            "sha256=é0",
            &header[7..],
            &header[..40],
        ] {
            assert!(!is_signed(&secret, body, header), "{header}");
        }
    }

    #[test]
    fn only_https_or_this_machine_and_a_secret_worth_its_name() {
        let secret = SecretString::from("an-example-secret");
        for address in [
            "http://127.0.0.1:8080/hook",
            "http://localhost/hook",
            "http://[::1]/hook",
        ] {
            assert!(Webhook::new(address, &secret).is_ok(), "{address}");
        }
        let refused = |address: &str| Webhook::new(address, &secret).unwrap_err();
        assert!(matches!(
            refused("http://psa.example/hook"),
            WebhookError::PlainHttp
        ));
        assert!(matches!(
            refused("http://localhost.psa.example/"),
            WebhookError::PlainHttp
        ));
        assert!(matches!(
            refused("https://user:pass@psa.example/"),
            WebhookError::Credentials
        ));
        for address in ["", "psa.example", "ftp://psa.example/", "file:///etc/hook"] {
            assert!(
                matches!(refused(address), WebhookError::Address),
                "{address}"
            );
        }
        let short = Webhook::new("http://127.0.0.1/", &"0123456789abcde".into());
        assert!(matches!(short, Err(WebhookError::ShortSecret)));
    }
}
