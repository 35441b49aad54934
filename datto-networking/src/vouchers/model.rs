//! Vouchers as the vendor tells and takes them.

use client_core::Timestamp;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value;

use crate::lenient::{Fields, lenient, record};
use crate::secret::Secret;

client_core::id!(
    /// A kind of voucher. The vendor does not publish what the numbers mean.
    number VoucherType
);
client_core::open_enum!(
    /// What a voucher is good for.
    VoucherStatus { Unused = "unused", Active = "active", Expired = "expired", Deleted = "deleted" }
);
lenient!(number VoucherType);
lenient!(text VoucherStatus);

record! {
    /// A voucher.
    pub struct Voucher {
        /// With which people get in; see [`any_code`](Self::any_code).
        code: Secret,
        /// Hours. The listing is said to tell what remains of them.
        duration: i64,
        /// How many may use it; 0 for any number.
        max_users: i64,
        /// Mbit/s.
        up_limit: f64,
        /// Mbit/s.
        down_limit: f64,
        /// What people note about it.
        comment: String,
        /// For how many days it is kept once it is expired or deleted.
        purge_days: i64,
        /// Its kind.
        kind as "type": VoucherType,
        /// When it was made.
        created: Timestamp,
        /// The MAC addresses of those who used it.
        users: Vec<String>,
        /// The payments for it.
        tx_ids: Vec<String>,
        /// Whether it was taken back.
        cancelled: bool,
        /// Hours.
        remaining: i64,
        /// What it is good for.
        status: VoucherStatus,
        /// What the answer to a creation is said to call the code.
        voucher_code: Secret,
    }
}

impl Voucher {
    /// The code, under whichever name it came.
    pub fn any_code(&self) -> Option<&Secret> {
        self.code.as_ref().or(self.voucher_code.as_ref())
    }
}

/// An object with at least one field of a voucher, or just its code.
impl<'de> Deserialize<'de> for Voucher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = match Value::deserialize(deserializer)? {
            Value::Object(fields) => fields,
            code @ (Value::String(_) | Value::Number(_)) => {
                [("code".to_owned(), code)].into_iter().collect()
            }
            _ => return Err(D::Error::custom("neither a voucher nor its code")),
        };
        // The key of a map of vouchers.
        if !fields.contains_key("code")
            && !fields.contains_key("voucher_code")
            && let Some(code) = fields.remove("id")
        {
            fields.insert("code".to_owned(), code);
        }
        let (voucher, seen) = Self::from_fields(Fields::new(fields));
        if seen == 0 {
            return Err(D::Error::custom("no known field of a voucher"));
        }
        Ok(voucher)
    }
}

/// A voucher to be created, or what an existing one is to be.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVoucher {
    code: Option<Secret>,
    duration: u32,
    max_users: u32,
    up_limit: f64,
    down_limit: f64,
    comment: Option<String>,
    purge_days: u32,
}

#[derive(Serialize)]
pub(super) struct Body<'v> {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'v str>,
    duration: u32,
    max_users: u32,
    up_limit: f64,
    down_limit: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'v str>,
    purge_days: u32,
}

impl NewVoucher {
    /// A voucher for `duration` hours (1 to 8760) and `max_users` (0 to 9; 0 for any number), with limits in Mbit/s (0.056
    /// to 100), that is kept for `purge_days` (1 to 999) once it is over. The vendor makes its code.
    #[must_use]
    pub fn new(
        duration: u32,
        max_users: u32,
        up_limit: f64,
        down_limit: f64,
        purge_days: u32,
    ) -> Self {
        Self {
            code: None,
            duration,
            max_users,
            up_limit,
            down_limit,
            comment: None,
            purge_days,
        }
    }

    /// What an update needs to leave `voucher` as it is, but for its duration: what is told of that may be what remains.
    /// `None` if a part of it was not told.
    pub fn like(voucher: &Voucher, duration: u32) -> Option<Self> {
        let number = |number: Option<i64>| u32::try_from(number?).ok();
        Some(Self {
            code: Some(voucher.any_code()?.clone()),
            duration,
            max_users: number(voucher.max_users)?,
            up_limit: voucher.up_limit?,
            down_limit: voucher.down_limit?,
            comment: Some(voucher.comment.clone().unwrap_or_default()),
            purge_days: number(voucher.purge_days)?,
        })
    }

    /// Sets the code: 1 to 16 printable ASCII characters.
    #[must_use]
    pub fn code(mut self, code: impl Into<Secret>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Sets the comment, of up to 64 characters.
    #[must_use]
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// Its code, if it has one already.
    pub(super) fn own_code(&self) -> Option<&Secret> {
        self.code.as_ref()
    }

    pub(super) fn body(&self) -> Body<'_> {
        Body {
            code: self.code.as_ref().map(Secret::expose),
            duration: self.duration,
            max_users: self.max_users,
            up_limit: self.up_limit,
            down_limit: self.down_limit,
            comment: self.comment.as_deref(),
            purge_days: self.purge_days,
        }
    }

    /// What is wrong with it.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let limits = [self.up_limit, self.down_limit];
        if !(1..=8760).contains(&self.duration) {
            Some("a voucher lasts 1 to 8760 hours")
        } else if self.max_users > 9 {
            Some("a voucher is for at most 9 users, or with 0 for any number")
        } else if !limits.iter().all(|limit| (0.056..=100.0).contains(limit)) {
            Some("the limits of a voucher are 0.056 to 100 Mbit/s")
        } else if self
            .comment
            .as_ref()
            .is_some_and(|text| text.chars().count() > 64)
        {
            Some("the comment of a voucher has at most 64 characters")
        } else if !(1..=999).contains(&self.purge_days) {
            Some("a voucher is kept for 1 to 999 days")
        } else if self
            .code
            .as_ref()
            .is_some_and(|code| !is_code(code.expose()))
        {
            Some("the code of a voucher has 1 to 16 printable ASCII characters")
        } else {
            None
        }
    }

    /// What is missing for an update, which empties what it is not told.
    pub(super) fn lack(&self) -> Option<&'static str> {
        match (&self.code, &self.comment) {
            (None, _) => Some("the update of a voucher needs its code"),
            (_, None) => Some("the update of a voucher needs its comment, or it would be emptied"),
            _ => None,
        }
    }
}

pub(super) fn is_code(code: &str) -> bool {
    let printable = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    (1..=16).contains(&code.len()) && code.bytes().all(printable)
}
