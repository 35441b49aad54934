//! The activity log of the RMM, behind the client's back.

use crate::simulator::Simulator;
use crate::world::{Activity, ActivityDay, ActivitySpec, Unknown};

impl Simulator {
    /// The whole activity log, in no order, entries that are not listed yet among them.
    pub fn activity(&self) -> Vec<Activity> {
        self.with_world(|world| world.account.activity.clone())
    }

    /// Adds an entry to the activity log and gives its id. With
    /// [`ActivitySpec::visible_from_ms`] it comes late: under a date that readers have passed.
    ///
    /// # Errors
    ///
    /// When its device, site or user does not exist.
    pub fn add_activity(&self, spec: &ActivitySpec) -> Result<String, Unknown> {
        self.with_world_mut(|world| world.add_activity(spec))
    }

    /// Adds a day of activity, by default the last 24 hours, and gives the ids of its entries in the
    /// order of their dates.
    pub fn simulate_activity(&self, day: &ActivityDay) -> Vec<String> {
        self.with_world_mut(|world| world.simulate_activity(day))
    }
}
