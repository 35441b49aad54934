//! Starting the servers on a thread of their own, and stopping them.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::{self, Runtime};
use tokio::sync::oneshot;

use super::Simulator;
use crate::control_port;
use crate::record::Vendor;
use crate::server::{self, Bound};
use crate::settings::{Ports, Settings};
use crate::state::{Shared, State};
use crate::world::World;

#[derive(Debug)]
pub(super) struct Running {
    pub(super) rmm: SocketAddr,
    pub(super) gravityzone: SocketAddr,
    pub(super) networking: SocketAddr,
    pub(super) control: Option<SocketAddr>,
    stop: Mutex<Option<oneshot::Sender<()>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Running {
    pub(super) fn stop(&self) {
        let stop = self
            .stop
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(stop) = stop {
            // The thread may have ended by itself.
            let _ = stop.send(());
        }
    }

    /// Waits until nothing listens any more.
    pub(super) fn join(&self) {
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // The thread does not panic, and if it did there would be nothing to stop any more.
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The ports, bound before anything runs: clients can connect from then on.
struct Servers {
    rmm: Bound,
    gravityzone: Bound,
    networking: Bound,
    control: Option<Bound>,
}

impl Servers {
    fn bind(ports: &Ports) -> io::Result<Self> {
        Ok(Self {
            rmm: server::bind(ports.rmm)?,
            gravityzone: server::bind(ports.gravityzone)?,
            networking: server::bind(ports.networking)?,
            control: ports.control.map(server::bind).transpose()?,
        })
    }

    /// Serves everything on a new runtime. Its workers are more than one, so that a hook that blocks
    /// does not hold up the other requests.
    fn serve(self, simulator: &Simulator) -> io::Result<Runtime> {
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let context = runtime.enter();
        let shared = || Arc::clone(&simulator.shared);
        self.rmm.serve(Vendor::Rmm, shared())?;
        self.gravityzone.serve(Vendor::GravityZone, shared())?;
        self.networking.serve(Vendor::Networking, shared())?;
        if let Some(control) = self.control {
            control_port::serve(control.into_tokio()?, simulator.downgrade());
        }
        drop(context);
        Ok(runtime)
    }
}

/// Starts a thread with the servers; `report` is called there once they answer or cannot.
pub(super) fn launch(
    world: World,
    settings: Settings,
    report: impl FnOnce(io::Result<()>) + Send + 'static,
) -> io::Result<Simulator> {
    let servers = Servers::bind(&settings.ports)?;
    let (stop, stopped) = oneshot::channel();
    let running = Arc::new(Running {
        rmm: servers.rmm.address,
        gravityzone: servers.gravityzone.address,
        networking: servers.networking.address,
        control: servers.control.as_ref().map(|bound| bound.address),
        stop: Mutex::new(Some(stop)),
        thread: Mutex::new(None),
    });
    let shared = Arc::new(Shared::new(State::new(world, settings)));
    let simulator = Simulator { shared, running };
    let starting = simulator.clone();
    let thread = thread::Builder::new()
        .name("msp-simulator".into())
        .spawn(move || {
            let served = servers.serve(&starting);
            // The thread must not be what keeps itself running.
            drop(starting);
            match served {
                Ok(runtime) => {
                    report(Ok(()));
                    // Both a signal and a dropped sender mean the end.
                    let _ = runtime.block_on(stopped);
                    runtime.shutdown_timeout(Duration::from_secs(1));
                }
                Err(error) => report(Err(error)),
            }
        })?;
    *simulator
        .running
        .thread
        .lock()
        .unwrap_or_else(PoisonError::into_inner) = Some(thread);
    Ok(simulator)
}
