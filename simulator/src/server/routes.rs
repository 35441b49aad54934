//! A vendor's endpoints as a table. A new endpoint is one more row.

use axum::http::Method;

use super::exchange::percent_decoded;

/// One endpoint; `{name}` in the path stands for any one segment.
#[derive(Debug)]
pub(crate) struct Route<H: 'static> {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) handler: H,
}

/// What a request line leads to.
#[derive(Debug)]
pub(crate) enum Found<H: 'static> {
    /// An endpoint and the decoded values of its path's parameters, in order.
    Here(&'static Route<H>, Vec<String>),
    /// The path exists, with other methods.
    OtherMethod,
    Nowhere,
}

/// The endpoint for a request line. Rows with fewer parameters win over those with more, whatever
/// their order; a trailing slash is tolerated.
pub(crate) fn find<H>(routes: &'static [Route<H>], method: &Method, path: &str) -> Found<H> {
    let mut best: Option<(&Route<H>, Vec<String>)> = None;
    let mut has_other = false;
    for route in routes {
        let Some(parameters) = matched(route.path, path) else {
            continue;
        };
        if route.method != *method {
            has_other = true;
        } else if best
            .as_ref()
            .is_none_or(|(_, known)| parameters.len() < known.len())
        {
            best = Some((route, parameters));
        }
    }
    match best {
        Some((route, parameters)) => Found::Here(route, parameters),
        None if has_other => Found::OtherMethod,
        None => Found::Nowhere,
    }
}

/// Whether the table has an operation of that name: method and path, or method and `unknown`.
pub(crate) fn in_table<H>(routes: &'static [Route<H>], name: &str) -> bool {
    name.split_once(' ').is_some_and(|(method, path)| {
        let mut routes = routes
            .iter()
            .filter(|route| route.method.as_str() == method);
        routes.any(|route| route.path == path || path == "unknown")
    })
}

fn matched(template: &str, path: &str) -> Option<Vec<String>> {
    let mut parameters = Vec::new();
    let mut segments = path.strip_suffix('/').unwrap_or(path).split('/');
    for part in template.split('/') {
        let segment = segments.next()?;
        if part.starts_with('{') {
            if segment.is_empty() {
                return None;
            }
            parameters.push(percent_decoded(segment));
        } else if part != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(parameters)
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::{Found, Route, find};

    static ROUTES: [Route<u8>; 3] = [
        Route {
            method: Method::GET,
            path: "/node/{id}",
            handler: 1,
        },
        Route {
            method: Method::GET,
            path: "/node/list",
            handler: 2,
        },
        Route {
            method: Method::POST,
            path: "/node/{id}/move",
            handler: 3,
        },
    ];

    #[test]
    fn literal_segments_win_over_parameters() {
        let handler = |method, path| match find(&ROUTES, &method, path) {
            Found::Here(route, parameters) => Ok((route.handler, parameters)),
            Found::OtherMethod => Err("method"),
            Found::Nowhere => Err("nowhere"),
        };
        assert_eq!(handler(Method::GET, "/node/list"), Ok((2, vec![])));
        assert_eq!(
            handler(Method::GET, "/node/a%20b/"),
            Ok((1, vec!["a b".to_owned()]))
        );
        assert_eq!(handler(Method::GET, "/node/7/move"), Err("method"));
        assert_eq!(handler(Method::GET, "/node"), Err("nowhere"));
    }
}
