//! The store's outbox as one that notices are delivered from.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reconcile::state::{EntryId, State};

use super::{Hold, Notice, Notices, Outbox, OutboxError};
use crate::store::{NotificationId, Store};

/// Under which name the store keeps that the receiver takes nothing at present.
const HOLD: &str = "notify.hold";

/// Delivers what the store has noted: that an event was raised or cleared.
#[derive(Debug)]
pub struct StoreOutbox<'s> {
    store: &'s mut Store,
}

/// A notification that can no longer be told in full.
#[derive(Debug, thiserror::Error)]
#[error("what notification {} tells of was compacted before it was delivered", .0.0)]
struct Compacted(NotificationId);

impl<'s> StoreOutbox<'s> {
    /// The outbox of a store.
    pub fn new(store: &'s mut Store) -> Self {
        Self { store }
    }

    fn waiting(&self) -> Result<BTreeMap<EntryId, NotificationId>, OutboxError> {
        let waiting = Store::undelivered(self.store.path()).map_err(OutboxError::new)?;
        Ok(waiting
            .into_iter()
            .map(|notification| (notification.entry, notification.id))
            .collect())
    }
}

impl Outbox for StoreOutbox<'_> {
    fn undelivered(&mut self) -> Result<Vec<Notice>, OutboxError> {
        let mut waiting = self.waiting()?;
        let entries = Store::entries(self.store.path()).map_err(OutboxError::new)?;
        let first = entries.first().map(|entry| entry.id);
        let mut notices = Notices::new(State::new());
        let mut undelivered = Vec::new();
        for entry in &entries {
            let told = notices.absorb(entry).map_err(OutboxError::new)?;
            if !told.is_empty() && waiting.remove(&entry.id).is_some() {
                undelivered.extend(told);
            }
        }
        for (entry, notification) in waiting {
            if first.is_none_or(|first| entry < first) {
                return Err(OutboxError::new(Compacted(notification)));
            }
            // Nothing changed for whoever listens, for example news of an event that is ignored.
            self.store
                .delivered(notification, Timestamp::UNIX_EPOCH)
                .map_err(OutboxError::new)?;
        }
        Ok(undelivered)
    }

    fn mark_delivered(&mut self, notice: &Notice, now: Timestamp) -> Result<(), OutboxError> {
        if let Some(&notification) = self.waiting()?.get(&notice.entry) {
            self.store
                .delivered(notification, now)
                .map_err(OutboxError::new)?;
        }
        Ok(())
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
}
