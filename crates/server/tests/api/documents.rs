//! The published document and Swagger UI, as served.

use crate::harness::Server;

#[test]
fn the_documents_are_served_byte_for_byte() {
    let server = Server::start();
    for (path, committed, media_type) in [
        ("/openapi.json", include_str!("../../../../openapi/openapi.json"), "application/json"),
        ("/openapi.yaml", include_str!("../../../../openapi/openapi.yaml"), "application/yaml"),
        (
            "/openapi-3.0.json",
            include_str!("../../../../openapi/openapi-3.0.json"),
            "application/json",
        ),
        (
            "/signing-test-vectors.json",
            include_str!("../../../../openapi/signing-test-vectors.json"),
            "application/json",
        ),
    ] {
        let answer = server.anonymous().get(path);
        assert_eq!((answer.status, answer.header("content-type")), (200, media_type));
        assert_eq!(answer.body, committed);
    }
}

#[test]
fn the_front_page_leads_to_swagger_ui_on_the_document() {
    let server = Server::start();
    for path in ["/", "/swagger-ui"] {
        let answer = server.anonymous().get(path);
        assert_eq!((answer.status, answer.header("location")), (302, "swagger-ui/"));
    }
    let page = server.anonymous().get("/swagger-ui/");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html"));
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-initializer.js"] {
        assert!(page.body.contains(file), "{}", page.body);
        assert_eq!(server.anonymous().get(&format!("/swagger-ui/{file}")).status, 200);
    }
    let initializer = server.anonymous().get("/swagger-ui/swagger-initializer.js").body;
    assert!(initializer.contains("urlOf('openapi.json')"), "{initializer}");
    assert_eq!(server.anonymous().get("/swagger-ui/nothing.js").status, 404);
}
