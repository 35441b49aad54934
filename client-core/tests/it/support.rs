//! A client for tests, a raw server for what no HTTP library answers, and a token desk.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use client_core::{
    Client, ClientBuilder, Clock, Credential, Dialect, Error, ErrorKind, ManualClock, Operation,
    Plain, Redactor, Repeat, SecretString, Token, TokenCache,
};
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const READ: Operation = Operation::get("things.get", "/thing").charges(&["read"]);
pub(crate) const CREATE: Operation = Operation::post("things.create", "/thing").charges(&["write"]);
pub(crate) const ACT: Operation = Operation::get("things.act", "/thing/act").repeat(Repeat::Action);

#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Thing {
    pub(crate) name: String,
}

pub(crate) fn jumping() -> Arc<ManualClock> {
    Arc::new(ManualClock::jumping())
}

/// A builder with a clock whose waits take no time.
pub(crate) fn builder(base: &str, clock: &Arc<ManualClock>) -> ClientBuilder {
    with_dialect(base, clock, Plain)
}

pub(crate) fn with_dialect(
    base: &str,
    clock: &Arc<ManualClock>,
    dialect: impl Dialect,
) -> ClientBuilder {
    Client::builder(base, dialect)
        .no_proxy()
        .clock(Arc::clone(clock) as Arc<dyn Clock>)
}

/// What a [`RawServer`] does with one connection after it has read a request.
#[derive(Clone)]
pub(crate) enum Act {
    /// Writes these bytes and closes.
    Say(Vec<u8>),
    /// Writes these bytes, then keeps the connection open without another byte.
    Stall(Vec<u8>),
    /// Closes without a word.
    Hang,
}

/// Answers connections by a script; the last act is repeated.
pub(crate) struct RawServer {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl RawServer {
    pub(crate) async fn start(script: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let requests = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            let mut at = 0;
            while let Ok((stream, _)) = listener.accept().await {
                let act = script[at.min(script.len() - 1)].clone();
                at += 1;
                tokio::spawn(serve(stream, act, Arc::clone(&requests)));
            }
        });
        Self {
            address,
            seen,
            task,
        }
    }

    pub(crate) fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, act: Act, seen: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !is_whole(&request) {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(read) => request.extend_from_slice(&buffer[..read]),
        }
    }
    seen.lock()
        .unwrap()
        .push(String::from_utf8_lossy(&request).into_owned());
    match act {
        Act::Say(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Act::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            tokio::time::sleep(Duration::from_secs(20)).await;
        }
        Act::Hang => {}
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")
                .map(|n| n.trim().parse::<usize>())
        })
        .and_then(Result::ok)
        .unwrap_or(0);
    body.len() >= length
}

/// A whole HTTP answer, with the connection closed after it.
pub(crate) fn http(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut out = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    out.extend_from_slice(body);
    out
}

/// Hands out `token-1`, `token-2` and so on.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) asked: AtomicU32,
    pub(crate) refuse: std::sync::atomic::AtomicBool,
}

impl Desk {
    pub(crate) fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Credential for Desk {
    async fn fetch(&self) -> Result<Token, Error> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        tokio::task::yield_now().await;
        if self.refuse.load(Ordering::SeqCst) {
            return Err(Error::new(ErrorKind::Credentials, "the log-in was refused")
                .with_operation("token.get"));
        }
        Ok(Token::new(SecretString::from(format!("token-{number}"))))
    }
}

/// A vendor with bearer tokens.
pub(crate) struct Bearer(pub(crate) TokenCache);

impl Bearer {
    pub(crate) fn new(desk: &Arc<Desk>, redactor: &Redactor) -> Self {
        Self(TokenCache::new(
            Arc::clone(desk) as Arc<dyn Credential>,
            redactor.clone(),
        ))
    }
}

impl Dialect for Bearer {
    fn tokens(&self) -> Option<&TokenCache> {
        Some(&self.0)
    }
}
