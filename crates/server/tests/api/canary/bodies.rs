//! Invalid bodies, with a secret in the wrong place.

use serde_json::{Value, json};

use super::stage::Request;

/// Invalid bodies.
pub(super) fn wrong_bodies(request: &Request, secret: &str) -> Vec<Request> {
    let Some(body) = &request.body else { return Vec::new() };
    let whole: Value = serde_json::from_str(body).unwrap();
    let quoted = Value::from(secret).to_string();
    let mut bodies: Vec<String> = [
        json!(secret),
        json!([secret]),
        json!({secret: secret}),
        json!({"password": secret}),
        json!(null),
    ]
    .iter()
    .map(Value::to_string)
    .collect();
    bodies.extend([secret.to_owned(), format!("password={secret}"), quoted.clone() + &quoted]);
    bodies.extend([1, 2, 3].map(|part| body[..floor(body, body.len() * part / 4)].to_owned()));
    for place in places(&whole, "") {
        for value in [
            json!(secret),
            json!([secret]),
            json!({secret: 1}),
            json!({"password": secret}),
            json!(format!("{secret} expected {secret} at line 1 column 2, expected {secret}")),
            json!(5),
        ] {
            let mut changed = whole.clone();
            let name = place.rsplit('/').next().unwrap();
            // Any text can be a password. A text that is a valid name is not secret as a name.
            let is_right = value.is_string() && name != "status";
            *changed.pointer_mut(&place).unwrap() = value;
            if !is_right {
                bodies.push(changed.to_string());
            }
        }
        if let Some(Value::Object(_)) = whole.pointer(&place) {
            let mut changed = whole.clone();
            let members = changed.pointer_mut(&place).unwrap().as_object_mut().unwrap();
            members.insert(secret.to_owned(), json!(secret));
            bodies.push(changed.to_string());
            members_twice(&mut bodies, &whole, &place, secret);
        }
    }
    let mut requests: Vec<_> = bodies.iter().map(|body| request.with_body(body)).collect();
    for (name, value) in [
        ("content-type", format!("text/plain; charset={secret}")),
        ("content-type", secret.to_owned()),
        ("content-encoding", secret.to_owned()),
    ] {
        let mut request = Request { headers: Vec::new(), ..request.clone() }.with(name, &value);
        if name != "content-type" {
            request = request.with("content-type", "application/json");
        }
        requests.push(request);
    }
    // A password that breaks the rules.
    requests.extend(["password", "plaintextPassword"].iter().filter_map(|name| {
        let mut changed = whole.clone();
        let within = changed.as_object_mut()?.values_mut().next()?;
        *within.get_mut(*name)? = json!(secret.repeat(10));
        Some(request.with_body(&changed.to_string()))
    }));
    requests
}

/// The first member once more, with the secret.
fn members_twice(bodies: &mut Vec<String>, whole: &Value, place: &str, secret: &str) {
    let object = whole.pointer(place).unwrap();
    let name = object.as_object().unwrap().keys().next().unwrap();
    let text = object.to_string();
    let twice = format!("{{\"{name}\":{},{}", json!(secret), &text[1..]);
    bodies.push(whole.to_string().replacen(&text, &twice, 1));
}

/// The places of all values in it, as JSON pointers.
fn places(value: &Value, at: &str) -> Vec<String> {
    let mut places = Vec::new();
    for (name, member) in value.as_object().into_iter().flatten() {
        places.push(format!("{at}/{name}"));
        places.extend(self::places(member, &format!("{at}/{name}")));
    }
    places
}

/// The last character boundary at or before this byte.
fn floor(text: &str, mut byte: usize) -> usize {
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}
