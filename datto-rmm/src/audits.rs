//! Audits: what devices are made of, and what is installed on them.
//!
//! Each class of device has its own audit; asked for a device of another class, the vendor answers 400
//! (`InvalidInput`). Network devices have none. [`Device::device_class`](crate::devices::Device::device_class) tells
//! which to ask for.

use client_core::{Call, Error, Items, Operation};

use crate::Client;
use crate::devices::DeviceUid;
use crate::devices::mac::by_mac;
use crate::paging::{Page, page};

mod device;
mod esxi;
mod printer;
mod shared;

pub use device::{
    AttachedDevice, BaseBoard, Bios, DeviceAudit, Display, LogicalDisk, MobileInfo, Processor,
    Software, SystemInfo, VideoBoard,
};
pub use esxi::{
    EsxiDataExtent, EsxiDatastore, EsxiGuest, EsxiHostAudit, EsxiNic, EsxiProcessor, EsxiSystemInfo,
};
pub use printer::{Printer, PrinterAudit, PrinterMarkerSupply, PrinterSystemInfo};
pub use shared::{PhysicalMemory, SnmpInfo};

pub(crate) const GET_DEVICE: Operation =
    Operation::get("device_audit.get", "/v2/audit/device/{deviceUid}").charges(&["read"]);
pub(crate) const SOFTWARE: Operation = Operation::get(
    "device_audit.software",
    "/v2/audit/device/{deviceUid}/software",
)
.charges(&["read"]);
pub(crate) const BY_MAC: Operation =
    Operation::get("audits.by_mac", "/v2/audit/device/macAddress/{macAddress}").charges(&["read"]);
pub(crate) const ESXI_HOST: Operation =
    Operation::get("audits.esxi_host", "/v2/audit/esxihost/{deviceUid}").charges(&["read"]);
pub(crate) const PRINTER: Operation =
    Operation::get("audits.printer", "/v2/audit/printer/{deviceUid}").charges(&["read"]);

page!(SoftwarePage, "software", Software);

/// The audit endpoints that are of no computer's uid; made by [`Client::audits`].
#[derive(Debug, Clone, Copy)]
pub struct Audits<'c>(pub(crate) &'c Client);

impl Audits<'_> {
    /// Reads the audits of the computers that have a network card of this address, in any spelling. There can be several.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a text that is no MAC address, without sending it, and for a device that is no computer;
    /// `NotFound`; `Denied`, `Credentials`, `Blocked`, `RateLimited`, and the kinds of transport and server failures.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// for audit in client.audits().by_mac("00:11:22:AA:BB:CC").await? {
    ///     println!("{:?}", audit.bios.and_then(|bios| bios.serial_number));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn by_mac(self, mac: &str) -> Result<Vec<DeviceAudit>, Error> {
        self.0.send(by_mac(&BY_MAC, mac)).await
    }

    /// Reads the audit of an `ESXi` host.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a device of another class; the other kinds of [`by_mac`](Self::by_mac).
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::devices::DeviceUid) -> Result<(), datto_rmm::Error> {
    /// println!("{} guests", client.audits().esxi_host(&uid).await?.guests.len());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn esxi_host(self, uid: &DeviceUid) -> Result<EsxiHostAudit, Error> {
        self.0.send(Call::new(&ESXI_HOST, [uid.as_str()])).await
    }

    /// Reads the audit of a printer.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a device of another class; the other kinds of [`by_mac`](Self::by_mac).
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::devices::DeviceUid) -> Result<(), datto_rmm::Error> {
    /// for supply in client.audits().printer(&uid).await?.printer_marker_supplies {
    ///     println!("{:?}: {:?} of {:?}", supply.description, supply.supplies_level, supply.max_capacity);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn printer(self, uid: &DeviceUid) -> Result<PrinterAudit, Error> {
        self.0.send(Call::new(&PRINTER, [uid.as_str()])).await
    }
}

/// The audit of one computer; made by [`DeviceScope::audit`](crate::devices::DeviceScope::audit).
#[derive(Debug, Clone, Copy)]
pub struct AuditScope<'c> {
    pub(crate) client: &'c Client,
    pub(crate) uid: &'c DeviceUid,
}

impl AuditScope<'_> {
    /// Reads what the computer is made of: serial number, memory, disks, network cards.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a device that is no computer; the other kinds of [`Audits::by_mac`].
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::devices::DeviceUid) -> Result<(), datto_rmm::Error> {
    /// let audit = client.device(&uid).audit().get().await?;
    /// println!("{:?}", audit.bios.and_then(|bios| bios.serial_number));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get(self) -> Result<DeviceAudit, Error> {
        self.client
            .send(Call::new(&GET_DEVICE, [self.uid.as_str()]))
            .await
    }

    /// Lists the programs that are installed, asking for each page as the stream reaches it.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends. `InvalidInput` for a device that is no computer;
    /// `NotFound`.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::devices::DeviceUid) -> Result<(), datto_rmm::Error> {
    /// for program in client.device(&uid).audit().software().collect_all().await? {
    ///     println!("{:?} {:?}", program.name, program.version);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn software(self) -> Items<Software> {
        self.client.listing(software(self.uid))
    }
}

fn software(uid: &DeviceUid) -> Call<Page<Software>> {
    Call::<SoftwarePage>::new(&SOFTWARE, [uid.as_str()]).map(Page::from)
}
