//! Entries as JSON, as `GET /audit` has them.

use rollcall_domain::{
    UserId,
    audit::{
        Actor, AuditAction, AuditEntry, AuditSubject, Change, ChangedField, EntryFormat, Event,
        RequestOrigin,
    },
};
use serde_json::{Value, json};

/// Formats an entry as one line.
pub(super) fn line(entry: &AuditEntry) -> String {
    value(entry).to_string()
}

/// Reads the entry from a line that [`line()`] wrote, maybe in another release, which had not all
/// of its members.
pub(super) fn parse(line: &[u8]) -> Option<AuditEntry> {
    let written: Value = serde_json::from_slice(line).ok()?;
    let entry = entry(&written)?;
    let written = written.as_object()?;
    let mut expected = value(&entry);
    expected.as_object_mut()?.retain(|name, value| !value.is_null() || written.contains_key(name));
    // Byte by byte: other readers take the first of two members with one name, this one the last.
    (expected.to_string().as_bytes() == line).then_some(entry)
}

fn value(entry: &AuditEntry) -> Value {
    let (actor, actor_id, actor_name) = entry.actor.parts();
    let user = entry.event.user.as_ref();
    json!({
        "number": entry.number,
        "time": entry.time.to_string(),
        "actor": actor.as_str(),
        "actorId": actor_id.map(|id| id.0),
        "actorName": actor_name,
        "actorKeyId": entry.actor.key().map(|key| key.0),
        "action": entry.event.action.as_str(),
        "userId": user.map(|user| user.id.0),
        "userName": user.map(|user| &user.name),
        "changes": entry.event.changes.iter().map(change_value).collect::<Vec<_>>(),
        "address": entry.origin.address.map(|address| address.to_string()),
        "requestId": entry.origin.request_id,
        "clientRequestId": entry.origin.client_request_id,
        "format": entry.format.number(),
        "hash": entry.hash.to_string(),
    })
}

fn entry(value: &Value) -> Option<AuditEntry> {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    let number = |name: &str| value[name].as_i64();
    let user = number("userId").zip(text("userName"));
    let kind = match number("actorKeyId") {
        Some(key) => format!("{}:{key}", text("actor")?),
        None => text("actor")?,
    };
    Some(AuditEntry {
        number: number("number")?,
        format: EntryFormat::of_number(number("format")?)?,
        time: text("time")?.parse().ok()?,
        actor: Actor::from_parts(&kind, number("actorId"), text("actorName"))?,
        event: Event {
            action: AuditAction::parse(&text("action")?)?,
            user: user.map(|(id, name)| AuditSubject { id: UserId(id), name }),
            changes: value["changes"].as_array()?.iter().map(change).collect::<Option<_>>()?,
        },
        origin: RequestOrigin {
            address: text("address").map(|address| address.parse()).transpose().ok()?,
            request_id: text("requestId"),
            client_request_id: text("clientRequestId"),
        },
        hash: text("hash")?.parse().ok()?,
    })
}

fn change_value(Change { field, before, after }: &Change) -> Value {
    json!({"field": field.as_str(), "before": before, "after": after})
}

fn change(value: &Value) -> Option<Change> {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    let field = ChangedField::parse(value["field"].as_str()?)?;
    Some(Change { field, before: text("before"), after: text("after") })
}

#[cfg(test)]
mod tests {
    use rollcall_domain::{
        UserId,
        audit::{
            Actor, ActorContext, AuditAction, AuditEntry, AuditSubject, ChainMark, Change,
            ChangedField, Event, UnlinkedEntry,
        },
    };

    use super::{line, parse};

    fn entry(actor: &str) -> AuditEntry {
        let change = |before, after| Change { field: ChangedField::Email, before, after };
        let some = |text: &str| Some(text.to_owned());
        let event = Event {
            action: AuditAction::UserChanged,
            user: Some(AuditSubject { id: UserId(7), name: "O'Neil \"\u{e9}\u{1f600}".to_owned() }),
            changes: vec![change(some("a@b"), None), change(None, some("c@d"))],
        };
        let time = jiff::Timestamp::from_microsecond(1_500_000_000_120_000).unwrap();
        let mut entry = UnlinkedEntry::new(&ActorContext::OPERATOR, event, time);
        let name = (actor != "OPERATOR").then(|| "root".to_owned());
        entry.actor = Actor::from_parts(actor, name.as_ref().map(|_| 1), name).unwrap();
        entry.origin.address = (actor != "OPERATOR").then(|| [192, 0, 2, 7].into());
        entry.link(&ChainMark::START)
    }

    #[test]
    fn a_line_has_the_whole_entry() {
        for actor in ["OPERATOR", "PASSWORD", "SESSION", "KEY:99", "RESET_CODE"] {
            let entry = entry(actor);
            assert_eq!(parse(line(&entry).as_bytes()), Some(entry));
        }
    }

    #[test]
    fn a_line_that_is_not_as_written_is_none() {
        let written = line(&entry("PASSWORD"));
        for (from, to) in [
            ("}", ""),
            ("\"format\":2", "\"format\":2,\"other\":1"),
            ("\"format\":2", "\"format\":7"),
            ("\"actorKeyId\":null", "\"actorKeyId\":\"7\""),
            ("\"before\":\"a@b\"", "\"before\":\"a@b\",\"other\":1"),
            (".12Z", ".120Z"),
            ("\"action\":", "\"action\":\"USER_DELETED\",\"action\":"),
            ("\"before\":\"a@b\"", "\"before\":\"x@y\",\"before\":\"a@b\""),
            (":7,", ": 7,"),
            ("root", "\\u0072oot"),
            ("}", "}\r"),
        ] {
            let altered = written.replacen(from, to, 1);
            assert_ne!(altered, written, "{from}");
            assert_eq!(parse(altered.as_bytes()), None, "{altered}");
        }
        // An earlier release did not have all members.
        let earlier = written.replace("\"clientRequestId\":null,", "");
        assert!(earlier != written && parse(earlier.as_bytes()).is_some());
    }
}
