//! Routes: those of the published document, and the few beside it.

use std::{
    collections::BTreeMap,
    future::{Future, ready},
};

use actix_web::{HttpRequest, HttpResponse, Route, guard, http::Method, rt, web};
use rollcall_api_spec::{Endpoint, EndpointSet, Operation, endpoints};
use rollcall_domain::{UserError, UserService};

use crate::{
    api_request::ApiRequest,
    audit,
    base_path::{self, BasePath},
    client_address, directory, docs, envelope,
    error::ApiError,
    health, options, portal, sessions,
    statistics::{Labels, OperationLabel},
    tokens, used_signature,
};

/// Mounts every path below `base`, those of the documents and of Swagger UI if `with_docs` says so.
/// One resource each, so that a wrong method is told apart from a wrong path.
pub(crate) fn mount(config: &mut web::ServiceConfig, with_docs: bool, base: &BasePath) {
    let mut paths = BTreeMap::<String, (Vec<Route>, Vec<(Method, OperationLabel)>)>::new();
    for endpoint in endpoints() {
        let (route, label) = (operation_route(&endpoint), OperationLabel::of(endpoint.operation));
        let (routes, labels) = paths.entry(base.mount(&endpoint.path)).or_default();
        routes.push(route);
        labels.extend(methods(&endpoint.method).map(|method| (method, label)));
    }
    for (label, path, route) in routes_beside_the_document(with_docs, base) {
        let labels = [Method::GET, Method::HEAD].map(|method| (method, label)).to_vec();
        paths.insert(path, (vec![route], labels));
    }
    for (path, (routes, labels)) in paths {
        let mut allow: Vec<_> = labels.iter().map(|(method, _)| method.as_str()).collect();
        allow.push(Method::OPTIONS.as_str());
        let allow = allow.join(", ");
        let resource = routes.into_iter().fold(web::resource(path), actix_web::Resource::route);
        let resource = resource.app_data(Labels(labels));
        config.service(resource.default_service(web::to(move |request: HttpRequest| {
            ready(answer_other_method(&request, &allow))
        })));
    }
    config.default_service(web::to(|request: HttpRequest| async move {
        let about_server = options::of_server(&request);
        about_server.unwrap_or_else(|| refuse(&request, &ApiError::UnknownPath))
    }));
}

/// The handler of every operation of the contract.
fn operation_route(endpoint: &Endpoint) -> Route {
    match endpoint.operation {
        Operation::ListPortalUsers => handle(endpoint, portal::list_users),
        Operation::GetPortalUser => handle(endpoint, portal::get_user),
        Operation::CreatePortalUser => handle(endpoint, portal::create_user),
        Operation::UpdatePortalUserPassword => handle(endpoint, portal::update_password),
        Operation::DeletePortalUser => handle(endpoint, portal::delete_user),
        Operation::ListUsers => handle(endpoint, directory::list_users),
        Operation::CreateUser => handle(endpoint, directory::create_user),
        Operation::GetUser => handle(endpoint, directory::get_user),
        Operation::UpdateUser => handle(endpoint, directory::update_user),
        Operation::CreateSessionToken => handle(endpoint, tokens::create_session_token),
        Operation::DeleteSessionToken => handle(endpoint, tokens::delete_session_token),
        Operation::ListSessions => handle(endpoint, sessions::list_sessions),
        Operation::DeleteSessions => handle(endpoint, sessions::delete_sessions),
        Operation::DeleteSession => handle(endpoint, sessions::delete_session),
        Operation::ListAuditEntries => handle(endpoint, audit::list_entries),
    }
}

/// The other routes below `base`. The probes are at the root as well: balancers and containers ask
/// there.
fn routes_beside_the_document(
    with_docs: bool,
    base: &BasePath,
) -> Vec<(OperationLabel, String, Route)> {
    let probes = [BasePath::default(), base.clone()].into_iter().flat_map(|base| {
        let mounted = |(path, route)| (OperationLabel::HEALTH, base.mount(path), route);
        probe_routes().map(mounted)
    });
    let docs = with_docs.then(docs_routes).into_iter().flatten();
    let docs = docs.map(|(path, route)| (OperationLabel::DOCS, base.mount(path), route));
    let entrance = (with_docs && *base != BasePath::default())
        .then(|| (OperationLabel::DOCS, base.to_string(), readable().to(docs::entrance)));
    probes.chain(docs).chain(entrance).collect()
}

/// Probes, by GET and HEAD.
fn probe_routes() -> [(&'static str, Route); 2] {
    [
        ("/health/live", readable().to(health::live)),
        ("/health/ready", in_set(readable(), EndpointSet::Directory, health::ready)),
    ]
}

/// The documents and Swagger UI, by GET and HEAD.
fn docs_routes() -> [(&'static str, Route); 7] {
    [
        ("/", readable().to(docs::home)),
        ("/swagger-ui", readable().to(docs::home)),
        ("/swagger-ui/{file:.*}", readable().to(docs::swagger_ui)),
        ("/openapi.json", readable().to(docs::openapi_json)),
        ("/openapi.yaml", readable().to(docs::openapi_yaml)),
        ("/openapi-3.0.json", readable().to(docs::openapi_3_0_json)),
        ("/signing-test-vectors.json", readable().to(docs::test_vectors)),
    ]
}

/// A route by GET and HEAD. No body is sent to HEAD, whatever the handler answers (see `edge`).
fn readable() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// The methods that an endpoint of this method is called by: HEAD too where it is GET.
fn methods(documented: &str) -> impl Iterator<Item = Method> + use<> {
    let method = method(documented);
    let is_read = method == Method::GET;
    [method].into_iter().chain(is_read.then_some(Method::HEAD))
}

/// The answer by a method that no handler of the path takes. OPTIONS says which ones there are.
fn answer_other_method(request: &HttpRequest, allow: &str) -> HttpResponse {
    if request.method() == Method::OPTIONS {
        return options::of_path(allow);
    }
    refuse(request, &ApiError::MethodNotAllowed { allow: allow.to_owned() })
}

fn handle<H, F>(endpoint: &Endpoint, handler: H) -> Route
where
    H: Fn(ApiRequest) -> F + Clone + 'static,
    F: Future<Output = Result<HttpResponse, ApiError>> + 'static,
{
    let method = method(&endpoint.method);
    let route = if method == Method::GET { readable() } else { web::method(method) };
    in_set(route, endpoint.set, handler)
}

fn method(name: &str) -> Method {
    Method::from_bytes(name.as_bytes()).unwrap_or(Method::GET)
}

/// A route whose errors come in the envelope of `set`.
fn in_set<H, F>(route: Route, set: EndpointSet, handler: H) -> Route
where
    H: Fn(ApiRequest) -> F + Clone + 'static,
    F: Future<Output = Result<HttpResponse, ApiError>> + 'static,
{
    route.to(move |call: ApiRequest| {
        let request = call.request().clone();
        let answer = handler(call);
        async move {
            let answer = match answer.await {
                Ok(answer) => answer,
                Err(error) => {
                    hold_back(&request, &error).await;
                    envelope::error_response(&request, set, &error)
                }
            };
            used_signature::settle(&request, &answer);
            answer
        }
    })
}

/// Waits before a refusal of one of too many attempts, if its sender has had many of those.
async fn hold_back(request: &HttpRequest, error: &ApiError) {
    if let ApiError::User(UserError::TooManyAttempts(_) | UserError::Overloaded(_)) = error
        && let Some(users) = request.app_data::<web::Data<UserService>>()
    {
        rt::time::sleep(users.pause_before_refusal(client_address::client_key(request))).await;
    }
}

fn refuse(request: &HttpRequest, error: &ApiError) -> HttpResponse {
    envelope::error_response(request, base_path::set_of(request), error)
}
