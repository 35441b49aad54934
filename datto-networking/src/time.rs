//! The vendor's clock.

use client_core::{Call, DecodeError, Error, Operation, Timestamp};

use crate::answer;
use crate::client::Client;

pub(crate) const GET: Operation = Operation::get("time.get", "/time");

/// The time endpoint; made by [`Client::time`].
#[derive(Debug, Clone, Copy)]
pub struct Time<'c>(pub(crate) &'c Client);

impl Time<'_> {
    /// What the vendor's clock says, in seconds. The cheapest call there is: good for a test of the connection.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// println!("it is {} over there", client.time().get().await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Decode`](client_core::ErrorKind::Decode) if the answer tells no time.
    pub async fn get(self) -> Result<Timestamp, Error> {
        let call = Call::decoded_by(&GET, [], |raw| read(&raw.body));
        self.0.call(call).await
    }
}

/// For those who read the answer themselves.
pub(crate) fn call() -> Call<()> {
    Call::unit(&GET, [])
}

/// Reads `{"time": …}`.
pub(crate) fn read(body: &[u8]) -> Result<Timestamp, DecodeError> {
    answer::field(body, &["time"])
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn an_answer_tells_the_time_or_is_an_error() {
        assert_eq!(
            read(br#"{"time":"2025-02-11T08:14:55Z"}"#)
                .unwrap()
                .as_second(),
            1_739_261_695
        );
        for body in [
            r#"{"time":""}"#,
            r#"{"time":null}"#,
            "{}",
            "[]",
            r#"{"code":1009}"#,
        ] {
            let error = read(body.as_bytes()).unwrap_err();
            assert_eq!(
                (error.path(), error.is_malformed()),
                (Some("time"), false),
                "{body}"
            );
        }
        assert!(read(b"<html>").unwrap_err().is_malformed());
    }
}
