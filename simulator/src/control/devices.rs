//! The RMM's devices: their state, alerts, and how jobs go on them.

use serde_json::Value;

use crate::rmm::JobRule;
use crate::simulator::Simulator;
use crate::world::{Alert, Job, JobScript, Unknown};

impl Simulator {
    /// The uid of the first device of that name, in any case.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn device_uid(&self, hostname: &str) -> Result<String, Unknown> {
        self.with_world(|world| {
            let mut devices = world.sites.iter().flat_map(|site| &site.devices);
            devices
                .find(|device| device.hostname.eq_ignore_ascii_case(hostname))
                .map(|device| device.uid.clone())
        })
        .ok_or_else(|| Unknown::new("device", hostname))
    }

    /// Turns a device off or on. Jobs that wait for it start when it is on.
    ///
    /// # Errors
    ///
    /// When there is no such device.
    pub fn set_online(&self, device: &str, online: bool) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            let now = world.now_ms;
            let device = world.device_mut(device)?;
            device.online = online;
            device.last_seen_ms = Some(now);
            Ok(())
        })
    }

    /// Moves a device into another site; see [`World::move_device`](crate::World::move_device).
    ///
    /// # Errors
    ///
    /// When either does not exist.
    pub fn move_device(&self, device: &str, site: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| world.move_device(device, site))
    }

    /// Deletes a device, which moves it to "Deleted Devices".
    ///
    /// # Errors
    ///
    /// When there is no such device, or no such site.
    pub fn delete_device(&self, device: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| world.delete_device(device))
    }

    /// All alerts, in the order in which they were raised here.
    pub fn alerts(&self) -> Vec<Alert> {
        self.with_world(|world| world.account.alerts.clone())
    }

    /// Raises an alert of a device and gives its uid. The context is put on the wire as it is, its
    /// `@class` whatever it says.
    ///
    /// # Errors
    ///
    /// When there is no such device.
    pub fn add_alert(
        &self,
        device: &str,
        priority: &str,
        context: Option<Value>,
    ) -> Result<String, Unknown> {
        self.with_world_mut(|world| world.add_alert(device, priority, context))
    }

    /// Resolves an alert in somebody's name.
    ///
    /// # Errors
    ///
    /// When there is no such alert.
    pub fn resolve_alert(&self, alert: &str, by: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| world.resolve_alert(alert, by))
    }

    /// All quick jobs, in the order in which they were made.
    pub fn jobs(&self) -> Vec<Job> {
        self.with_world(|world| world.account.jobs.clone())
    }

    /// Decides how quick jobs end that are not over yet: those of a component by uid, of a device by
    /// uid, of both, or all. The rule that was given last wins; without one the component decides.
    ///
    /// # Errors
    ///
    /// When there is no such component or device.
    pub fn script_jobs(
        &self,
        component: Option<&str>,
        device: Option<&str>,
        script: JobScript,
    ) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            component.map_or(Ok(()), |uid| world.component_mut(uid).map(drop))?;
            device.map_or(Ok(()), |uid| world.device_mut(uid).map(drop))
        })?;
        self.lock().rmm.job_rules.push(JobRule {
            component: component.map(str::to_owned),
            device: device.map(str::to_owned),
            script,
        });
        Ok(())
    }

    /// Forgets all rules of [`Simulator::script_jobs`].
    pub fn clear_job_scripts(&self) {
        self.lock().rmm.job_rules.clear();
    }
}
