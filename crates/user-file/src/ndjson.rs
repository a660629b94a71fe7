//! NDJSON: one JSON object per line.

use std::{
    fmt,
    io::{self, BufRead, BufReader, Read},
};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value, error::Category};

use crate::{BYTE_ORDER_MARK, Line, MAX_RECORD_BYTES, Record, Source, record::FIELDS, unknown};

/// Reads line by line.
pub struct Reader {
    input: BufReader<Source>,
    number: u64,
    buffer: Vec<u8>,
}

/// The members of an object in their order, including duplicates.
struct Members(Vec<(String, Value)>);

impl Reader {
    pub(super) fn new(source: Source) -> Self {
        let input = BufReader::with_capacity(MAX_RECORD_BYTES, source);
        Self { input, number: 0, buffer: Vec::new() }
    }

    pub(super) fn next_line(&mut self) -> io::Result<Option<Line>> {
        while self.read_line()? {
            let line = self.buffer.as_slice();
            let line =
                line.strip_prefix(BYTE_ORDER_MARK).filter(|_| self.number == 1).unwrap_or(line);
            if !line.trim_ascii().is_empty() {
                return Ok(Some(Line { number: self.number, record: parse(line) }));
            }
        }
        Ok(None)
    }

    /// Reads the next line, or one byte more than the limit of a longer one. False at the end.
    fn read_line(&mut self) -> io::Result<bool> {
        self.buffer.clear();
        self.number += 1;
        let limit = u64::try_from(MAX_RECORD_BYTES + 1).unwrap_or(u64::MAX);
        let mut limited = self.input.by_ref().take(limit);
        if limited.read_until(b'\n', &mut self.buffer)? == 0 {
            return Ok(false);
        }
        if self.buffer.len() > MAX_RECORD_BYTES && !self.buffer.ends_with(b"\n") {
            self.input.skip_until(b'\n')?;
        }
        Ok(true)
    }
}

fn parse(line: &[u8]) -> Result<Record, String> {
    if line.len() > MAX_RECORD_BYTES {
        return Err(format!("more than {MAX_RECORD_BYTES} bytes; a line has at most that"));
    }
    // serde's error for a wrong type would repeat the value, which may be a password.
    let Members(members) =
        serde_json::from_slice(line).map_err(|error| match error.classify() {
            Category::Data => "not a JSON object; a line is one JSON object".to_owned(),
            Category::Eof => "incomplete JSON; a line is one JSON object".to_owned(),
            _ => format!("invalid JSON at column {}; a line is one JSON object", error.column()),
        })?;
    let mut record = Map::new();
    for (name, value) in members {
        let field = FIELDS.into_iter().find(|field| *field == name);
        let field = field.ok_or_else(|| unknown(&name))?;
        if record.contains_key(field) {
            return Err(format!("duplicate field {field}"));
        }
        let value = match value {
            Value::Null => value,
            Value::String(_) if field != "roles" => value,
            Value::Array(items) if field == "roles" => roles(items)?.into(),
            _ if field == "roles" => return Err("roles must be a list of names".to_owned()),
            _ => return Err(format!("{field} must be a string")),
        };
        record.insert(name, value);
    }
    Record::of(record)
}

/// Names, each alone or as the API's `{"name": …}`.
fn roles(items: Vec<Value>) -> Result<Vec<String>, String> {
    let name = |item| match item {
        Value::String(name) => Some(name),
        Value::Object(mut role) if role.len() == 1 => match role.remove("name") {
            Some(Value::String(name)) => Some(name),
            _ => None,
        },
        _ => None,
    };
    let names: Option<_> = items.into_iter().map(name).collect();
    names.ok_or_else(|| "roles must be a list of names".to_owned())
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::with_capacity(FIELDS.len());
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}
