//! What an answer says: by its code first, by its status second.

use std::collections::BTreeMap;

use client_core::{Disposition, ErrorKind, Failure, Reply};
use serde::Deserialize;
use serde_json::Value;

use crate::code::{Class, Code};

/// One element of `errors`, or the single element of an answer that has nothing else to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) code: Option<Code>,
    message: Option<String>,
    context: Option<String>,
    values: BTreeMap<String, String>,
}

/// The parts of an answer that tell success from failure; the rest is skipped.
#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    errors: Option<Value>,
    #[serde(default)]
    code: Option<Value>,
    #[serde(default)]
    message: Option<Value>,
    #[serde(default)]
    context: Option<Value>,
    #[serde(default)]
    values: Option<Value>,
}

/// The elements of an answer, in the vendor's order; none if it has no such shape.
pub(crate) fn elements(body: &[u8]) -> Vec<Element> {
    // A list would be read as the fields in their order.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Vec::new();
    }
    let Ok(envelope) = serde_json::from_slice::<Envelope>(body) else {
        return Vec::new();
    };
    match envelope.errors {
        Some(Value::Array(items)) if !items.is_empty() => {
            return items.iter().map(Element::from_value).collect();
        }
        Some(item @ (Value::Object(_) | Value::String(_))) if !is_empty(&item) => {
            return vec![Element::from_value(&item)];
        }
        _ => {}
    }
    // A voucher has a code too, but no message beside it.
    match (envelope.code, envelope.message) {
        (Some(code @ (Value::Number(_) | Value::String(_))), Some(message)) => {
            vec![Element::new(
                Some(&code),
                Some(&message),
                envelope.context.as_ref(),
                envelope.values.as_ref(),
            )]
        }
        _ => Vec::new(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.is_empty(),
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

impl Element {
    fn from_value(value: &Value) -> Self {
        match value {
            Value::Object(fields) => Self::new(
                fields.get("code"),
                fields.get("message"),
                fields.get("context"),
                fields.get("values"),
            ),
            other => Self::new(None, Some(other), None, None),
        }
    }

    fn new(
        code: Option<&Value>,
        message: Option<&Value>,
        context: Option<&Value>,
        values: Option<&Value>,
    ) -> Self {
        let values = match values {
            Some(Value::Object(values)) => values
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), text(value)?)))
                .collect(),
            _ => BTreeMap::new(),
        };
        Self {
            code: code.and_then(text).and_then(|text| text.parse().ok()),
            message: message.and_then(text),
            context: context.and_then(text),
            values,
        }
    }

    fn class(&self) -> Class {
        self.code.map_or(Class::Unknown, Code::class)
    }

    /// The maximum that "nonce too long" reports, under a name that nobody published.
    pub(crate) fn maximum(&self) -> Option<usize> {
        let numbers = || {
            self.values
                .iter()
                .filter_map(|(name, value)| Some((name, value.trim().parse::<usize>().ok()?)))
        };
        let named = numbers().find(|(name, _)| name.to_ascii_lowercase().contains("max"));
        // Without a telling name the smallest one that a nonce can have: another may be the length that was sent.
        let smallest = || {
            numbers()
                .map(|(_, number)| number)
                .filter(|number| (8..=32).contains(number))
                .min()
        };
        named.map(|(_, number)| number).or_else(smallest)
    }

    /// The vendor's words with the field and the parameters that they are about.
    fn words(&self) -> String {
        let mut words = self
            .message
            .clone()
            .unwrap_or_else(|| self.code.map_or("", Code::meaning).to_owned());
        let mut details: Vec<_> = self.context.iter().cloned().collect();
        details.extend(
            self.values
                .iter()
                .map(|(name, value)| format!("{name}={value}")),
        );
        if !details.is_empty() {
            words = format!("{words} [{}]", details.join(", "));
        }
        words.trim().to_owned()
    }
}

/// Says what an answer means.
pub(crate) fn classify(reply: &Reply<'_>) -> Disposition {
    let elements = elements(reply.body);
    let refusals: Vec<_> = elements
        .iter()
        .filter(|element| element.class() != Class::Success)
        .collect();
    let Some(first) = refusals.first() else {
        if reply.is_success() {
            return Disposition::by_status(reply);
        }
        return Disposition::Failed(by_status(reply));
    };
    // One that is about signing decides, wherever it stands: it can be cured.
    let decisive = refusals
        .iter()
        .find(|element| matches!(element.class(), Class::Clock | Class::Nonce));
    let decisive = decisive.unwrap_or(first);
    let mut failure = by_status(reply);
    if let Some(kind) = decisive.code.and_then(Code::kind) {
        let status = failure;
        failure = Failure::new(kind)
            .retry_after(client_core::retry_after(reply.headers, reply.received_at));
        // Throttling is told by the status alone, whatever the code.
        if status.kind() == ErrorKind::RateLimited {
            failure = status;
        }
        failure = with_class(failure, decisive.class());
    } else if reply.is_success() {
        failure = Failure::new(ErrorKind::Vendor);
    }
    if let Some(code) = decisive.code {
        failure = failure.vendor_code(code.number());
        if failure.kind() == ErrorKind::Config || failure.kind() == ErrorKind::Credentials {
            failure = failure.message(code.meaning());
        }
    }
    let words: Vec<_> = refusals
        .iter()
        .map(|element| element.words())
        .filter(|words| !words.is_empty())
        .collect();
    if !words.is_empty() {
        failure = failure.vendor_message(words.join("; "));
    }
    Disposition::Failed(latched(failure))
}

fn with_class(failure: Failure, class: Class) -> Failure {
    match class {
        // Signed again by `Dialect::recover`.
        Class::Clock | Class::Nonce => failure.credentials_refused(true),
        _ => failure,
    }
}

/// The sync stops once the credentials are refused, until a person did something about it.
fn latched(failure: Failure) -> Failure {
    if failure.kind() == ErrorKind::Credentials {
        failure.latch()
    } else {
        failure
    }
}

fn by_status(reply: &Reply<'_>) -> Failure {
    let failure = Failure::by_status(reply);
    // A status that a gateway or a wrong address gives tells nothing about what was asked for.
    if reply.status == 404 && reply.is_html() {
        return failure
            .with_kind(ErrorKind::Malformed)
            .message("a web page instead of an answer; check the address");
    }
    // A bare 401 is about the key: there is no token that a fresh one could replace.
    latched(failure.credentials_refused(false))
}

#[cfg(test)]
mod tests {
    use super::{Element, elements};
    use crate::code::Code;

    fn codes(body: &str) -> Vec<Option<u32>> {
        elements(body.as_bytes())
            .iter()
            .map(|element| element.code.map(Code::number))
            .collect()
    }

    #[test]
    fn every_shape_of_elements_is_read() {
        for (body, wanted) in [
            (
                r#"{"errors":[{"code":12001,"message":"m","context":"name","values":{"min":"1"}}]}"#,
                &[Some(12_001)][..],
            ),
            (
                r#"{"errors":[{"code":"13002"},{"code":1017,"values":[]}]}"#,
                &[Some(13_002), Some(1017)],
            ),
            (r#"{"errors":{"code":1016}}"#, &[Some(1016)]),
            (r#"{"errors":["broken"]}"#, &[None]),
            (r#"{"errors":"broken"}"#, &[None]),
            (r#"{"errors":[{"code":-1}]}"#, &[None]),
            (
                r#"{"code":1009,"message":"Success.","context":"update_node","values":{},"details":""}"#,
                &[Some(1009)],
            ),
            (r#"{"code":14002,"message":"not deleted"}"#, &[Some(14_002)]),
            // A voucher.
            (r#"{"code":"12345678","duration":24}"#, &[]),
            (r#"{"errors":[]}"#, &[]),
            (r#"{"errors":{}}"#, &[]),
            (r#"{"errors":null,"networks":[]}"#, &[]),
            (r#"{"status":200}"#, &[]),
            ("{}", &[]),
            ("[]", &[]),
            // What some answers list.
            (r#"["12345678", 1017, "No."]"#, &[]),
            ("", &[]),
            ("OK", &[]),
        ] {
            assert_eq!(codes(body), wanted, "{body}");
        }
    }

    fn only(body: &str) -> Element {
        elements(body.as_bytes()).pop().unwrap()
    }

    #[test]
    fn words_tell_the_field_and_its_limits() {
        let element = only(
            r#"{"errors":[{"code":12001,"message":"Text too short","context":"name","values":{"min":"1","max":100}}]}"#,
        );
        assert_eq!(element.words(), "Text too short [name, max=100, min=1]");
        assert_eq!(
            only(r#"{"errors":[{"code":1017}]}"#).words(),
            "the element was not found"
        );
        assert_eq!(only(r#"{"errors":[{}]}"#).words(), "");
    }

    #[test]
    fn the_maximum_of_a_nonce() {
        for (values, wanted) in [
            (r#"{"max":"16","length":"12"}"#, Some(16)),
            (r#"{"MaxLength":4}"#, Some(4)),
            (r#"{"length":"32","limit":"24","min":"1"}"#, Some(24)),
            (r#"{"length":"long"}"#, None),
            ("[]", None),
        ] {
            let body = format!(r#"{{"errors":[{{"code":13012,"values":{values}}}]}}"#);
            assert_eq!(only(&body).maximum(), wanted, "{values}");
        }
    }
}
