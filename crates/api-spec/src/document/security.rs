//! The security schemes of all operations.

use utoipa::{
    Modify,
    openapi::{
        OpenApi as Document,
        security::{
            ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
        },
    },
};

use super::walk::operations_mut;

const BASIC: &str = "basic";
const BEARER: &str = "bearer";

/// The headers of a signed request. They are required together.
const SIGNED: [(&str, &str); 3] = [
    ("sessionKey", "The `key` of the session"),
    ("timestamp", "The time of sending, such as `2017-05-04T16:24:00.535Z`"),
    ("signature", "The signature of the request, as described under `createSessionToken`"),
];

/// Adds the schemes to the document. Every operation that accepts Basic credentials also accepts
/// signed requests.
pub(crate) struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut Document) {
        let mut basic = Http::new(HttpAuthScheme::Basic);
        basic.description = Some("The name and password of a user, in UTF-8".to_owned());
        let schemes = &mut document.components.get_or_insert_default().security_schemes;
        schemes.insert(BASIC.to_owned(), SecurityScheme::Http(basic).into());
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.description = Some(
            "An API key, which `createApiKey` returns. It permits what its scopes do.".to_owned(),
        );
        schemes.insert(BEARER.to_owned(), SecurityScheme::Http(bearer).into());
        for (name, description) in SIGNED {
            let header = ApiKey::Header(ApiKeyValue::with_description(name, description));
            schemes.insert(name.to_owned(), SecurityScheme::ApiKey(header).into());
        }
        let basic = SecurityRequirement::new(BASIC, [""; 0]);
        let signed =
            SIGNED.iter().fold(SecurityRequirement::default(), |requirement, (name, _)| {
                requirement.add(*name, [""; 0])
            });
        for item in document.paths.paths.values_mut() {
            for security in operations_mut(item).filter_map(|operation| operation.security.as_mut())
            {
                if security.contains(&basic) {
                    security.push(signed.clone());
                }
            }
        }
    }
}
