use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::util::SubscriberInitExt as _;
use wiremock::{Request, Respond, ResponseTemplate};

use crate::support::{KEY, NO_NETWORKS, SECRET, builder, header, json, received, scripted, server};

/// A server that quotes everything it was sent, as debugging gateways do.
struct Echo;

impl Respond for Echo {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let authorization = header(request, "authorization").unwrap_or_default();
        let signature = header(request, "signature").unwrap_or_default();
        json(
            403,
            &format!(
                r#"{{"errors":[{{"code":12001,"message":"refused {authorization} with {signature} not {SECRET}",
                "context":"{KEY}","values":{{"expected":"{signature}","got":"{SECRET}"}}}}]}}"#
            ),
        )
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Captures what this thread logs, while the value lives.
fn logging(log: &Log) -> impl Sized {
    // With one subscriber only, a test in another thread could switch a log line off for all.
    let other = tracing_subscriber::registry().set_default();
    let writer = log.clone();
    let captured = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .set_default();
    (captured, other)
}

/// No secret in any Debug, Display, error or log line.
#[tokio::test]
async fn no_secret_is_ever_shown() {
    let log = Log::default();
    let guard = logging(&log);
    let server = server(Echo).await;
    let builder = builder(&server).extra_header("x-gateway", "canary-gateway");
    let before = format!("{builder:?}");
    let client = builder.build().unwrap();
    let error = client.networks().list().collect_all().await.unwrap_err();
    assert_eq!(error.vendor_code(), Some("12001"));
    let shown = format!(
        "{before} {client:?} {error} {error:?} {:?}",
        error.vendor_message()
    );
    let quiet = scripted([json(200, NO_NETWORKS)]).await;
    let fine = crate::support::client(&quiet);
    fine.networks().list().collect_all().await.unwrap();
    drop(guard);
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("networks.list"), "nothing was captured");
    let mut secrets = vec![KEY.to_owned(), SECRET.to_owned(), "canary".to_owned()];
    for request in received(&server)
        .await
        .iter()
        .chain(&received(&quiet).await)
    {
        secrets.push(header(request, "signature").unwrap().to_owned());
    }
    for secret in secrets {
        assert!(!shown.contains(&secret), "{secret} in {shown}");
        assert!(!logged.contains(&secret), "{secret} in {logged}");
    }
}
