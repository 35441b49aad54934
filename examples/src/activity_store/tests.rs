use std::fs;

use jiff::{SignedDuration, Timestamp};

use super::{ActivityStore, Delivered, OutputError, OutputFile};
use crate::store::StoreError;

const LATE: SignedDuration = SignedDuration::from_hours(2);
const PART: &str = "devices";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn entry(id: &str, date: &str) -> Delivered {
    Delivered {
        id: id.to_owned(),
        date: Some(at(date)),
        part: PART,
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
    let mut store = ActivityStore::open(&path, "log", began).expect("made");
    let mut resume = store.resume(PART).expect("read");
    assert_eq!(resume.from(LATE), began);
    let old = entry("old", "2026-03-01T01:00:00Z");
    let new = entry("new", "2026-03-01T09:30:00.25Z");
    let both = [old.clone(), new.clone(), new.clone()];
    assert_eq!(ids(&store, &both), ["old", "new"]);
    store.delivered(&both, None).expect("stored");
    assert!(ids(&store, &both).is_empty());
    let newest = new.date.expect("a date");
    store
        .advance(PART, &mut resume, newest, LATE)
        .expect("stored");
    // Of what is before the window nothing is kept, since nothing asks for it any more.
    assert_eq!(store.remembered().expect("read"), 1);
    // It never goes back.
    store
        .advance(PART, &mut resume, began, LATE)
        .expect("stored");
    drop(store);

    let later = at("2026-05-01T00:00:00Z");
    let store = ActivityStore::open(&path, "log", later).expect("opened");
    let again = store.resume(PART).expect("read");
    assert_eq!(again, resume);
    assert_eq!(again.from(LATE), at("2026-03-01T07:30:00.25Z"));
    assert!(ids(&store, &[new]).is_empty());
}

#[test]
fn an_entry_without_a_date_is_never_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("progress");
    let began = at("2026-03-01T00:00:00Z");
    let mut store = ActivityStore::open(&path, "log", began).expect("made");
    let mut resume = store.resume(PART).expect("read");
    let undated = Delivered {
        id: "undated".to_owned(),
        date: None,
        part: PART,
    };
    store.delivered([&undated], None).expect("stored");
    let newest = at("2027-03-01T00:00:00Z");
    store
        .advance(PART, &mut resume, newest, LATE)
        .expect("stored");
    assert!(ids(&store, &[undated]).is_empty());
}

#[test]
fn a_window_that_is_made_larger_reaches_nothing_that_was_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("progress");
    let began = at("2026-03-01T00:00:00Z");
    let mut store = ActivityStore::open(&path, "log", began).expect("made");
    let mut resume = store.resume(PART).expect("read");
    let old = entry("old", "2026-03-01T09:00:00.25Z");
    let new = entry("new", "2026-03-01T10:00:00Z");
    store.delivered([&old, &new], None).expect("stored");
    let small = SignedDuration::from_mins(10);
    let newest = new.date.expect("a date");
    store
        .advance(PART, &mut resume, newest, small)
        .expect("stored");
    assert_eq!(resume.from(small), at("2026-03-01T09:50:00Z"));
    drop(store);

    let mut store = ActivityStore::open(&path, "log", began).expect("opened");
    let mut again = store.resume(PART).expect("read");
    assert_eq!(again, resume);
    // As far as it is known what was told, and no further.
    assert_eq!(again.from(LATE), at("2026-03-01T09:00:00.250001Z"));
    // It grows with what comes, and a smaller one never takes it back.
    let newest = at("2026-03-01T10:30:00Z");
    store
        .advance(PART, &mut again, newest, LATE)
        .expect("stored");
    assert_eq!(again.from(LATE), at("2026-03-01T09:00:00.250001Z"));
    assert!(ids(&store, &[new]).is_empty());
}

#[test]
fn a_part_that_is_followed_later_is_read_from_where_the_store_began() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("progress");
    let began = at("2026-03-01T00:00:00Z");
    let mut store = ActivityStore::open(&path, "log", began).expect("made");
    let mut devices = store.resume(PART).expect("read");
    let newest = at("2026-03-09T00:00:00Z");
    store
        .advance(PART, &mut devices, newest, LATE)
        .expect("stored");
    let mut users = store.resume("users").expect("read");
    assert_eq!((users.from(LATE), users.newest), (began, None));
    // What is remembered of one part outlasts what the other forgets.
    let user = Delivered {
        part: "users",
        ..entry("user", "2026-03-02T00:00:00Z")
    };
    store.delivered([&user], None).expect("stored");
    let later = at("2026-03-10T00:00:00Z");
    store
        .advance(PART, &mut devices, later, LATE)
        .expect("stored");
    assert!(ids(&store, std::slice::from_ref(&user)).is_empty());
    // As long as nothing of a part was delivered, it can begin elsewhere.
    let earlier = at("2026-02-01T00:00:00Z");
    store.begin("users", &mut users, earlier).expect("stored");
    assert_eq!(store.resume("users").expect("read"), users);
    assert_eq!(users.from(LATE), earlier);
    assert_eq!(store.resume(PART).expect("read"), devices);
}

#[test]
fn a_store_of_the_first_format_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("progress");
    let newest = at("2026-03-01T10:00:00Z");
    let first = rusqlite::Connection::open(&path).expect("made");
    first
        .execute_batch(&format!(
            "CREATE TABLE resume (one INTEGER PRIMARY KEY CHECK (one = 1), log TEXT NOT NULL, began_from INTEGER NOT NULL,
                 newest INTEGER, file TEXT, length INTEGER, tail TEXT) STRICT;
             CREATE TABLE delivered (id TEXT PRIMARY KEY, date INTEGER) STRICT, WITHOUT ROWID;
             CREATE INDEX delivered_by_date ON delivered (date);
             INSERT INTO resume (one, log, began_from, newest) VALUES (1, 'log', 0, {0});
             INSERT INTO delivered VALUES ('old', {0});
             PRAGMA application_id = {1};
             PRAGMA user_version = 1;",
            newest.as_microsecond(),
            0x4D53_5041,
        ))
        .expect("made");
    drop(first);
    let mut store = ActivityStore::open(&path, "log", newest).expect("opened");
    assert!(ids(&store, &[entry("old", "2026-03-01T10:00:00Z")]).is_empty());
    let mut resume = store.resume(PART).expect("read");
    assert_eq!(resume.newest, Some(newest));
    assert_eq!(resume.from(LATE), at("2026-03-01T08:00:00Z"));
    let later = at("2026-03-02T00:00:00Z");
    store
        .advance(PART, &mut resume, later, LATE)
        .expect("stored");
    drop(store);
    let store = ActivityStore::open(&path, "log", newest).expect("opened");
    assert_eq!(store.resume(PART).expect("read"), resume);
    assert_eq!(store.resume("users").expect("read").newest, Some(newest));
}

#[test]
fn whose_a_sites_number_is_outlives_the_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("progress");
    let began = at("2026-03-01T00:00:00Z");
    let mut store = ActivityStore::open(&path, "log", began).expect("made");
    store.learnt([(7, "seven"), (8, "eight")]).expect("stored");
    drop(store);
    let store = ActivityStore::open(&path, "log", began).expect("opened");
    let sites = store.sites().expect("read");
    assert_eq!(
        sites.into_iter().collect::<Vec<_>>(),
        [(7, "seven".to_owned()), (8, "eight".to_owned())]
    );
}

#[test]
fn one_follower_at_a_time_and_one_log_for_good() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("progress");
    let began = at("2026-03-01T00:00:00Z");
    let store = ActivityStore::open(&path, "log", began).expect("made");
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

#[test]
fn a_file_that_is_removed_replaced_or_emptied_while_it_is_open_gets_nothing_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("activity.jsonl");
    let begun = || {
        let (mut output, _) = OutputFile::open(&path, None).expect("made");
        output.add("one\n").expect("written");
        output
    };
    let why = |output: &mut OutputFile| {
        let error = output.add("two\n").expect_err("changed");
        assert!(matches!(error, OutputError::Changed(..)), "{error}");
        error.to_string()
    };

    let mut output = begun();
    fs::write(&path, "").expect("emptied");
    assert!(why(&mut output).ends_with("it is shorter"));
    assert_eq!(fs::read(&path).expect("read"), b"");
    drop(output);

    #[cfg(unix)]
    {
        let mut output = begun();
        let mark = output.mark().expect("read");
        fs::rename(&path, folder.path().join("activity.jsonl.1")).expect("renamed");
        assert!(why(&mut output).ends_with("it is gone"));
        fs::write(&path, "another\n").expect("written");
        assert!(why(&mut output).ends_with("it is another file"));
        assert_eq!(fs::read(&path).expect("read"), b"another\n");
        drop(output);
        // The refusal makes no file either.
        fs::remove_file(&path).expect("removed");
        let error = OutputFile::open(&path, Some(&mark)).expect_err("gone");
        assert!(error.to_string().ends_with("it is gone"), "{error}");
        assert!(!path.exists());
    }
}

#[cfg(unix)]
#[test]
fn another_name_of_the_same_file_goes_on_at_the_mark() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("activity.jsonl");
    let (mut output, _) = OutputFile::open(&path, None).expect("made");
    output.add("one\n").expect("written");
    let mark = output.mark().expect("read");
    output.add("two\n").expect("written");
    drop(output);
    let by_file = folder.path().join("link.jsonl");
    let by_folder = folder.path().join("folder");
    std::os::unix::fs::symlink(&path, &by_file).expect("linked");
    std::os::unix::fs::symlink(folder.path(), &by_folder).expect("linked");
    for other in [by_file, by_folder.join("activity.jsonl")] {
        fs::write(&path, "one\ntwo\n").expect("written");
        let (mut output, cut) = OutputFile::open(&other, Some(&mark)).expect("opened");
        assert_eq!(cut, 4, "{}", other.display());
        assert_eq!(output.mark().expect("read"), mark);
    }
}
