//! Endpoints as constants.

/// An endpoint: its name, where it is, whether it may be repeated and what it costs.
///
/// Made once as a `const`; a [`Call`](crate::Call) can be built from nothing else.
///
/// ```
/// use client_core::{Operation, Repeat};
///
/// const LIST: Operation = Operation::get("sites.list", "/v2/account/sites").charges(&["read"]);
/// const CREATE: Operation = Operation::put("sites.create", "/v2/site")
///     .repeat(Repeat::OnlyIfUnprocessed)
///     .charges(&["write", "site-create"]);
/// const COMPANY: Operation = Operation::rpc("companies.get", "/v1.0/jsonrpc/companies", "getCompanyDetails")
///     .repeat(Repeat::Read);
/// assert_eq!(LIST.repeat_class(), Repeat::Read);
/// assert_eq!(COMPANY.rpc_method(), Some("getCompanyDetails"));
/// # let _ = CREATE;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    name: &'static str,
    method: Method,
    path: &'static str,
    rpc_method: Option<&'static str>,
    repeat: Repeat,
    charges: &'static [&'static str],
}

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `PATCH`.
    Patch,
    /// `DELETE`.
    Delete,
}

/// Whether sending an operation twice can do harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a retry rule must cover every class"
)]
pub enum Repeat {
    /// Changes nothing: repeated on anything transient.
    Read,
    /// Changes something, but twice is the same as once: repeated on anything transient.
    Idempotent,
    /// Makes or changes a record: repeated only if the vendor surely did not process it.
    OnlyIfUnprocessed,
    /// Starts something (a reboot, a job, a message), whatever its method says: repeated only if surely not processed.
    Action,
}

impl Operation {
    const fn new(name: &'static str, method: Method, path: &'static str, repeat: Repeat) -> Self {
        Self {
            name,
            method,
            path,
            rpc_method: None,
            repeat,
            charges: &[],
        }
    }

    /// A `GET` that only reads. `path` starts with `/` and names its variables in braces.
    #[must_use]
    pub const fn get(name: &'static str, path: &'static str) -> Self {
        Self::new(name, Method::Get, path, Repeat::Read)
    }

    /// A `POST` that must not run twice; say so with [`repeat`](Self::repeat) where it may.
    #[must_use]
    pub const fn post(name: &'static str, path: &'static str) -> Self {
        Self::new(name, Method::Post, path, Repeat::OnlyIfUnprocessed)
    }

    /// A `PUT` that must not run twice (vendors use it to create); say so with [`repeat`](Self::repeat) where it may.
    #[must_use]
    pub const fn put(name: &'static str, path: &'static str) -> Self {
        Self::new(name, Method::Put, path, Repeat::OnlyIfUnprocessed)
    }

    /// A `PATCH` that must not run twice; say so with [`repeat`](Self::repeat) where it may.
    #[must_use]
    pub const fn patch(name: &'static str, path: &'static str) -> Self {
        Self::new(name, Method::Patch, path, Repeat::OnlyIfUnprocessed)
    }

    /// A `DELETE`; idempotent, although a repeated one may answer "not found".
    #[must_use]
    pub const fn delete(name: &'static str, path: &'static str) -> Self {
        Self::new(name, Method::Delete, path, Repeat::Idempotent)
    }

    /// A JSON-RPC method on the service at `path`, sent by `POST`; must not run twice unless
    /// [`repeat`](Self::repeat) says so.
    #[must_use]
    pub const fn rpc(name: &'static str, path: &'static str, method: &'static str) -> Self {
        let mut operation = Self::new(name, Method::Post, path, Repeat::OnlyIfUnprocessed);
        operation.rpc_method = Some(method);
        operation
    }

    /// An operation that this library does not know, for [`Call::raw`](crate::Call::raw): the path comes with the call.
    ///
    /// The caller decides whether it may be repeated; choose [`Repeat::Action`] when in doubt.
    #[must_use]
    pub const fn raw(name: &'static str, method: Method, repeat: Repeat) -> Self {
        Self::new(name, method, "", repeat)
    }

    /// Sets whether the operation may be repeated.
    #[must_use]
    pub const fn repeat(mut self, repeat: Repeat) -> Self {
        self.repeat = repeat;
        self
    }

    /// Sets what the operation costs: names that [`Limits`](crate::Limits) resolves when the call is sent.
    #[must_use]
    pub const fn charges(mut self, charges: &'static [&'static str]) -> Self {
        self.charges = charges;
        self
    }

    /// The name in errors, spans and reports, such as `sites.list`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The HTTP method.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The path with its variables in braces; empty for a raw operation.
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// The JSON-RPC method name, for operations made by [`rpc`](Self::rpc).
    pub const fn rpc_method(&self) -> Option<&'static str> {
        self.rpc_method
    }

    /// Whether it may be repeated.
    pub const fn repeat_class(&self) -> Repeat {
        self.repeat
    }

    /// What it costs.
    pub const fn charge_names(&self) -> &'static [&'static str] {
        self.charges
    }
}

impl Method {
    /// The method as it stands in a request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    pub(crate) fn to_http(self) -> reqwest::Method {
        match self {
            Self::Get => reqwest::Method::GET,
            Self::Post => reqwest::Method::POST,
            Self::Put => reqwest::Method::PUT,
            Self::Patch => reqwest::Method::PATCH,
            Self::Delete => reqwest::Method::DELETE,
        }
    }
}

impl Repeat {
    /// True if only a surely unprocessed request may be sent again.
    pub const fn needs_certainty(self) -> bool {
        matches!(self, Self::OnlyIfUnprocessed | Self::Action)
    }
}
