//! What a key may do: its kind, its user's roles, and the audit log of what it did.

use serde_json::{Value, json};

use super::devices::target;
use super::routes::{LOGIN, TIME};
use super::{Call, Problem};
use crate::keys::{NetworkingKey, NetworkingKeyKind};
use crate::world::{
    AuditEvent, AuditField, Network, NetworkAction, NetworkDeviceKind, NetworkUser, role,
};

impl Call<'_> {
    pub(super) fn now_ms(&self) -> i64 {
        self.state.clock.now_ms()
    }

    fn pair(&self) -> &NetworkingKey {
        &self.state.keys.networking[self.key]
    }

    pub(super) fn key_kind(&self) -> NetworkingKeyKind {
        self.pair().kind
    }

    /// A refusal with the status of authentication errors.
    fn refuse(&self, code: i64) -> Problem {
        Problem::new(self.state.settings.networking.refusal_status, code, "")
    }

    /// Whether the key's kind may use an endpoint at all.
    pub(super) fn permit(&self, path: &str) -> Result<(), Problem> {
        let pair = self.pair();
        match pair.kind {
            NetworkingKeyKind::Application if ![LOGIN, TIME].contains(&path) => {
                return Err(self.refuse(1018));
            }
            NetworkingKeyKind::Account if path == LOGIN => return Err(self.refuse(13_008)),
            kind if path == LOGIN && kind != NetworkingKeyKind::Application => {
                return Err(self.refuse(1018));
            }
            _ => {}
        }
        let is_embed = matches!(pair.kind, NetworkingKeyKind::Embed(_));
        if self.is_write && path != LOGIN && (pair.read_only || is_embed) {
            return Err(self.refuse(13_006));
        }
        Ok(())
    }

    /// The user in whose name the key acts; keys of networks and applications are nobody's.
    pub(super) fn user(&self) -> Option<&NetworkUser> {
        let account = &self.state.world.networking;
        match self.pair().kind {
            NetworkingKeyKind::Account => account.user(account.owner),
            NetworkingKeyKind::User(id) => account.user(id),
            _ => None,
        }
    }

    /// The role in a network, directly or by its group; administrators edit everything.
    pub(super) fn role_in(&self, network: &Network) -> Option<i64> {
        match self.pair().kind {
            NetworkingKeyKind::Account => Some(role::NETWORK_EDITOR),
            NetworkingKeyKind::Network(id) => (id == network.id).then_some(role::NETWORK_EDITOR),
            NetworkingKeyKind::Embed(id) => (id == network.id).then_some(role::NETWORK_VIEWER),
            NetworkingKeyKind::Application => None,
            NetworkingKeyKind::User(_) => self.user().and_then(|user| role_of(user, network)),
        }
    }

    /// The networks that the key may see.
    pub(super) fn networks(&self) -> impl Iterator<Item = &Network> {
        let networks = self.state.world.networks.iter();
        networks.filter(|network| self.role_in(network).is_some())
    }

    /// Whether the call may go on with a network: it must be in sight, and for a write the role
    /// must allow it, of vouchers only where `of_vouchers`.
    fn admit(&self, network: &Network, of_vouchers: bool) -> Result<(), Problem> {
        match self.role_in(network) {
            None if matches!(self.pair().kind, NetworkingKeyKind::User(_)) => {
                Err(Problem::new(403, 12_047, ""))
            }
            None => Err(self.refuse(13_009)),
            Some(role::NETWORK_EDITOR) => Ok(()),
            Some(role::VOUCHER_EDITOR) if of_vouchers => Ok(()),
            Some(_) if self.is_write => Err(Problem::new(403, 30_002, "")),
            Some(_) => Ok(()),
        }
    }

    /// The number that a part of the path gives.
    pub(super) fn id(&self, position: usize) -> Result<i64, Problem> {
        self.part(position)
            .parse()
            .map_err(|_| Problem::new(403, 1003, ""))
    }

    pub(super) fn part(&self, position: usize) -> &str {
        self.path.get(position).map_or("", String::as_str)
    }

    /// The network with that id, if the call may go on with it.
    pub(super) fn network_with(&self, id: i64) -> Result<&Network, Problem> {
        let network = self.state.world.network(id);
        let network = network.ok_or_else(|| Problem::new(404, 12_000, ""))?;
        self.admit(network, false).map(|()| network)
    }

    /// The network that a part of the path names.
    pub(super) fn network(&self, position: usize) -> Result<&Network, Problem> {
        self.network_with(self.id(position)?)
    }

    /// The same for calls about vouchers, which have a role of their own.
    pub(super) fn network_of_vouchers(&self) -> Result<&Network, Problem> {
        let network = self.state.world.network(self.id(0)?);
        let network = network.ok_or_else(|| Problem::new(404, 12_000, ""))?;
        self.admit(network, true).map(|()| network)
    }

    /// The network that the path names first, to change it.
    pub(super) fn network_mut(&mut self) -> Result<&mut Network, Problem> {
        let id = self.network(0)?.id;
        self.state
            .world
            .network_mut(id)
            .map_err(|_| Problem::new(404, 12_000, ""))
    }

    /// The network of the device that the path names first, and the device's id.
    pub(super) fn holder(&self, kind: NetworkDeviceKind) -> Result<(&Network, i64), Problem> {
        let id = self.id(0)?;
        let network = self.state.world.network_of(kind, id);
        let network = network.ok_or_else(|| Problem::new(404, 1017, ""))?;
        self.admit(network, false).map(|()| (network, id))
    }

    /// The same, to change the device.
    pub(super) fn holder_mut(
        &mut self,
        kind: NetworkDeviceKind,
    ) -> Result<(&mut Network, i64), Problem> {
        let id = self.holder(kind)?.1;
        let network = self.state.world.network_of_mut(kind, id);
        network
            .map(|network| (network, id))
            .map_err(|_| Problem::new(404, 1017, ""))
    }

    /// The user behind a call that is about the account as a whole.
    pub(super) fn member(&self) -> Result<&NetworkUser, Problem> {
        self.user().ok_or_else(|| self.refuse(1001))
    }

    /// A member who administers the account.
    pub(super) fn administrator(&self) -> Result<&NetworkUser, Problem> {
        let user = self.member()?;
        if user.role == role::ACCOUNT_ADMIN {
            Ok(user)
        } else {
            Err(Problem::new(403, 30_001, ""))
        }
    }

    /// A member who manages others.
    pub(super) fn manager(&self) -> Result<&NetworkUser, Problem> {
        let user = self.member()?;
        if [role::ACCOUNT_ADMIN, role::GROUP_MANAGER].contains(&user.role) {
            Ok(user)
        } else {
            Err(Problem::new(403, 30_001, ""))
        }
    }

    /// Notes what a device or the network was told to do.
    pub(super) fn act(
        &mut self,
        network: i64,
        device: Option<(NetworkDeviceKind, i64)>,
        port: Option<String>,
    ) {
        let (target, id) = match device {
            Some((kind, id)) => (target(kind), id),
            None => ("network", network),
        };
        self.audit(
            self.last,
            target,
            &id.to_string(),
            Some(network),
            Vec::new(),
        );
        let action = NetworkAction {
            what: self.last.to_owned(),
            network,
            device,
            port,
            at_ms: self.now_ms(),
        };
        self.state.world.networking.actions.push(action);
    }

    /// Notes a change in the account's audit log, which keys that are nobody's do not reach.
    pub(super) fn audit(
        &mut self,
        action: &str,
        target_type: &str,
        target_id: &str,
        network: Option<i64>,
        fields: Vec<AuditField>,
    ) {
        let Some((user, email)) = self.user().map(|user| (user.id, user.email.clone())) else {
            return;
        };
        let network = network
            .and_then(|id| self.state.world.network(id))
            .map(|network| (network.id, network.name.clone()));
        let event = AuditEvent {
            id: self.state.world.networking_ids.guid(),
            at_ms: self.now_ms(),
            user,
            email,
            network,
            action: action.to_owned(),
            target_type: target_type.to_owned(),
            target_id: target_id.to_owned(),
            fields,
        };
        self.state.world.networking.audit.push(event);
    }
}

/// A user's role in a network.
pub(super) fn role_of(user: &NetworkUser, network: &Network) -> Option<i64> {
    if user.role == role::ACCOUNT_ADMIN {
        return Some(role::NETWORK_EDITOR);
    }
    let direct = user.networks.get(&network.id);
    direct.or_else(|| user.groups.get(&network.group)).copied()
}

/// What differs between two documents, by dotted path; secrets are starred.
pub(super) fn differences(before: &Value, after: &Value) -> Vec<AuditField> {
    let mut fields = Vec::new();
    collect(&mut fields, "", before, after);
    fields
}

fn collect(fields: &mut Vec<AuditField>, path: &str, before: &Value, after: &Value) {
    if before == after {
        return;
    }
    if let (Value::Object(old), Value::Object(new)) = (before, after) {
        for key in old
            .keys()
            .chain(new.keys().filter(|key| !old.contains_key(*key)))
        {
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            let of = |map: &serde_json::Map<String, Value>| {
                map.get(key).cloned().unwrap_or_else(|| json!(""))
            };
            collect(fields, &path, &of(old), &of(new));
        }
        return;
    }
    let name = path.rsplit('.').next().unwrap_or_default();
    let is_secret = ["password", "secret", "key", "community"]
        .iter()
        .any(|word| name.contains(word));
    let shown = |value: &Value| match value {
        _ if is_secret => "********".to_owned(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    fields.push(AuditField {
        field: path.to_owned(),
        old: shown(before),
        new: shown(after),
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;

    #[test]
    fn differences_have_paths_and_no_secrets() {
        let before = json!({"general": {"name": "a", "wpa_password": "old-example", "same": 1}});
        let after =
            json!({"general": {"name": "b", "wpa_password": "new-example", "same": 1}, "tag": 4});
        let fields: Vec<_> = differences(&before, &after)
            .into_iter()
            .map(|field| (field.field, field.old, field.new))
            .collect();
        let expected = [
            ("general.name", "a", "b"),
            ("general.wpa_password", "********", "********"),
            ("tag", "", "4"),
        ]
        .map(|(field, old, new)| (field.to_owned(), old.to_owned(), new.to_owned()));
        assert_eq!(fields, expected);
    }
}
