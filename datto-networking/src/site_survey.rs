//! Site survey: which access points, of whomever, a network's own ones hear.
#![expect(missing_docs, reason = "most field names say it all")]

use client_core::{Call, Error, Items, Operation, Repeat, Rows, Timestamp};
use serde_json::Map;

use crate::client::Client;
use crate::lenient::{nested, record, rows};
use crate::listing::{self, Absent};
use crate::networks::{NetworkId, NetworkScope};

pub(crate) const LIST: Operation =
    Operation::get("site_survey.list", "/sitesurvey/network/{network}");
pub(crate) const SCAN: Operation =
    Operation::get("site_survey.scan", "/sitesurvey/network/{network}/scan").repeat(Repeat::Action);

record! {
    /// An access point that was heard.
    pub struct SurveyedAp {
        ssid: String,
        /// The address that it sends with.
        bssid: String,
        /// Such as `11b/g`.
        mode: String,
        /// Such as `wpa2`.
        encryption: String,
        vendor: String,
        /// MHz.
        channel_width: i64,
        channel: Vec<i64>,
        /// Which of the network's own access points heard it.
        seen_by_node: Vec<Sighting>,
    }
}

record! {
    /// An access point of the network that heard another one.
    pub struct Sighting {
        mac: String,
        name: String,
        time: Timestamp,
        /// dBm.
        signal: i64,
    }
}
nested!(Sighting: "mac");
rows!(SurveyedAp: "a surveyed access point");

/// The site survey of one network; made by [`NetworkScope::site_survey`].
#[derive(Debug, Clone, Copy)]
pub struct SiteSurvey<'c> {
    client: &'c Client,
    network: NetworkId,
}

impl<'c> NetworkScope<'c> {
    /// The network's site survey.
    pub fn site_survey(self) -> SiteSurvey<'c> {
        SiteSurvey {
            client: self.client,
            network: self.id,
        }
    }
}

impl SiteSurvey<'_> {
    /// Starts a scan. Its results come when the access points check in next, generally within five minutes; the vendor
    /// does not tell when they are there.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn scan(self) -> Result<(), Error> {
        let call = Call::unit(&SCAN, [&self.network.to_string()]);
        self.client.call(call).await
    }

    /// Lists what the last scan heard. One answer holds it all.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// for heard in client.network(204_511.into()).site_survey().list().collect_all().await? {
    ///     println!("{:?} on {:?}", heard.ssid, heard.channel);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Networks::list`](crate::networks::Networks::list).
    pub fn list(self) -> Items<SurveyedAp> {
        self.client.rows(list(self.network))
    }
}

fn list(network: NetworkId) -> Call<Rows<SurveyedAp>> {
    Call::decoded_by(&LIST, [&network.to_string()], |raw| {
        listing::rows(&raw.body, "access_points", Absent::Empty, &Map::new())
    })
}

#[cfg(test)]
mod tests {
    use client_core::Decoded;

    use super::{SurveyedAp, list};

    fn read(body: &str) -> Vec<Decoded<SurveyedAp>> {
        let call = list(204_511.into());
        call.decode(body.as_bytes()).unwrap().into_inner()
    }

    #[test]
    fn what_was_heard_and_by_whom() {
        let sighting = r#"{"name":"Lobby AP","time":"2025-02-11T08:14:55Z","signal":-71}"#;
        for (channel, seen) in [
            (
                "[6]",
                format!(r#"[{{"mac":"ac:86:74:1f:00:a8",{}]"#, &sighting[1..]),
            ),
            (r#"["6"]"#, format!(r#"{{"ac:86:74:1f:00:a8":{sighting}}}"#)),
        ] {
            let heard = read(&format!(
                r#"{{"access_points":[{{"ssid":"Next Door","bssid":"00:00:5e:00:53:02","mode":"11b/g","encryption":"wpa2",
                "vendor":"Example","channel_width":20,"channel":{channel},"seen_by_node":{seen},"rates":[1]}}]}}"#
            ));
            let heard = heard[0].as_item().unwrap();
            assert_eq!(
                (heard.ssid.as_deref(), heard.channel.as_deref()),
                (Some("Next Door"), Some(&[6][..]))
            );
            assert_eq!(
                (heard.mode.as_deref(), heard.channel_width),
                (Some("11b/g"), Some(20))
            );
            let by = &heard.seen_by_node.as_ref().unwrap()[0];
            assert_eq!(
                (by.mac.as_deref(), by.signal),
                (Some("ac:86:74:1f:00:a8"), Some(-71))
            );
            assert_eq!(heard.extra.len(), 1);
        }
    }

    #[test]
    fn nothing_was_heard() {
        for body in [
            r#"{"access_points":[]}"#,
            r#"{"access_points":{}}"#,
            "{}",
            "[]",
        ] {
            assert!(read(body).is_empty(), "{body}");
        }
        assert!(list(204_511.into()).decode(br#"{"status":200}"#).is_err());
    }
}
