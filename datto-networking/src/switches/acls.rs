//! Access lists of a switch, by MAC or IPv4 address, and their entries.
#![expect(missing_docs, reason = "most field names say it all")]

use client_core::{Call, Error, Operation, Repeat};
use serde::Serialize;

use super::{SwitchId, SwitchScope};
use crate::answer;
use crate::lenient::{lenient, nested, record};

pub(crate) const ACLS: Operation = Operation::get("switches.acls", "/switch/{switch}/acl");
pub(crate) const CREATE_ACLS: Operation =
    Operation::post("switches.create_acls", "/switch/{switch}/acl");
pub(crate) const DELETE_ACLS: Operation =
    Operation::delete("switches.delete_acls", "/switch/{switch}/acl");
pub(crate) const UPDATE_ACLS: Operation =
    Operation::put("switches.update_acls", "/switch/{switch}/acl").repeat(Repeat::Idempotent);

client_core::id!(
    /// Identifies an entry of an access list.
    number AceId
);
lenient!(number AceId);

record! {
    /// The access lists of a switch and their entries.
    pub struct Acls {
        mac_acl: Vec<Acl>,
        mac_ace: Vec<MacAce>,
        ipv4_acl: Vec<Acl>,
        ipv4_ace: Vec<Ipv4Ace>,
    }
}

record! {
    /// An access list.
    pub struct Acl {
        name: String,
        /// Whether a port has it.
        assigned: bool,
    }
}

record! {
    /// An entry about MAC addresses.
    pub struct MacAce {
        acl_name: String,
        id: AceId,
        /// Its place among the entries.
        sequence: i64,
        /// Such as `permit`.
        action: String,
        source_mac: String,
        destination_mac: String,
        vlan_id: i64,
        priority: i64,
        /// Hexadecimal.
        ethertype: String,
        checksum: String,
    }
}

record! {
    /// An entry about IPv4 addresses.
    pub struct Ipv4Ace {
        acl_name: String,
        id: AceId,
        /// Its place among the entries.
        sequence: i64,
        /// Such as `permit`.
        action: String,
        /// Such as `any` or `icmp`.
        protocol: String,
        /// −1 for any, as it seems.
        type_of_service: i64,
        /// May have a wildcard, such as `192.*`.
        source_ip: String,
        /// May have a wildcard, such as `192.*`.
        destination_ip: String,
        checksum: String,
    }
}
nested!(Acls, Acl: "name", MacAce: "id", Ipv4Ace: "id");

/// Access lists and entries to create, update or delete.
///
/// ```
/// use datto_networking::switches::{AclChange, MacAceChange};
///
/// let change = AclChange::default()
///     .mac_acl("guests")
///     .mac_ace(MacAceChange::new("guests").action("permit").source_mac("00:00:5e:00:53:01"));
/// # let _ = change;
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct AclChange {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mac_acl: Vec<Name>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mac_ace: Vec<MacAceChange>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ipv4_acl: Vec<Name>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ipv4_ace: Vec<Ipv4AceChange>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Name {
    name: String,
}

impl AclChange {
    /// Names a list about MAC addresses; can be said for several.
    #[must_use]
    pub fn mac_acl(mut self, name: impl Into<String>) -> Self {
        self.mac_acl.push(Name { name: name.into() });
        self
    }

    /// Adds an entry about MAC addresses; can be said for several.
    #[must_use]
    pub fn mac_ace(mut self, entry: MacAceChange) -> Self {
        self.mac_ace.push(entry);
        self
    }

    /// Names a list about IPv4 addresses; can be said for several.
    #[must_use]
    pub fn ipv4_acl(mut self, name: impl Into<String>) -> Self {
        self.ipv4_acl.push(Name { name: name.into() });
        self
    }

    /// Adds an entry about IPv4 addresses; can be said for several.
    #[must_use]
    pub fn ipv4_ace(mut self, entry: Ipv4AceChange) -> Self {
        self.ipv4_ace.push(entry);
        self
    }

    /// Whether each entry has an id.
    fn ids(&self) -> impl Iterator<Item = bool> {
        let mac = self.mac_ace.iter().map(|entry| entry.id.is_some());
        mac.chain(self.ipv4_ace.iter().map(|entry| entry.id.is_some()))
    }
}

/// An entry about MAC addresses to create, update or delete.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct MacAceChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<AceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acl_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_mac: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_mac: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vlan_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ethertype: Option<String>,
}

/// An entry about IPv4 addresses to create, update or delete.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Ipv4AceChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<AceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acl_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    type_of_service: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_ip: Option<String>,
}

/// What the two kinds of entries have in common.
macro_rules! entry {
    ($name:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)+ }) => {
        impl $name {
            /// A new entry of this list.
            #[must_use]
            pub fn new(acl_name: impl Into<String>) -> Self {
                Self {
                    acl_name: Some(acl_name.into()),
                    ..Self::default()
                }
            }

            /// An entry that is there.
            #[must_use]
            pub fn existing(id: AceId) -> Self {
                Self {
                    id: Some(id),
                    ..Self::default()
                }
            }

            /// Names the list that it belongs to.
            #[must_use]
            pub fn acl_name(mut self, name: impl Into<String>) -> Self {
                self.acl_name = Some(name.into());
                self
            }

            /// Sets its place among the entries.
            #[must_use]
            pub fn sequence(mut self, sequence: i64) -> Self {
                self.sequence = Some(sequence);
                self
            }

            /// Sets what is done with what it is about, such as `permit`.
            #[must_use]
            pub fn action(mut self, action: impl Into<String>) -> Self {
                self.action = Some(action.into());
                self
            }

            $(
                $(#[$meta])*
                #[must_use]
                pub fn $field(mut self, value: impl Into<$type>) -> Self {
                    self.$field = Some(value.into());
                    self
                }
            )+
        }
    };
}

entry!(MacAceChange {
    /// Sets the address that it comes from.
    source_mac: String,
    /// Sets the address that it goes to.
    destination_mac: String,
    /// Sets the VLAN.
    vlan_id: i64,
    /// Sets the class.
    priority: i64,
    /// Sets the type of frame, hexadecimal.
    ethertype: String,
});
entry!(Ipv4AceChange {
    /// Sets the protocol, such as `any` or `icmp`.
    protocol: String,
    /// Sets the type of service; −1 for any, as it seems.
    type_of_service: i64,
    /// Sets the address that it comes from; may have a wildcard, such as `192.*`.
    source_ip: String,
    /// Sets the address that it goes to; may have a wildcard, such as `192.*`.
    destination_ip: String,
});

/// The access lists of one switch; made by [`SwitchScope::acls`].
#[derive(Debug, Clone, Copy)]
pub struct SwitchAcls<'c>(pub(super) SwitchScope<'c>);

impl SwitchAcls<'_> {
    /// The access lists and their entries.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let acls = client.switch(777.into()).acls().get().await?;
    /// println!("{} lists about MAC addresses", acls.mac_acl.unwrap_or_default().len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn get(self) -> Result<Acls, Error> {
        self.0.client.call(get(self.0.id)).await
    }

    /// Makes lists and entries.
    ///
    /// # Errors
    ///
    /// Any kind; [`InvalidInput`](client_core::ErrorKind::InvalidInput) with nothing sent if there is nothing to make, or an
    /// entry has an id already.
    pub async fn create(self, new: &AclChange) -> Result<(), Error> {
        self.0.client.call(create(self.0.id, new)).await
    }

    /// Changes lists and entries.
    ///
    /// # Errors
    ///
    /// Any kind; [`InvalidInput`](client_core::ErrorKind::InvalidInput) with nothing sent if there is nothing to change, or
    /// an entry has no id.
    pub async fn update(self, change: &AclChange) -> Result<(), Error> {
        self.0.client.call(update(self.0.id, change)).await
    }

    /// Deletes the lists and entries that `what` names. They travel in the body of a `DELETE`, and whether the vendor signs
    /// that is not documented; see [`ClientBuilder::sign_delete_body`](crate::ClientBuilder::sign_delete_body).
    ///
    /// # Errors
    ///
    /// Any kind; [`InvalidInput`](client_core::ErrorKind::InvalidInput) with nothing sent if nothing is named.
    pub async fn delete(self, what: &AclChange) -> Result<(), Error> {
        self.0.client.call(delete(self.0.id, what)).await
    }
}

pub(super) fn get(switch: SwitchId) -> Call<Acls> {
    Call::decoded_by(&ACLS, [&switch.to_string()], |raw| {
        answer::record_or_empty(&raw.body, "the access lists of a switch")
    })
}

pub(super) fn create(switch: SwitchId, new: &AclChange) -> Call<()> {
    send(&CREATE_ACLS, switch, new).refuse_if(new.ids().any(|has| has), "an entry with an id")
}

pub(super) fn update(switch: SwitchId, change: &AclChange) -> Call<()> {
    send(&UPDATE_ACLS, switch, change)
        .refuse_if(!change.ids().all(|has| has), "an entry without an id")
}

pub(super) fn delete(switch: SwitchId, what: &AclChange) -> Call<()> {
    send(&DELETE_ACLS, switch, what)
}

fn send(operation: &Operation, switch: SwitchId, body: &AclChange) -> Call<()> {
    Call::unit(operation, [&switch.to_string()])
        .json(body)
        .refuse_if(*body == AclChange::default(), "no access list and no entry")
}
