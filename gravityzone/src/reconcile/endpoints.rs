//! The endpoints of companies as devices, to be held against those of another system.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

use ::reconcile::identity::{EntityRef, MacAddr, device_ip, read_ip};
use ::reconcile::inventory::{Coverage, Device, Observation, Rows, Segment};
use client_core::{Decoded, Gathered};

use super::Destination;
use crate::companies::CompanyId;
use crate::network::{Endpoint, ListEndpoints, in_order};

/// Companies that are read at the same time.
const AT_ONCE: usize = 4;

impl Destination {
    /// Reads the endpoints of these companies: those in groups too, those of companies below them not. One segment for
    /// each company; what could not be read makes it partial, with the reason.
    ///
    /// Fields are `isManaged`, `managedWithBest` and `operatingSystem`. An endpoint of which neither of the first two is
    /// `true` is a machine that was only discovered: no agent is on it.
    pub async fn observe_endpoints<'e>(
        &self,
        companies: impl IntoIterator<Item = &'e EntityRef>,
    ) -> Observation {
        let taken_at = self.client.core().clock().timestamp();
        let companies: BTreeSet<&EntityRef> = companies.into_iter().collect();
        let reads = companies.into_iter().map(
            |company| -> Pin<Box<dyn Future<Output = Segment> + Send + '_>> {
                Box::pin(self.endpoints_of(company))
            },
        );
        let segments = in_order(AT_ONCE, reads, |_| {}).await;
        Observation {
            scope: self.scope(),
            taken_at,
            segments,
        }
    }

    async fn endpoints_of(&self, company: &EntityRef) -> Segment {
        let (rows, missing) = match self.company_id(company) {
            Ok(id) => self.endpoint_rows(&id).await,
            Err(why) => (Vec::new(), Some(why)),
        };
        Segment {
            of: company.clone(),
            coverage: missing.map_or(Coverage::Complete, Coverage::Partial),
            rows: Rows::Devices(rows),
        }
    }

    /// The endpoints of a company, and why they are not all.
    async fn endpoint_rows(&self, company: &CompanyId) -> (Vec<Device>, Option<String>) {
        let list = ListEndpoints::below(company.as_str()).recursive();
        let read = self.client.network().endpoints(&list).decoded().gather();
        let (read, error) = match read.await {
            Gathered::Whole(all) => (all.into_inner(), None),
            Gathered::Part(some, error) => (some, Some(error.to_string())),
        };
        let mut missing = error;
        let mut rows = Vec::with_capacity(read.len());
        for row in read {
            match row {
                // A list of a partner holds the endpoints of its customers too.
                Decoded::Item(endpoint)
                    if endpoint
                        .company_id
                        .as_ref()
                        .is_some_and(|owner| owner != company) => {}
                Decoded::Item(endpoint) => rows.push(self.endpoint_row(&endpoint)),
                Decoded::Bad(bad) => missing = missing.or_else(|| Some(bad.to_string())),
            }
        }
        (rows, missing)
    }

    fn endpoint_row(&self, endpoint: &Endpoint) -> Device {
        let management = &endpoint.management;
        let macs: BTreeSet<MacAddr> = management
            .macs
            .iter()
            .filter_map(|mac| mac.parse().ok())
            .collect();
        let ip = management.ip.as_deref();
        let system = management
            .operating_system_version
            .as_ref()
            .or(management.operating_system.as_ref());
        let fields = [
            (
                "isManaged",
                management.is_managed.map(|flag| flag.to_string()),
            ),
            (
                "managedWithBest",
                Some(management.managed_with_best.to_string()),
            ),
            ("operatingSystem", system.cloned()),
        ];
        let fields: BTreeMap<_, _> = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect();
        Device {
            entity: self.device(&endpoint.id),
            name: endpoint.name.clone(),
            macs: macs.into_iter().collect(),
            ips: ip
                .and_then(|text| device_ip(read_ip(text).ok()?).ok())
                .into_iter()
                .collect(),
            serial: None,
            fields,
        }
    }
}
