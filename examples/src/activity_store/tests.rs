use std::fs;

use jiff::{SignedDuration, Timestamp};

use super::{ActivityStore, Delivered, OutputError, OutputFile};
use crate::store::StoreError;

const LATE: SignedDuration = SignedDuration::from_hours(2);

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn entry(id: &str, date: &str) -> Delivered {
    Delivered {
        id: id.to_owned(),
        date: Some(at(date)),
    }
}

fn ids(store: &ActivityStore, entries: &[Delivered]) -> Vec<String> {
    let entries = entries.iter().map(|entry| (entry.clone(), ()));
    let fresh = store.fresh(entries).expect("read");
    fresh.into_iter().map(|(entry, ())| entry.id).collect()
}

#[test]
fn what_was_delivered_is_not_fresh_and_the_resume_point_outlives_the_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("progress");
    let began = at("2026-03-01T00:00:00Z");
    let (mut store, mut resume) = ActivityStore::open(&path, "log", began).expect("made");
    assert_eq!(resume.from(LATE), began);
    let old = entry("old", "2026-03-01T01:00:00Z");
    let new = entry("new", "2026-03-01T09:30:00.25Z");
    let both = [old.clone(), new.clone(), new.clone()];
    assert_eq!(ids(&store, &both), ["old", "new"]);
    store.delivered(&both, None).expect("stored");
    assert!(ids(&store, &both).is_empty());
    let newest = new.date.expect("a date");
    store.advance(&mut resume, newest, LATE).expect("stored");
    // Of what is before the window nothing is kept, since nothing asks for it any more.
    assert_eq!(store.remembered().expect("read"), 1);
    // It never goes back.
    store.advance(&mut resume, began, LATE).expect("stored");
    drop(store);

    let later = at("2026-05-01T00:00:00Z");
    let (store, again) = ActivityStore::open(&path, "log", later).expect("opened");
    assert_eq!(again, resume);
    assert_eq!(again.from(LATE), at("2026-03-01T07:30:00.25Z"));
    assert!(ids(&store, &[new]).is_empty());
}

#[test]
fn an_entry_without_a_date_is_never_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("progress");
    let began = at("2026-03-01T00:00:00Z");
    let (mut store, mut resume) = ActivityStore::open(&path, "log", began).expect("made");
    let undated = Delivered {
        id: "undated".to_owned(),
        date: None,
    };
    store.delivered([&undated], None).expect("stored");
    let newest = at("2027-03-01T00:00:00Z");
    store.advance(&mut resume, newest, LATE).expect("stored");
    assert!(ids(&store, &[undated]).is_empty());
}

#[test]
fn one_follower_at_a_time_and_one_log_for_good() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("progress");
    let began = at("2026-03-01T00:00:00Z");
    let (store, _) = ActivityStore::open(&path, "log", began).expect("made");
    let second = ActivityStore::open(&path, "log", began);
    assert!(
        matches!(second, Err(StoreError::InUse { .. })),
        "{second:?}"
    );
    drop(store);
    let other = ActivityStore::open(&path, "another log", began);
    assert!(
        matches!(other, Err(StoreError::Damaged { .. })),
        "{other:?}"
    );
    fs::write(
        folder.path().join("text"),
        "no database, but long enough to look",
    )
    .expect("written");
    let text = ActivityStore::open(&folder.path().join("text"), "log", began);
    assert!(
        matches!(text, Err(StoreError::NotAStore { .. })),
        "{text:?}"
    );
}

#[test]
fn what_was_not_committed_is_cut_off_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("activity.jsonl");
    let (mut output, cut) = OutputFile::open(&path, None).expect("made");
    assert_eq!(cut, 0);
    output.add("one\n").expect("written");
    let mark = output.mark().expect("read");
    output.add("two\n{\"to").expect("written");
    let second = OutputFile::open(&path, None).expect_err("locked");
    assert!(
        matches!(second, OutputError::Lock(_, StoreError::InUse { .. })),
        "{second:?}"
    );
    drop(output);
    let (output, cut) = OutputFile::open(&path, Some(&mark)).expect("opened");
    assert_eq!(cut, 8);
    drop(output);
    assert_eq!(fs::read_to_string(&path).expect("read"), "one\n");

    // A file that somebody replaced is not cut.
    let other = "another file, which is longer\n";
    fs::write(&path, other).expect("written");
    for (text, why) in [
        (other, "its last lines are others"),
        ("on", "it is shorter"),
    ] {
        fs::write(&path, text).expect("written");
        let error = OutputFile::open(&path, Some(&mark)).expect_err("changed");
        assert!(error.to_string().ends_with(why), "{error}");
        assert_eq!(fs::read_to_string(&path).expect("read"), text);
    }
    // Nor is one begun that would get a line glued to its last.
    let error = OutputFile::open(&path, None).expect_err("torn");
    assert!(
        error.to_string().ends_with("it ends inside of a line"),
        "{error}"
    );
}
