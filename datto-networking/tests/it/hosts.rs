use client_core::ErrorKind;
use datto_networking::{Client, Family, Host};

use crate::support::{
    GET, KEY, NO_NETWORKS, SECRET, builder, json, raw, received, scripted, verify, verify_over,
};

#[tokio::test]
async fn each_family_has_its_host() {
    let servers = [
        scripted([json(200, NO_NETWORKS)]).await,
        scripted([json(200, NO_NETWORKS)]).await,
    ];
    let client = builder(&servers[0])
        .host(Family::Accounts, Host::new(servers[1].uri()))
        .build()
        .unwrap();
    for (family, path) in [
        (Family::Networks, "/network/list"),
        (Family::Accounts, "/user/list"),
        (Family::PowerStrips, "/powerstrip/1"),
    ] {
        client.send(family, raw(&GET, path)).await.unwrap();
    }
    let mut nonces = Vec::new();
    for (server, wanted) in servers.iter().zip([2, 1]) {
        let requests = received(server).await;
        assert_eq!(requests.len(), wanted);
        nonces.extend(requests.iter().map(|request| verify(request).nonce));
    }
    // One sequence for all hosts: the vendor's memory of nonces may be one too.
    assert!(nonces.iter().all(|nonce| nonce[..20] == nonces[0][..20]));
}

/// Each family has its own address, version, header names and rules about what is signed.
#[tokio::test]
async fn each_family_signs_in_its_own_way() {
    let server = scripted([json(200, NO_NETWORKS)]).await;
    let gate = Host::new(format!("{}/gate", server.uri()))
        .api_version(Some(2))
        .signature_header("X-Signature")
        .version_header("X-Version")
        .sign_base_path(true)
        .sign_query(false);
    let client = builder(&server)
        .host(Family::Accounts, gate)
        .build()
        .unwrap();
    client.networks().search("a").collect_all().await.unwrap();
    client.user(1.into()).find().await.unwrap_err();
    client
        .send(Family::Accounts, raw(&GET, "/user/list?a=b"))
        .await
        .unwrap();
    let requests = received(&server).await;
    verify(&requests[0]);
    assert_eq!(
        crate::support::header(&requests[0], "openmesh-api-version"),
        Some("1")
    );
    for (request, signed) in [
        (&requests[1], "/gate/user/1"),
        (&requests[2], "/gate/user/list"),
    ] {
        verify_over(request, ("authorization", "x-signature"), signed);
        assert_eq!(crate::support::header(request, "x-version"), Some("2"));
        assert_eq!(
            crate::support::header(request, "openmesh-api-version"),
            None
        );
    }
}

/// Refused credentials of one host say nothing about another: newer keys belong to newer hosts.
#[tokio::test]
async fn hosts_are_latched_apart() {
    let old = scripted([crate::support::refusal(403, 13_011)]).await;
    let new = scripted([json(200, NO_NETWORKS)]).await;
    let client = builder(&new)
        .host(Family::Networks, Host::new(old.uri()))
        .build()
        .unwrap();
    client.networks().list().collect_all().await.unwrap_err();
    assert!(
        client.latched(Family::Networks).is_some() && client.latched(Family::Accounts).is_none()
    );
    client
        .send(Family::Accounts, raw(&GET, "/network/list"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_ready_http_client_is_used() {
    let server = scripted([json(200, NO_NETWORKS)]).await;
    let http = client_core::reqwest::Client::builder()
        .no_proxy()
        .user_agent("the host's own")
        .redirect(client_core::reqwest::redirect::Policy::none());
    // So that no trust store is needed.
    #[cfg(any(
        feature = "rustls",
        feature = "native-tls",
        feature = "rustls-no-provider"
    ))]
    let http = http.tls_certs_only([]);
    let http = http.build().unwrap();
    let client = builder(&server).http(http).build().unwrap();
    client.networks().list().collect_all().await.unwrap();
    assert_eq!(
        crate::support::header(&received(&server).await[0], "user-agent"),
        Some("the host's own")
    );
}

#[test]
fn unusable_settings_are_told_before_anything_is_sent() {
    let fine = || Client::builder(KEY, SECRET).base_url("http://127.0.0.1:1");
    fine().build().unwrap();
    for builder in [
        Client::builder(KEY, "two\nlines").base_url("http://127.0.0.1:1"),
        fine().base_url("http://api.example.com"),
        fine().base_url("no address"),
        fine().host(Family::PowerStrips, Host::new("https://")),
        fine().host(
            Family::Networks,
            Host::new("http://127.0.0.1:1").signature_header("a b"),
        ),
        fine().extra_header("", "x"),
    ] {
        assert_eq!(
            builder.build().map(drop).unwrap_err().kind(),
            ErrorKind::Config
        );
    }
}
