//! Vouchers.

use serde::Deserialize;
use serde_json::{Value, json};

use super::bodies::{limits, missing};
use super::{Call, Done, Problem};
use crate::calendar;
use crate::world::Voucher;

/// A voucher. Its duration is what remains.
fn wire(voucher: &Voucher, now_ms: i64) -> Value {
    let users: Vec<_> = voucher.users.iter().map(|mac| mac.spelled(":")).collect();
    json!({
        "code": voucher.code,
        "duration": voucher.remaining(now_ms),
        "max_users": voucher.max_users,
        "up_limit": voucher.up_limit,
        "down_limit": voucher.down_limit,
        "comment": voucher.comment,
        "purge_days": voucher.purge_days,
        "type": 2,
        "created": calendar::rfc3339(voucher.created_ms),
        "users": users,
        "tx_ids": [],
        "cancelled": voucher.deleted_ms.is_some(),
        "remaining": voucher.remaining(now_ms),
        "status": voucher.status(now_ms),
    })
}

/// Forgets what was deleted or has expired long enough ago.
fn purge(call: &mut Call<'_>) -> Result<(), Problem> {
    let (now, id) = (call.now_ms(), call.network_of_vouchers()?.id);
    if let Ok(network) = call.state.world.network_mut(id) {
        network.vouchers.retain(|voucher| !voucher.is_purged(now));
    }
    Ok(())
}

/// `GET /voucher/network/{network}/list`: deleted and expired ones too, until they are purged.
pub(super) fn list(call: &mut Call<'_>) -> Done {
    purge(call)?;
    let (now, network) = (call.now_ms(), call.network_of_vouchers()?);
    let mut rows: Vec<_> = network
        .vouchers
        .iter()
        .map(|voucher| wire(voucher, now))
        .collect();
    call.tweaks.cut(&mut rows);
    call.json(json!({"vouchers": rows}))
}

/// `GET /voucher/network/{network}`
pub(super) fn get(call: &mut Call<'_>) -> Done {
    purge(call)?;
    let code = call.parameter("code")?;
    let mut vouchers = call.network_of_vouchers()?.vouchers.iter();
    let voucher = vouchers.find(|voucher| voucher.code == code);
    let voucher = voucher.ok_or_else(|| Problem::new(404, 1017, "code"))?;
    call.json(wire(voucher, call.now_ms()))
}

#[derive(Deserialize)]
struct VoucherRequest {
    #[serde(default)]
    code: String,
    duration: Option<i64>,
    max_users: Option<i64>,
    up_limit: Option<f64>,
    down_limit: Option<f64>,
    /// Without one the voucher has none, even where it had one before.
    #[serde(default)]
    comment: String,
    purge_days: Option<i64>,
}

impl VoucherRequest {
    /// The voucher, with this code.
    fn voucher(&self, code: String, now_ms: i64) -> Result<Voucher, Vec<Problem>> {
        let mut problems = Vec::new();
        if code.chars().count() > 16 {
            problems.push(limits(12_001, "code", 0, 16));
        }
        if !code.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            let values = json!({"pattern": "^[ -~]*$"});
            problems.push(Problem::with(403, 12_002, "code", &values));
        }
        if self.comment.chars().count() > 64 {
            problems.push(limits(12_001, "comment", 0, 64));
        }
        for (name, value, min, max) in [
            ("duration", self.duration, 1, 8760),
            ("max_users", self.max_users, 0, 9),
            ("purge_days", self.purge_days, 1, 999),
        ] {
            match value {
                None => problems.push(missing(name)),
                Some(value) if !(min..=max).contains(&value) => {
                    problems.push(limits(12_004, name, min, max));
                }
                Some(_) => {}
            }
        }
        for (name, value) in [("up_limit", self.up_limit), ("down_limit", self.down_limit)] {
            match value {
                None => problems.push(missing(name)),
                Some(value) if !(0.056..=100.0).contains(&value) => {
                    problems.push(limits(12_004, name, 0.056, 100));
                }
                Some(_) => {}
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Voucher {
            code,
            hours: self.duration.unwrap_or_default(),
            max_users: self.max_users.unwrap_or_default(),
            up_limit: self.up_limit.unwrap_or_default(),
            down_limit: self.down_limit.unwrap_or_default(),
            comment: self.comment.clone(),
            purge_days: self.purge_days.unwrap_or_default(),
            created_ms: now_ms,
            started_ms: None,
            deleted_ms: None,
            users: Vec::new(),
        })
    }
}

#[derive(Deserialize)]
struct CreateRequest {
    desired_vouchers: Vec<VoucherRequest>,
}

/// `POST /voucher/network/{network}`: all of them or none; a blank code is made up.
pub(super) fn create(call: &mut Call<'_>) -> Done {
    let id = call.network_of_vouchers()?.id;
    let body: CreateRequest = call.body()?;
    if body.desired_vouchers.is_empty() {
        return Err(Problem::new(403, 12_019, "desired_vouchers"));
    }
    let now = call.now_ms();
    let (mut vouchers, mut problems): (Vec<Voucher>, _) = (Vec::new(), Vec::new());
    for request in body.desired_vouchers {
        let code = match request.code.trim() {
            "" => call.state.world.networking_ids.alphanumeric(8),
            code => code.to_owned(),
        };
        let networks = call.state.world.networks.iter();
        let mut known = networks
            .flat_map(|network| &network.vouchers)
            .chain(&vouchers);
        if known.any(|known| known.code == code) {
            problems.push(Problem::new(403, 12_022, &code));
        }
        match request.voucher(code, now) {
            Ok(voucher) => vouchers.push(voucher),
            Err(wrong) => problems.extend(wrong),
        }
    }
    Problem::all(problems)?;
    let codes: Vec<_> = vouchers
        .iter()
        .map(|voucher| json!({"voucher_code": voucher.code}))
        .collect();
    for voucher in &vouchers {
        call.audit("create", "voucher", &voucher.code, Some(id), Vec::new());
    }
    if let Ok(network) = call.state.world.network_mut(id) {
        network.vouchers.extend(vouchers);
    }
    call.json(json!({"vouchers": codes}))
}

/// That all vouchers are the network's: 403 for one of another network, 400 for those that nobody has.
fn check_own<'a>(
    call: &Call<'_>,
    id: i64,
    codes: impl Iterator<Item = &'a String>,
) -> Result<(), Problem> {
    let mut problems = Vec::new();
    for code in codes {
        let holder = call.state.world.networks.iter().find(|network| {
            let mut vouchers = network.vouchers.iter();
            vouchers.any(|voucher| voucher.code == *code)
        });
        match holder {
            Some(network) if network.id == id => {}
            Some(_) => return Err(Problem::new(403, 12_047, code)),
            None => problems.push(Problem::new(400, 1017, code)),
        }
    }
    Problem::all(problems)
}

#[derive(Deserialize)]
struct UpdateRequest {
    vouchers: Vec<VoucherRequest>,
}

/// `PUT /voucher/network/{network}/update`: all of them or none, answered without a body.
pub(super) fn update(call: &mut Call<'_>) -> Done {
    purge(call)?;
    let id = call.network_of_vouchers()?.id;
    let body: UpdateRequest = call.body()?;
    check_own(call, id, body.vouchers.iter().map(|request| &request.code))?;
    let now = call.now_ms();
    let (mut changed, mut problems) = (Vec::new(), Vec::new());
    for request in &body.vouchers {
        match request.voucher(request.code.clone(), now) {
            Ok(voucher) => changed.push(voucher),
            Err(wrong) => problems.extend(wrong.into_iter().map(|problem| problem.status(400))),
        }
    }
    Problem::all(problems)?;
    for new in changed {
        call.audit("update", "voucher", &new.code, Some(id), Vec::new());
        let Ok(network) = call.state.world.network_mut(id) else {
            continue;
        };
        let mut known = network.vouchers.iter_mut();
        if let Some(known) = known.find(|known| known.code == new.code) {
            *known = Voucher {
                created_ms: known.created_ms,
                started_ms: known.started_ms,
                deleted_ms: known.deleted_ms,
                users: std::mem::take(&mut known.users),
                ..new
            };
        }
    }
    call.nothing()
}

#[derive(Deserialize)]
struct ActRequest {
    vouchers: Vec<String>,
}

/// `PUT /voucher/network/{network}/{action}`: restore, renew, reset or delete.
pub(super) fn act(call: &mut Call<'_>) -> Done {
    purge(call)?;
    let id = call.network_of_vouchers()?.id;
    let action = call.part(1).to_owned();
    if !["restore", "renew", "reset", "delete"].contains(&action.as_str()) {
        return Err(Problem::new(404, 1002, &action));
    }
    let body: ActRequest = call.body()?;
    check_own(call, id, body.vouchers.iter())?;
    for code in &body.vouchers {
        call.audit(&action, "voucher", code, Some(id), Vec::new());
    }
    let now = call.now_ms();
    let network = call.state.world.network_mut(id);
    let network = network.map_err(|_| Problem::new(404, 12_000, ""))?;
    let mut affected = Vec::new();
    for voucher in &mut network.vouchers {
        if !body.vouchers.contains(&voucher.code) {
            continue;
        }
        voucher.deleted_ms = (action == "delete").then_some(now);
        match action.as_str() {
            "renew" => voucher.started_ms = voucher.started_ms.map(|_| now),
            "reset" => {
                voucher.started_ms = None;
                voucher.users.clear();
            }
            _ => {}
        }
        affected.push(wire(voucher, now));
    }
    call.json(json!({"vouchers": affected}))
}
