//! The JSON Schemas, which every document that these tests read has to fit.

use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

use super::support::{Bench, program};

static SCHEMAS: LazyLock<Value> = LazyLock::new(|| {
    let output = Command::new(program()).arg("schema").output();
    let output = output.expect("the program runs").stdout;
    serde_json::from_slice(&output).expect("one document")
});

/// Panics unless a document of a command is as its schema says, with no field that the schema does not know.
pub(crate) fn assert_fits(command: &str, document: &Value) {
    let schema = &SCHEMAS[command];
    assert!(schema.is_object(), "{command} has no schema");
    if let Err(why) = check(schema, schema, document) {
        panic!("{command}: {why}: {document:#}");
    }
}

/// As much of JSON Schema as the schemas use; a keyword that is not known here is an error.
fn check(root: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let keywords = match schema {
        Value::Bool(true) => return Ok(()),
        Value::Object(keywords) => keywords,
        other => return Err(format!("{other} is no schema")),
    };
    let any = |schemas: &Value| {
        let schemas = schemas.as_array().expect("a list").iter();
        let mut errors = schemas.map(|schema| check(root, schema, value));
        errors.any(|result| result.is_ok())
    };
    for (keyword, says) in keywords {
        let holds = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "default" => true,
            "$ref" => {
                let path = says.as_str().expect("a path").trim_start_matches('#');
                let target = root
                    .pointer(path)
                    .ok_or_else(|| format!("{path} is nowhere"))?;
                check(root, target, value)?;
                true
            }
            "anyOf" | "oneOf" => any(says),
            "const" => value == says,
            "enum" => says.as_array().expect("a list").contains(value),
            "type" => match says {
                Value::Array(kinds) => kinds.iter().any(|kind| is(kind, value)),
                kind => is(kind, value),
            },
            "minimum" => value
                .as_f64()
                .is_none_or(|value| value >= says.as_f64().expect("a number")),
            "maximum" => value
                .as_f64()
                .is_none_or(|value| value <= says.as_f64().expect("a number")),
            "format" if says == "date-time" => value
                .as_str()
                .is_none_or(|text| text.parse::<jiff::Timestamp>().is_ok()),
            "format" => ["uint", "uint8", "uint32", "uint64"]
                .map(Value::from)
                .contains(says),
            "required" => {
                let names = says.as_array().expect("a list").iter();
                let mut names = names.map(|name| name.as_str().expect("a name"));
                value
                    .as_object()
                    .is_none_or(|value| names.all(|name| value.contains_key(name)))
            }
            "properties" => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    let schema = says
                        .get(name)
                        .ok_or_else(|| format!("{name} is not known"))?;
                    check(root, schema, value).map_err(|why| format!("{name}: {why}"))?;
                }
                true
            }
            "items" => {
                for value in value.as_array().into_iter().flatten() {
                    check(root, says, value)?;
                }
                true
            }
            // What is stored has a form of its own.
            "additionalProperties" => *says == true,
            other => return Err(format!("the keyword {other} is not known")),
        };
        if !holds {
            return Err(format!("{value} does not fit {keyword} {says}"));
        }
    }
    Ok(())
}

fn is(kind: &Value, value: &Value) -> bool {
    match kind.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        _ => false,
    }
}

#[test]
fn what_does_not_fit_is_noticed() {
    let schema = &SCHEMAS["notify"];
    let good =
        serde_json::json!({"delivered": ["a"], "left": 0, "next_attempt_at": null, "why": null});
    assert_eq!(check(schema, schema, &good), Ok(()));
    for (field, wrong) in [
        ("delivered", Value::from("a")),
        ("delivered", serde_json::json!([1])),
        ("left", Value::Null),
        ("left", Value::from(-1)),
        ("next_attempt_at", Value::from("soon")),
        ("more", Value::from(true)),
    ] {
        let mut bad = good.clone();
        bad[field] = wrong;
        assert!(check(schema, schema, &bad).is_err(), "{bad}");
    }
    let mut bad = good.clone();
    bad.as_object_mut().expect("an object").remove("why");
    assert!(check(schema, schema, &bad).is_err(), "{bad}");
}

#[test]
fn the_documentation_is_what_the_schemas_say_and_every_field_has_a_meaning() {
    let bench = Bench::demo();
    let run = bench.finish(bench.bare(&["schema", "--markdown"]));
    assert_eq!(run.code, 0, "{run:?}");
    let page = include_str!("../../../docs/companion-json.md");
    assert!(
        run.stdout == page,
        "docs/companion-json.md is out of date: cargo run --example companion -- schema --markdown > docs/companion-json.md"
    );
    for line in page.lines() {
        assert!(!line.ends_with("|  |"), "a field without a meaning: {line}");
    }
    let run = bench.finish(bench.bare(&["schema", "sync"]));
    let schema: Value = serde_json::from_str(&run.stdout).expect("one document");
    assert_eq!(schema, SCHEMAS["sync"]);
}
