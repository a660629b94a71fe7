//! Request bodies. The input is JSON, which is parsed as the body of each operation that has one.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rollcall_api_spec::{directory::UserChange as WireChange, portal::PortalPasswordChange};
use rollcall_domain::{
    Email, NewUser, Password, PasswordChange, Preconditions, PresentedPassword, RoleName, Roles,
    RolesChange, Status, UserChange, Username,
};
use rollcall_fuzz::{
    SECRET,
    json::Json,
    requests::{Refusal, refusal, refusal_of},
    shape::{Kind, Members, is_fit},
};
use rollcall_http::parsers::{
    ApiError, Basic, EndpointSet, basic, change as change_of, first_password, new_user, parse,
    parse_merge_patch, password_change,
};
use unicode_normalization::UnicodeNormalization;

const REGISTRATION: Members = &[
    ("name", Kind::Text),
    ("email", Kind::Text),
    ("plaintextPassword", Kind::Text),
    ("id", Kind::Ignored),
    ("version", Kind::Ignored),
    ("createTime", Kind::Ignored),
    ("status", Kind::Ignored),
    ("roles", Kind::Ignored),
];
const CHANGE: Members = &[
    ("name", Kind::Text),
    ("email", Kind::Text),
    ("plaintextPassword", Kind::Text),
    ("currentPlaintextPassword", Kind::Text),
    ("status", Kind::Status),
    ("roles", Kind::Roles),
    ("id", Kind::Ignored),
    ("version", Kind::Ignored),
    ("createTime", Kind::Ignored),
];
const PORTAL_USER: Members =
    &[("password", Kind::Text), ("username", Kind::Ignored), ("admin", Kind::Ignored)];
const PORTAL_PASSWORD: Members = &[
    ("current_password", Kind::Text),
    ("password", Kind::Text),
    ("username", Kind::Ignored),
    ("admin", Kind::Ignored),
];
const LOGIN: Members = &[("name", Kind::Text), ("password", Kind::Text)];

/// What the portal set ignores beside the envelope, as its answers show it there.
const SHOWN: [&str; 2] = ["username", "admin"];

fuzz_target!(|data: &[u8]| {
    let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    // Nothing is as good as an object without members.
    let json = if text.is_empty() { Some(Json::Object(vec![])) } else { Json::parse(text) };
    let Some(json) = json else {
        return is_no_json(data);
    };
    is_registered(&json, registration(data));
    is_changed(&json, change(parse(data)));
    is_merged(&json, data);
    let portal_refusals = |value: &Json, own| portal_lines(value, own);
    judge(&json, &[("value", PORTAL_USER)], &SHOWN, portal_user(data), |value, outcome| {
        is_refused(outcome, &portal_refusals(value, false), |password| {
            assert_eq!(Some(password), password_of(value, "password"));
        });
    });
    for is_own in [true, false] {
        let patch = portal_password(parse(data), is_own);
        judge(&json, &[("value", PORTAL_PASSWORD)], &SHOWN, patch, |value, outcome| {
            is_refused(outcome, &portal_refusals(value, is_own), |patch| {
                assert_eq!(Some(patch.new), password_of(value, "password"));
                let current = patch.current.as_ref().map(PresentedPassword::expose);
                assert_eq!(current, said(value, "current_password"));
            });
        });
    }
    judge(&json, &[("credentials", LOGIN)], &[], login(data), |credentials, outcome| {
        let text = |name| credentials.get(name).and_then(Json::text);
        let missing = ["name", "password"].into_iter().filter(|name| text(name).is_none());
        let missing: Vec<_> = missing.map(|name| format!("credentials.{name}")).collect();
        is_refused(outcome, &missing, |Basic { name, password }| {
            assert_eq!(text("name"), Some(&*name));
            assert_eq!(text("password"), Some(password.expose()));
        });
    });
});

fn registration(data: &[u8]) -> Result<NewUser<Password>, Refusal> {
    parse(data).and_then(new_user).map_err(|error| refusal(&error))
}

fn change(body: Result<WireChange, ApiError>) -> Result<UserChange<PasswordChange>, Refusal> {
    let patch = body.and_then(|change| change_of(change, Preconditions::NONE));
    patch.map_err(|error| refusal(&error))
}

fn portal_user(data: &[u8]) -> Result<Password, Refusal> {
    let password = parse(data).and_then(first_password);
    password.map_err(|error| refusal_of(EndpointSet::Portal, &error))
}

fn portal_password(
    body: Result<PortalPasswordChange, ApiError>,
    is_own: bool,
) -> Result<PasswordChange, Refusal> {
    let patch = body.and_then(|change| password_change(change, is_own));
    patch.map_err(|error| refusal_of(EndpointSet::Portal, &error))
}

fn login(data: &[u8]) -> Result<Basic, Refusal> {
    parse(data).and_then(basic).map_err(|error| refusal(&error))
}

fn is_no_json(data: &[u8]) {
    let refusals = [
        registration(data).err(),
        change(parse(data)).err(),
        change(parse_merge_patch(data)).err(),
        portal_user(data).err(),
        portal_password(parse(data), true).err(),
        portal_password(parse_merge_patch(data), true).err(),
        login(data).err(),
    ];
    for refusal in refusals {
        assert_eq!(refusal.expect("invalid JSON is refused").status, 400);
    }
}

fn is_registered(json: &Json, outcome: Result<NewUser<Password>, Refusal>) {
    judge(json, &[("userInfo", REGISTRATION)], &[], outcome, |info, outcome| {
        let name = said(info, "name").and_then(|text| Username::parse(text).ok());
        let name = name.filter(|name| !name.as_str().contains(['?', '#', '%', '\\']));
        let email = said(info, "email").and_then(|text| Email::parse(text).ok());
        let password = password_of(info, "plaintextPassword");
        let mut flaws = Vec::new();
        let fields = [
            ("userInfo.email", email.is_some()),
            ("userInfo.name", name.is_some()),
            ("userInfo.plaintextPassword", password.is_some()),
        ];
        flaws.extend(fields.iter().filter(|(_, is_fit)| !is_fit).map(|(name, _)| (*name).into()));
        is_refused(outcome, &flaws, |user| {
            assert_eq!(Some(user.name), name);
            assert_eq!(user.email, email);
            assert_eq!(Some(user.password), password);
            assert_eq!((user.status, user.create_time), (Status::Enabled, None));
            assert_eq!(user.roles, Roles::default());
        });
    });
}

fn is_changed(json: &Json, outcome: Result<UserChange<PasswordChange>, Refusal>) {
    let envelopes = [("userInfo", CHANGE), ("user", CHANGE)];
    let is_there = |name| json.get(name).is_some_and(|value| *value != Json::Null);
    let has = [is_there("userInfo"), is_there("user")];
    if is_fit(json, &envelopes, &[]) && has[0] == has[1] {
        let [none, both] = ["userInfo is required", "userInfo and user are both present"];
        let reason = if has[0] { both } else { none };
        let Err(refusal) = outcome else { panic!("taken with two envelopes or none") };
        return assert!(detail(&refusal).starts_with(reason));
    }
    judge(json, &envelopes, &[], outcome, |info, outcome| {
        let envelope = if has[0] { "userInfo" } else { "user" };
        let text = |name| info.get(name).and_then(Json::text);
        let name = text("name").map(|text| Username::parse(text).ok());
        // The empty text takes the address away.
        let email = text("email").map(|text| match text {
            "" => Some(None),
            text => Email::parse(text).ok().map(Some),
        });
        let password = text("plaintextPassword").map(|text| Password::parse(text).ok());
        let roles = info.get("roles").filter(|value| **value != Json::Null).map(roles);
        let role_field = info.get("roles").map_or_else(String::new, invalid_role);
        let fields = [
            ("email", matches!(email, Some(None))),
            ("name", matches!(name, Some(None))),
            ("plaintextPassword", matches!(password, Some(None))),
            (role_field.as_str(), matches!(roles, Some(None))),
        ];
        let flaws = fields.iter().filter(|(_, is_flawed)| *is_flawed);
        let flaws: Vec<_> = flaws.map(|(name, _)| format!("{envelope}.{name}")).collect();
        is_refused(outcome, &flaws, |change| {
            assert_eq!(change.name, name.flatten());
            assert_eq!(change.email, email.flatten());
            assert_eq!(change.roles, roles.flatten().map(RolesChange::Replace));
            assert_eq!(change.status, text("status").and_then(Status::parse));
            let current = change.password.as_ref().and_then(|password| password.current.as_ref());
            let current = current.map(PresentedPassword::expose);
            assert!(change.password.is_none() || current == text("currentPlaintextPassword"));
            assert_eq!(change.password.map(|password| password.new), password.flatten());
        });
    });
}

/// Without null a merge patch is read as any change. Null takes an address away or is refused.
fn is_merged(json: &Json, data: &[u8]) {
    let (plain, merged) = (change(parse(data)), change(parse_merge_patch(data)));
    let nulls = nulls(json);
    let is_fixed = |path: &[&str]| matches!(path, [_, "id" | "version" | "createTime" | "email"]);
    match (plain, merged) {
        (Err(plain), Err(merged)) => {
            let is_alike = nulls.iter().all(|path| is_fixed(path));
            assert!(!is_alike || plain.body == merged.body, "{} or {}", plain.body, merged.body);
        }
        (Ok(plain), Ok(merged)) => {
            assert!(nulls.iter().all(|path| is_fixed(path)), "null is taken: {nulls:?}");
            let takes_away = nulls.iter().any(|path| path.ends_with(&["email"]));
            assert_eq!(merged.email, if takes_away { Some(None) } else { plain.email });
            assert_eq!((merged.name, merged.roles), (plain.name, plain.roles));
        }
        (Ok(_), Err(refusal)) => {
            assert!(!nulls.iter().all(|path| is_fixed(path)), "{}", refusal.body);
            assert!(detail(&refusal).contains("must not be null in application/merge-patch+json"));
        }
        (Err(refusal), Ok(_)) => panic!("taken as a merge patch alone: {}", refusal.body),
    }
}

/// Where null stands among the members of a body and of its envelopes.
fn nulls(json: &Json) -> Vec<Vec<&str>> {
    let Json::Object(members) = json else { return Vec::new() };
    let mut found = Vec::new();
    for (name, value) in members {
        if *value == Json::Null {
            found.push(vec![name.as_str()]);
        }
        let Json::Object(inner) = value else { continue };
        let nulls = inner.iter().filter(|(_, value)| *value == Json::Null);
        found.extend(nulls.map(|(member, _)| vec![name.as_str(), member.as_str()]));
    }
    found
}

fn roles(list: &Json) -> Option<Roles> {
    let Json::List(items) = list else { return None };
    let names = items.iter().map(|role| RoleName::parse(role.get("name")?.text()?).ok());
    Roles::new(names.collect::<Option<Vec<_>>>()?).ok()
}

/// The path of the first invalid role in a list; of the list, if each is valid on its own.
fn invalid_role(list: &Json) -> String {
    let Json::List(items) = list else { return String::new() };
    let is_valid = |role: &Json| {
        role.get("name").and_then(Json::text).is_some_and(|name| RoleName::parse(name).is_ok())
    };
    let invalid = items.iter().position(|role| !is_valid(role));
    invalid.map_or("roles".to_owned(), |index| format!("roles[{index}].name"))
}

/// What a body of the right shape says, in whichever envelope, to `meaning`; any other is refused.
fn judge<T>(
    json: &Json,
    envelopes: &[(&str, Members)],
    ignored: &[&str],
    outcome: Result<T, Refusal>,
    meaning: impl FnOnce(&Json, Result<T, Refusal>),
) {
    if let Err(refusal) = &outcome {
        assert_eq!(refusal.status, 400);
        assert!(json.names(SECRET) || !refusal.body.contains(SECRET), "{}", refusal.body);
    }
    if is_fit(json, envelopes, ignored) {
        let said = envelopes.iter().filter_map(|(name, _)| json.get(name));
        let said = said.into_iter().find(|said| **said != Json::Null);
        return meaning(said.unwrap_or(&Json::Object(vec![])), outcome);
    }
    let detail = detail(&outcome.err().expect("another shape is refused"));
    // A member may be called anything.
    let says = |text: &str| detail.contains(text) && !json.names(text);
    assert!(!says("the body is not valid JSON"), "{detail}");
    assert!(!says("not accepted here"), "the accepted members are missing: {detail}");
    let Json::Object(members) = json else {
        return assert_eq!(detail, "the body: expected an object");
    };
    let begins = |name: &str| detail.starts_with(&name.chars().take(80).collect::<String>());
    let is_named = members.iter().any(|(name, _)| begins(name));
    // The name of an unknown member may be a secret, so errors do not repeat it.
    let is_placed = detail.starts_with("the body") || detail.starts_with("a member of ");
    assert!(is_named || is_placed, "{detail}");
}

/// Holds an outcome to the fields that are wrong, all of them and in order.
fn is_refused<T>(outcome: Result<T, Refusal>, flaws: &[String], meaning: impl FnOnce(T)) {
    match outcome {
        Ok(value) => {
            assert!(flaws.is_empty(), "taken in spite of {flaws:?}");
            meaning(value);
        }
        Err(refusal) => assert_eq!(named(&refusal), flaws),
    }
}

/// The fields that a refusal names; of the portal set, its lines.
fn named(refusal: &Refusal) -> Vec<String> {
    let body = Json::parse(refusal.body.as_bytes()).expect("JSON");
    if let Some(text) = body.text() {
        return text.lines().map(str::to_owned).collect();
    }
    let Some(Json::List(errors)) = body.get("errors") else { panic!("{}", refusal.body) };
    let field = |error: &Json| error.get("field").and_then(Json::text).map(str::to_owned);
    errors.iter().filter_map(field).collect()
}

/// What a refusal says, in either set.
fn detail(refusal: &Refusal) -> String {
    let body = Json::parse(refusal.body.as_bytes()).expect("JSON");
    let detail = body.text().or_else(|| body.get("detail")?.text());
    detail.expect("a text").to_owned()
}

/// The portal endpoints' errors for invalid passwords.
fn portal_lines(value: &Json, is_own: bool) -> Vec<String> {
    let line = |field, tag| {
        format!(
            "Key: 'UserPasswordRequest.Value.{field}' Error:Field validation for '{field}' \
             failed on the '{tag}' tag"
        )
    };
    let is_missing = is_own && said(value, "current_password").is_none();
    let current = is_missing.then(|| line("CurrentPassword", "required"));
    let flaw = match said(value, "password") {
        None => Some("required"),
        Some(text) if text.nfc().count() < 8 => Some("min"),
        Some(text) if text.nfc().count() > 256 => Some("max"),
        Some(text) => Password::parse(text).is_err().then_some("common"),
    };
    current.into_iter().chain(flaw.map(|tag| line("Password", tag))).collect()
}

fn password_of(info: &Json, name: &str) -> Option<Password> {
    Password::parse(said(info, name)?).ok()
}

/// The text of a member, if it says something.
fn said<'a>(info: &'a Json, name: &str) -> Option<&'a str> {
    info.get(name).and_then(Json::text).filter(|text| !text.is_empty())
}
