//! Files of splash pages.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::base64;
use crate::networking::bodies::missing;
use crate::networking::{Call, Done, Problem};

/// Larger files are refused.
const MAX_FILE: usize = 1 << 20;

#[derive(Deserialize)]
struct NewFile {
    ssid_id: Option<i64>,
    name: Option<String>,
    role: Option<String>,
    file: Option<String>,
}

/// Where a file is listed.
fn place(ssid: i64) -> String {
    format!("/ssids/{ssid}/captive_portal/cloudtrax_splashpage/files")
}

/// `POST /network/{network}/file`
pub(in crate::networking) fn create(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    let id = network.id;
    let body: NewFile = call.body()?;
    let ssid = body.ssid_id.ok_or_else(|| missing("ssid_id"))?;
    let name = body
        .name
        .filter(|name| !name.is_empty())
        .ok_or_else(|| missing("name"))?;
    let role = body
        .role
        .filter(|role| ["image", "page", "file"].contains(&role.as_str()));
    let role = role.ok_or_else(|| Problem::new(403, 12_024, "role"))?;
    let file = body.file.filter(|file| !file.is_empty());
    let file = file.ok_or_else(|| Problem::new(403, 12_030, "file"))?;
    let bytes = base64::decode(&file).ok_or_else(|| Problem::new(403, 12_026, "file"))?;
    if bytes.len() > MAX_FILE {
        return Err(Problem::new(403, 12_025, "file"));
    }
    if network.settings.0.pointer(&place(ssid)).is_none() {
        return Err(Problem::new(403, 12_020, "ssid_id"));
    }
    let file = call.state.world.networking_ids.number();
    let network = call.network_mut()?;
    let files = network.settings.0.pointer_mut(&place(ssid));
    if let Some(files) = files.and_then(Value::as_object_mut) {
        files.insert(file.to_string(), json!({"name": name, "role": role}));
    }
    call.audit("create", "file", &file.to_string(), Some(id), Vec::new());
    let url = format!("https://files.networking.example/{id}/{file}/{name}");
    call.json(json!({"file_id": file, "url": url}))
}

/// `DELETE /network/{network}/file/{file}`: tells the file's id and where it was.
pub(in crate::networking) fn delete(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?.id;
    let file = call
        .id(1)
        .map_err(|_| Problem::new(403, 12_028, "file_id"))?;
    let ids = (1..=4).map(place);
    let mut removed = None;
    let settings = &mut call.network_mut()?.settings.0;
    for place in ids {
        let files = settings.pointer_mut(&place).and_then(Value::as_object_mut);
        removed = removed.or(files.and_then(|files| files.remove(&file.to_string())));
    }
    let removed = removed.ok_or_else(|| Problem::new(404, 12_030, "file_id"))?;
    call.audit(
        "delete",
        "file",
        &file.to_string(),
        Some(network),
        Vec::new(),
    );
    let name = removed["name"].as_str().unwrap_or_default();
    let url = format!("https://files.networking.example/{network}/{file}/{name}");
    call.json(json!({"file_id": file, "url": url}))
}
