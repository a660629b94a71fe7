//! Patterns of paths, and the parameters in paths that match them.

/// The pattern of a path. A parameter in braces is one segment, which is not empty, such as in
/// `/users/{userId}`. The last one may be `{file:.*}`, the rest of the path.
pub(super) struct Pattern {
    text: String,
    parts: Vec<Part>,
}

enum Part {
    Literal(String),
    Segment,
    Rest,
}

/// The parameters of a path, percent-decoded: two at most.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters([String; 2]);

impl Parameters {
    /// The parameters in their order; those that the path does not have are empty.
    pub(crate) fn both(&self) -> (&str, &str) {
        let Self([first, second]) = self;
        (first, second)
    }
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((literal, (parameter, behind))) =
            rest.split_once('{').and_then(|(literal, rest)| Some((literal, rest.split_once('}')?)))
        {
            let is_rest = parameter.ends_with(":.*");
            parts.push(Part::Literal(literal.to_owned()));
            parts.push(if is_rest { Part::Rest } else { Part::Segment });
            rest = behind;
        }
        parts.push(Part::Literal(rest.to_owned()));
        Self { text: text.to_owned(), parts }
    }

    /// The text of the pattern.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The parameters of `path` if it matches.
    pub(super) fn parameters_of(&self, path: &str) -> Option<Parameters> {
        let (mut found, mut rest) = ([""; 2], path);
        let mut places = found.iter_mut();
        for part in &self.parts {
            let length = match part {
                Part::Literal(literal) => {
                    rest = rest.strip_prefix(literal.as_str())?;
                    continue;
                }
                Part::Segment => rest.find('/').unwrap_or(rest.len()),
                Part::Rest => rest.len(),
            };
            if length == 0 && matches!(part, Part::Segment) {
                return None;
            }
            (*places.next()?, rest) = rest.split_at(length);
        }
        rest.is_empty().then(|| Parameters(found.map(decoded)))
    }
}

/// The text without percent-encoding. An invalid code stays as it is.
fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let [first, behind @ ..] = rest {
        let byte = if *first == b'%' { encoded_byte(behind) } else { None };
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The byte that the first two characters are, in hexadecimal.
fn encoded_byte(digits: &[u8]) -> Option<u8> {
    let [high, low] = *digits.first_chunk()?;
    let digit = |digit: u8| char::from(digit).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::Pattern;
    use actix_web::dev::{Path, ResourceDef, Url};

    const PATTERNS: [&str; 8] = [
        "/",
        "/users",
        "/users/me",
        "/users/{userId}",
        "/users/{userId}/sessions/{sessionId}",
        "/api/v1/users/{user}",
        "/prov/users/{userId}/sessions",
        "/console/{file:.*}",
    ];

    const PATHS: [&str; 30] = [
        "/",
        "//",
        "/users",
        "/users/",
        "/users/me",
        "/Users/me",
        "/users/me/",
        "/users/7",
        "/users//7",
        "/users/%37",
        "/users/%2537",
        "/users/a%2Fb",
        "/users/a%2fb%",
        "/users/%",
        "/users/%4",
        "/users/%zz%41",
        "/users/a+b%20c%2B",
        "/users/%C3%A9",
        "/users/%ff",
        "/%75sers/1",
        "/users/{userId}",
        "/users/1/sessions",
        "/users/1/sessions/",
        "/users/1/sessions/2",
        "/users/1/sessions/%2F/",
        "/users/1/sessions/2%2f",
        "/prov/users/1/sessions",
        "/api/v1/users/alice:%00",
        "/console/",
        "/console/a/b%20c",
    ];

    /// The parameters as actix-web finds and decodes them.
    fn by_actix(pattern: &str, path: &mut Path<Url>) -> Option<Vec<String>> {
        let matches = ResourceDef::new(pattern).capture_match_info(path);
        matches.then(|| path.load().unwrap())
    }

    #[test]
    fn paths_match_and_are_decoded_as_by_actix() {
        for text in PATTERNS {
            for path in PATHS {
                let mut path = Path::new(Url::new(path.parse().unwrap()));
                let found = Pattern::new(text).parameters_of(path.as_str());
                let found = found.map(|found| {
                    let (first, second) = found.both();
                    let count = text.matches('{').count();
                    [first, second][..count].iter().map(|text| (*text).to_owned()).collect()
                });
                let shown = path.as_str().to_owned();
                assert_eq!(found, by_actix(text, &mut path), "{text} {shown}");
            }
        }
    }
}
