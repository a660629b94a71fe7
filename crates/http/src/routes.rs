//! Routes: those of the published document, and the few beside it.

pub(crate) mod handler;
pub(crate) mod pattern;
mod table;

use std::{collections::BTreeMap, rc::Rc};

use actix_service::fn_service;
use actix_web::{HttpRequest, HttpResponse, dev::ServiceRequest, http::Method, web::ServiceConfig};
use rollcall_api_spec::{Endpoint, EndpointSet, Operation, endpoints};

use self::{
    handler::{Handler, in_set, page},
    table::{Route, Table},
};
use crate::{
    error::ApiError,
    handlers::{
        audit, console, directory, docs, health, keys, options, portal, reset_codes, sessions,
        tokens, verify,
    },
    request::{
        ApiRequest,
        paths::base_path::{self, BasePath},
    },
    response::error::error_response,
    socket::listener::Pages,
    statistics::operation::OperationLabel,
};

/// The paths that most requests are to, which are looked for first.
const OFTEN: [&str; 4] = ["/auth/verify", "/users/me", "/users/{userId}", "/api/v1/users/{user}"];

/// Mounts every path below `base`, and those of `pages`. actix-web passes each request on to the
/// table.
pub(crate) fn mount(config: &mut ServiceConfig, pages: Pages, base: &BasePath) {
    let table = Rc::new(table(pages, base));
    config.app_data(Rc::clone(&table));
    config.default_service(fn_service(move |request: ServiceRequest| table.answer(request)));
}

/// The pattern of the path of `request`, parameters in braces; none of an unknown path.
pub(crate) fn pattern_of(request: &HttpRequest) -> Option<&str> {
    request.app_data::<Rc<Table>>()?.pattern_of(request.match_info().as_str())
}

/// One resource for each path, so that a wrong method is told apart from a wrong path.
fn table(pages: Pages, base: &BasePath) -> Table {
    let mut paths = BTreeMap::<String, Vec<Route>>::new();
    for endpoint in endpoints() {
        let methods = methods(endpoint.method);
        let (label, handler) = (OperationLabel::of(endpoint.operation), handler_of(&endpoint));
        let route = Route { methods, label, handler };
        paths.entry(base.mount(&endpoint.path)).or_default().push(route);
    }
    for (label, path, handler) in routes_beside_the_document(pages, base) {
        let methods = methods(Method::GET.as_str());
        paths.insert(path, vec![Route { methods, label, handler }]);
    }
    let often = OFTEN.map(|path| base.mount(path));
    let mut paths: Vec<_> = paths.into_iter().collect();
    paths.sort_by_key(|(path, _)| {
        often.iter().position(|often| often == path).unwrap_or(usize::MAX)
    });
    let mut table = Table::new(page(|request, _| {
        let about_server = options::of_server(request);
        about_server.unwrap_or_else(|| refuse(request, &ApiError::UnknownPath))
    }));
    for (path, routes) in paths {
        let methods = routes.iter().flat_map(|route| &route.methods).chain([&Method::OPTIONS]);
        let allow: Rc<str> = methods.map(Method::as_str).collect::<Vec<_>>().join(", ").into();
        let other_method = page(move |request, _| answer_other_method(request, &allow));
        table.add(&path, routes, other_method);
    }
    table
}

/// The handler of every operation of the contract.
fn handler_of(endpoint: &Endpoint) -> Handler {
    match endpoint.operation {
        Operation::ListPortalUsers => handle(endpoint, portal::list_users),
        Operation::GetPortalUser => handle(endpoint, portal::get_user),
        Operation::CreatePortalUser => handle(endpoint, portal::create_user),
        Operation::UpdatePortalUserPassword => handle(endpoint, portal::update_password),
        Operation::DeletePortalUser => handle(endpoint, portal::delete_user),
        Operation::ListUsers => handle(endpoint, directory::list_users),
        Operation::CreateUser => handle(endpoint, directory::create_user),
        Operation::GetCurrentUser => handle(endpoint, directory::get_current_user),
        Operation::GetUser => handle(endpoint, directory::get_user),
        Operation::UpdateUser => handle(endpoint, directory::update_user),
        Operation::CreateSessionToken => handle(endpoint, tokens::create_session_token),
        Operation::DeleteSessionToken => handle(endpoint, tokens::delete_session_token),
        Operation::ListSessions => handle(endpoint, sessions::list_sessions),
        Operation::DeleteSessions => handle(endpoint, sessions::delete_sessions),
        Operation::DeleteSession => handle(endpoint, sessions::delete_session),
        Operation::CreateApiKey => handle(endpoint, keys::create_api_key),
        Operation::ListApiKeys => handle(endpoint, keys::list_api_keys),
        Operation::DeleteApiKey => handle(endpoint, keys::delete_api_key),
        Operation::CreateResetCode => handle(endpoint, reset_codes::create_reset_code),
        Operation::RedeemResetCode => handle(endpoint, reset_codes::redeem_reset_code),
        Operation::VerifyCredentials => handle(endpoint, verify::verify_credentials),
        Operation::ListAuditEntries => handle(endpoint, audit::list_entries),
    }
}

/// The other routes below `base`. The probes are at the root as well: balancers and containers ask
/// there.
fn routes_beside_the_document(
    pages: Pages,
    base: &BasePath,
) -> Vec<(OperationLabel, String, Handler)> {
    let probes = [BasePath::default(), base.clone()].into_iter().flat_map(|base| {
        let mounted = |(path, handler)| (OperationLabel::HEALTH, base.mount(path), handler);
        probe_routes().map(mounted)
    });
    let docs = pages.docs.then(docs_routes).into_iter().flatten();
    let docs = docs.map(|(path, handler)| (OperationLabel::DOCS, base.mount(path), handler));
    let console = pages.console.then(console_routes).into_iter().flatten();
    let console =
        console.map(|(path, handler)| (OperationLabel::CONSOLE, base.mount(path), handler));
    let entrance = (pages.docs && *base != BasePath::default()).then(|| {
        (OperationLabel::DOCS, base.to_string(), page(|request, _| docs::entrance(request)))
    });
    probes.chain(docs).chain(console).chain(entrance).collect()
}

/// Probes, by GET and HEAD.
fn probe_routes() -> [(&'static str, Handler); 2] {
    [
        ("/health/live", page(|_, _| health::live())),
        ("/health/ready", in_set(EndpointSet::Directory, health::ready)),
    ]
}

/// The documents and Swagger UI, by GET and HEAD.
fn docs_routes() -> [(&'static str, Handler); 7] {
    [
        ("/", page(|_, _| docs::home())),
        ("/swagger-ui", page(|_, _| docs::home())),
        ("/swagger-ui/{file:.*}", page(docs::swagger_ui)),
        ("/openapi.json", page(|request, _| docs::openapi_json(request))),
        ("/openapi.yaml", page(|request, _| docs::openapi_yaml(request))),
        ("/openapi-3.0.json", page(|request, _| docs::openapi_3_0_json(request))),
        ("/signing-test-vectors.json", page(|request, _| docs::test_vectors(request))),
    ]
}

/// The console, by GET and HEAD.
fn console_routes() -> [(&'static str, Handler); 2] {
    [("/console", page(|_, _| console::entrance())), ("/console/{file:.*}", page(console::console))]
}

/// The methods that an endpoint of this method is called by: HEAD too where it is GET. No body is
/// sent to HEAD, whatever the handler answers (see `middleware::every_response`).
fn methods(documented: &str) -> Vec<Method> {
    let method = Method::from_bytes(documented.as_bytes()).unwrap_or(Method::GET);
    let is_read = method == Method::GET;
    [method].into_iter().chain(is_read.then_some(Method::HEAD)).collect()
}

/// The answer by a method that no handler of the path takes. OPTIONS says which ones there are.
fn answer_other_method(request: &HttpRequest, allow: &str) -> HttpResponse {
    if request.method() == Method::OPTIONS {
        return options::of_path(allow);
    }
    refuse(request, &ApiError::MethodNotAllowed { allow: allow.to_owned() })
}

/// A handler of an operation, whose errors come in the envelope of its set.
fn handle<F: Future<Output = Result<HttpResponse, ApiError>> + 'static>(
    endpoint: &Endpoint,
    handler: impl Fn(ApiRequest) -> F + Clone + 'static,
) -> Handler {
    in_set(endpoint.set, handler)
}

fn refuse(request: &HttpRequest, error: &ApiError) -> HttpResponse {
    error_response(request, base_path::set_of(request), error)
}

#[cfg(test)]
mod tests {
    use super::{ApiRequest, OFTEN, directory, endpoints, portal};

    /// The bytes of the future of a handler.
    fn size_of_future<F>(_: impl Fn(ApiRequest) -> F) -> usize {
        size_of::<F>()
    }

    /// Allocations above a kilobyte are slow, and each request allocates its handler's future.
    #[test]
    fn the_futures_of_reads_are_small() {
        let sizes = [
            size_of_future(directory::get_user),
            size_of_future(directory::get_current_user),
            size_of_future(portal::get_user),
        ];
        assert!(sizes.iter().all(|size| *size <= 850), "{sizes:?}");
    }

    #[test]
    fn the_first_paths_are_in_the_document() {
        for often in OFTEN {
            assert!(endpoints().iter().any(|endpoint| endpoint.path == often), "{often}");
        }
    }
}
