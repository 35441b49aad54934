//! The vendor's codes: what they mean, and what to do about them.

use std::fmt;
use std::str::FromStr;

use client_core::{Error, ErrorKind};

/// What to do about a [`Code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Class {
    /// It was done.
    Success,
    /// The timestamp was refused: learn the vendor's time, sign again.
    Clock,
    /// The nonce was refused: sign again with another one.
    Nonce,
    /// The vendor failed; a later attempt may work, if the call may run twice.
    Transient,
    /// The vendor could not do it, perhaps only now: for the caller to decide.
    PerhapsTransient,
    /// The key, its kind or the signature is wrong: stop, and ask a person.
    Credentials,
    /// The key is good but its role does not allow this.
    Permission,
    /// What was named does not exist, or not for this key.
    NotFound,
    /// It exists already, or its state does not allow this.
    Conflict,
    /// The request has a wrong or missing value.
    Invalid,
    /// The vendor does not offer this.
    Unsupported,
    /// It was not done, for a reason that none of the others covers.
    Failed,
    /// A code that this version does not know.
    Unknown,
}

/// The number of a code that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnknownCode(u32);

macro_rules! codes {
    ($($number:literal $name:ident $class:ident $meaning:literal;)+) => {
        /// A code of the vendor, with its [meaning](Self::meaning) and its [class](Self::class).
        ///
        /// Compare [`number`](Self::number) to recognise a code that has no name here yet: that goes on working on the
        /// day it gets one.
        ///
        /// ```
        /// use datto_networking::{Class, Code};
        ///
        /// let code = Code::from_number(17_001);
        /// assert_eq!(code, Code::MacInOwnOtherNetwork);
        /// assert_eq!(code.class(), Class::Conflict);
        /// assert!(Code::from_number(13_014).is_unknown());
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $meaning] $name,)+
            /// A code that this version does not know.
            Unknown(UnknownCode),
        }

        impl Code {
            /// The codes that this version knows, in the order of their numbers within each subject.
            pub const KNOWN: &'static [Self] = &[$(Self::$name),+];

            /// The code with this number.
            pub const fn from_number(number: u32) -> Self {
                match number {
                    $($number => Self::$name,)+
                    _ => Self::Unknown(UnknownCode(number)),
                }
            }

            /// The vendor's number.
            pub const fn number(self) -> u32 {
                match self {
                    $(Self::$name => $number,)+
                    Self::Unknown(UnknownCode(number)) => number,
                }
            }

            /// What it means, in lower-case words.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => $meaning,)+
                    Self::Unknown(_) => "a code that is not known",
                }
            }

            /// What to do about it.
            pub const fn class(self) -> Class {
                match self {
                    $(Self::$name => Class::$class,)+
                    Self::Unknown(_) => Class::Unknown,
                }
            }
        }
    };
}

codes! {
    // General.
    1000 ServerException Transient "the server failed, the values say why";
    1001 NotAnAccountKey Credentials "the key is no account key";
    1002 UnknownRequest Unsupported "the request is unknown or not implemented";
    1003 BadId Invalid "the id is bad";
    1004 NoNetwork NotFound "no network was found";
    1005 EmptyName Invalid "the name is empty";
    1006 ParameterMissing Invalid "a parameter is missing";
    1007 NoAccessPointWithMac NotFound "no access point has this MAC address";
    1008 MacFormat Invalid "the MAC address has the wrong format";
    1009 Success Success "done";
    1016 InternalError Transient "the server failed";
    1017 NoElement NotFound "the element was not found";
    1018 NoApiPrivilege Credentials "the key lacks the API privilege";
    1019 OtherInternalError Transient "the server failed";
    // Information about upgrades.
    10000 HardwareTooOld Conflict "the network has access points that cannot be upgraded";
    10001 CaptivePortalUnsupported Conflict "the newer firmware does not support this captive portal";
    10002 AccessPointsOffline Conflict "some access points have to be online before the upgrade";
    // Clients and history.
    11000 EmptyClientList Invalid "the list of clients is empty";
    11001 ZeroClientId Invalid "a client id is 0";
    11002 EmptyClientName Invalid "a client name is empty";
    // Networks and their settings.
    12000 NetworkMissing NotFound "the network does not exist";
    12001 TextLength Invalid "a text is too short or too long";
    12002 IllegalCharacters Invalid "a text has illegal characters";
    12003 UnknownTimeZone Invalid "the time zone is unknown";
    12004 NumberOutOfRange Invalid "a number is out of range";
    12005 UnknownCountry Invalid "the country code is unknown";
    12006 UnknownHtMode Invalid "the HT mode is unknown";
    12007 InvalidChannel Invalid "the channel is invalid";
    12008 UnknownFirmware Invalid "the firmware release is unknown";
    12009 TooManySsids Invalid "there are more than 4 SSIDs";
    12010 BadDayNames Invalid "the names of days are bad";
    12011 IdMissing Invalid "an id is missing";
    12012 SettingIdNotFound NotFound "the id was not found";
    12013 TooManyElements Invalid "there are too many elements, or too large ones";
    12014 UnknownLoginMethod Invalid "the login method is unknown";
    12015 UnknownSplashPage Invalid "the splash page is unknown";
    12016 UnknownAuthentication Invalid "the type of authentication is unknown";
    12017 VlanTagUsed Conflict "the VLAN tag is in use";
    12018 TooManyEntries Invalid "there are too many entries";
    12019 NoEntries Invalid "at least one entry is needed";
    12020 SsidMissing NotFound "the SSID does not exist";
    12021 FacebookFailed PerhapsTransient "the registration of the Facebook gateway failed";
    12022 NameTaken Conflict "the name is in use";
    12023 HashingFailed PerhapsTransient "a password could not be hashed";
    12024 BadFileRole Invalid "the role of the file is bad";
    12025 FileTooLarge Invalid "the file is too large";
    12026 UploadFailed PerhapsTransient "the upload failed";
    12027 BadSsidId Invalid "the id of the SSID is bad";
    12028 BadFileId Invalid "the id of the file is bad";
    12029 DeletionFailed Failed "the deletion failed";
    12030 FileMissing Invalid "the file is missing";
    12047 NetworkNotPermitted Permission "there is no permission for this network";
    19007 NetworkNameInvalid Invalid "the network's name is invalid";
    // Authentication.
    13000 WrongSignature Credentials "the signature is wrong";
    13001 NonceOrTimestampMissing Credentials "nonce or timestamp is missing";
    13002 TimestampOutsideWindow Clock "the timestamp is more than 15 minutes off";
    13003 NonceReused Nonce "the nonce was used before";
    13004 VersionInvalid Credentials "the API version is invalid";
    13005 KeyNotAuthorized Credentials "the key is not authorised";
    13006 KeyReadOnly Credentials "the key may only read";
    13007 KeyExpired Credentials "the key has expired";
    13008 AccountKeyNotAllowed Credentials "an account key is not allowed here";
    13009 NetworkOfOtherKey Credentials "the network does not belong to the key";
    13010 NoNetworkOrAccount Credentials "neither a network nor an account is given";
    13011 KeyUnknown Credentials "the key is unknown";
    13012 NonceTooLong Nonce "the nonce is too long";
    13015 SignatureEmpty Credentials "the signature header is empty";
    13016 KeyExpiredToo Credentials "the key has expired";
    // Accounts.
    14000 UserNameEmpty Invalid "the user name is empty";
    14001 KeyPairDeleted Success "the key pair was deleted";
    14002 KeyPairNotDeleted Failed "the key pair was not deleted";
    14003 UnknownMethod Unsupported "the method is unknown";
    50000 AccountNotFound NotFound "the account was not found";
    50001 AccountNotPermitted Permission "there is no permission to change this account";
    50002 AccountNameTaken Conflict "the account's name is in use";
    50003 AccountNameInvalid Invalid "the account's name is invalid";
    // What access points themselves are told.
    16000 PairingOff Conflict "the id is bad or pairing is off";
    16001 MacMismatch Conflict "the MAC address does not match";
    16002 NoEarlierSettings NotFound "there are no earlier settings";
    16003 KeyOfOtherMac Conflict "the key is for another MAC address";
    16004 VoucherTooLong Invalid "the text of the voucher is too long";
    16005 AccessPointDataUnavailable PerhapsTransient "the access point's data is not available";
    16006 HealthUnavailable PerhapsTransient "the health data is not available";
    16007 LogNotStored PerhapsTransient "the remote log was not stored";
    // Nodes.
    17000 MacInThisNetwork Conflict "the MAC address is already in this network";
    17001 MacInOwnOtherNetwork Conflict "the MAC address is in another network of yours; the transfer has to be confirmed";
    17002 MacInForeignNetwork Conflict "the MAC address is in somebody else's network";
    17003 NodeNotDeleted PerhapsTransient "the deletion failed";
    17004 RebootFailed PerhapsTransient "the reboot failed";
    17005 KeyResetFailed PerhapsTransient "the reset of the key failed";
    17006 PairingFailed PerhapsTransient "pairing could not be enabled";
    17007 UpgradeFailed PerhapsTransient "the upgrade could not be expedited";
    // Users.
    20000 EmailTaken Conflict "the e-mail address is in use";
    20001 VerificationFailed Invalid "the verification failed";
    20002 NotVerified Conflict "the user is not verified";
    20003 WrongPassword Invalid "the password is wrong";
    20004 UserNotFound NotFound "the user was not found";
    20005 CombinationNotAllowed Unsupported "this method does not go with this component";
    20006 RoleAndPermission Invalid "either a role or a custom permission is given, not both";
    20007 PasswordLength Invalid "a password has 8 to 50 characters";
    20008 WrongVerification Invalid "the verification is wrong";
    20009 AlreadyVerified Conflict "the user is already verified";
    20010 EmailFormat Invalid "the e-mail address is malformed";
    20011 KeyPairFailed PerhapsTransient "the key pair could not be generated";
    20012 UserNotCreated Failed "the user cannot be created";
    20013 WrongResource Invalid "the id of the resource is wrong";
    20014 UserRoleMissing Invalid "the role of the new user is missing";
    20015 CreateNotPermitted Permission "creating and adding users is not permitted";
    20016 AddToGroupNotPermitted Permission "adding to a group with this role is not permitted";
    20017 GroupRoleMissing Invalid "the role for the group is missing";
    20018 NetworkRoleMissing Invalid "the role for the network is missing";
    20019 NoGroupPermission Conflict "there is no permission for the group to revoke";
    20020 RevokeFromGroupNotPermitted Permission "revoking from the group is not permitted";
    20021 NoNetworkPermission Conflict "there is no permission for the network to revoke";
    20022 RevokeFromNetworkNotPermitted Permission "revoking from the network is not permitted";
    20023 DeleteNotPermitted Permission "deleting users is not permitted";
    20024 CannotDeleteSelf Conflict "users cannot delete themselves";
    20025 UserHasPermissions Conflict "the user has permissions for further networks";
    20026 ReadUserNotPermitted Permission "reading the user is not permitted";
    20027 GroupOfOtherAccount Permission "the group belongs to another account";
    20028 NetworkOfOtherAccount Permission "the network belongs to another account";
    20029 UserNotPermitted Permission "this user is not permitted";
    20030 PasswordNeeded Invalid "a password is needed";
    20031 OnlyUserChangesPassword Permission "only the users themselves can change their password";
    20032 TokenNeeded Invalid "a token is needed";
    20033 TooManyAttempts Failed "there were too many attempts";
    20034 UserDisabled Permission "the user is disabled";
    20035 CreatorCannotBeDeleted Conflict "the account's creator cannot be deleted";
    20036 UserNameNeeded Invalid "a user name is needed";
    20037 EmailNeeded Invalid "an e-mail address is needed";
    20038 UserInOtherAccount Conflict "the user is in another account";
    20039 AdminNeeded Permission "this needs an account admin";
    20040 OwnerNeeded Permission "this needs the account owner";
    20041 LoginAttemptsUsedUp Failed "the log-in attempts are used up, the password has to be reset";
    20042 ApplicationKeyNotAllowed Permission "this needs an owner or admin, not an application key";
    20043 KeyOfOtherUser Permission "the key belongs to another user";
    20044 TooManyKeys Conflict "there are too many keys";
    20045 NoPasswordForApiUser Conflict "API users have no password";
    20047 OwnerMustLogIn Conflict "an owner must be able to log in";
    // Permissions.
    30000 RoleUndefined Invalid "the role is not defined";
    30001 RequestNotPermitted Permission "the request is not permitted";
    30002 ResourceNotPermitted Permission "the resource is not permitted";
    // Network groups.
    40000 DestinationGroupMissing NotFound "the destination group is missing";
    40001 PermissionsAttached Conflict "permissions of users are attached to the network";
    40002 NetworkToMoveNotFound NotFound "the network to move was not found";
    40003 GroupNotFound NotFound "the group was not found";
    40004 GroupNotEmpty Conflict "the group has networks";
    40005 GroupNameTaken Conflict "the group's name is in use";
    40006 GroupNotPermitted Permission "the group is not permitted";
    40007 NetworkAdminNeeded Permission "this needs the network-admin privilege";
    40008 GroupNameLength Invalid "the group's name is too short or too long";
}

impl Code {
    /// The code that an error carries, if the vendor gave one.
    pub fn of(error: &Error) -> Option<Self> {
        error.vendor_code()?.parse().ok()
    }

    /// True if this version does not know the code.
    pub const fn is_unknown(self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// The kind of error that it is; `None` for success and for unknown codes.
    pub(crate) fn kind(self) -> Option<ErrorKind> {
        Some(match self {
            // The key is good, but not for this.
            Self::NotAnAccountKey
            | Self::NoApiPrivilege
            | Self::KeyReadOnly
            | Self::AccountKeyNotAllowed
            | Self::NetworkOfOtherKey
            | Self::NoNetworkOrAccount => ErrorKind::Denied,
            // Our headers, not the key: a matter of settings.
            Self::NonceOrTimestampMissing | Self::VersionInvalid | Self::SignatureEmpty => {
                ErrorKind::Config
            }
            _ => match self.class() {
                Class::Success | Class::Unknown => return None,
                Class::Clock | Class::Nonce => ErrorKind::Config,
                Class::Transient => ErrorKind::Server,
                Class::Credentials => ErrorKind::Credentials,
                Class::Permission => ErrorKind::Denied,
                Class::NotFound => ErrorKind::NotFound,
                Class::Conflict => ErrorKind::Conflict,
                Class::Invalid => ErrorKind::InvalidInput,
                Class::PerhapsTransient | Class::Unsupported | Class::Failed => ErrorKind::Vendor,
            },
        })
    }
}

/// Reads the number.
impl FromStr for Code {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim().parse().map(Self::from_number)
    }
}

/// The number and what it means.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.number(), self.meaning())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use client_core::{Error, ErrorKind};

    use super::{Class, Code};

    /// The published list, with its gaps.
    fn published() -> BTreeSet<u32> {
        [
            1000..=1009,
            1016..=1019,
            10_000..=10_002,
            11_000..=11_002,
            12_000..=12_030,
            12_047..=12_047,
            19_007..=19_007,
            13_000..=13_012,
            13_015..=13_016,
            14_000..=14_003,
            50_000..=50_003,
            16_000..=16_007,
            17_000..=17_007,
            20_000..=20_045,
            20_047..=20_047,
            30_000..=30_002,
            40_000..=40_008,
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    #[test]
    fn every_published_code_is_known_once() {
        let known: BTreeSet<_> = Code::KNOWN.iter().map(|code| code.number()).collect();
        assert_eq!(known, published());
        assert_eq!(known.len(), Code::KNOWN.len());
        for code in Code::KNOWN {
            assert_eq!(Code::from_number(code.number()), *code);
            assert!(!code.meaning().is_empty() && !code.is_unknown());
        }
    }

    #[test]
    fn classes_are_those_of_the_vendor() {
        let of = |class| -> Vec<u32> {
            let mut numbers: Vec<_> = Code::KNOWN
                .iter()
                .filter(|code| code.class() == class)
                .map(|code| code.number())
                .collect();
            numbers.sort_unstable();
            numbers
        };
        assert_eq!(of(Class::Success), [1009, 14_001]);
        assert_eq!(of(Class::Clock), [13_002]);
        assert_eq!(of(Class::Nonce), [13_003, 13_012]);
        assert_eq!(of(Class::Transient), [1000, 1016, 1019]);
        assert_eq!(
            of(Class::PerhapsTransient),
            [
                12_021, 12_023, 12_026, 16_005, 16_006, 16_007, 17_003, 17_004, 17_005, 17_006,
                17_007, 20_011
            ]
        );
        assert_eq!(
            of(Class::Credentials),
            [
                1001, 1018, 13_000, 13_001, 13_004, 13_005, 13_006, 13_007, 13_008, 13_009, 13_010,
                13_011, 13_015, 13_016
            ]
        );
        assert!(of(Class::Unknown).is_empty());
    }

    #[test]
    fn kinds_follow_the_meaning() {
        for (number, kind) in [
            (1017, ErrorKind::NotFound),
            (13_000, ErrorKind::Credentials),
            (13_004, ErrorKind::Config),
            (13_006, ErrorKind::Denied),
            (1018, ErrorKind::Denied),
            (30_001, ErrorKind::Denied),
            (30_002, ErrorKind::Denied),
            (17_001, ErrorKind::Conflict),
            (12_001, ErrorKind::InvalidInput),
            (1016, ErrorKind::Server),
            (17_004, ErrorKind::Vendor),
        ] {
            assert_eq!(Code::from_number(number).kind(), Some(kind), "{number}");
        }
        for number in [1009, 14_001, 13_014, 1010, 0] {
            assert_eq!(Code::from_number(number).kind(), None, "{number}");
        }
    }

    #[test]
    fn an_unknown_code_keeps_its_number() {
        let error = Error::new(ErrorKind::Vendor, "").with_vendor_code("20046");
        let code = Code::of(&error).unwrap();
        assert_eq!(
            (code.number(), code.is_unknown(), code.class()),
            (20_046, true, Class::Unknown)
        );
        assert_eq!(code.to_string(), "20046 (a code that is not known)");
        assert_eq!(Code::of(&Error::new(ErrorKind::Vendor, "")), None);
    }
}
