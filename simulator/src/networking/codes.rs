//! The vendor's table of codes, and the error elements made from it.

use serde_json::{Value, json};

use crate::faults::FaultAction;
use crate::server::Answer;

/// Every code that the vendor publishes, with a message.
static CODES: &[(i64, &str)] = &[
    (1000, "A server exception occurred."),
    (1001, "The key is not an account key."),
    (1002, "The request is unknown or not implemented."),
    (1003, "The id is not valid."),
    (1004, "No network was found."),
    (1005, "The name is empty."),
    (1006, "A parameter is missing or of the wrong type."),
    (1007, "No access point has this MAC address."),
    (1008, "The MAC address has the wrong format."),
    (1009, "Success."),
    (1016, "An internal error occurred."),
    (1017, "The element was not found."),
    (1018, "The key lacks the API privilege."),
    (1019, "An internal error occurred."),
    (
        10_000,
        "The network contains access points that cannot be upgraded.",
    ),
    (
        10_001,
        "The captive portal is not supported by the newer firmware.",
    ),
    (
        10_002,
        "Some access points must be online before the upgrade can start.",
    ),
    (11_000, "The list of clients is empty."),
    (11_001, "The client id is 0."),
    (11_002, "The client's name is empty."),
    (12_000, "The network does not exist yet."),
    (12_001, "The length of the text is outside the limits."),
    (12_002, "The text has illegal characters."),
    (12_003, "The time zone is unknown."),
    (12_004, "The number is outside the limits."),
    (12_005, "The country code is unknown."),
    (12_006, "The HT mode is unknown."),
    (12_007, "The channel is not valid."),
    (12_008, "The firmware release is unknown."),
    (12_009, "There are more than 4 SSIDs."),
    (12_010, "The names of days are not valid."),
    (12_011, "The id is missing."),
    (12_012, "The id was not found."),
    (12_013, "There are too many or too large elements."),
    (12_014, "The login method is unknown."),
    (12_015, "The splash page is unknown."),
    (12_016, "The authentication type is unknown."),
    (12_017, "The VLAN tag is already in use."),
    (12_018, "There are too many entries."),
    (12_019, "At least one entry is needed."),
    (12_020, "The SSID does not exist."),
    (12_021, "The registration of the Facebook gateway failed."),
    (12_022, "The name is taken."),
    (12_023, "The hash could not be made."),
    (12_024, "The role of a file must be image, page or file."),
    (12_025, "The file is too large."),
    (12_026, "The upload failed."),
    (12_027, "The SSID id is not valid."),
    (12_028, "The file id is not valid."),
    (12_029, "The deletion failed."),
    (12_030, "The file is missing."),
    (12_047, "There is no permission for this network id."),
    (13_000, "The signature is wrong."),
    (13_001, "The nonce or the timestamp is missing."),
    (13_002, "The timestamp is outside the allowed window."),
    (13_003, "The nonce was used before."),
    (13_004, "The version is not valid."),
    (13_005, "The key is not authorized."),
    (13_006, "A read-only key cannot do this."),
    (13_007, "The key has expired."),
    (13_008, "An account key is not allowed here."),
    (13_009, "The network id does not belong to the key."),
    (13_010, "Neither a network id nor an account was given."),
    (13_011, "The key is unknown."),
    (13_012, "The nonce is too long."),
    (13_015, "The signature header is empty."),
    (13_016, "The key has expired."),
    (14_000, "The user name is empty."),
    (14_001, "The key pair was deleted."),
    (14_002, "The key pair was not deleted."),
    (14_003, "The method is unknown."),
    (16_000, "The id is not valid, or pairing is off."),
    (16_001, "The MAC address does not match."),
    (16_002, "There are no earlier settings."),
    (
        16_003,
        "The key's MAC address differs from the access point's.",
    ),
    (16_004, "The text of the voucher is too long."),
    (16_005, "The access point's data are not available."),
    (16_006, "Health data are not available."),
    (16_007, "The remote log was not stored."),
    (17_000, "The MAC address is already in this network."),
    (17_001, "The MAC address is in another network of yours."),
    (17_002, "The MAC address is in somebody else's network."),
    (17_003, "The device could not be deleted."),
    (17_004, "The device could not be rebooted."),
    (17_005, "The key could not be reset."),
    (17_006, "Pairing could not be enabled."),
    (17_007, "The upgrade could not be expedited."),
    (19_007, "The network's name is not valid."),
    (20_000, "The e-mail address is taken."),
    (20_001, "The verification failed."),
    (20_002, "The user is not verified."),
    (20_003, "The password is wrong."),
    (20_004, "The user was not found."),
    (20_005, "The component does not know the method."),
    (20_006, "Give either a role or custom permissions."),
    (20_007, "The password must have 8 to 50 characters."),
    (20_008, "The verification is wrong."),
    (20_009, "The user is already verified."),
    (20_010, "The e-mail address is malformed."),
    (20_011, "The key pair could not be made."),
    (20_012, "The user cannot be created."),
    (20_013, "The resource id is wrong."),
    (20_014, "The role of the new user is missing."),
    (20_015, "You may not create and add the user."),
    (
        20_016,
        "You may not add the user to the group with that role.",
    ),
    (20_017, "The role for the group is missing."),
    (20_018, "The role for the network is missing."),
    (20_019, "There is no permission of the group to revoke."),
    (20_020, "You may not revoke permissions of the group."),
    (20_021, "There is no permission of the network to revoke."),
    (20_022, "You may not revoke permissions of the network."),
    (20_023, "You may not delete the user."),
    (20_024, "You cannot delete yourself."),
    (
        20_025,
        "The user still has permissions of further networks.",
    ),
    (20_026, "You may not read the user's data."),
    (20_027, "The group is of another account."),
    (20_028, "The network is of another account."),
    (20_029, "The user id is not permitted."),
    (20_030, "A password is needed."),
    (20_031, "Only the user may change the password."),
    (20_032, "A token is needed."),
    (20_033, "There were too many attempts."),
    (20_034, "The user is disabled."),
    (20_035, "The creator of the account cannot be deleted."),
    (20_036, "A user name is needed."),
    (20_037, "An e-mail address is needed."),
    (20_038, "The user is in another account."),
    (20_039, "You must be an account admin."),
    (20_040, "You must be the account owner."),
    (
        20_041,
        "All log-in attempts are used up; reset the password.",
    ),
    (
        20_042,
        "API users need an owner or admin, not an application key.",
    ),
    (20_043, "The key belongs to another user."),
    (20_044, "There are too many keys."),
    (20_045, "API users have no password."),
    (
        20_047,
        "The user must be able to log in before becoming owner.",
    ),
    (30_000, "The role is undefined."),
    (30_001, "The request is not permitted."),
    (30_002, "The resource is not permitted."),
    (40_000, "The destination group is missing."),
    (
        40_001,
        "Permissions of users are still attached to the network.",
    ),
    (40_002, "The network to move was not found."),
    (40_003, "The group was not found."),
    (40_004, "The group still has networks."),
    (40_005, "The group's name is taken."),
    (40_006, "The group id is not permitted."),
    (40_007, "The privilege of a network admin is needed."),
    (
        40_008,
        "The length of the group's name is outside the limits.",
    ),
    (50_000, "The account was not found."),
    (50_001, "You may not change this account."),
    (50_002, "The account's name is taken."),
    (50_003, "The account's name is not valid."),
];

/// An element of an error or success, as the vendor words it; `values` are texts.
pub(super) fn element(code: i64, context: &str, values: &Value) -> Value {
    let known = CODES.iter().find(|(known, _)| *known == code);
    let message = known.map_or("Something went wrong.", |(_, message)| message);
    json!({"code": code, "message": message, "context": context, "values": values})
}

/// What is wrong with a request.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    status: u16,
    elements: Vec<Value>,
}

impl Problem {
    /// One code about a field or an operation.
    pub(super) fn new(status: u16, code: i64, context: &str) -> Self {
        Self::with(status, code, context, &json!({}))
    }

    /// The same with parameters of the message.
    pub(super) fn with(status: u16, code: i64, context: &str, values: &Value) -> Self {
        Self {
            status,
            elements: vec![element(code, context, values)],
        }
    }

    /// The same under another status.
    pub(super) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// All of them in one answer, with the status of the first; none is good.
    pub(super) fn all(problems: Vec<Self>) -> Result<(), Self> {
        problems
            .into_iter()
            .reduce(|mut all, problem| {
                all.elements.extend(problem.elements);
                all
            })
            .map_or(Ok(()), Err)
    }
}

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        Self::json(problem.status, &json!({"errors": problem.elements}))
    }
}

impl FaultAction {
    /// An error of Datto Networking with that code, in the vendor's words, without carrying the
    /// request out.
    pub fn networking_error(status: u16, code: i64) -> Self {
        let errors = json!({"errors": [element(code, "", &json!({}))]});
        Self::Answer {
            status,
            content_type: "application/json".into(),
            body: errors.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::CODES;

    #[test]
    fn the_published_table_is_whole_and_has_its_gaps() {
        let codes: BTreeSet<_> = CODES.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes.len(), CODES.len(), "a code comes twice");
        for gap in [1010, 1015, 12_031, 12_046, 13_013, 13_014, 20_046] {
            assert!(!codes.contains(&gap), "{gap}");
        }
        let of = |from, to| codes.range(from..to).count();
        assert_eq!(
            [
                of(1000, 2000),
                of(10_000, 11_000),
                of(11_000, 12_000),
                of(12_000, 13_000),
                of(13_000, 14_000),
                of(14_000, 15_000),
                of(16_000, 17_000),
                of(17_000, 18_000),
                of(20_000, 21_000),
                of(30_000, 31_000),
                of(40_000, 41_000),
                of(50_000, 51_000)
            ],
            [14, 3, 3, 32, 15, 4, 8, 8, 47, 3, 9, 4]
        );
    }
}
