//! What the servers were asked.

use std::collections::VecDeque;
use std::fmt;

use serde::Serialize;

/// The vendor that a request went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Vendor {
    /// Datto RMM.
    Rmm,
    /// Bitdefender GravityZone.
    GravityZone,
    /// Datto Networking.
    Networking,
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rmm => "rmm",
            Self::GravityZone => "gravityzone",
            Self::Networking => "networking",
        })
    }
}

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RequestInfo {
    /// Counts from 1 over all three vendors and is never reset.
    pub sequence: u64,
    /// Who was asked.
    pub vendor: Vendor,
    /// `rmm PUT /api/v2/site/{siteUid}/variable`, `gravityzone companies.createCompany`,
    /// `networking GET /network/list`; `… unknown` where no endpoint fits.
    pub operation: String,
    /// Whether it asked for a change. A token request does not.
    pub is_write: bool,
    /// Path and query.
    pub target: String,
}

/// A request and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RequestRecord {
    /// The request.
    #[serde(flatten)]
    pub info: RequestInfo,
    /// The status sent; none while the answer is awaited or when the connection was closed.
    pub status: Option<u16>,
    /// Whether it reached the vendor's logic (which may have refused it).
    pub processed: bool,
    /// The injected fault, if one hit it.
    pub fault: Option<String>,
}

/// When a hook is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a request is either not yet carried out or it is"
)]
pub enum Phase {
    /// Before the request touches the world.
    Before,
    /// When it has, and before the answer is sent.
    After,
}

/// So many records are kept; a long-running server forgets the oldest.
const KEPT: usize = 100_000;

#[derive(Debug, Clone, Default)]
pub(crate) struct Records {
    kept: VecDeque<RequestRecord>,
    sequence: u64,
    reads: usize,
    writes: usize,
}

impl Records {
    pub(crate) fn begin(
        &mut self,
        vendor: Vendor,
        operation: String,
        is_write: bool,
        target: String,
    ) -> RequestInfo {
        self.sequence += 1;
        if is_write {
            self.writes += 1;
        } else {
            self.reads += 1;
        }
        let info = RequestInfo {
            sequence: self.sequence,
            vendor,
            operation,
            is_write,
            target,
        };
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(RequestRecord {
            info: info.clone(),
            status: None,
            processed: false,
            fault: None,
        });
        info
    }

    pub(crate) fn of(&mut self, sequence: u64) -> Option<&mut RequestRecord> {
        self.kept
            .iter_mut()
            .rev()
            .find(|record| record.info.sequence == sequence)
    }

    pub(crate) fn all(&self) -> Vec<RequestRecord> {
        self.kept.iter().cloned().collect()
    }

    pub(crate) fn count(&self, operation: &str) -> usize {
        let asked = |record: &&RequestRecord| record.info.operation == operation;
        self.kept.iter().filter(asked).count()
    }

    pub(crate) fn writes(&self) -> usize {
        self.writes
    }

    pub(crate) fn reads(&self) -> usize {
        self.reads
    }

    pub(crate) fn reset(&mut self) {
        *self = Self {
            sequence: self.sequence,
            ..Self::default()
        };
    }
}
