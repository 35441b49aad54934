//! The API about itself: status, page size and the account's request counters.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use std::collections::BTreeMap;
use std::time::Duration;

use client_core::serde::number_or_text;
use client_core::{Call, Error, Operation, RetryPolicy};
use serde::{Deserialize, Deserializer};

use crate::Client;
use crate::account::AccountUid;
use crate::time::{WireTime, lenient};

pub(crate) const STATUS: Operation =
    Operation::get("system.status", "/v2/system/status").charges(&["read"]);
pub(crate) const REQUEST_RATE: Operation =
    Operation::get("system.request_rate", "/v2/system/request_rate").charges(&["read"]);
pub(crate) const PAGINATION: Operation =
    Operation::get("system.pagination", "/v2/system/pagination").charges(&["read"]);

/// Whether the API works, and which build it is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Status {
    #[serde(default)]
    pub version: Option<String>,
    /// Free text, without a list of values.
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub started: Option<WireTime>,
}

/// What the account used of its limits in the present window, by all its integrations together.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RateStatus {
    #[serde(default, with = "number_or_text")]
    pub sliding_time_window_size_seconds: Option<i64>,
    #[serde(default)]
    pub account_uid: Option<AccountUid>,
    /// Reads; on an account with a single limit, all requests.
    #[serde(default, with = "number_or_text")]
    pub account_count: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub account_rate_limit: Option<i64>,
    /// The part of a limit from which on answers are slowed down.
    #[serde(default, with = "number_or_text")]
    pub account_cut_off_ratio: Option<f64>,
    /// Absent or 0 on an account with a single limit.
    #[serde(default, with = "number_or_text")]
    pub account_write_rate_limit: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub account_write_count: Option<i64>,
    /// By kind of write; any key may come.
    #[serde(default, deserialize_with = "without_nulls")]
    pub operation_write_status: BTreeMap<String, OperationRate>,
}

/// What was used of the limit of one kind of write.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct OperationRate {
    #[serde(default, with = "number_or_text")]
    pub limit: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub count: Option<i64>,
}

/// How large pages may be.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Pagination {
    /// Rows of a page at most, and if nothing is asked for.
    #[serde(default, with = "number_or_text")]
    pub max: Option<i64>,
}

fn without_nulls<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, OperationRate>, D::Error> {
    let map = Option::<BTreeMap<String, Option<OperationRate>>>::deserialize(deserializer)?
        .unwrap_or_default();
    Ok(map
        .into_iter()
        .filter_map(|(key, rate)| Some((key, rate?)))
        .collect())
}

pub(crate) fn rate() -> Call<RateStatus> {
    Call::new(&REQUEST_RATE, [])
}

/// The counters for a request that waits for them.
pub(crate) fn rate_at_once() -> Call<RateStatus> {
    rate()
        .retry(RetryPolicy::never())
        .deadline(Duration::from_secs(10))
}

/// The endpoints about the API; made by [`Client::system`].
#[derive(Debug, Clone, Copy)]
pub struct System<'c>(pub(crate) &'c Client);

impl System<'_> {
    /// Asks whether the API works. The only call that needs no key.
    ///
    /// # Errors
    ///
    /// `Config` if there is no such API at this address; `Blocked`, `RateLimited`, and the kinds of transport and server
    /// failures.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// println!("{:?}", client.system().status().await?.version);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn status(self) -> Result<Status, Error> {
        self.0
            .send(Call::new(&STATUS, []).without_credentials())
            .await
    }

    /// Reads the account's request counters, and changes nothing; see [`Client::calibrate`].
    ///
    /// # Errors
    ///
    /// `Credentials`, `Denied`, `Blocked`, `RateLimited`, and the kinds of transport and server failures.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let rate = client.system().request_rate().await?;
    /// println!("{:?} of {:?} reads", rate.account_count, rate.account_rate_limit);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn request_rate(self) -> Result<RateStatus, Error> {
        self.0.send(rate()).await
    }

    /// Reads how large pages may be.
    ///
    /// # Errors
    ///
    /// As [`request_rate`](Self::request_rate).
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// assert_eq!(client.system().pagination().await?.max, Some(250));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn pagination(self) -> Result<Pagination, Error> {
        self.0.send(Call::new(&PAGINATION, [])).await
    }
}

#[cfg(test)]
mod tests {
    use super::{Pagination, RateStatus, Status};

    #[test]
    fn every_field_may_be_null_or_absent() {
        let status = |json| serde_json::from_str::<Status>(json).unwrap();
        assert_eq!(
            status(r#"{"version":null,"status":null,"started":null}"#),
            status("{}")
        );
        let pagination = |json| serde_json::from_str::<Pagination>(json).unwrap();
        assert_eq!(pagination(r#"{"max":null}"#), pagination("{}"));
        let rate = |json| serde_json::from_str::<RateStatus>(json).unwrap();
        let nulls = r#"{"slidingTimeWindowSizeSeconds":null,"accountUid":null,"accountCount":null,"accountRateLimit":null,
            "accountCutOffRatio":null,"accountWriteRateLimit":null,"accountWriteCount":null,"operationWriteStatus":null}"#;
        assert_eq!(rate(nulls), rate("{}"));
        let inner = rate(r#"{"operationWriteStatus":{"a":{"limit":null,"count":null},"b":null}}"#);
        assert_eq!(inner.operation_write_status.len(), 1);
        assert_eq!(inner.operation_write_status["a"].limit, None);
    }
}
