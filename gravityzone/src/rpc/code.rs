//! The codes of JSON-RPC errors.

use client_core::Error;

client_core::open_enum!(
    /// The code of a JSON-RPC error. Its text says more than its number: see [`Error::vendor_message`].
    RpcCode: i64 {
        /// The body was no JSON.
        ParseError = -32700,
        /// The envelope was wrong.
        InvalidRequest = -32600,
        /// Not a method of this service, version, edition or key.
        MethodNotFound = -32601,
        /// A parameter was refused; also what a customer company answers when asked for its children.
        InvalidParams = -32602,
        /// The vendor failed.
        InternalError = -32603,
        /// Keys, licences and settings.
        ServerError = -32000,
        /// A key or right is missing.
        AuthorizationError = -32001,
        /// The id is unknown or not visible.
        ResourceNotFound = -32002,
        /// The rate limit.
        TooManyRequests = -32003,
    }
);

impl RpcCode {
    /// The code of an error, if the vendor gave one.
    pub fn of(error: &Error) -> Option<Self> {
        error.vendor_code()?.parse().ok()
    }
}

/// What errors say of a licence that does not allow something.
pub(super) const LICENSE: &str = "the licence does not allow this";

/// Whether the vendor refused because of a licence.
pub fn is_license_refusal(error: &Error) -> bool {
    error.message() == LICENSE
}
