//! One device.

use client_core::{Call, Date, Error, Items, Operation, Repeat};
use serde::Serialize;

use super::{Device, DeviceUid, UdfUpdate};
use crate::Client;
use crate::alerts::Alerts;
use crate::audits::AuditScope;
use crate::jobs::{CreatedJob, QuickJob};
use crate::patches::{ListPatches, Patch};
use crate::sites::SiteUid;
use crate::time;

pub(crate) const GET: Operation =
    Operation::get("devices.get", "/v2/device/{deviceUid}").charges(&["read"]);
// The vendor moves by PUT, and sets by POST.
pub(crate) const MOVE: Operation =
    Operation::put("devices.move", "/v2/device/{deviceUid}/site/{siteUid}")
        .repeat(Repeat::Idempotent)
        .charges(&["write", "device-move"]);
pub(crate) const SET_UDF: Operation =
    Operation::post("devices.set_udf", "/v2/device/{deviceUid}/udf")
        .repeat(Repeat::Idempotent)
        .charges(&["write", "device-udf-set"]);
pub(crate) const SET_WARRANTY: Operation =
    Operation::post("devices.set_warranty", "/v2/device/{deviceUid}/warranty")
        .repeat(Repeat::Idempotent)
        .charges(&["write", "device-warranty-create"]);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Warranty {
    // Always said: only an explicit null takes the date away.
    warranty_date: Option<String>,
}

fn move_call(device: &DeviceUid, site: &SiteUid) -> Call<()> {
    Call::unit(&MOVE, [device.as_str(), site.as_str()])
}

fn warranty_call(device: &DeviceUid, date: Option<Date>) -> Call<()> {
    let body = Warranty {
        warranty_date: date.map(|date| date.to_string()),
    };
    Call::unit(&SET_WARRANTY, [device.as_str()])
        .json(&body)
        .refuse_if(
            date.is_some_and(|date| !time::is_writable(date)),
            "the end of a warranty lies between the years 1 and 9999",
        )
}

/// What belongs to one device; made by [`Client::device`].
#[derive(Debug, Clone, Copy)]
pub struct DeviceScope<'c> {
    pub(crate) client: &'c Client,
    pub(crate) uid: &'c DeviceUid,
}

impl<'c> DeviceScope<'c> {
    /// Reads the device's record.
    ///
    /// # Errors
    ///
    /// `NotFound`; `Denied` if the key's user may not see it; `Credentials`, `Blocked`, `RateLimited`, and the kinds of
    /// transport and server failures.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::devices::DeviceUid) -> Result<(), datto_rmm::Error> {
    /// let device = client.device(&uid).get().await?;
    /// println!("{:?}", device.hostname);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get(self) -> Result<Device, Error> {
        self.client.send(Call::new(&GET, [self.uid.as_str()])).await
    }

    /// The device's alerts.
    #[must_use]
    pub fn alerts(self) -> Alerts<'c> {
        Alerts::of_device(self.client, self.uid)
    }

    /// The audit of the device, if it is a computer; the others' are with [`Client::audits`].
    #[must_use]
    pub fn audit(self) -> AuditScope<'c> {
        AuditScope {
            client: self.client,
            uid: self.uid,
        }
    }

    /// Lists the device's patches, asking for each page as the stream reaches it.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends. `NotFound` for an unknown device, or, like `Config`, on a
    /// platform whose build is older than this call.
    ///
    /// ```no_run
    /// use datto_rmm::patches::ListPatches;
    ///
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::devices::DeviceUid) -> Result<(), datto_rmm::Error> {
    /// for patch in client.device(&uid).patches(&ListPatches::default()).collect_all().await? {
    ///     println!("{:?} {:?}", patch.title, patch.install_status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn patches(self, filter: &ListPatches) -> Items<Patch> {
        self.client.listing(filter.of_device(self.uid))
    }

    /// Runs a component on the device now. Called twice, it runs twice; so it is sent again only if the vendor surely did
    /// not take it.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a job without a name or component, for a variable with two values, and for variables that the
    /// component does not have; the kinds of [`get`](Self::get). After an error whose outcome is unknown, the job may run.
    ///
    /// ```no_run
    /// use datto_rmm::jobs::QuickJob;
    /// use datto_rmm::variables::VariableValue;
    ///
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::devices::DeviceUid) -> Result<(), datto_rmm::Error> {
    /// let job = QuickJob::new("Clean up", "00000000-0000-4000-8000-000000000002".into())
    ///     .variable("Days", VariableValue::new("30"));
    /// let created = client.device(&uid).quick_job(&job).await?;
    /// println!("{:?}", created.uid());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn quick_job(self, job: &QuickJob) -> Result<CreatedJob, Error> {
        self.client.send(job.call(self.uid)).await
    }

    /// Moves the device to another site, whose policies, monitors and variables hold for it from then on.
    ///
    /// # Errors
    ///
    /// `NotFound` for an unknown device or site; the other kinds of [`get`](Self::get).
    ///
    /// ```no_run
    /// use datto_rmm::devices::DeviceUid;
    /// use datto_rmm::sites::SiteUid;
    ///
    /// # async fn run(client: datto_rmm::Client, device: DeviceUid, site: SiteUid) -> Result<(), datto_rmm::Error> {
    /// client.device(&device).move_to(&site).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn move_to(self, site: &SiteUid) -> Result<(), Error> {
        self.client.send(move_call(self.uid, site)).await
    }

    /// Sets user-defined fields; those that `update` does not name stay as they are.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for an update that names no field, or one outside of 1 to 300; the kinds of [`get`](Self::get).
    ///
    /// ```no_run
    /// use datto_rmm::devices::UdfUpdate;
    ///
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::devices::DeviceUid) -> Result<(), datto_rmm::Error> {
    /// client.device(&uid).set_udf(&UdfUpdate::new().set(7, "gold").clear(8)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn set_udf(self, update: &UdfUpdate) -> Result<(), Error> {
        self.client.send(update.call(self.uid)).await
    }

    /// Sets the day on which the warranty ends; `None` takes it away.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a day before the year 1; the kinds of [`get`](Self::get).
    ///
    /// ```no_run
    /// use datto_rmm::client_core::Date;
    ///
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::devices::DeviceUid) -> Result<(), Box<dyn std::error::Error>> {
    /// let end: Date = "2027-06-30".parse()?;
    /// client.device(&uid).set_warranty(Some(end)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn set_warranty(self, end: Option<Date>) -> Result<(), Error> {
        self.client.send(warranty_call(self.uid, end)).await
    }
}

#[cfg(test)]
mod tests {
    use client_core::{Date, ErrorKind};
    use serde_json::json;

    use super::{move_call, warranty_call};
    use crate::devices::DeviceUid;
    use crate::sites::SiteUid;

    #[test]
    fn a_warranty_is_a_day_or_an_explicit_null() {
        let uid = DeviceUid::new("d");
        let body = |date| {
            let call = warranty_call(&uid, date);
            call.check().unwrap();
            call.request().json().unwrap()
        };
        assert_eq!(
            body(Some(Date::constant(2027, 6, 3))),
            json!({"warrantyDate": "2027-06-03"})
        );
        assert_eq!(body(None), json!({"warrantyDate": null}));
        let error = warranty_call(&uid, Some(Date::constant(-1, 1, 1)))
            .check()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }

    #[test]
    fn ids_stay_where_they_belong() {
        let call = move_call(&DeviceUid::new("a/b"), &SiteUid::new("../c%2f"));
        assert_eq!(call.target(), "/v2/device/a%2Fb/site/..%2Fc%252f");
        for odd in ["", ".", ".."] {
            assert!(
                move_call(&DeviceUid::new(odd), &SiteUid::new("s"))
                    .check()
                    .is_err()
            );
            assert!(
                move_call(&DeviceUid::new("d"), &SiteUid::new(odd))
                    .check()
                    .is_err()
            );
        }
    }
}
