//! The log-in: the password grant with the vendor's public client.
//!
//! The key is the grant's user name and the secret its password; the Basic credentials are fixed and public. A refresh
//! token comes along, but nothing documents that it works, so the grant is simply repeated.

use std::time::Duration;

use async_trait::async_trait;
use client_core::serde::number_or_text;
use client_core::{
    Call, Client, Credential, Dialect, Disposition, Error, ErrorKind, ExposeSecret, Failure,
    Operation, Outgoing, Repeat, Reply, SecretString, Timestamp, Token,
};
use serde::Deserialize;

use crate::classify::{blocked, words};

/// The origin's path that log-ins are under; it is outside `/api`.
pub(crate) const BASE: &str = "/auth";

/// Whether log-ins count as reads or writes is not documented, so they count as both.
pub(crate) const TOKEN: Operation = Operation::post("auth.token", "/oauth/token")
    .repeat(Repeat::Idempotent)
    .charges(&["read", "write"]);

/// For an answer that does not tell its lifetime.
const SHORT_LIFE: Duration = Duration::from_mins(10);
/// The vendor says 100 hours; nothing longer is believed.
const LONGEST_LIFE: Duration = Duration::from_hours(24 * 30);

/// A key pair, and where to trade it for a token.
pub(crate) struct PasswordGrant {
    client: Client,
    key: SecretString,
    secret: SecretString,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    #[serde(default, with = "number_or_text")]
    expires_in: Option<f64>,
}

impl PasswordGrant {
    /// `client` speaks [`TokenDialect`]. Key and secret are taken without the space around them: files end in a newline.
    pub(crate) fn new(client: Client, key: &SecretString, secret: &SecretString) -> Self {
        client.redactor().add_secret(key);
        client.redactor().add_secret(secret);
        let trimmed = |text: &SecretString| SecretString::from(text.expose_secret().trim());
        Self {
            client,
            key: trimmed(key),
            secret: trimmed(secret),
        }
    }

    fn call(&self) -> Call<TokenAnswer> {
        Call::new(&TOKEN, []).form(vec![
            ("grant_type", SecretString::from("password")),
            ("username", self.key.clone()),
            ("password", self.secret.clone()),
        ])
    }
}

#[async_trait]
impl Credential for PasswordGrant {
    async fn fetch(&self) -> Result<Token, Error> {
        let asked_at = self.client.clock().timestamp();
        let answer = self.client.send(self.call()).await?;
        token(&answer, asked_at)
    }
}

fn token(answer: &TokenAnswer, asked_at: Timestamp) -> Result<Token, Error> {
    let secret = answer.access_token.trim();
    if secret.is_empty() {
        let error = Error::new(ErrorKind::Decode, "the log-in gave an empty token");
        return Err(error
            .with_operation(TOKEN.name())
            .with_decode_path("access_token"));
    }
    let life = answer
        .expires_in
        .filter(|seconds| *seconds > 0.0)
        .map_or(SHORT_LIFE, |seconds| {
            Duration::from_secs_f64(seconds.min(LONGEST_LIFE.as_secs_f64()))
        });
    let token = Token::new(SecretString::from(secret));
    Ok(match asked_at.checked_add(life) {
        Ok(end) => token.expires_at(end),
        Err(_) => token,
    })
}

/// How the log-in answers.
pub(crate) struct TokenDialect;

impl Dialect for TokenDialect {
    fn sign(&self, _: Option<&SecretString>, out: &mut Outgoing) -> Result<(), Error> {
        out.set_basic(
            &SecretString::from("public-client"),
            Some(&SecretString::from("public")),
        )
    }

    fn classify(&self, reply: &Reply<'_>) -> Disposition {
        let failure = match reply.status {
            200..=299 if reply.is_html() => Failure::by_status(reply)
                .message("a web page instead of a token; check the address and what stands before it")
                .transient(false),
            200..=299 => return Disposition::Accepted,
            400 | 401 => words(reply, Failure::by_status(reply).with_kind(ErrorKind::Credentials)).message(
                "the key pair was refused: wrong key or secret, a key of another platform, or the API is switched off",
            ),
            403 => words(reply, blocked(Failure::by_status(reply)))
                .message("the log-in was blocked; the vendor may have blocked this address"),
            404 => Failure::by_status(reply)
                .with_kind(ErrorKind::Config)
                .message("there is no log-in at this address; check the platform or base address"),
            _ => words(reply, Failure::by_status(reply)),
        };
        Disposition::Failed(failure.credentials_refused(false))
    }
}

#[cfg(test)]
mod tests {
    use client_core::{ErrorKind, ExposeSecret, Timestamp};

    use super::{TokenAnswer, token};

    fn read(json: &str) -> Result<client_core::Token, client_core::Error> {
        let answer: TokenAnswer = serde_json::from_str(json).unwrap();
        token(&answer, Timestamp::constant(1_767_225_600, 0))
    }

    #[test]
    fn lifetimes_are_optional_and_bounded() {
        for (answer, end) in [
            (
                r#"{"access_token":"t","expires_in":360000,"token_type":"Bearer","jti":null}"#,
                "2026-01-05T04:00:00Z",
            ),
            (
                r#"{"access_token":"t","expires_in":"360000"}"#,
                "2026-01-05T04:00:00Z",
            ),
            (r#"{"access_token":"t"}"#, "2026-01-01T00:10:00Z"),
            (
                r#"{"access_token":"t","expires_in":null}"#,
                "2026-01-01T00:10:00Z",
            ),
            (
                r#"{"access_token":"t","expires_in":-1}"#,
                "2026-01-01T00:10:00Z",
            ),
            (
                r#"{"access_token":"t","expires_in":1e300}"#,
                "2026-01-31T00:00:00Z",
            ),
        ] {
            let token = read(answer).unwrap();
            assert_eq!(token.secret.expose_secret(), "t");
            assert_eq!(token.expires_at.unwrap().to_string(), end, "{answer}");
        }
    }

    #[test]
    fn an_empty_token_is_an_error() {
        assert_eq!(
            read(r#"{"access_token":" "}"#).unwrap_err().kind(),
            ErrorKind::Decode
        );
    }
}
