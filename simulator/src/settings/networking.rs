//! Datto Networking.

use std::time::Duration;

/// How an empty map is written, such as the nodes of a network without any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmptyMaps {
    /// `{}`, as documented.
    Object,
    /// `[]`, as PHP does.
    List,
    /// `null`
    Null,
    /// Not at all.
    Absent,
}

/// How a call answers that has nothing to tell but its success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SuccessShape {
    /// Each call in its documented way, and with an empty body where there is only a status.
    AsDocumented,
    /// The element with code 1009, without details.
    Element,
    /// The same with empty details.
    ElementWithDetails,
    /// `{}`
    EmptyObject,
    /// No body at all.
    EmptyBody,
    /// `{"status": 200}`
    Status,
    /// `OK` as plain text.
    Text,
}

/// Datto Networking.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NetworkingSettings {
    /// How far a timestamp may be off, either way; 15 minutes.
    pub clock_tolerance: Duration,
    /// How long a nonce is remembered; 30 minutes.
    pub nonce_window: Duration,
    /// Longest nonce; the vendor's figure is not published.
    pub max_nonce: usize,
    /// HTTP status of authentication errors, which is not documented; 403.
    pub refusal_status: u16,
    /// Whether a request without a version header is served, as version 0.
    pub allow_no_version: bool,
    /// Whether `/time` needs a signature.
    pub sign_time: bool,
    /// How an empty map is written.
    pub empty_maps: EmptyMaps,
    /// What a call answers that has nothing to tell.
    pub success: SuccessShape,
    /// Whether nodes and clients of the history are maps, as clients of the vendor read them, not
    /// lists of objects with one key, as documented.
    pub history_as_maps: bool,
    /// Whether the users of a network's history stand among its protocols.
    pub users_inside_traffic: bool,
    /// Whether ids in bodies are texts.
    pub ids_as_text: bool,
    /// Whether other numbers are texts.
    pub numbers_as_text: bool,
    /// Whether flags are 0 and 1.
    pub flags_as_numbers: bool,
    /// Whether lists of nodes tell serial number, clients and seconds of uptime, as details do.
    pub rich_node_lists: bool,
    /// Whether details of switches and power strips tell a `serial_no`, which nothing documents.
    pub serial_everywhere: bool,
    /// Whether `/router/network/{network}/list` and `/router/{router}` are there. No endpoint for
    /// routers is documented, so that both are a guess, unknown by default.
    pub routers: bool,
    /// How long a site survey takes; 5 minutes.
    pub survey_time: Duration,
    /// How long a key pair from a log-in is good; a day.
    pub login_key_life: Duration,
}

impl Default for NetworkingSettings {
    fn default() -> Self {
        Self {
            clock_tolerance: Duration::from_mins(15),
            nonce_window: Duration::from_mins(30),
            max_nonce: 32,
            refusal_status: 403,
            allow_no_version: true,
            sign_time: true,
            empty_maps: EmptyMaps::Object,
            success: SuccessShape::AsDocumented,
            history_as_maps: false,
            users_inside_traffic: false,
            ids_as_text: false,
            numbers_as_text: false,
            flags_as_numbers: false,
            rich_node_lists: false,
            serial_everywhere: false,
            routers: false,
            survey_time: Duration::from_mins(5),
            login_key_life: Duration::from_hours(24),
        }
    }
}
