use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use futures_util::poll;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::TokenCache;
use crate::clock::{Clock, ManualClock};
use crate::credential::{Credential, Token};
use crate::error::{Error, ErrorKind};
use crate::redact::Redactor;

/// Gives `token-1`, `token-2` and so on, each after the test lets it.
struct Desk {
    clock: Arc<ManualClock>,
    life: Option<Duration>,
    asked: AtomicU32,
    open: Semaphore,
    fail: Mutex<Option<ErrorKind>>,
}

#[async_trait]
impl Credential for Desk {
    async fn fetch(&self) -> Result<Token, Error> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        self.open
            .acquire()
            .await
            .map_err(|_| Error::config("closed"))?
            .forget();
        if let Some(kind) = *self.fail.lock().unwrap() {
            return Err(Error::new(kind, "log-in failed"));
        }
        let token = Token::new(SecretString::from(format!("token-{number}")));
        Ok(match self.life {
            Some(life) => token.expires_at(self.clock.timestamp() + life),
            None => token,
        })
    }
}

fn desk(life: Option<Duration>, open: usize) -> (Arc<ManualClock>, Arc<Desk>, TokenCache) {
    let clock = Arc::new(ManualClock::new());
    let desk = Arc::new(Desk {
        clock: Arc::clone(&clock),
        life,
        asked: AtomicU32::new(0),
        open: Semaphore::new(open),
        fail: Mutex::new(None),
    });
    let cache = TokenCache::with_clock(
        Arc::clone(&desk) as Arc<dyn Credential>,
        Redactor::new(),
        Arc::clone(&clock) as Arc<dyn Clock>,
    );
    (clock, desk, cache)
}

fn asked(desk: &Desk) -> u32 {
    desk.asked.load(Ordering::SeqCst)
}

async fn text(cache: &TokenCache) -> String {
    cache.token().await.unwrap().expose_secret().to_owned()
}

#[tokio::test]
async fn a_hundred_callers_cause_one_fetch() {
    let (_, desk, cache) = desk(None, 0);
    let callers = join_all((0..100).map(|_| text(&cache)));
    tokio::pin!(callers);
    assert!(poll!(&mut callers).is_pending());
    desk.open.add_permits(100);
    assert!(callers.await.iter().all(|token| token == "token-1"));
    assert_eq!(asked(&desk), 1);
}

#[tokio::test]
async fn a_failed_fetch_fails_all_that_waited_but_not_the_next() {
    let (_, desk, cache) = desk(None, 0);
    *desk.fail.lock().unwrap() = Some(ErrorKind::Timeout);
    let callers = join_all((0..10).map(|_| cache.token()));
    tokio::pin!(callers);
    assert!(poll!(&mut callers).is_pending());
    desk.open.add_permits(100);
    assert!(
        callers
            .await
            .iter()
            .all(|result| result.as_ref().unwrap_err().kind() == ErrorKind::Timeout)
    );
    assert_eq!(asked(&desk), 1);
    *desk.fail.lock().unwrap() = None;
    assert_eq!(text(&cache).await, "token-2");
}

#[tokio::test]
async fn a_dropped_fetch_hands_over_to_a_waiter() {
    let (_, desk, cache) = desk(None, 0);
    let mut first = Box::pin(cache.token());
    let second = text(&cache);
    tokio::pin!(second);
    assert!(poll!(&mut first).is_pending() && poll!(&mut second).is_pending());
    drop(first);
    desk.open.add_permits(1);
    assert_eq!(second.await, "token-2");
    assert_eq!(asked(&desk), 2);
}

#[tokio::test]
async fn tokens_are_renewed_early_but_not_in_their_first_half() {
    for (life, still_old, renewed) in [(360_000, 323_999, 324_000), (1200, 899, 900), (60, 29, 30)]
    {
        let (clock, desk, cache) = desk(Some(Duration::from_secs(life)), 100);
        assert_eq!(text(&cache).await, "token-1");
        clock.advance(Duration::from_secs(still_old));
        assert_eq!(text(&cache).await, "token-1", "life {life}");
        clock.advance(Duration::from_secs(renewed - still_old));
        assert_eq!(text(&cache).await, "token-2", "life {life}");
        assert_eq!(asked(&desk), 2);
    }
}

#[tokio::test]
async fn a_valid_token_survives_a_failed_renewal() {
    let (clock, desk, cache) = desk(Some(Duration::from_secs(1000)), 100);
    assert_eq!(text(&cache).await, "token-1");
    *desk.fail.lock().unwrap() = Some(ErrorKind::Server);
    clock.advance(Duration::from_secs(701));
    assert_eq!(text(&cache).await, "token-1");
    assert_eq!(text(&cache).await, "token-1");
    assert_eq!(
        asked(&desk),
        2,
        "no fetch per call while the log-in is down"
    );
    clock.advance(Duration::from_secs(30));
    assert_eq!(text(&cache).await, "token-1");
    assert_eq!(asked(&desk), 3);
    clock.advance(Duration::from_secs(270));
    assert_eq!(
        cache.token().await.unwrap_err().kind(),
        ErrorKind::Server,
        "it has ended"
    );
}

#[tokio::test]
async fn others_use_the_old_token_while_one_renews() {
    let (clock, desk, cache) = desk(Some(Duration::from_secs(1000)), 1);
    assert_eq!(text(&cache).await, "token-1");
    clock.advance(Duration::from_secs(800));
    let renewing = text(&cache);
    tokio::pin!(renewing);
    assert!(poll!(&mut renewing).is_pending());
    assert_eq!(text(&cache).await, "token-1");
    desk.open.add_permits(1);
    assert_eq!(renewing.await, "token-2");
}

#[tokio::test]
async fn a_refusal_clears_only_the_refused_token() {
    let (_, desk, cache) = desk(None, 100);
    let old = cache.lease().await.unwrap();
    assert!(cache.is_current(&old));
    for _ in 0..50 {
        assert!(cache.refused(&old));
    }
    let new = cache.lease().await.unwrap();
    assert!(cache.refused(&old), "the old one again");
    assert!(cache.is_current(&new));
    assert_eq!(asked(&desk), 2);
}

#[tokio::test]
async fn new_tokens_refused_again_and_again_are_fetched_ever_slower() {
    let (clock, desk, cache) = desk(None, 1000);
    for _ in 0..2 {
        let lease = cache.lease().await.unwrap();
        assert!(cache.refused(&lease));
    }
    let lease = cache.lease().await.unwrap();
    assert!(!cache.refused(&lease) && !cache.refused(&lease));
    clock.advance(Duration::from_secs(4));
    assert!(cache.refused(&lease));
    let lease = cache.lease().await.unwrap();
    clock.advance(Duration::from_secs(7));
    assert!(!cache.refused(&lease));
    cache.accepted(&lease);
    assert!(cache.refused(&lease), "it worked in between");
    assert_eq!(asked(&desk), 4);
}

/// N16: a refused log-in is not repeated until there are new credentials.
#[tokio::test]
async fn a_refused_log_in_latches() {
    let (_, desk, cache) = desk(None, 100);
    *desk.fail.lock().unwrap() = Some(ErrorKind::Credentials);
    for _ in 0..20 {
        assert_eq!(
            cache.token().await.unwrap_err().kind(),
            ErrorKind::Credentials
        );
    }
    assert_eq!(asked(&desk), 1);
    assert!(cache.latched().is_some());
    *desk.fail.lock().unwrap() = None;
    cache.set_credential(Arc::clone(&desk) as Arc<dyn Credential>);
    assert_eq!(text(&cache).await, "token-2");
}

#[tokio::test]
async fn credentials_replaced_during_a_log_in_are_asked_instead() {
    let (_, desk, cache) = desk(None, 0);
    let waiting = text(&cache);
    tokio::pin!(waiting);
    assert!(poll!(&mut waiting).is_pending());
    cache.set_credential(Arc::clone(&desk) as Arc<dyn Credential>);
    desk.open.add_permits(2);
    assert_eq!(waiting.await, "token-2");
}

#[tokio::test]
async fn debug_shows_no_token() {
    let (_, _desk, cache) = desk(None, 1);
    let token = cache.token().await.unwrap();
    assert!(!format!("{cache:?} {token:?}").contains("token-1"));
    assert_eq!(cache.0.redactor.scrub("x token-1 y"), "x *** y");
}
