//! Devices that a listing lacks, by the counts that the account and its sites give of themselves.

use std::collections::BTreeMap;
use std::fmt;

use super::Device;
use crate::account::Account;
use crate::sites::{Site, SiteUid};

/// Devices that are counted somewhere and listed nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CountGap {
    /// Fewer devices of a site were listed than it counts.
    Site {
        /// The site.
        site: SiteUid,
        /// Devices that the site counts.
        counted: i64,
        /// Devices of the site that were listed.
        listed: i64,
    },
    /// The sites count fewer devices together than the account: some of its sites are not visible.
    Account {
        /// Devices that the account counts.
        counted: i64,
        /// Devices that its sites count together.
        in_sites: i64,
    },
}

/// Holds the account-wide list of devices against the counts of the sites, and these against the account's: a listing
/// that adds up in itself can still lack what the key's user may not see, or what the vendor left out.
///
/// The vendor's counts may be some minutes old, so a gap is a reason to look again, not proof. Without counts there is
/// nothing to compare, and no gap. Devices and the pseudo-site of those that were deleted do not count.
///
/// ```no_run
/// use datto_rmm::devices::{ListDevices, count_gaps};
/// use datto_rmm::sites::ListSites;
///
/// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
/// let account = client.account().get().await?;
/// let sites = client.sites().list(&ListSites::default()).collect_all().await?;
/// let devices = client.account().devices().list(&ListDevices::default()).collect_all().await?;
/// for gap in count_gaps(&account, sites.as_slice(), devices.as_slice()) {
///     println!("{gap}");
/// }
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn count_gaps(account: &Account, sites: &[Site], devices: &[Device]) -> Vec<CountGap> {
    let mut listed: BTreeMap<&SiteUid, i64> = BTreeMap::new();
    for device in devices.iter().filter(|device| device.deleted != Some(true)) {
        if let Some(site) = &device.site_uid {
            *listed.entry(site).or_default() += 1;
        }
    }
    let (mut gaps, mut in_sites) = (Vec::new(), Some(0_i64));
    for site in sites.iter().filter(|site| !site.is_pseudo()) {
        let counted = counted(site);
        // One site that does not count leaves the sum unknown.
        in_sites = in_sites
            .zip(counted)
            .map(|(sum, counted)| sum.saturating_add(counted));
        let listed = listed.get(&site.uid).copied().unwrap_or_default();
        gaps.extend(site_gap(&site.uid, counted, listed));
    }
    let counted = account
        .devices_status
        .as_ref()
        .and_then(|status| status.number_of_devices);
    if let Some((counted, in_sites)) = counted.zip(in_sites)
        && counted > in_sites
    {
        gaps.push(CountGap::Account { counted, in_sites });
    }
    gaps
}

/// Devices that the site counts.
pub(crate) fn counted(site: &Site) -> Option<i64> {
    site.devices_status.as_ref()?.number_of_devices
}

pub(crate) fn site_gap(site: &SiteUid, counted: Option<i64>, listed: i64) -> Option<CountGap> {
    let counted = counted.filter(|counted| *counted > listed)?;
    Some(CountGap::Site {
        site: site.clone(),
        counted,
        listed,
    })
}

impl fmt::Display for CountGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Site {
                site,
                counted,
                listed,
            } => {
                write!(
                    f,
                    "site {site} counts {counted} devices, and {listed} were listed"
                )
            }
            Self::Account { counted, in_sites } => write!(
                f,
                "the account counts {counted} devices, and its visible sites {in_sites}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CountGap, count_gaps};
    use crate::account::Account;
    use crate::devices::Device;
    use crate::sites::{Site, SiteUid};

    const ONE: &str = "00000000-0000-4000-8000-000000000001";
    const TWO: &str = "00000000-0000-4000-8000-000000000002";

    fn account(devices: Option<i64>) -> Account {
        serde_json::from_value(json!({"devicesStatus": {"numberOfDevices": devices}})).unwrap()
    }

    fn site(uid: &str, devices: Option<i64>) -> Site {
        let status = json!({"numberOfDevices": devices});
        serde_json::from_value(json!({"uid": uid, "name": "Acme", "devicesStatus": status}))
            .unwrap()
    }

    fn device(uid: &str, site: Option<&str>, deleted: bool) -> Device {
        serde_json::from_value(json!({"uid": uid, "siteUid": site, "deleted": deleted})).unwrap()
    }

    /// U02: devices that only the sites' own counts tell of.
    #[test]
    fn u02_a_list_that_lacks_devices_of_a_site_is_found_out() {
        let sites = [site(ONE, Some(2)), site(TWO, Some(3))];
        let devices = [
            device("a", Some(ONE), false),
            device("b", Some(ONE), false),
            device("c", Some(TWO), false),
            device("d", Some(TWO), true),
            device("e", None, false),
        ];
        let gap = CountGap::Site {
            site: SiteUid::new(TWO),
            counted: 3,
            listed: 1,
        };
        assert_eq!(
            count_gaps(&account(Some(5)), &sites, &devices),
            std::slice::from_ref(&gap)
        );
        assert_eq!(
            gap.to_string(),
            format!("site {TWO} counts 3 devices, and 1 were listed")
        );
        let gaps = count_gaps(&account(Some(9)), &sites[..1], &devices);
        assert_eq!(
            gaps,
            [CountGap::Account {
                counted: 9,
                in_sites: 2
            }]
        );
    }

    #[test]
    fn what_is_not_counted_is_no_gap() {
        let devices = [device("a", Some(ONE), false), device("b", Some(ONE), false)];
        for (account, sites) in [
            (account(None), vec![site(ONE, None)]),
            (account(Some(9)), vec![site(ONE, Some(2)), site(TWO, None)]),
            (
                account(Some(1)),
                vec![site(ONE, Some(1)), site("deleted", Some(7))],
            ),
            (account(Some(0)), vec![]),
        ] {
            let devices: &[Device] = if sites.is_empty() { &[] } else { &devices };
            assert_eq!(count_gaps(&account, &sites, devices), [], "{sites:?}");
        }
    }
}
