//! Reading parameters. A null counts as absent.

use serde_json::{Map, Value};

use super::Call;
use super::envelope::Failure;

/// A boolean in any of the forms that PHP takes for one.
pub(super) fn as_flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::String(text) => match text.as_str() {
            "0" | "false" => Some(false),
            "1" | "true" => Some(true),
            _ => None,
        },
        _ => None,
    }
}

/// Members of an object, each read as its type or refused under its name.
#[derive(Clone, Copy)]
pub(super) struct Members<'a>(pub(super) &'a Map<String, Value>);

impl<'a> Members<'a> {
    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn read<T>(
        self,
        name: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        self.get(name)
            .map(|value| read(value).ok_or_else(|| Failure::invalid(name)))
            .transpose()
    }

    pub(super) fn text(self, name: &str) -> Result<Option<String>, Failure> {
        self.read(name, |value| value.as_str().map(str::to_owned))
    }

    /// A text that must be there and must not be empty.
    pub(super) fn required(self, name: &str) -> Result<String, Failure> {
        self.text(name)?
            .filter(|text| !text.trim().is_empty())
            .ok_or_else(|| Failure::invalid(name))
    }

    /// A text of limited length without HTML.
    pub(super) fn plain(self, name: &str, longest: usize) -> Result<Option<String>, Failure> {
        let text = self.text(name)?;
        match text {
            Some(text) if text.chars().count() > longest || text.contains(['<', '>']) => {
                Err(Failure::invalid(name))
            }
            text => Ok(text),
        }
    }

    pub(super) fn number(self, name: &str) -> Result<Option<i64>, Failure> {
        self.read(name, |value| {
            value.as_i64().or_else(|| value.as_str()?.parse().ok())
        })
    }

    pub(super) fn flag(self, name: &str) -> Result<Option<bool>, Failure> {
        self.read(name, as_flag)
    }

    /// An object; an empty list stands for an empty one.
    pub(super) fn object(self, name: &str) -> Result<Option<&'a Map<String, Value>>, Failure> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(members)),
            Some(Value::Array(list)) if list.is_empty() => Ok(None),
            Some(_) => Err(Failure::invalid(name)),
        }
    }
}

impl Call<'_> {
    pub(super) fn members(&self) -> Members<'_> {
        Members(&self.params)
    }

    /// The page of `rows` that the request asks for, as v1.0 and v1.1 differ: from v1.1 on, totals
    /// come with the first page only and every page tells whether there are more.
    pub(super) fn page<T>(
        &self,
        rows: &[T],
        largest: i64,
        wire: impl Fn(&T) -> Value,
    ) -> Result<Value, Failure> {
        let page = self.members().number("page")?.unwrap_or(1);
        let per_page = self.members().number("perPage")?.unwrap_or(30);
        let pages_from = usize::try_from(page - 1).map_err(|_| Failure::invalid("page"))?;
        let size = usize::try_from(per_page)
            .ok()
            .filter(|size| *size > 0 && per_page <= largest);
        let size = size.ok_or_else(|| Failure::invalid("perPage"))?;
        let start = pages_from.saturating_mul(size).min(rows.len());
        let end = start.saturating_add(size).min(rows.len());
        let mut items: Vec<_> = rows[start..end].iter().map(wire).collect();
        self.tweaks.cut(&mut items);
        let mut body = Map::new();
        body.insert("page".into(), page.into());
        body.insert("perPage".into(), per_page.into());
        body.insert("items".into(), items.into());
        let is_new = self.version != "v1.0";
        if is_new {
            body.insert("hasMoreRecords".into(), (end < rows.len()).into());
        }
        if !is_new || page == 1 {
            body.insert("total".into(), rows.len().into());
            body.insert("pagesCount".into(), rows.len().div_ceil(size).into());
        }
        Ok(body.into())
    }
}
