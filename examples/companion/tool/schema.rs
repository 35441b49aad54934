//! The command `schema`: the shapes of the JSON documents, made from the structs that they are printed from.

use std::fmt::Write as _;

use clap::ValueEnum as _;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

use super::cli::{self, Documented};
use super::exit::{Exit, Failure};
use super::present::{json, text};
use super::{
    adopt, apply, decide, deploy, events, exchange, history, listing, notify, preflight, reset,
    suggest, sync, watch,
};

/// Runs `schema`.
pub(crate) fn run(arguments: &cli::Schema) -> Result<Exit, Failure> {
    if arguments.markdown {
        text(markdown())?;
    } else if let Some(command) = arguments.command {
        json(&of(command))?;
    } else {
        let all: Map<_, _> = Documented::value_variants()
            .iter()
            .map(|command| (name(*command), of(*command).to_value()))
            .collect();
        json(&all)?;
    }
    Ok(Exit::Clean)
}

fn of(command: Documented) -> Schema {
    match command {
        Documented::Preflight => schema::<preflight::Report>(),
        Documented::Adopt => schema::<adopt::Document>(),
        Documented::Sites => schema::<listing::SitesDocument>(),
        Documented::Companies => schema::<listing::Companies>(),
        Documented::Suggest => schema::<suggest::Document>(),
        Documented::Associate
        | Documented::Dissociate
        | Documented::Ignore
        | Documented::KeepSeparate
        | Documented::Resolve
        | Documented::Undo => schema::<decide::Decided>(),
        Documented::Import => schema::<exchange::Document>(),
        Documented::Plan | Documented::Apply => schema::<apply::Document<'_>>(),
        Documented::Events => schema::<events::Document>(),
        Documented::Decisions => schema::<history::Document<'_>>(),
        Documented::Sync => schema::<sync::Document>(),
        Documented::Watch => schema::<watch::Line>(),
        Documented::Notify => schema::<notify::Document>(),
        Documented::Deploy => schema::<deploy::Document>(),
        Documented::Reset => schema::<reset::Document>(),
    }
}

fn schema<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<T>()
}

fn name(command: Documented) -> String {
    command
        .to_possible_value()
        .map_or_else(String::new, |value| value.get_name().to_owned())
}

const ABOUT: &str = "\
# The JSON documents of the companion

This page is what `companion schema --markdown` prints. `companion schema COMMAND` prints the JSON Schema (draft 2020-12)
of one command's document, and `companion schema` those of all commands as one object. Both are made from the structs
that the documents are printed from.

With `--json` a command prints one document on standard output, and nothing else there; `watch` prints one document for
each pass, each on a line of its own (JSON Lines). Where a command fails before it has anything to tell, there is no
document: the exit code says so, and standard error says why. Names, ids and reasons come from the vendors and are told
as they are.

What is promised, within one major version: a field that is listed here keeps its name, its type and its meaning, and is
always there; where it has nothing to tell it is `null` or an empty list. New fields may come, so ignore those that you
do not know. Texts for a person (`detail`, `what`, `reason`, `why`, evidence, steps in words) may be worded anew; do not
read them by program. Times are UTC as in RFC 3339.
";

fn markdown() -> String {
    let mut page = ABOUT.to_owned();
    for command in Documented::value_variants() {
        let schema = of(*command).to_value();
        let same = Documented::value_variants()
            .iter()
            .take_while(|earlier| *earlier != command)
            .find(|earlier| of(**earlier).to_value() == schema);
        let name = name(*command);
        // Writing to a string cannot fail.
        let _ = write!(page, "\n## `{name}`\n\n");
        if let Some(same) = same {
            let _ = writeln!(page, "As [`{0}`](#{0}).", self::name(*same));
            continue;
        }
        let about = schema["description"].as_str().unwrap_or_default();
        let _ = write!(
            page,
            "{about}\n\n| Field | Type | Meaning |\n|---|---|---|\n"
        );
        fields(&schema, &schema, "", &mut page);
    }
    page
}

/// What a name means wherever the struct does not say more.
const MEANINGS: &[(&str, &str)] = &[
    ("actions", "What may be answered."),
    ("at", "When."),
    ("by", "Who decided or confirmed it."),
    ("candidates", "The companies that may be meant."),
    (
        "companies",
        "The companies and folders, ordered by identity.",
    ),
    ("company_id", "The company's id at GravityZone."),
    ("company_name", "The company's name, as last seen."),
    ("event", "The event's id, as `resolve` takes it."),
    (
        "events",
        "Events that wait for an answer or are being resolved.",
    ),
    ("evidence", "What speaks for it, strongest first."),
    ("id", "The vendor's id."),
    ("kind", "What kind it is, in the words that the tool shows."),
    ("package_id", "The package's id at GravityZone."),
    ("package_name", "The package's name."),
    (
        "parent_id",
        "The id of the company or folder above; `null` for the topmost.",
    ),
    (
        "partial",
        "What was not read whole, and why. If not empty, absences prove nothing.",
    ),
    ("raised_at", "When it was first seen."),
    ("reason", "Why."),
    ("site_id", "The site's uid at the RMM."),
    ("site_ids", "The uids of its sites at the RMM."),
    ("site_name", "The site's name, as last seen."),
    ("state", "As in `sites`."),
    (
        "variable",
        "The name of the site variable; `null` if it is about none.",
    ),
    ("what", "What was decided, for a person."),
];

fn meaning<'s>(name: &str, field: &'s Value) -> &'s str {
    let common = || MEANINGS.iter().find(|(known, _)| *known == name);
    field["description"]
        .as_str()
        .or_else(|| common().map(|(_, meaning)| *meaning))
        .unwrap_or_default()
}

/// A row for each field, those of lists and objects below it.
fn fields(root: &Value, of: &Value, path: &str, page: &mut String) {
    let Some(properties) = of["properties"].as_object() else {
        return;
    };
    for (name, field) in properties {
        let about = meaning(name, field).replace('\n', " ").replace('|', "\\|");
        let (mut kind, inside, is_list) = kind(root, field);
        if field["format"] == "date-time" {
            kind = kind.replace("text", "time");
        }
        let _ = writeln!(page, "| `{path}{name}` | {kind} | {about} |");
        if let Some(inside) = inside {
            let mark = if is_list { "[]" } else { "" };
            fields(root, inside, &format!("{path}{name}{mark}."), page);
        }
    }
}

/// A type in words, the object that is in it, and whether that is in a list.
fn kind<'s>(root: &'s Value, of: &'s Value) -> (String, Option<&'s Value>, bool) {
    if let Some(path) = of["$ref"].as_str() {
        let target = root.pointer(path.trim_start_matches('#'));
        return target.map_or_else(
            || (path.to_owned(), None, false),
            |target| kind(root, target),
        );
    }
    if let Some(choices) = of["anyOf"].as_array() {
        let is_null = |choice: &&Value| choice["type"] == "null";
        if let Some(some) = choices.iter().find(|choice| !is_null(choice)) {
            let (words, inside, is_list) = kind(root, some);
            return (format!("{words} or null"), inside, is_list);
        }
    }
    let words: Option<Vec<_>> = values(of);
    if let Some(words) = words {
        return (words.join(", "), None, false);
    }
    match &of["type"] {
        Value::String(name) if name == "array" => {
            let (words, inside, _) = kind(root, &of["items"]);
            (format!("list of {words}"), inside, true)
        }
        Value::String(name) if name == "object" => {
            let inside = of["properties"].is_object().then_some(of);
            ("object".to_owned(), inside, false)
        }
        Value::String(name) => (word(name).to_owned(), None, false),
        Value::Array(names) => {
            let names: Vec<_> = names.iter().filter_map(Value::as_str).map(word).collect();
            (names.join(" or "), None, false)
        }
        _ => ("any value".to_owned(), None, false),
    }
}

/// The texts of an enumeration.
fn values(of: &Value) -> Option<Vec<String>> {
    let quoted = |value: &Value| value.as_str().map(|text| format!("`{text}`"));
    if let Some(values) = of["enum"].as_array() {
        return values.iter().map(quoted).collect();
    }
    let choices = of["oneOf"].as_array()?.iter();
    let lists: Option<Vec<_>> = choices
        .map(|choice| {
            quoted(&choice["const"]).map_or_else(|| values(choice), |one| Some(vec![one]))
        })
        .collect();
    Some(lists?.concat())
}

fn word(name: &str) -> &str {
    match name {
        "string" => "text",
        "integer" => "number",
        "boolean" => "true or false",
        other => other,
    }
}
