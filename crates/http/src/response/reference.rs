//! References in answers. All are relative to the URL that the client has requested (RFC 3986), so
//! that they hold below any path that a proxy puts in front.

use std::fmt::Display;

use actix_web::HttpRequest;

/// A resource below the one that was requested: `users/50` in the answer to `POST /users`.
pub(crate) fn below(request: &HttpRequest, id: impl Display) -> String {
    format!("{}/{id}", last_segment(request))
}

/// The requested resource as a folder: `prov/` in the answer to `GET /prov`.
pub(crate) fn folder(request: &HttpRequest) -> String {
    below(request, "")
}

/// A `Link` to the next page of the requested list, which has this query.
pub(crate) fn next_page(query: &str) -> String {
    format!("<?{query}>; rel=\"next\"")
}

/// What a reference is relative to is the folder of the requested path.
fn last_segment(request: &HttpRequest) -> &str {
    let path = request.uri().path();
    path.rsplit_once('/').map_or(path, |(_, last)| last)
}

#[cfg(test)]
mod tests {
    use super::{below, folder, next_page};
    use actix_web::test::TestRequest;

    #[test]
    fn references_begin_at_the_last_segment() {
        for (uri, resource, as_folder) in [
            ("/users", "users/50", "users/"),
            ("/users?a=/b", "users/50", "users/"),
            ("/prov/users", "users/50", "users/"),
            ("http://host/prov/users", "users/50", "users/"),
        ] {
            let request = TestRequest::with_uri(uri).to_http_request();
            assert_eq!(below(&request, 50), resource, "{uri}");
            assert_eq!(folder(&request), as_folder, "{uri}");
        }
        assert_eq!(next_page("limit=1"), "<?limit=1>; rel=\"next\"");
    }
}
