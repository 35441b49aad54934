//! Vouchers: codes with which guests get into a network.

mod model;

use client_core::{Call, Error, Items, Operation, Repeat, Rows};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::answer;
use crate::client::Client;
use crate::listing::{self, Absent};
use crate::networks::{NetworkId, NetworkScope};
use crate::secret::Secret;

pub use model::*;

pub(crate) const LIST: Operation =
    Operation::get("vouchers.list", "/voucher/network/{network}/list");
pub(crate) const GET: Operation = Operation::get("vouchers.get", "/voucher/network/{network}");
pub(crate) const CREATE: Operation =
    Operation::post("vouchers.create", "/voucher/network/{network}");
pub(crate) const UPDATE: Operation =
    Operation::put("vouchers.update", "/voucher/network/{network}/update")
        .repeat(Repeat::Idempotent);
pub(crate) const RESTORE: Operation =
    Operation::put("vouchers.restore", "/voucher/network/{network}/restore")
        .repeat(Repeat::Idempotent);
// Both start the clock anew.
pub(crate) const RENEW: Operation =
    Operation::put("vouchers.renew", "/voucher/network/{network}/renew").repeat(Repeat::Action);
pub(crate) const RESET: Operation =
    Operation::put("vouchers.reset", "/voucher/network/{network}/reset").repeat(Repeat::Action);
pub(crate) const DELETE: Operation =
    Operation::put("vouchers.delete", "/voucher/network/{network}/delete")
        .repeat(Repeat::Idempotent);

#[derive(Serialize)]
struct Desired<'v> {
    desired_vouchers: Vec<Body<'v>>,
}

#[derive(Serialize)]
struct Changed<T> {
    vouchers: Vec<T>,
}

/// The vouchers of one network; made by [`NetworkScope::vouchers`].
#[derive(Debug, Clone, Copy)]
pub struct Vouchers<'c> {
    client: &'c Client,
    network: NetworkId,
}

impl<'c> NetworkScope<'c> {
    /// The network's vouchers.
    pub fn vouchers(self) -> Vouchers<'c> {
        Vouchers {
            client: self.client,
            network: self.id,
        }
    }
}

impl Vouchers<'_> {
    /// Lists the vouchers, expired and deleted ones among them until their time is over. One answer holds them all.
    ///
    /// ```no_run
    /// use datto_networking::vouchers::VoucherStatus;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let vouchers = client.network(204_511.into()).vouchers().list().collect_all().await?;
    /// let unused = vouchers.as_slice().iter().filter(|voucher| voucher.status == Some(VoucherStatus::Unused)).count();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Yields an error of any kind, then ends. A voucher that cannot be read is an error of kind
    /// [`Decode`](client_core::ErrorKind::Decode); see [`Items::decoded`] to keep it beside the others.
    pub fn list(self) -> Items<Voucher> {
        self.client.rows(list(self.network))
    }

    /// One voucher by its code.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let voucher = client.network(204_511.into()).vouchers().get("EXAMPLE-1").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`NotFound`](client_core::ErrorKind::NotFound) if there is no such voucher;
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput) for what cannot be a code, with nothing sent.
    pub async fn get(self, code: &str) -> Result<Voucher, Error> {
        self.client.keep(&code.into());
        self.client.call(get(self.network, code)).await
    }

    /// As [`get`](Self::get), with `None` for a voucher that the vendor says it does not have.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let known = client.network(204_511.into()).vouchers().find("EXAMPLE-1").await?.is_some();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any other kind.
    pub async fn find(self, code: &str) -> Result<Option<Voucher>, Error> {
        answer::found(self.get(code).await)
    }

    /// Creates vouchers, and gives what the vendor tells of them: their codes, or nothing.
    ///
    /// ```no_run
    /// use datto_networking::vouchers::NewVoucher;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let week = NewVoucher::new(168, 1, 1.0, 5.0, 30).comment("room 7");
    /// let made = client.network(204_511.into()).vouchers().create(&[week]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput), with nothing sent for values out of range and for no voucher
    /// at all; any other kind. After an error whose outcome is unknown, look before creating again.
    pub async fn create(self, vouchers: &[NewVoucher]) -> Result<Vec<Voucher>, Error> {
        self.keep(vouchers.iter().filter_map(NewVoucher::own_code));
        self.client.call(create(self.network, vouchers)).await
    }

    /// Makes existing vouchers what they are to be. The vendor empties what it is not told, so code and comment are
    /// needed: see [`NewVoucher::like`].
    ///
    /// ```no_run
    /// use datto_networking::vouchers::NewVoucher;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let vouchers = client.network(204_511.into()).vouchers();
    /// if let Some(voucher) = NewVoucher::like(&vouchers.get("EXAMPLE-1").await?, 24) {
    ///     vouchers.update(&[voucher.comment("room 8")]).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create); also for a voucher without code or comment. With
    /// [`Denied`](client_core::ErrorKind::Denied) for a voucher of another network nothing was changed.
    pub async fn update(self, vouchers: &[NewVoucher]) -> Result<(), Error> {
        self.keep(vouchers.iter().filter_map(NewVoucher::own_code));
        self.client.call(update(self.network, vouchers)).await
    }

    /// Takes deletions back; the clock of the vouchers ran on. Gives what the vendor tells of them.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.network(204_511.into()).vouchers().restore(&["EXAMPLE-1"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput), with nothing sent for no code at all and for what cannot be
    /// one; any other kind.
    pub async fn restore(self, codes: &[&str]) -> Result<Vec<Voucher>, Error> {
        self.act(&RESTORE, codes).await
    }

    /// Starts the clock of vouchers anew, deleted ones too; their users stay. Gives what the vendor tells of them.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.network(204_511.into()).vouchers().renew(&["EXAMPLE-1"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`restore`](Self::restore).
    pub async fn renew(self, codes: &[&str]) -> Result<Vec<Voucher>, Error> {
        self.act(&RENEW, codes).await
    }

    /// As [`renew`](Self::renew), without the users.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.network(204_511.into()).vouchers().reset(&["EXAMPLE-1"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`restore`](Self::restore).
    pub async fn reset(self, codes: &[&str]) -> Result<Vec<Voucher>, Error> {
        self.act(&RESET, codes).await
    }

    /// Marks vouchers as deleted; [`restore`](Self::restore) takes it back. Gives what the vendor tells of them.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.network(204_511.into()).vouchers().delete(&["EXAMPLE-1", "EXAMPLE-2"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`restore`](Self::restore).
    pub async fn delete(self, codes: &[&str]) -> Result<Vec<Voucher>, Error> {
        self.act(&DELETE, codes).await
    }

    async fn act(self, operation: &Operation, codes: &[&str]) -> Result<Vec<Voucher>, Error> {
        for code in codes {
            self.client.keep(&Secret::from(*code));
        }
        self.client.call(act(operation, self.network, codes)).await
    }

    /// A refusal may quote what it refuses.
    fn keep<'v>(self, codes: impl Iterator<Item = &'v Secret>) {
        codes.for_each(|code| self.client.keep(code));
    }
}

fn list(network: NetworkId) -> Call<Rows<Voucher>> {
    Call::decoded_by(&LIST, [&network.to_string()], |raw| {
        listing::rows(&raw.body, "vouchers", Absent::Error, &Map::new())
    })
}

fn get(network: NetworkId, code: &str) -> Call<Voucher> {
    Call::new(&GET, [&network.to_string()])
        .query_pair("code", code)
        .refuse_if(!is_code(code), NO_CODE)
}

const NO_CODE: &str = "the code of a voucher has 1 to 16 printable ASCII characters";
const NONE: &str = "there is no voucher";

fn create(network: NetworkId, vouchers: &[NewVoucher]) -> Call<Vec<Voucher>> {
    let fault = vouchers.iter().find_map(NewVoucher::fault);
    affected(&CREATE, network)
        .json(&Desired {
            desired_vouchers: vouchers.iter().map(NewVoucher::body).collect(),
        })
        .refuse_if(vouchers.is_empty(), NONE)
        .refuse_if(fault.is_some(), fault.unwrap_or_default())
}

fn update(network: NetworkId, vouchers: &[NewVoucher]) -> Call<()> {
    let lack = vouchers.iter().find_map(NewVoucher::lack);
    let fault = lack.or_else(|| vouchers.iter().find_map(NewVoucher::fault));
    Call::unit(&UPDATE, [&network.to_string()])
        .json(&Changed {
            vouchers: vouchers.iter().map(NewVoucher::body).collect(),
        })
        .refuse_if(vouchers.is_empty(), NONE)
        .refuse_if(fault.is_some(), fault.unwrap_or_default())
}

fn act(operation: &Operation, network: NetworkId, codes: &[&str]) -> Call<Vec<Voucher>> {
    affected(operation, network)
        .json(&Changed {
            vouchers: codes.to_vec(),
        })
        .refuse_if(codes.is_empty(), NONE)
        .refuse_if(!codes.iter().all(|code| is_code(code)), NO_CODE)
}

/// A call whose answer may list vouchers: the documentation shows no sample of it, so that any answer will do.
fn affected(operation: &Operation, network: NetworkId) -> Call<Vec<Voucher>> {
    Call::bytes(operation, [&network.to_string()]).map(|body| told(&body))
}

/// The vouchers of an answer, as far as they can be read.
fn told(body: &[u8]) -> Vec<Voucher> {
    let listing = match serde_json::from_slice(body) {
        Ok(Value::Array(items)) => Value::Array(items),
        Ok(Value::Object(mut fields)) => fields.remove("vouchers").unwrap_or_default(),
        _ => Value::Null,
    };
    let body = serde_json::json!({ "vouchers": listing }).to_string();
    let rows = listing::rows(body.as_bytes(), "vouchers", Absent::Empty, &Map::new());
    let rows = rows.map(Rows::into_inner).unwrap_or_default();
    rows.into_iter()
        .filter_map(|row| row.into_result().ok())
        .collect()
}

#[cfg(test)]
mod tests;
