//! Pages of a list. The input is lines: the order of the list (`id` or `name`, or `audit` for the
//! audit log), the query of the URL, a place in the list (`id 7`, `name alice`, `time 7 7`), and
//! where and how its token is damaged (`3 1`).

#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use rollcall_domain::{
    NameKey, PageQuery, Position, Status, UserFilter, UserId, UserOrder, audit::AuditQuery,
    limits::PAGE_MAX_LENGTH,
};
use rollcall_fuzz::{lines, requests::refusal};
use rollcall_http::parsers::{ApiError, AuditRequest, PageRequest, page_token};

const PARAMETERS: [&str; 13] = [
    "limit",
    "pageToken",
    "name",
    "email",
    "namePrefix",
    "status",
    "role",
    "sort",
    "userId",
    "actorId",
    "action",
    "since",
    "until",
];

fuzz_target!(|data: &[u8]| {
    let lines: [&[u8]; 4] = lines(data);
    let [order, query, place, damage] = lines.map(String::from_utf8_lossy);
    if order == "audit" {
        return audit(&query, &place);
    }
    let order = if order == "name" { UserOrder::Name } else { UserOrder::Id };
    let asked = match PageRequest::parse(&query, order) {
        Ok(Some(page)) => page,
        Ok(None) => return,
        Err(error) => return names_parameter(&error),
    };
    let asked_query = &asked.query;
    assert!((1..=PAGE_MAX_LENGTH).contains(&asked_query.limit));
    let name = asked_query.filter.name.as_ref().map(NameKey::as_str);
    assert!(name.is_none_or(|name| !name.is_empty() && !name.contains(char::is_control)));

    let Some(place) = parse_place(&place, asked_query.order) else { return };
    let token = page_token::write(&place, asked_query);
    let next = PageRequest::parse(&asked.next(&token), order);
    if matches!(&place, Position::Name(key) if key.as_str().contains(char::is_control)) {
        // No name has those, and not every database takes them.
        return refuses_token(next);
    }
    let expected = PageQuery { after: Some(place.clone()), ..asked_query.clone() };
    let Ok(Some(next)) = next else { panic!("a page's own token is refused") };
    assert_eq!(next.query, expected);
    assert_eq!(next.next(&token), asked.next(&token));

    for other in others(asked_query) {
        let token = page_token::write(&place, &other);
        refuses_token(PageRequest::parse(&asked.next(&token), order));
    }
    if let Some(token) = damaged(&token, &damage) {
        match PageRequest::parse(&asked.next(&token), order) {
            Ok(Some(page)) => assert_ne!(page.query.after, Some(place)),
            refused => refuses_token(refused),
        }
    }
});

/// Checks that a refusal begins with the parameter that is wrong.
fn names_parameter(error: &ApiError) {
    let refusal = refusal(error);
    assert_eq!(refusal.status, 400);
    let detail = refusal.body.split("\"detail\":\"").nth(1).expect("a problem with a detail");
    let name = detail.split(' ').next().unwrap_or_default();
    let is_unknown = detail.contains(" is unknown; accepted are limit, pageToken, ");
    assert!(is_unknown || PARAMETERS.contains(&name), "{detail}");
}

/// A page of the audit log goes on where its token says, and no other page does.
fn audit(query: &str, place: &str) {
    let asked = match AuditRequest::parse(query) {
        Ok(page) => page,
        Err(error) => return names_parameter(&error),
    };
    assert!((1..=PAGE_MAX_LENGTH).contains(&asked.query.limit));
    let Some(Ok(number)) = place.strip_prefix("id ").map(str::parse) else { return };
    let next = asked.next(&asked.token(number));
    let again = AuditRequest::parse(&next).expect("a page's own token");
    assert_eq!(again.query, AuditQuery { before: Some(number), ..asked.query.clone() });
    assert_eq!(again.next(&again.token(number)), next);
    if asked.query.user.is_none() {
        let error = AuditRequest::parse(&format!("{next}&userId=1")).err();
        names_parameter(&error.expect("a token of another page"));
    }
    if let Ok(Some(_)) = PageRequest::parse(&next, UserOrder::Id) {
        panic!("a token of another list is taken");
    }
}

fn refuses_token(outcome: Result<Option<PageRequest>, ApiError>) {
    let Err(error) = outcome else { panic!("a token of no page is taken") };
    let refusal = refusal(&error);
    assert!(refusal.body.contains("\"detail\":\"pageToken must be the nextPageToken of a page"));
}

fn parse_place(text: &str, order: UserOrder) -> Option<Position> {
    let (kind, text) = text.split_once(' ')?;
    match (kind, order) {
        ("id", UserOrder::Id) => Some(Position::Id(UserId(text.parse().ok()?))),
        ("name", UserOrder::Name) => Some(Position::Name(NameKey::kept(text))),
        ("time", UserOrder::CreateTime) => {
            let (second, id) = text.split_once(' ')?;
            let time = Timestamp::from_second(second.parse().ok()?).ok()?;
            Some(Position::CreateTime(time, UserId(id.parse().ok()?)))
        }
        _ => None,
    }
}

/// Queries with other answers.
fn others(query: &PageQuery) -> [PageQuery; 3] {
    let status = match query.filter.status {
        Some(Status::Enabled) => Some(Status::Disabled),
        _ => Some(Status::Enabled),
    };
    let order = match query.order {
        UserOrder::Id => UserOrder::Name,
        UserOrder::Name => UserOrder::CreateTime,
        UserOrder::CreateTime => UserOrder::Id,
    };
    let name = match &query.filter.name {
        Some(name) => NameKey::kept(&format!("{}x", name.as_str())),
        None => NameKey::of("x"),
    };
    let filter = |filter| PageQuery { filter, ..query.clone() };
    [
        filter(UserFilter { status, ..query.filter.clone() }),
        filter(UserFilter { name: Some(name), ..query.filter.clone() }),
        PageQuery { order, ..query.clone() },
    ]
}

/// The token with one character changed or one more of them; none if that is the same.
fn damaged(token: &str, damage: &str) -> Option<String> {
    let (place, by) = damage.split_once(' ')?;
    let (place, by) = (place.parse::<usize>().ok()?, by.parse::<u32>().ok()?);
    let mut characters: Vec<char> = token.chars().collect();
    let (place, other) = (place % (characters.len() + 1), char::from_u32(by)?);
    match characters.get_mut(place) {
        Some(character) => *character = other,
        None => characters.push(other),
    }
    Some(characters.into_iter().collect()).filter(|damaged| damaged != token)
}
