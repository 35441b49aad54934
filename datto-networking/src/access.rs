//! What a client may send: reads only, unless its host says otherwise.

use client_core::{Error, ErrorKind, Method, Operation, Repeat};

/// Whether writes are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Access {
    /// Reads only; the default.
    #[default]
    ReadOnly,
    /// Writes and actions too.
    Writes,
}

impl Access {
    /// Refuses what may not be sent.
    pub(crate) fn check(self, operation: &Operation, path: &str) -> Result<(), Error> {
        let reads = operation.method() == Method::Get && operation.repeat_class() == Repeat::Read;
        let acts = is_action(path);
        if self == Self::ReadOnly && (!reads || acts) {
            return Err(Error::new(
                ErrorKind::Denied,
                "this client only reads; allow writes when it is built",
            ));
        }
        // Such a GET would be repeated like any read.
        if reads && acts {
            return Err(Error::invalid_input(
                "this path starts something; declare it as an action",
            ));
        }
        Ok(())
    }
}

/// True for the paths by which the vendor lets a `GET` start something.
pub(crate) fn is_action(path: &str) -> bool {
    const LAST: &[&str] = &[
        "reboot",
        "reset",
        "reset_encrypt_key",
        "enable_pairing",
        "expedite_upgrade",
        "checkin",
        "scan",
    ];
    let mut segments = path.trim_end_matches('/').rsplit('/');
    let last = segments.next().unwrap_or_default();
    // The server decodes it too.
    let decoded = url::form_urlencoded::parse(last.as_bytes()).next();
    let last = decoded.as_ref().map_or(last, |(text, _)| text);
    LAST.iter().any(|action| last.eq_ignore_ascii_case(action))
        // Makes credentials.
        || (last.eq_ignore_ascii_case("embed") && path.contains("/credential/"))
}

#[cfg(test)]
mod tests {
    use client_core::{ErrorKind, Method, Operation, Repeat};

    use super::Access;

    const READ: Operation = Operation::raw("raw", Method::Get, Repeat::Read);
    const ACTION: Operation = Operation::raw("raw", Method::Get, Repeat::Action);
    const PUT: Operation = Operation::raw("raw", Method::Put, Repeat::Idempotent);
    const READING_POST: Operation = Operation::raw("raw", Method::Post, Repeat::Read);

    #[test]
    fn read_only_lets_reads_through_and_nothing_else() {
        let refused = |operation, path| {
            Access::ReadOnly
                .check(operation, path)
                .map_err(|error| error.kind())
        };
        for path in [
            "/network/list",
            "/node/5",
            "/sitesurvey/network/1",
            "/voucher/network/1?code=reset",
        ] {
            assert_eq!(refused(&READ, path), Ok(()), "{path}");
        }
        for (operation, path) in [
            (&PUT, "/node/5"),
            (&READING_POST, "/node/5"),
            (&ACTION, "/node/5/something_new"),
            (&READ, "/node/5/reboot"),
            (&READ, "/switch/5/port/F1/reset"),
            (&READ, "/node/5/reset_encrypt_key"),
            (&READ, "/switch/5/enable_pairing/"),
            (&READ, "/powerstrip/network/1/expedite_upgrade"),
            (&READ, "/powerstrip/5/checkin"),
            (&READ, "/sitesurvey/network/1/scan"),
            (&READ, "/sitesurvey/network/1/sc%61n"),
            (&READ, "/account/credential/1/embed"),
        ] {
            assert_eq!(refused(operation, path), Err(ErrorKind::Denied), "{path}");
        }
    }

    #[test]
    fn an_action_cannot_pass_as_a_read_even_where_writes_are_allowed() {
        let refused = |operation, path| {
            Access::Writes
                .check(operation, path)
                .map_err(|error| error.kind())
        };
        assert_eq!(refused(&PUT, "/node/5"), Ok(()));
        assert_eq!(refused(&ACTION, "/node/5/reboot"), Ok(()));
        assert_eq!(refused(&READ, "/node/5"), Ok(()));
        assert_eq!(
            refused(&READ, "/node/5/reboot"),
            Err(ErrorKind::InvalidInput)
        );
    }
}
