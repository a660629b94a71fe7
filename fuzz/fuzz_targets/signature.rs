//! Signed requests. The input is lines: the key, the method, the path, the query, the timestamp
//! (literal, or seconds from now), a change made after signing, and the body.
//!
//! A change names a part of the request, a position and a value: `path 3 1`.

#![no_main]

use std::{
    pin::pin,
    sync::{Arc, LazyLock, atomic::Ordering},
    task::{Context, Poll, Waker},
    time::Duration,
};

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use libfuzzer_sys::fuzz_target;
use rollcall_domain::{
    SessionService, SignatureFlaw, SystemClock, UserError, UserSessions,
    session::{SessionKey, SessionSecret, SignedRequest, SigningPolicy},
};
use rollcall_fuzz::{
    base64, lines,
    sessions::{EverySession, USER},
};
use sha2::{Digest, Sha256};

const HOST: &str = "pennprovenance.net";
const SECRET: &[u8] = b"what a server signs with in no place but this";
const MAX_AGE: i64 = 300;
const MAX_AHEAD: i64 = 30;

/// How far the clock may advance during one input, in seconds.
const MARGIN: i64 = 20;

static SERVICE: LazyLock<SessionService> = LazyLock::new(|| {
    let policy = SigningPolicy {
        host: HOST.to_owned(),
        max_age: Duration::from_secs(MAX_AGE.unsigned_abs()),
        max_ahead: Duration::from_secs(MAX_AHEAD.unsigned_abs()),
    };
    let secret = SessionSecret::new(SECRET).expect("a secret");
    let clock = Arc::new(SystemClock::default());
    let sessions = UserSessions::new(Arc::new(EverySession), Duration::MAX, clock);
    SessionService::start(sessions, secret, policy).expect("a service")
});

/// The parts of a request as they travel.
#[derive(Clone, PartialEq)]
struct Request {
    key: String,
    method: String,
    path: String,
    query: String,
    timestamp: String,
    signature: String,
    body: Vec<u8>,
}

fuzz_target!(|data: &[u8]| {
    USER.fetch_add(1, Ordering::Relaxed);
    let [key, method, path, query, timestamp, change, body] = lines(data);
    let [key, method, path, query, timestamp, change] =
        [key, method, path, query, timestamp, change]
            .map(|line| String::from_utf8_lossy(line).into_owned());
    let key: String = SessionKey::of(&key).as_str().to_owned();
    let (timestamp, signature) = (written(timestamp), String::new());
    let mut request =
        Request { key, method, path, query, timestamp, signature, body: body.to_owned() };
    let secret = SessionSecret::new(SECRET).expect("a secret");
    let token = secret.token(&SessionKey::of(&request.key));
    request.signature = sign(&request, token.as_str(), HOST);

    // A rejected request does not mark the signature of the original request as used.
    if let Some(changed) = changed(&request, &change) {
        assert!(is_unauthenticated(&changed.key, &changed), "a change goes unnoticed");
        assert!(is_unauthenticated(&request.key, &changed), "a change goes unnoticed");
    }
    for (token, host) in [("", HOST), (&token.as_str()[1..], HOST), (token.as_str(), "localhost")] {
        let forged = Request { signature: sign(&request, token, host), ..request.clone() };
        assert!(is_unauthenticated(&request.key, &forged), "another's signature is taken");
    }
    match is_of_now(&request.timestamp) {
        None => {}
        Some(false) => {
            let flaw = authenticate(&request.key, &request);
            assert!(matches!(flaw, Err(UserError::Signature(SignatureFlaw::Timestamp { .. }))));
        }
        Some(true) => is_taken(&request),
    }
});

/// A timestamp, where it is a number so many seconds from now.
fn written(text: String) -> String {
    let Ok(seconds) = text.parse::<i32>() else { return text };
    (Timestamp::now() + SignedDuration::from_secs(seconds.into())).to_string()
}

/// The signature as it is documented.
fn sign(request: &Request, token: &str, host: &str) -> String {
    let Request { key, method, path, query, timestamp, body, .. } = request;
    let digest = base64::encode(&Sha256::digest(body));
    let digest = format!("{digest}{}", base64::padding(&digest));
    let text = format!("{key}\n{method}\n{host}\n{path}\n{query}\n{timestamp}\n{digest}");
    let mac = Hmac::<Sha256>::new_from_slice(token.as_bytes()).expect("a key of any length");
    base64::encode(&mac.chain_update(text).finalize().into_bytes())
}

/// The request with one part changed; none if that says the same.
fn changed(request: &Request, change: &str) -> Option<Request> {
    let mut words = change.split(' ');
    let part = words.next()?;
    let [at, by] = [words.next()?.parse::<usize>().ok()?, words.next()?.parse::<usize>().ok()?];
    let by = u8::try_from(by % 127).ok()? + 1;
    let mut changed = request.clone();
    let text = match part {
        "key" => &mut changed.key,
        "method" => &mut changed.method,
        "path" => &mut changed.path,
        "query" => &mut changed.query,
        "timestamp" => &mut changed.timestamp,
        "signature" => &mut changed.signature,
        "body" => {
            let place = at % (changed.body.len() + 1);
            match changed.body.get_mut(place) {
                Some(byte) => *byte ^= by,
                None => changed.body.push(by),
            }
            return Some(changed);
        }
        _ => return None,
    };
    let mut characters: Vec<char> = text.chars().collect();
    let place = at % (characters.len() + 1);
    match characters.get_mut(place) {
        Some(character) => *character = char::from(by),
        None => characters.push(char::from(by)),
    }
    *text = characters.into_iter().collect();
    // No field of a request holds the end of a line.
    let is_one_line = !text.contains('\n');
    let key = SessionKey::of(&changed.key);
    changed.key = key.as_str().into();
    let is_other = Request { signature: String::new(), ..changed.clone() }
        != Request { signature: String::new(), ..request.clone() }
        || base64::decode(&changed.signature) != base64::decode(&request.signature);
    (is_one_line && is_other).then_some(changed)
}

/// Whether the timestamp is of now; none where that changes soon.
fn is_of_now(timestamp: &str) -> Option<bool> {
    let Some(time) = time_of(timestamp) else { return Some(false) };
    let age = Timestamp::now().as_second() - time.as_second();
    let is_near = |limit: i64| (age - limit).abs() <= MARGIN;
    let is_of_now = (-MAX_AHEAD..=MAX_AGE).contains(&age);
    (!is_near(-MAX_AHEAD) && !is_near(MAX_AGE)).then_some(is_of_now)
}

/// The time that a text says: with a zone, or, as it is documented, in UTC without one.
fn time_of(text: &str) -> Option<Timestamp> {
    let shape: String = text
        .chars()
        .map(|character| if character.is_ascii_digit() { '0' } else { character })
        .collect();
    let (whole, fraction) = shape.split_once('.').unwrap_or((&shape, "0"));
    let is_whole =
        ["T", "t", " "].iter().any(|separator| whole == format!("0000-00-00{separator}00:00:00"));
    let is_fraction =
        (1..=9).contains(&fraction.len()) && fraction.bytes().all(|digit| digit == b'0');
    if is_whole && is_fraction {
        let time: DateTime = text.parse().ok()?;
        return Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp());
    }
    text.parse().ok()
}

/// Checks that a request signed as documented is accepted, and a second time only if it is safe.
fn is_taken(request: &Request) {
    let outcome = authenticate(&request.key, request);
    // The service forgets signatures early when inputs come too fast.
    if matches!(outcome, Err(UserError::Signature(SignatureFlaw::Forgotten { .. }))) {
        return;
    }
    assert!(outcome.is_ok(), "the right signature is refused");
    let padding = base64::padding(&request.signature);
    let signature = format!("{}{padding}", request.signature);
    let again = authenticate(&request.key, &Request { signature, ..request.clone() });
    if matches!(&*request.method, "GET" | "HEAD") {
        assert!(again.is_ok(), "a request that changes nothing is refused");
    } else {
        assert!(matches!(again, Err(UserError::Signature(SignatureFlaw::Used))), "taken twice");
    }
}

/// Whether `request` proves nothing about the session with this key.
fn is_unauthenticated(key: &str, request: &Request) -> bool {
    matches!(authenticate(key, request), Err(UserError::Unauthenticated))
}

/// What the caller is told of `request` where the service has found the session with this key.
fn authenticate(key: &str, request: &Request) -> Result<(), UserError> {
    checked(key, request).map_err(|error| match error {
        UserError::Refused(refusal) => refusal.error,
        error => error,
    })
}

fn checked(key: &str, request: &Request) -> Result<(), UserError> {
    let found = pin!(SERVICE.find(SessionKey::of(key)));
    let Poll::Ready(found) = found.poll(&mut Context::from_waker(Waker::noop())) else {
        unreachable!("the store answers at once")
    };
    let request = SignedRequest {
        key: &SessionKey::of(&request.key),
        method: &request.method,
        path: &request.path,
        other_paths: &[],
        query: &request.query,
        timestamp: &request.timestamp,
        signature: &request.signature,
        body: &request.body,
    };
    SERVICE.authenticate(found?, &request).map(|_| ())
}
