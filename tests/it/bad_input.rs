//! Bad input gets a clear error that names what was wrong, and loses nothing.

use examples::file_log::{FileLog, OpenError};
use gravityzone::general::Service;
use gravityzone::packages::ListPackages;
use msp_tests::bridge::{Access, Bridge};
use reconcile::log::ReadLogError;

use crate::world::{start, two_sites};

async fn refused(access: &Access) -> String {
    match Bridge::connect(access).await {
        Ok(_) => panic!("{access:?} was accepted"),
        Err(error) => {
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                text = format!("{text}: {cause}");
                source = cause.source();
            }
            assert!(
                !text.contains(&access.rmm_secret) && !text.contains(&access.gravityzone_key),
                "{text}"
            );
            text
        }
    }
}

#[tokio::test]
async fn wrong_urls_are_named() {
    let simulator = start(two_sites()).await;
    let good = Access::to(&simulator);
    for url in [
        "",
        "not a url at all",
        "ftp://merlot-api.centrastage.net",
        "http://merlot-api.centrastage.net",
    ] {
        let text = refused(&Access {
            rmm_url: url.into(),
            ..good.clone()
        })
        .await;
        assert!(!text.is_empty());
        let text = refused(&Access {
            gravityzone_url: url.into(),
            ..good.clone()
        })
        .await;
        assert!(!text.is_empty());
    }
    assert_eq!(
        simulator.requests().len(),
        simulator
            .requests()
            .iter()
            .filter(|r| !r.info.is_write)
            .count()
    );
}

#[tokio::test]
async fn u19_a_key_of_another_platform_fails_loudly() {
    let (here, there) = (
        start(two_sites()).await,
        start(crate::world::mirrored(1)).await,
    );
    there.revoke_rmm_key();
    there.revoke_gravityzone_key();
    let text = refused(&Access {
        rmm_url: there.rmm_url(),
        ..Access::to(&here)
    })
    .await;
    assert!(
        text.contains("key") || text.contains("credential"),
        "{text}"
    );
    let text = refused(&Access {
        gravityzone_url: there.gravityzone_url(),
        ..Access::to(&here)
    })
    .await;
    assert!(
        text.contains("key") || text.contains("credential"),
        "{text}"
    );
}

#[tokio::test]
async fn n16_a_refused_log_in_is_not_hammered() {
    let simulator = start(two_sites()).await;
    let access = Access {
        rmm_secret: "not-the-secret".into(),
        ..Access::to(&simulator)
    };
    let client = access.rmm().expect("nothing is sent yet");
    for _ in 0..5 {
        let error = client
            .account()
            .get()
            .await
            .expect_err("the secret is wrong");
        assert_eq!(error.kind(), datto_rmm::ErrorKind::Credentials);
    }
    assert_eq!(simulator.count("rmm POST /auth/oauth/token"), 1);
}

#[tokio::test]
async fn f011_a_missing_scope_is_named() {
    let simulator = start(two_sites()).await;
    simulator.remove_gravityzone_api("packages");
    let client = Access::to(&simulator).gravityzone().expect("builds");
    let scopes = client
        .general()
        .scopes()
        .await
        .expect("the key itself is good");
    assert_eq!(scopes.missing(Service::NEEDED), [Service::Packages]);
    let error = client
        .packages()
        .own(&ListPackages::default())
        .next()
        .await
        .expect("an answer")
        .expect_err("not enabled");
    assert_eq!(error.kind(), gravityzone::ErrorKind::Scope);
}

#[tokio::test]
async fn a_log_from_a_newer_version_or_damaged_in_the_middle_is_refused_and_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    let simulator = start(two_sites()).await;
    let bridge = Bridge::connect(&Access::to(&simulator))
        .await
        .expect("connects");
    {
        let (mut log, mut state) = FileLog::open(&path).expect("a new file");
        bridge.pass(&mut state, &mut log).await.expect("passes");
    }
    let sound = std::fs::read_to_string(&path).expect("readable");
    let damaged = sound.replacen("Alder", "Elder", 1);
    std::fs::write(&path, &damaged).expect("written");
    let Err(OpenError::Content { source, .. }) = FileLog::open(&path) else {
        panic!("it was opened")
    };
    assert!(matches!(source, ReadLogError::Damaged { .. }), "{source}");
    assert_eq!(std::fs::read_to_string(&path).expect("readable"), damaged);

    // Cut in half, it goes on from its last whole line.
    std::fs::write(&path, &sound[..sound.len() / 2]).expect("written");
    let (mut log, mut state) = FileLog::open(&path).expect("a cut is no damage");
    simulator.reset_counts();
    bridge.pass(&mut state, &mut log).await.expect("passes");
    crate::world::assert_exactly_one_of_each(&simulator, "cut in half");
}
