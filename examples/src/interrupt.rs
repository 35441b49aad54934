//! Ctrl-C, and the system's request to end.
//!
//! What must not be cut holds a [`Guard`] and looks whether it should stop. At any other moment the program simply
//! ends: what matters is in the store.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::exit::Exit;

static GUARDS: AtomicUsize = AtomicUsize::new(0);
static PRESSES: LazyLock<watch::Sender<u32>> = LazyLock::new(|| watch::Sender::new(0));
/// When it was pressed without anybody having looked since.
static UNSEEN: Mutex<Option<Instant>> = Mutex::new(None);

/// Whoever looks at all has looked by then.
const PATIENCE: Duration = Duration::from_millis(100);

/// Listens from now on.
pub fn listen() -> io::Result<()> {
    let mut signals = Signals::listen()?;
    tokio::spawn(async move {
        loop {
            signals.next().await;
            if GUARDS.load(Ordering::SeqCst) == 0 {
                eprintln!("stopped by Ctrl-C; nothing was under way that could be lost");
                std::process::exit(Exit::Failed as i32);
            }
            if was_unseen() {
                // Whoever should look waits for something else, such as a reader of its output, and may do so for good.
                // Nothing is said: standard error may have the same reader.
                std::process::exit(Exit::Failed as i32);
            }
            PRESSES.send_modify(|presses| *presses += 1);
        }
    });
    Ok(())
}

/// Notes a press; true if nobody has looked at an earlier one.
fn was_unseen() -> bool {
    let mut unseen = UNSEEN.lock().unwrap_or_else(PoisonError::into_inner);
    unseen.get_or_insert_with(Instant::now).elapsed() >= PATIENCE
}

fn seen() {
    *UNSEEN.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

/// As long as there is one, Ctrl-C ends nothing by itself, unless it is pressed again before anybody has looked.
#[derive(Debug)]
pub struct Guard {
    presses: watch::Receiver<u32>,
    before: u32,
}

impl Guard {
    /// Keeps Ctrl-C from ending the program until this is dropped.
    pub fn new() -> Self {
        seen();
        GUARDS.fetch_add(1, Ordering::SeqCst);
        let mut presses = PRESSES.subscribe();
        let before = *presses.borrow_and_update();
        Self { presses, before }
    }

    /// How often Ctrl-C was pressed under this guard.
    pub fn presses(&self) -> u32 {
        seen();
        *self.presses.borrow() - self.before
    }

    /// Waits until it is pressed once more.
    pub async fn pressed(&mut self) {
        if self.presses.changed().await.is_err() {
            // The sender lives as long as the program.
            std::future::pending::<()>().await;
        }
        seen();
    }
}

impl Default for Guard {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        GUARDS.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals {
    pressed: tokio::signal::windows::CtrlC,
    pause: tokio::signal::windows::CtrlBreak,
    closed: tokio::signal::windows::CtrlClose,
    shutdown: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};

        Ok(Self {
            pressed: ctrl_c()?,
            pause: ctrl_break()?,
            closed: ctrl_close()?,
            shutdown: ctrl_shutdown()?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.pressed.recv() => {}
            _ = self.pause.recv() => {}
            _ = self.closed.recv() => {}
            _ = self.shutdown.recv() => {}
        }
    }
}
