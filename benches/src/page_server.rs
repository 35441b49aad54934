//! The smallest server that a client takes for the vendor: a log-in, and one page of devices for everything else.

use std::fmt::Write as _;
use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const TOKEN: &str = r#"{"access_token":"EXAMPLE-TOKEN","token_type":"bearer","expires_in":360000}"#;

/// A page with this many devices, each with this many user-defined fields of which most are null.
#[must_use]
pub fn page(devices: usize, fields: usize) -> String {
    let mut body = format!(
        r#"{{"pageDetails":{{"count":{devices},"totalCount":{devices},"prevPageUrl":null,"nextPageUrl":null}},"devices":["#
    );
    for number in 0..devices {
        if number > 0 {
            body.push(',');
        }
        let _ = write!(
            body,
            r#"{{"id":{number},"uid":"00000000-0000-4000-8000-{number:012}","siteId":7,"siteUid":"00000000-0000-4000-8000-00000000000a","siteName":"Example Ltd","deviceType":{{"category":"Desktop","type":"Desktop"}},"hostname":"PC-{number}","intIpAddress":"10.0.0.5","operatingSystem":"Microsoft Windows 11 Pro 10.0.22631","lastLoggedInUser":"EXAMPLE\\sam","domain":"example.test","cagVersion":"4.4.2450.2450","displayVersion":"2450","extIpAddress":"203.0.113.9","description":"Desk {number}","a64Bit":true,"rebootRequired":false,"online":true,"suspended":false,"deleted":false,"lastSeen":1767225600000,"lastReboot":1767225600000,"lastAuditDate":1767225600000,"creationDate":1767225600000,"udf":{{"#
        );
        for field in 1..=fields {
            let comma = if field > 1 { "," } else { "" };
            let value = if field <= 3 { r#""text""# } else { "null" };
            let _ = write!(body, r#"{comma}"udf{field}":{value}"#);
        }
        body.push_str(
            r#"},"snmpEnabled":false,"deviceClass":"device","portalUrl":"https://example.test/device","warrantyDate":"2027-01-01","antivirus":{"antivirusProduct":"Defender","antivirusStatus":"RunningAndUpToDate"},"patchManagement":{"patchStatus":"FullyPatched","patchesApprovedPending":0,"patchesNotApproved":2,"patchesInstalled":40},"softwareStatus":null,"webRemoteUrl":"https://example.test/remote","networkProbe":false,"onboardedViaNetworkMonitor":false}"#,
        );
    }
    body.push_str("]}");
    body
}

/// Prints its port and answers until its input ends, which it does with the process that started it.
///
/// # Errors
///
/// When no port can be had.
pub async fn serve(body: String) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    let answers: &'static [Vec<u8>; 2] = Box::leak(Box::new([answer(&body), answer(TOKEN)]));
    std::thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        std::process::exit(0);
    });
    loop {
        let (stream, _) = listener.accept().await?;
        drop(tokio::spawn(talk(stream, answers)));
    }
}

fn answer(body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn talk(mut stream: TcpStream, [page, token]: &[Vec<u8>; 2]) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut seen = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        seen.extend_from_slice(&buffer[..read]);
        // The log-in is the only request with a body, and says how long it is.
        let Some(head) = seen.windows(4).position(|end| end == b"\r\n\r\n") else {
            continue;
        };
        let text = String::from_utf8_lossy(&seen[..head]).to_ascii_lowercase();
        let length: usize = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
            .unwrap_or(0);
        if seen.len() < head + 4 + length {
            continue;
        }
        let is_login = text.starts_with("post");
        stream
            .write_all(if is_login { token } else { page })
            .await?;
        seen.clear();
    }
}
