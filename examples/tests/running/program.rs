//! Programs of the examples as tests run them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

/// The program of an example, which cargo builds beside the tests.
pub(crate) fn program(example: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    let built = test.ancestors().nth(2).expect("it is in target/*/deps");
    let path = built
        .join("examples")
        .join(format!("{example}{}", std::env::consts::EXE_SUFFIX));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(example);
    let is_current = time_of(&path).is_some_and(|built| built >= newest(&source));
    assert!(
        is_current,
        "{} is missing or older than its source: `cargo test -p examples` builds it, and `cargo test --test` alone does \
         not",
        path.display()
    );
    path
}

fn time_of(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|found| found.modified()).ok()
}

/// When anything in a folder was last changed.
fn newest(folder: &Path) -> SystemTime {
    let entries = fs::read_dir(folder).expect("the source is there");
    let times = entries.map(|entry| {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            newest(&path)
        } else {
            time_of(&path).expect("a time")
        }
    });
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}

/// An example with these arguments in a folder, and nothing of this process's environment.
pub(crate) fn bare(example: &str, arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program(example));
    command
        .args(arguments)
        .env_clear()
        .env("USER", "alex")
        .current_dir(folder)
        .stdin(Stdio::null());
    // Windows programs find no libraries without it.
    if let Some(root) = std::env::var_os("SYSTEMROOT") {
        command.env("SYSTEMROOT", root);
    }
    command
}
