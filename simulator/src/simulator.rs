//! The handle: starting, addresses, credentials, counts, hooks.

mod running;

use std::io;
use std::sync::{Arc, MutexGuard, Weak, mpsc};

use tokio::sync::oneshot;

use self::running::Running;
use crate::record::{Phase, RequestInfo, RequestRecord};
use crate::rmm::run_jobs;
use crate::settings::Settings;
use crate::state::{Shared, State};
use crate::world::World;

/// Three running vendors over one world.
///
/// The servers run on threads of their own, so that the handle can be used from synchronous code,
/// from any runtime and from several threads. Clones are handles to the same vendors, which stop
/// when the last handle is dropped or at [`Simulator::shutdown`].
///
/// ```
/// use msp_simulator::{Settings, Simulator, World};
///
/// # fn main() -> std::io::Result<()> {
/// let simulator = Simulator::start_blocking(World::demo(), Settings::default())?;
/// assert!(simulator.rmm_url().starts_with("http://127.0.0.1:"));
/// assert_eq!(simulator.writes(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Simulator {
    shared: Arc<Shared>,
    running: Arc<Running>,
}

/// A handle that does not keep the vendors running, for hooks and the like.
#[derive(Debug, Clone)]
pub struct WeakSimulator {
    shared: Arc<Shared>,
    running: Weak<Running>,
}

impl WeakSimulator {
    /// The handle, unless the last one is gone.
    pub fn upgrade(&self) -> Option<Simulator> {
        Some(Simulator {
            shared: Arc::clone(&self.shared),
            running: self.running.upgrade()?,
        })
    }
}

impl Simulator {
    /// Starts the three vendors on 127.0.0.1, on free ports unless the settings say otherwise. They
    /// answer when this returns.
    ///
    /// # Errors
    ///
    /// When a port is taken or no thread can be had.
    pub async fn start(world: World, settings: Settings) -> io::Result<Self> {
        let (report, reported) = oneshot::channel();
        // A caller that stops waiting needs no report.
        let simulator = running::launch(world, settings, move |result| drop(report.send(result)))?;
        reported.await.map_err(io::Error::other)??;
        Ok(simulator)
    }

    /// As [`Simulator::start`], from synchronous code. Takes milliseconds.
    ///
    /// # Errors
    ///
    /// When a port is taken or no thread can be had.
    pub fn start_blocking(world: World, settings: Settings) -> io::Result<Self> {
        let (report, reported) = mpsc::channel();
        let simulator = running::launch(world, settings, move |result| drop(report.send(result)))?;
        reported.recv().map_err(io::Error::other)??;
        Ok(simulator)
    }

    /// A handle that does not keep the vendors running.
    pub fn downgrade(&self) -> WeakSimulator {
        WeakSimulator {
            shared: Arc::clone(&self.shared),
            running: Arc::downgrade(&self.running),
        }
    }

    /// Stops the servers, closes their connections and forgets the hooks. Other handles can still
    /// look at the world.
    pub fn shutdown(&self) {
        self.running.stop();
        self.shared.clear_hooks();
        self.running.join();
    }

    /// The RMM's origin, such as `http://127.0.0.1:41234`: the "API URL" that its users copy.
    pub fn rmm_url(&self) -> String {
        format!("http://{}", self.running.rmm)
    }

    /// GravityZone's access URL, which ends in `/api`.
    pub fn gravityzone_url(&self) -> String {
        format!("http://{}/api", self.running.gravityzone)
    }

    /// Datto Networking's base URL.
    pub fn networking_url(&self) -> String {
        format!("http://{}", self.running.networking)
    }

    /// The control port's base URL, if [`Ports::control`](crate::Ports::control) opened one.
    pub fn control_url(&self) -> Option<String> {
        self.running
            .control
            .map(|address| format!("http://{address}"))
    }

    /// The RMM's API key (a fake, as are all credentials here).
    pub fn rmm_key(&self) -> String {
        self.shared.lock().keys.rmm[0].key.clone()
    }

    /// The RMM's API secret key.
    pub fn rmm_secret(&self) -> String {
        self.shared.lock().keys.rmm[0].secret.clone()
    }

    /// GravityZone's API key, of the root company, for Companies, General, Licensing, Network and
    /// Packages.
    pub fn gravityzone_key(&self) -> String {
        self.shared.lock().keys.gravityzone[0].key.clone()
    }

    /// Datto Networking's public key.
    pub fn networking_key(&self) -> String {
        self.shared.lock().keys.networking[0].key.clone()
    }

    /// Datto Networking's secret key.
    pub fn networking_secret(&self) -> String {
        self.shared.lock().keys.networking[0].secret.clone()
    }

    /// Every request since the start or the last [`Simulator::reset_counts`], in order of arrival.
    /// The oldest are forgotten beyond 100,000.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.shared.lock().records.all()
    }

    /// How often an operation was asked for, named as in [`RequestInfo::operation`].
    pub fn count(&self, operation: &str) -> usize {
        self.shared.lock().records.count(operation)
    }

    /// How many requests asked for a change, whatever came of them.
    pub fn writes(&self) -> usize {
        self.shared.lock().records.writes()
    }

    /// How many requests asked for no change, token requests included.
    pub fn reads(&self) -> usize {
        self.shared.lock().records.reads()
    }

    /// Forgets the records and sets the counts to zero. Rate limits still remember.
    pub fn reset_counts(&self) {
        self.shared.lock().records.reset();
    }

    /// Has `hook` called for every request: before it touches the world, and after it did but
    /// before its answer is sent. The hook runs on a server thread without any lock, so that it may
    /// block and may use a handle. Give it one from [`Simulator::downgrade`]: a hook that owns a full
    /// handle keeps the servers running until [`Simulator::shutdown`].
    pub fn on_request(&self, hook: impl Fn(&RequestInfo, Phase) + Send + Sync + 'static) {
        self.shared.add_hook(Arc::new(hook));
    }

    /// Removes all hooks.
    pub fn clear_hooks(&self) {
        self.shared.clear_hooks();
    }

    /// Reads the world. Nothing is answered meanwhile; do not call the handle inside.
    pub fn with_world<T>(&self, read: impl FnOnce(&World) -> T) -> T {
        read(&self.shared.lock().world)
    }

    /// Changes the world in any way. Nothing is answered meanwhile; do not call the handle inside.
    pub fn with_world_mut<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut state = self.shared.lock();
        state.world.now_ms = state.clock.now_ms();
        let result = change(&mut state.world);
        run_jobs(&mut state);
        result
    }

    /// Changes how the vendors behave, from the next request on. Ports stay as they are.
    pub fn update_settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.shared.lock().settings);
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.lock()
    }
}
