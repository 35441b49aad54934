//! Installation links. They exist from the start; the kits behind them are built after a while.

use serde_json::{Value, json};

use super::Call;
use super::envelope::Failure;
use crate::base64;
use crate::world::{Company, Package, World};

/// Nobody's host: nothing is ever served there.
const HOST: &str = "https://downloads.simulated.invalid/Packages";

/// The code between the brackets, which tells the package to the installer.
fn code(company: &Company, package: &Package) -> String {
    base64::encode(
        format!(
            "https://simulated.invalid/{}/{}:lang=en-US",
            company.id, package.id
        )
        .as_bytes(),
    )
}

fn windows(company: &Company, package: &Package) -> String {
    format!(
        "{HOST}/BSTWIN/0/setupdownloader_[{}].exe",
        code(company, package)
    )
}

impl World {
    /// The Windows installation link of a package, as `getInstallationLinks` gives it.
    pub fn windows_link(&self, package: &str) -> Option<String> {
        self.package(package)
            .map(|(company, package)| windows(company, package))
    }
}

/// `getInstallationLinks`: a bare list, of one company or of all, of one name or of all.
pub(super) fn list(call: &mut Call<'_>) -> Result<Value, Failure> {
    let (asked, name) = (
        call.members().text("companyId")?,
        call.members().text("packageName")?,
    );
    let companies: Vec<_> = match asked {
        Some(id) => vec![call.company(&id, "companyId")?],
        None => call
            .state
            .world
            .companies
            .values()
            .filter(|company| call.sees(company))
            .collect(),
    };
    let now = call.now_ms();
    let mut rows = Vec::new();
    for company in companies
        .into_iter()
        .filter(|company| call.manages(company))
    {
        let packages = company.packages.iter().filter(|package| {
            package.visible_from_ms <= now && name.as_ref().is_none_or(|name| *name == package.name)
        });
        rows.extend(packages.map(|package| wire(company, package, now)));
    }
    call.tweaks.cut(&mut rows);
    Ok(rows.into())
}

fn wire(company: &Company, package: &Package, now_ms: i64) -> Value {
    let code = code(company, package);
    let status = if package.built_at_ms <= now_ms { 2 } else { 1 };
    json!({
        "packageName": package.name,
        "companyName": company.name,
        "companyId": company.id,
        "installLinkWindows": windows(company, package),
        "installLinkMac": format!("{HOST}/MAC/0/{code}/setup_downloader.dmg"),
        "installLinkMacArm": format!("{HOST}/MAC/0/{code}/setup_downloader_arm.dmg"),
        "installLinkMacDownloader": format!("{HOST}/MAC/0/{code}/setup_downloader.pkg"),
        "installLinkLinux": format!("{HOST}/NIX/0/{code}/setup_downloader.tar"),
        "fullKitWindowsX32": format!("{HOST}/BSTWIN/0/{code}/epskit_x86.exe"),
        "fullKitWindowsX64": format!("{HOST}/BSTWIN/0/{code}/epskit_x64.exe"),
        "fullKitLinuxX64": format!("{HOST}/NIX/0/{code}/fullKit_unix64.tar"),
        "status": {"windows": status, "linux": status, "mac": status},
    })
}
