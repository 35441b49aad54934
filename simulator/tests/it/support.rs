//! A minimal client for each vendor, with nothing in it that knows the wire's types.

use std::sync::atomic::{AtomicUsize, Ordering};

use hmac::{Hmac, KeyInit, Mac};
use msp_simulator::{Settings, Simulator, World};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use sha2::Sha256;

pub(crate) fn client() -> Client {
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// The demo without rate limits.
pub(crate) fn demo() -> Simulator {
    start(World::demo(), Settings::unlimited())
}

pub(crate) fn start(world: World, settings: Settings) -> Simulator {
    Simulator::start_blocking(world, settings).unwrap()
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) async fn read(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self {
            status,
            headers,
            text: response.text().await.unwrap(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// `public-client:public`
pub(crate) const PUBLIC_CLIENT: &str = "Basic cHVibGljLWNsaWVudDpwdWJsaWM=";

pub(crate) async fn token(simulator: &Simulator, key: &str, secret: &str) -> Reply {
    let secret = secret
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    let response = client()
        .post(format!("{}/auth/oauth/token", simulator.rmm_url()))
        .header("authorization", PUBLIC_CLIENT)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!(
            "grant_type=password&username={key}&password={secret}"
        ))
        .send()
        .await
        .unwrap();
    Reply::read(response).await
}

pub(crate) struct Rmm {
    client: Client,
    url: String,
    token: String,
}

impl Rmm {
    pub(crate) async fn new(simulator: &Simulator) -> Self {
        Self::with(simulator, &simulator.rmm_key(), &simulator.rmm_secret()).await
    }

    pub(crate) async fn with(simulator: &Simulator, key: &str, secret: &str) -> Self {
        let reply = token(simulator, key, secret).await;
        let token = reply.json()["access_token"].as_str().unwrap().to_owned();
        Self {
            client: client(),
            url: simulator.rmm_url(),
            token,
        }
    }

    pub(crate) async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: &str,
    ) -> reqwest::Result<Response> {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {}", self.token));
        if !body.is_empty() {
            request = request
                .header("content-type", "application/json")
                .body(body.to_owned());
        }
        request.send().await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: &str) -> Reply {
        Reply::read(self.try_send(method, path, body).await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, "").await
    }

    pub(crate) async fn put(&self, path: &str, body: &str) -> Reply {
        self.send(Method::PUT, path, body).await
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Reply {
        self.send(Method::POST, path, body).await
    }
}

/// Basic credentials of a key with an empty password.
pub(crate) fn basic(client: reqwest::RequestBuilder, key: &str) -> reqwest::RequestBuilder {
    client.basic_auth(key, Some(""))
}

pub(crate) async fn try_rpc(
    simulator: &Simulator,
    path: &str,
    body: &str,
) -> reqwest::Result<Response> {
    let request = client().post(format!("{}/{path}", simulator.gravityzone_url()));
    let request =
        basic(request, &simulator.gravityzone_key()).header("content-type", "application/json");
    request.body(body.to_owned()).send().await
}

/// One call of `service.method`, on v1.0.
pub(crate) async fn rpc(simulator: &Simulator, method: &str, params: Value) -> Reply {
    rpc_on(simulator, "v1.0", method, params).await
}

pub(crate) async fn rpc_on(
    simulator: &Simulator,
    version: &str,
    method: &str,
    params: Value,
) -> Reply {
    let (service, method) = method.split_once('.').unwrap();
    let body =
        json!({"id": "r-1", "jsonrpc": "2.0", "method": method, "params": params}).to_string();
    let response = try_rpc(simulator, &format!("{version}/jsonrpc/{service}"), &body)
        .await
        .unwrap();
    Reply::read(response).await
}

/// The result of a call that must succeed.
pub(crate) async fn result(simulator: &Simulator, method: &str, params: Value) -> Value {
    let reply = rpc(simulator, method, params).await;
    let body = reply.json();
    assert_eq!(
        (reply.status, &body["error"]),
        (200, &Value::Null),
        "{method}"
    );
    body["result"].clone()
}

/// Code and details of the error of a call that must fail.
pub(crate) async fn failure(simulator: &Simulator, method: &str, params: Value) -> (i64, String) {
    let reply = rpc(simulator, method, params).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let error = &reply.json()["error"];
    (
        error["code"].as_i64().unwrap(),
        error["data"]["details"].as_str().unwrap().to_owned(),
    )
}

pub(crate) fn sign(secret: &str, authorization: &str, target: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{authorization}{target}{body}").as_bytes());
    let digest = mac.finalize().into_bytes();
    digest
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// A request to Datto Networking with these headers.
pub(crate) async fn signed(
    simulator: &Simulator,
    method: Method,
    target: &str,
    authorization: &str,
    signature: &str,
    body: &str,
) -> Reply {
    let response = client()
        .request(method, format!("{}{target}", simulator.networking_url()))
        .header("authorization", authorization)
        .header("signature", signature)
        .header("openmesh-api-version", "1")
        .header("content-type", "application/json")
        .body(body.to_owned())
        .send()
        .await
        .unwrap();
    Reply::read(response).await
}

/// A correctly signed GET.
pub(crate) async fn networking(simulator: &Simulator, target: &str, nonce: &str) -> Reply {
    let seconds = simulator.now_ms() / 1000;
    let authorization = format!(
        "key={},timestamp={seconds},nonce={nonce}",
        simulator.networking_key()
    );
    let signature = sign(&simulator.networking_secret(), &authorization, target, "");
    signed(
        simulator,
        Method::GET,
        target,
        &authorization,
        &signature,
        "",
    )
    .await
}

/// A client of Datto Networking that signs everything with one key pair.
pub(crate) struct Networking {
    client: Client,
    url: String,
    key: String,
    secret: String,
    simulator: Simulator,
    version: &'static str,
}

static NONCES: AtomicUsize = AtomicUsize::new(0);

impl Networking {
    pub(crate) fn new(simulator: &Simulator) -> Self {
        Self::with(
            simulator,
            (simulator.networking_key(), simulator.networking_secret()),
        )
    }

    pub(crate) fn with(simulator: &Simulator, (key, secret): (String, String)) -> Self {
        Self {
            client: client(),
            url: simulator.networking_url(),
            key,
            secret,
            simulator: simulator.clone(),
            version: "1",
        }
    }

    pub(crate) fn version(mut self, version: &'static str) -> Self {
        self.version = version;
        self
    }

    pub(crate) async fn send(&self, method: Method, target: &str, body: &str) -> Reply {
        let number = NONCES.fetch_add(1, Ordering::Relaxed);
        let authorization = format!(
            "key={},timestamp={},nonce=auto{number}",
            self.key,
            self.simulator.now_ms() / 1000
        );
        let signature = sign(&self.secret, &authorization, target, body);
        let request = self
            .client
            .request(method, format!("{}{target}", self.url))
            .header("authorization", authorization)
            .header("signature", signature)
            .header("openmesh-api-version", self.version)
            .header("content-type", "application/json")
            .body(body.to_owned());
        Reply::read(request.send().await.unwrap()).await
    }

    /// The JSON of a GET that must succeed.
    pub(crate) async fn get(&self, target: &str) -> Value {
        self.good(Method::GET, target, &Value::Null).await
    }

    pub(crate) async fn post(&self, target: &str, body: Value) -> Value {
        self.good(Method::POST, target, &body).await
    }

    pub(crate) async fn put(&self, target: &str, body: Value) -> Value {
        self.good(Method::PUT, target, &body).await
    }

    pub(crate) async fn delete(&self, target: &str) -> Value {
        self.good(Method::DELETE, target, &Value::Null).await
    }

    /// The JSON of a request that must succeed; null for an empty body.
    pub(crate) async fn good(&self, method: Method, target: &str, body: &Value) -> Value {
        let reply = self.try_json(method, target, body).await;
        assert_eq!(reply.status, 200, "{target}: {}", reply.text);
        if reply.text.is_empty() {
            return Value::Null;
        }
        reply.json()
    }

    async fn try_json(&self, method: Method, target: &str, body: &Value) -> Reply {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        self.send(method, target, &body).await
    }

    /// Status and first code of a request that must fail.
    pub(crate) async fn bad(&self, method: Method, target: &str, body: Value) -> (u16, i64) {
        let reply = self.try_json(method, target, &body).await;
        let code = reply.json()["errors"][0]["code"].as_i64();
        (
            reply.status,
            code.unwrap_or_else(|| panic!("{target}: {}", reply.text)),
        )
    }
}
