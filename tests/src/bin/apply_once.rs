//! One unattended pass as a process that can be killed: at a write of the log it kills itself, at a request the
//! simulator's side kills it.
//!
//! Access comes from the environment, the log's path is the first argument. A second argument such as `3:before`,
//! `3:torn` or `3:after` names the write of the log at which it dies.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use async_trait::async_trait;
use examples::file_log::FileLog;
use msp_tests::bridge::{Access, Bridge};
use reconcile::log::{Log, LogError, frame};
use reconcile::state::Entry;

/// Kills the process at one write.
struct DeadlyLog {
    inner: FileLog,
    path: PathBuf,
    writes: usize,
    death: Option<(usize, String)>,
}

/// Dies at once, without anything being tidied up.
fn die() -> ! {
    #[cfg(unix)]
    {
        let own = rustix::process::getpid();
        let _ = rustix::process::kill_process(own, rustix::process::Signal::KILL);
    }
    // Elsewhere, and until the signal arrives.
    std::process::abort()
}

#[async_trait]
impl Log for DeadlyLog {
    async fn append(&mut self, entry: &Entry) -> Result<(), LogError> {
        let now = self.writes;
        self.writes += 1;
        let Some((_, how)) = self.death.as_ref().filter(|(write, _)| *write == now) else {
            return self.inner.append(entry).await;
        };
        match how.as_str() {
            "before" => die(),
            "torn" => {
                let line = frame(entry)?;
                let half = &line.as_bytes()[..line.len() / 2];
                let written = OpenOptions::new()
                    .append(true)
                    .open(&self.path)
                    .and_then(|mut file| file.write_all(half));
                written.map_err(LogError::new)?;
                die()
            }
            _ => {
                self.inner.append(entry).await?;
                die()
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(writes) => {
            println!("{writes}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("the log's path is missing")?;
    let death = match arguments.next() {
        Some(death) => {
            let (write, how) = death.split_once(':').ok_or("a death is N:HOW")?;
            Some((write.parse()?, how.to_owned()))
        }
        None => None,
    };
    let access = Access {
        rmm_url: std::env::var("RMM_URL")?,
        rmm_key: std::env::var("RMM_KEY")?,
        rmm_secret: std::env::var("RMM_SECRET")?,
        gravityzone_url: std::env::var("GRAVITYZONE_URL")?,
        gravityzone_key: std::env::var("GRAVITYZONE_KEY")?,
    };
    let (inner, mut state) = FileLog::open(Path::new(&path))?;
    let mut log = DeadlyLog {
        inner,
        path: PathBuf::from(path),
        writes: 0,
        death,
    };
    let bridge = Bridge::connect(&access).await?;
    let report = bridge.pass(&mut state, &mut log).await?;
    if report.is_success() {
        Ok(log.writes)
    } else {
        Err(report.to_string().into())
    }
}
