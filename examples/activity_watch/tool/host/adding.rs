//! Adds an organisation to the host's file and leaves the rest of it as it is, to the letter: other programs read it too.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder, Terminator, WriterBuilder};
use examples::exit::Failure;
use serde_json::json;

use super::{HostOrganization, is_csv, unusable};

/// The mark that spreadsheets put before a text.
pub(super) const MARK: char = '\u{feff}';

/// Adds the MSP's own organisation, and makes the file if it is absent.
pub(super) fn add_own(path: &Path, own: &HostOrganization) -> Result<(), Failure> {
    let failed = |error| unusable(path, error);
    let is_csv = is_csv(path)?;
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let empty = if is_csv { "id,name,own\n" } else { "[]\n" };
            return make(path, &with(empty, is_csv, own)?).map_err(failed);
        }
        Err(error) => return Err(failed(error)),
    };
    if is_csv && !columns(&text)?.iter().any(|column| column == "own") {
        let text = with(&widened(&text)?, is_csv, own)?;
        return replace(path, &text).map_err(failed);
    }
    let text_with = with(&text, is_csv, own)?;
    let same = text.bytes().zip(text_with.bytes());
    let at = same.take_while(|(old, new)| old == new).count();
    add(path, text.as_bytes(), text_with.as_bytes(), at).map_err(failed)
}

/// The text with a row more, in its own style.
fn with(text: &str, is_csv: bool, own: &HostOrganization) -> Result<String, Failure> {
    if is_csv {
        csv_with(text, own)
    } else {
        json_with(text, own)
    }
}

fn csv_with(text: &str, own: &HostOrganization) -> Result<String, Failure> {
    let columns = columns(text)?;
    let cells = columns.iter().map(|column| match column.as_str() {
        "id" => own.id.as_str(),
        "name" => own.name.as_str(),
        "own" => "true",
        _ => "",
    });
    let (terminator, end) = if text.contains("\r\n") {
        (Terminator::CRLF, "\r\n")
    } else {
        (Terminator::Any(b'\n'), "\n")
    };
    let mut writer = WriterBuilder::new()
        .terminator(terminator)
        .from_writer(Vec::new());
    writer.write_record(cells)?;
    let row = writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    let end = if text.ends_with('\n') { "" } else { end };
    Ok(format!("{text}{end}{}", String::from_utf8(row)?))
}

fn json_with(text: &str, own: &HostOrganization) -> Result<String, Failure> {
    let row = json!({"id": own.id, "name": own.name, "own": true}).to_string();
    let none = || Failure::usage("this is no list");
    let open = text.find('[').ok_or_else(none)?;
    let close = text.rfind(']').ok_or_else(none)?;
    let before = text[..close].trim_end();
    let rest = &text[before.len()..];
    if before.len() == open + 1 {
        return Ok(format!("{before}{row}{rest}"));
    }
    let inside = &text[open + 1..];
    let indent = &inside[..inside.len() - inside.trim_start().len()];
    Ok(format!("{before},{indent}{row}{rest}"))
}

fn columns(text: &str) -> Result<Vec<String>, Failure> {
    let text = text.strip_prefix(MARK).unwrap_or(text);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = reader.headers()?.iter();
    Ok(columns.map(|name| name.trim().to_owned()).collect())
}

/// The text with the column `own` behind the others, empty in all rows.
fn widened(text: &str) -> Result<String, Failure> {
    let start = if text.starts_with(MARK) {
        MARK.len_utf8()
    } else {
        0
    };
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(&text.as_bytes()[start..]);
    let mut starts = Vec::new();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        let at = record.position().map_or(0, csv::Position::byte);
        starts.push(start + usize::try_from(at)?);
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let mut wide = text[..start].to_owned();
    for (number, (from, to)) in starts.iter().zip(ends).enumerate() {
        let row = &text[*from..to];
        let cells = row.trim_end_matches(['\r', '\n']);
        wide.push_str(cells);
        wide.push_str(if number == 0 { ",own" } else { "," });
        wide.push_str(&row[cells.len()..]);
    }
    Ok(wide)
}

fn make(path: &Path, text: &str) -> io::Result<()> {
    let mut file = private().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Writes what differs, all of it at the end of the file, which so keeps its owner, its rights and its links. Whatever
/// there is no room for leaves it as it was.
fn add(path: &Path, old: &[u8], new: &[u8], at: usize) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    let write = |file: &mut File, bytes: &[u8]| {
        file.seek(SeekFrom::Start(at as u64))?;
        file.write_all(&bytes[at..])?;
        file.set_len(bytes.len() as u64)?;
        file.sync_all()
    };
    write(&mut file, new).or_else(|error| {
        write(&mut file, old)?;
        Err(error)
    })
}

/// Puts a whole file in the place of another, with its rights, or leaves that as it was. What a killed run left is
/// overwritten by the next.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    let beside = path.with_file_name(name);
    let mut file = private()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.set_permissions(fs::metadata(&path)?.permissions())?;
    file.sync_all()?;
    fs::rename(&beside, &path)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}
