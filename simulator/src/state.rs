//! Everything that the servers and the handle share, behind one lock.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::clock::Clock;
use crate::faults::Faults;
use crate::keys::Keys;
use crate::record::{Phase, Records, RequestInfo};
use crate::settings::Settings;
use crate::world::World;
use crate::{gravityzone, networking, rmm};

pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) keys: Keys,
    pub(crate) records: Records,
    pub(crate) faults: Faults,
    pub(crate) rmm: rmm::Memory,
    pub(crate) gravityzone: gravityzone::Memory,
    pub(crate) networking: networking::Memory,
}

impl State {
    pub(crate) fn new(mut world: World, settings: Settings) -> Self {
        let mut clock = Clock::start();
        match settings.clock_ms {
            Some(epoch_ms) => clock.set(epoch_ms),
            None => world.begin(clock.now_ms()),
        }
        let keys = Keys::new(&world.root, clock.now_ms());
        Self {
            world,
            settings,
            clock,
            keys,
            records: Records::default(),
            faults: Faults::default(),
            rmm: rmm::Memory::default(),
            gravityzone: gravityzone::Memory::default(),
            networking: networking::Memory::default(),
        }
    }
}

pub(crate) type Hook = Arc<dyn Fn(&RequestInfo, Phase) + Send + Sync>;

pub(crate) struct Shared {
    state: Mutex<State>,
    hooks: RwLock<Vec<Hook>>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn new(state: State) -> Self {
        Self {
            state: Mutex::new(state),
            hooks: RwLock::new(Vec::new()),
        }
    }

    /// The state, in which everything that was due by now has happened. A holder that panicked (a
    /// test's closure) does not spoil it for the others.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        rmm::run_jobs(&mut state);
        state
    }

    pub(crate) fn add_hook(&self, hook: Hook) {
        self.hooks
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(hook);
    }

    pub(crate) fn clear_hooks(&self) {
        self.hooks
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Calls the hooks without holding any lock, so that they may use the simulator.
    pub(crate) fn call_hooks(&self, info: &RequestInfo, phase: Phase) {
        let hooks = self
            .hooks
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for hook in hooks {
            hook(info, phase);
        }
    }
}
