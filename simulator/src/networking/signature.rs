//! Signatures: HMAC-SHA256 over the Authorization value, the target and the body, byte for byte.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::{Problem, error};
use crate::clock::millis;
use crate::server::{Answer, Incoming};
use crate::state::State;

/// Nonces and the time of their use.
#[derive(Debug, Default)]
pub(crate) struct Memory(BTreeMap<String, i64>);

/// The lower-case hex signature. The secret is text, even where it looks like hex.
fn sign(secret: &str, authorization: &str, target: &str, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    for part in [authorization.as_bytes(), target.as_bytes(), body] {
        mac.update(part);
    }
    let digest = mac.finalize().into_bytes();
    Some(
        digest
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|nibble| char::from_digit(nibble.into(), 16))
            .collect(),
    )
}

/// What the version header says, 0 without one; 13004 for anything but 0, 1 and 2.
fn version(state: &State, request: &Incoming) -> Result<u8, Answer> {
    let refuse = || error(state.settings.networking.refusal_status, 13_004);
    match request.header("openmesh-api-version") {
        None if state.settings.networking.allow_no_version => Ok(0),
        None => Err(refuse()),
        Some(text) => text
            .trim()
            .parse()
            .ok()
            .filter(|version| *version <= 2)
            .ok_or_else(refuse),
    }
}

/// Checks a request and gives the position of its key pair and its version, or refuses it with one of
/// the 13xxx codes.
pub(super) fn check(state: &mut State, request: &Incoming) -> Result<(usize, u8), Answer> {
    let settings = &state.settings.networking;
    let refuse = |code| error(settings.refusal_status, code);
    let version = version(state, request)?;
    let authorization = request.header("authorization").unwrap_or_default();
    let field = |name: &str| {
        authorization.split(',').find_map(|pair| {
            pair.split_once('=')
                .and_then(|(key, value)| (key == name).then_some(value))
        })
    };
    let (Some(key), Some(timestamp), Some(nonce)) =
        (field("key"), field("timestamp"), field("nonce"))
    else {
        return Err(refuse(13_001));
    };
    let signature = request.header("signature").unwrap_or_default();
    if signature.is_empty() {
        return Err(refuse(13_015));
    }
    let pairs = &state.keys.networking;
    let position = pairs.iter().position(|pair| pair.key == key);
    let position = position.ok_or_else(|| refuse(13_011))?;
    let pair = &pairs[position];
    if pair.revoked {
        return Err(refuse(13_005));
    }
    if nonce.is_empty() {
        return Err(refuse(13_001));
    }
    if nonce.len() > settings.max_nonce {
        let values = json!({"max": settings.max_nonce.to_string()});
        return Err(Problem::with(settings.refusal_status, 13_012, "nonce", &values).into());
    }
    let now = state.clock.now_ms();
    let seconds: i64 = timestamp.parse().map_err(|_| refuse(13_001))?;
    if (now - seconds.saturating_mul(1000)).saturating_abs() > millis(settings.clock_tolerance) {
        return Err(refuse(13_002));
    }
    if sign(
        &pair.secret,
        authorization,
        &request.target(),
        &request.body,
    )
    .as_deref()
        != Some(signature)
    {
        return Err(refuse(13_000));
    }
    if pair.expires_ms.is_some_and(|expires| expires <= now) {
        return Err(refuse(13_007));
    }
    let window = millis(settings.nonce_window);
    let nonces = &mut state.networking.0;
    nonces.retain(|_, used| now - *used < window);
    if nonces.insert(nonce.to_owned(), now).is_some() {
        return Err(refuse(13_003));
    }
    Ok((position, version))
}

#[cfg(test)]
mod tests {
    use super::sign;

    const KEY: &str = "4d6f636b4b6579314d6f636b4b6579314d6f636b4b6579314d6f636b4b657931";
    const SECRET: &str = "9f1c2e3a5b7d8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70819";

    fn signed(nonce: &str, target: &str, body: &str) -> String {
        let authorization = format!("key={KEY},timestamp=1735689600,nonce={nonce}");
        sign(SECRET, &authorization, target, body.as_bytes()).unwrap()
    }

    #[test]
    fn an_independent_client_signs_alike() {
        let authorization = "key=api-key,timestamp=1700000000,nonce=abc123";
        let expected = "7614c0ac3d21a2da982fadf34fd49be4090456fbde0e8e3d89946e3a71fc9cab";
        assert_eq!(
            sign("super-secret", authorization, "/network/list", b"").unwrap(),
            expected
        );
    }

    #[test]
    fn query_body_and_spelling_are_signed_as_sent() {
        let vectors = [
            (
                "n0nce0001",
                "/network/list",
                "",
                "c6eb6a104af38d85d33fd825e4c97278814adea5c75c69ad1c89d461c8880049",
            ),
            (
                "n0nce0002",
                "/history/network/12345/clients?period=week",
                "",
                "6fcff1fbc7cc885687a7af67ee73acf55e02ec73d26ddf4088438e9fb1426bdd",
            ),
            (
                "n0nce0003",
                "/node/548430",
                r#"{"description":"Lobby AP","latitude":45.5227,"longitude":-122.6786}"#,
                "3c1bc968e46f3c14c9723bc64f2cfec473b1faae4e1a07d9207282ad69bd7d12",
            ),
            (
                "n0nce0004",
                "/node/548430",
                r#"{"description":"Café – hall 2"}"#,
                "6cd31076fcb0182630199ee2952b75dade8afb6c1082694a7d76353656c49c1e",
            ),
            (
                "n0nce0005",
                "/switch/777",
                "",
                "86f2a592733e2073cd3fdaacf7f6371d9fbcb72cf3ff0a6d52f8c16f9db4df11",
            ),
            (
                "n0nce0006",
                "/voucher/network/12345?code=Room%201",
                "",
                "aa7ed9278ba91eef5b900a96a77f53f2df0d19fd74e8297d1daad2c950856d7e",
            ),
            (
                "n0nce0007",
                "/node/does_mac_exist?mac=ac:86:74:aa:bb:cc",
                "",
                "ef61224bb4552ec31927e2dc7f6e3e9e752a16a09cc592470e930cb0c0c2e80f",
            ),
            (
                "n0nce0009",
                "/account/service_agreement",
                "",
                "da053d2350244e418a835d1c9ecd502dbf8f6276fd332ae24cc0feda6d37d341",
            ),
            (
                "n0nce0010",
                "/switch/123/acl",
                r#"{"mac_acl":[{"name":"foo"}]}"#,
                "6d7f37eae3273774b82efe11fbb048320da9ceb5332c906c769bae59f5b55f91",
            ),
        ];
        for (nonce, target, body, expected) in vectors {
            assert_eq!(signed(nonce, target, body), expected, "{target}");
        }
    }
}
