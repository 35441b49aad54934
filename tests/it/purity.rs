//! `reconcile` carries no runtime, no HTTP and no TLS.

use std::process::Command;

#[test]
fn reconcile_depends_on_no_runtime_no_http_and_no_tls() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "-p",
            "reconcile",
            "-e",
            "normal",
            "--prefix",
            "none",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let tree = String::from_utf8_lossy(&output.stdout).into_owned();
    let names: Vec<_> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(
        names.contains(&"reconcile") && names.contains(&"serde"),
        "{names:?}"
    );
    for unwanted in [
        "tokio",
        "reqwest",
        "hyper",
        "rustls",
        "native-tls",
        "openssl",
        "ring",
        "aws-lc-rs",
        "mio",
        "smol",
    ] {
        assert!(
            !names.contains(&unwanted),
            "reconcile depends on {unwanted}"
        );
    }
}
