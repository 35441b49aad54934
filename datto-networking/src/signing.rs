//! Signed requests: who we are, when, and an HMAC-SHA256 over all that is sent.
//!
//! ```text
//! authorization = "key=" KEY ",timestamp=" SECONDS ",nonce=" NONCE
//! signature     = lower-case hex of HMAC-SHA256(SECRET, authorization + path and query + body)
//! ```
//!
//! What is signed is what is sent, by construction: a call's JSON is serialised once, when it is built; each attempt makes
//! a request of these bytes and of one target; the signature is made last of all, of that very request, which is then given
//! away to be sent. Between the two nothing else can reach it, it is not compressed, and redirects are not followed. A
//! repeated attempt has the same bytes with a time, a nonce and a signature of its own.
//!
//! Method and host are not covered, so the nonce is all that stands against a replay: a whole header pair must never
//! be logged. The [client](crate::Client) does all of this by itself; the parts are public for test servers and for
//! hosts that send requests of their own.

mod nonce;

use std::fmt;

use client_core::Error;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

pub use nonce::Nonces;
pub(crate) use nonce::is_nonce;

/// Signs with one pair of public key and secret.
///
/// The secret is used as text, even where it looks like hexadecimal digits.
///
/// ```
/// use datto_networking::signing::Signer;
///
/// let signer = Signer::new("api-key", "super-secret")?;
/// let authorization = signer.authorization(1_700_000_000, "abc123");
/// assert_eq!(authorization, "key=api-key,timestamp=1700000000,nonce=abc123");
/// let signature = signer.signature(&authorization, "/network/list", b"");
/// assert!(signature.starts_with("7614c0ac3d21a2da"));
/// # Ok::<_, client_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Signer {
    key: SecretString,
    secret: SecretString,
    keyed: Hmac<Sha256>,
}

impl Signer {
    /// Takes the pair. Line ends around either, as files and prompts leave them, are cut off.
    ///
    /// # Errors
    ///
    /// [`Config`](client_core::ErrorKind::Config), without the texts: one of them is empty, has a line end inside, or
    /// the key has a character that cannot stand in the header (white space, a comma, an equals sign, no ASCII).
    pub fn new(
        key: impl Into<SecretString>,
        secret: impl Into<SecretString>,
    ) -> Result<Self, Error> {
        let key = without_line_ends(&key.into(), "public key")?;
        let secret = without_line_ends(&secret.into(), "secret key")?;
        if !key
            .expose_secret()
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b',' && byte != b'=')
        {
            return Err(Error::config(
                "the public key has a character that cannot be sent",
            ));
        }
        let keyed = Hmac::new_from_slice(secret.expose_secret().as_bytes())
            .map_err(|_| Error::config("the secret key cannot be used"))?;
        Ok(Self { key, secret, keyed })
    }

    /// The value of the `Authorization` header. `timestamp` is in Unix seconds; `nonce` is letters and digits that no
    /// request of the last half hour had.
    pub fn authorization(&self, timestamp: i64, nonce: &str) -> String {
        format!(
            "key={},timestamp={timestamp},nonce={nonce}",
            self.key.expose_secret()
        )
    }

    /// The value of the `Signature` header. `target` is path and query exactly as they stand in the request line,
    /// `body` the bytes exactly as they are sent, empty if there are none.
    pub fn signature(&self, authorization: &str, target: &str, body: &[u8]) -> String {
        let mut mac = self.keyed.clone();
        mac.update(authorization.as_bytes());
        mac.update(target.as_bytes());
        mac.update(body);
        hex(&mac.finalize().into_bytes())
    }

    pub(crate) fn secrets(&self) -> [&SecretString; 2] {
        [&self.key, &self.secret]
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(..)")
    }
}

/// What of a request is signed. The defaults are what the vendor's samples do; the switches are for gateways that
/// rewrite requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Whether a path that the base address has belongs to the signed path.
    pub(crate) base_path: bool,
    pub(crate) query: bool,
    pub(crate) delete_body: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            base_path: false,
            query: true,
            delete_body: true,
        }
    }
}

impl Rules {
    /// The part of `target` that is signed. `base` is the path of the base address.
    pub(crate) fn target<'t>(self, target: &'t str, base: &str) -> &'t str {
        let base = base.trim_end_matches('/');
        let target = match target.strip_prefix(base) {
            Some(rest) if !self.base_path && rest.starts_with('/') => rest,
            _ => target,
        };
        match target.split_once('?') {
            Some((path, _)) if !self.query => path,
            _ => target,
        }
    }

    /// The part of `body` that is signed.
    pub(crate) fn body<'b>(self, method: &str, body: &'b [u8]) -> &'b [u8] {
        if method == "DELETE" && !self.delete_body {
            &[]
        } else {
            body
        }
    }
}

fn without_line_ends(text: &SecretString, what: &str) -> Result<SecretString, Error> {
    let text = text.expose_secret().trim_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(Error::config(format!("the {what} is empty")));
    }
    if text.contains(['\r', '\n']) {
        return Err(Error::config(format!("the {what} has more than one line")));
    }
    Ok(SecretString::from(text))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use client_core::ErrorKind;
    use secrecy::ExposeSecret as _;

    use super::{Rules, Signer};

    const KEY: &str = "4d6f636b4b6579314d6f636b4b6579314d6f636b4b6579314d6f636b4b657931";
    const SECRET: &str = "9f1c2e3a5b7d8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70819";
    const LOBBY: &str = r#"{"description":"Lobby AP","latitude":45.5227,"longitude":-122.6786}"#;
    const CAFE: &str = r#"{"description":"Café – hall 2"}"#;

    fn signed(nonce: &str, target: &str, body: &str) -> String {
        let signer = Signer::new(KEY, SECRET).unwrap();
        let authorization = signer.authorization(1_735_689_600, nonce);
        signer.signature(&authorization, target, body.as_bytes())
    }

    /// A vector that an independent client has among its own tests.
    #[test]
    fn an_independent_client_signs_alike() {
        let signer = Signer::new("api-key", "super-secret").unwrap();
        let authorization = signer.authorization(1_700_000_000, "abc123");
        let signature = signer.signature(&authorization, "/network/list", b"");
        assert_eq!(
            signature,
            "7614c0ac3d21a2da982fadf34fd49be4090456fbde0e8e3d89946e3a71fc9cab"
        );
    }

    #[test]
    fn the_authorization_is_spelled_out() {
        let signer = Signer::new(KEY, SECRET).unwrap();
        assert_eq!(
            signer.authorization(1_735_689_600, "n0nce0001"),
            "key=4d6f636b4b6579314d6f636b4b6579314d6f636b4b6579314d6f636b4b657931,timestamp=1735689600,nonce=n0nce0001"
        );
    }

    #[test]
    fn target_and_body_are_signed_as_sent() {
        for (nonce, target, body, wanted) in [
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
                LOBBY,
                "3c1bc968e46f3c14c9723bc64f2cfec473b1faae4e1a07d9207282ad69bd7d12",
            ),
            (
                "n0nce0004",
                "/node/548430",
                CAFE,
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
        ] {
            assert_eq!(signed(nonce, target, body), wanted, "{target}");
        }
        assert_eq!((LOBBY.len(), CAFE.len()), (67, 34));
    }

    /// Each wrong way to sign has its known wrong result, and the right way does not give it.
    #[test]
    fn the_usual_mistakes_give_other_signatures() {
        let escaped = r#"{"description":"Caf\u00e9 \u2013 hall 2"}"#;
        let clients = "/history/network/12345/clients";
        for (nonce, right, wrong, wanted) in [
            (
                "n0nce0002",
                ("/history/network/12345/clients?period=week", ""),
                (clients, ""),
                "aa60c3913646f6d0d50ed509125dd4a1beb7380a3a0f7ace17322e359834bb25",
            ),
            (
                "n0nce0003",
                ("/node/548430", LOBBY),
                ("/node/548430", ""),
                "5d0f079b60b4cc24d1e0f440c03321d1a02b3ab93a74cf8b5ba47327fa8bbc5a",
            ),
            (
                "n0nce0007",
                ("/node/does_mac_exist?mac=ac:86:74:aa:bb:cc", ""),
                ("/node/does_mac_exist?mac=ac%3A86%3A74%3Aaa%3Abb%3Acc", ""),
                "f1c8ceed81a9a05f5dc635723a9bf3fe4e62f06d94ad10188e8bd5b85e2d6b45",
            ),
            (
                "n0nce0004",
                ("/node/548430", CAFE),
                ("/node/548430", escaped),
                "954426bec69b683180c132570b9f520f3631d7f56b1b26d2e83ec6d8390dbaa0",
            ),
        ] {
            assert_eq!(signed(nonce, wrong.0, wrong.1), wanted, "{wrong:?}");
            assert_ne!(signed(nonce, right.0, right.1), wanted, "{right:?}");
        }
        assert_eq!(escaped.len(), 41);
    }

    #[test]
    fn line_ends_around_the_pair_are_cut_off() {
        let plain = Signer::new("api-key", "super-secret").unwrap();
        let padded = Signer::new("\napi-key\r\n", "super-secret\r\n").unwrap();
        let authorization = padded.authorization(1, "a");
        assert_eq!(authorization, plain.authorization(1, "a"));
        assert_eq!(
            padded.signature(&authorization, "/time", b""),
            plain.signature(&authorization, "/time", b"")
        );
        // Other white space is part of the secret.
        let spaced = Signer::new("api-key", " super-secret").unwrap();
        assert_ne!(
            spaced.signature(&authorization, "/time", b""),
            plain.signature(&authorization, "/time", b"")
        );
    }

    #[test]
    fn unusable_pairs_are_refused_without_being_shown() {
        for (key, secret, wanted) in [
            (
                "",
                "canary-s",
                "configuration error: the public key is empty",
            ),
            (
                "canary-k",
                "\r\n",
                "configuration error: the secret key is empty",
            ),
            (
                "canary\nkey",
                "canary-s",
                "configuration error: the public key has more than one line",
            ),
            (
                "canary-k",
                "canary\r\nsecret",
                "configuration error: the secret key has more than one line",
            ),
            (
                "canary,k",
                "canary-s",
                "configuration error: the public key has a character that cannot be sent",
            ),
            (
                "canary=k",
                "canary-s",
                "configuration error: the public key has a character that cannot be sent",
            ),
            (
                "canary k",
                "canary-s",
                "configuration error: the public key has a character that cannot be sent",
            ),
            (
                "canaryé",
                "canary-s",
                "configuration error: the public key has a character that cannot be sent",
            ),
        ] {
            let error = Signer::new(key, secret).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert_eq!(error.to_string(), wanted);
        }
    }

    #[test]
    fn a_signer_prints_nothing() {
        let signer = Signer::new("canary-key", "canary-secret").unwrap();
        assert_eq!(format!("{signer:?}"), "Signer(..)");
        assert_eq!(
            signer
                .secrets()
                .map(|secret| secret.expose_secret().to_owned()),
            ["canary-key", "canary-secret"]
        );
    }

    #[test]
    fn rules_choose_what_is_signed() {
        let rules = Rules::default();
        for (target, base, wanted) in [
            ("/network/list?a=1", "/", "/network/list?a=1"),
            ("/gate/network/list?a=1", "/gate", "/network/list?a=1"),
            ("/gate/network/list", "/gate/", "/network/list"),
            ("/gateway/x", "/gate", "/gateway/x"),
        ] {
            assert_eq!(rules.target(target, base), wanted, "{target} {base}");
        }
        let whole = Rules {
            base_path: true,
            ..rules
        };
        assert_eq!(
            whole.target("/gate/network/list?a=1", "/gate"),
            "/gate/network/list?a=1"
        );
        let bare = Rules {
            query: false,
            ..rules
        };
        assert_eq!(
            bare.target("/gate/network/list?a=1", "/gate"),
            "/network/list"
        );
        assert_eq!(rules.body("DELETE", b"{}"), b"{}");
        let bodiless = Rules {
            delete_body: false,
            ..rules
        };
        assert_eq!(
            (bodiless.body("DELETE", b"{}"), bodiless.body("PUT", b"{}")),
            (&b""[..], &b"{}"[..])
        );
    }
}
