//! The store's outbox as one that notices are delivered from.

use jiff::Timestamp;

use super::{Hold, Notice, Outbox, OutboxError};
use crate::store::Store;

/// Under which name the store keeps that the receiver takes nothing at present.
const HOLD: &str = "notify.hold";

/// Delivers what the store has noted: every change of an event.
#[derive(Debug)]
pub struct StoreOutbox<'s> {
    store: &'s mut Store,
}

impl<'s> StoreOutbox<'s> {
    /// The outbox of a store.
    pub fn new(store: &'s mut Store) -> Self {
        Self { store }
    }
}

impl Outbox for StoreOutbox<'_> {
    fn undelivered(&mut self) -> Result<Vec<Notice>, OutboxError> {
        Store::undelivered(self.store.path()).map_err(OutboxError::new)
    }

    fn mark_delivered(&mut self, notice: &Notice, now: Timestamp) -> Result<(), OutboxError> {
        self.store
            .delivered(&notice.id, now)
            .map(|_| ())
            .map_err(OutboxError::new)
    }

    fn hold(&mut self) -> Result<Option<Hold>, OutboxError> {
        match Store::setting(self.store.path(), HOLD).map_err(OutboxError::new)? {
            Some(text) => serde_json::from_str(&text).map_err(OutboxError::new),
            None => Ok(None),
        }
    }

    fn set_hold(&mut self, hold: Option<&Hold>) -> Result<(), OutboxError> {
        let text = serde_json::to_string(&hold).map_err(OutboxError::new)?;
        self.store
            .put_setting(HOLD, &text)
            .map_err(OutboxError::new)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use jiff::{SignedDuration, Timestamp};
    use reconcile::drift::{EventKey, EventKind};
    use reconcile::identity::{Instance, Kind, Vendor};
    use reconcile::record;
    use reconcile::state::Body;

    use super::StoreOutbox;
    use crate::notify::{Change, DeliveryError, EventSink, Notice, pump};
    use crate::store::Store;

    /// Takes what it is given, or nothing while it is down.
    #[derive(Debug, Default)]
    struct Desk {
        down: Mutex<bool>,
        taken: Mutex<Vec<Notice>>,
    }

    #[async_trait]
    impl EventSink for Desk {
        async fn deliver(&self, notice: &Notice) -> Result<(), DeliveryError> {
            if *self.down.lock().expect("no test panics while holding it") {
                let receiver = "the desk".to_owned();
                return Err(DeliveryError::Refused {
                    receiver,
                    status: 503,
                    retry_after: None,
                });
            }
            self.taken
                .lock()
                .expect("no test panics while holding it")
                .push(notice.clone());
            Ok(())
        }
    }

    #[tokio::test]
    async fn what_the_store_noted_is_delivered_once_also_after_the_receiver_was_down() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("store");
        let (mut store, mut state) = Store::open(&path).expect("a new store");
        let tenant = |vendor: &'static str| Instance::new(Vendor::new(vendor), "tenant");
        let key = EventKey {
            kind: EventKind::CompanySuspended,
            entities: vec![
                tenant("a").entity(Kind::SITE, "1"),
                tenant("b").entity(Kind::COMPANY, "1"),
            ],
        };
        let raised = Body::Raised {
            key: key.clone(),
            detail: "is suspended".into(),
        };
        let now = Timestamp::UNIX_EPOCH;
        for body in [
            Body::Bound {
                source: tenant("a"),
                destination: tenant("b"),
            },
            raised.clone(),
            // Says nothing new.
            raised,
            Body::Cleared { key },
        ] {
            record(&mut state, &mut store, body, "watch", now)
                .await
                .expect("stored");
        }
        let desk = Desk::default();
        *desk.down.lock().expect("free") = true;
        let report = pump(&mut StoreOutbox::new(&mut store), &desk, now)
            .await
            .expect("readable");
        assert_eq!((report.delivered.len(), report.left), (0, 2));
        *desk.down.lock().expect("free") = false;
        // Not before its time, also not by another process.
        drop(store);
        let (mut store, _) = Store::open(&path).expect("opens again");
        let report = pump(&mut StoreOutbox::new(&mut store), &desk, now)
            .await
            .expect("readable");
        assert_eq!((report.delivered.len(), report.left), (0, 2));
        let later = now + SignedDuration::from_hours(1);
        let report = pump(&mut StoreOutbox::new(&mut store), &desk, later)
            .await
            .expect("readable");
        assert_eq!((report.delivered.len(), report.left), (2, 0));
        let report = pump(&mut StoreOutbox::new(&mut store), &desk, later)
            .await
            .expect("readable");
        assert_eq!(report.delivered.len(), 0);
        let changes: Vec<_> = desk
            .taken
            .lock()
            .expect("free")
            .iter()
            .map(|notice| notice.change)
            .collect();
        assert_eq!(changes, [Change::Raised, Change::Cleared]);
    }

    /// Takes three and no more.
    #[derive(Debug, Default)]
    struct Full(Desk);

    #[async_trait]
    impl EventSink for Full {
        async fn deliver(&self, notice: &Notice) -> Result<(), DeliveryError> {
            let taken = self.0.taken.lock().expect("free").len();
            *self.0.down.lock().expect("free") = taken >= 3;
            self.0.deliver(notice).await
        }
    }

    #[tokio::test]
    async fn notices_of_one_entry_are_delivered_each_once_though_the_second_failed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut store, mut state) = Store::open(&folder.path().join("store")).expect("a store");
        let tenant = |vendor: &'static str| Instance::new(Vendor::new(vendor), "tenant");
        let raised = |id: &str| Body::Raised {
            key: EventKey {
                kind: EventKind::SourceRenamed,
                entities: vec![tenant("a").entity(Kind::SITE, id)],
            },
            detail: "renamed".into(),
        };
        let now = Timestamp::UNIX_EPOCH;
        let bound = Body::Bound {
            source: tenant("a"),
            destination: tenant("b"),
        };
        for body in [bound, raised("1"), raised("2"), Body::Reset] {
            record(&mut state, &mut store, body, "watch", now)
                .await
                .expect("stored");
        }
        let full = Full::default();
        let report = pump(&mut StoreOutbox::new(&mut store), &full, now)
            .await
            .expect("readable");
        assert_eq!((report.delivered.len(), report.left), (3, 1));
        let desk = Desk::default();
        let later = now + SignedDuration::from_hours(1);
        pump(&mut StoreOutbox::new(&mut store), &desk, later)
            .await
            .expect("readable");
        let changes = |desk: &Desk| -> Vec<_> {
            let taken = desk.taken.lock().expect("free");
            let change = |notice: &Notice| (notice.change, notice.sources[0].id.clone());
            taken.iter().map(change).collect()
        };
        assert_eq!(
            changes(&full.0),
            [
                (Change::Raised, "1".to_owned()),
                (Change::Raised, "2".to_owned()),
                (Change::Cleared, "1".to_owned()),
            ]
        );
        assert_eq!(changes(&desk), [(Change::Cleared, "2".to_owned())]);
    }
}
