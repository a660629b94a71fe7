//! The endpoints, as the annotations of the operations say.
//!
//! They are not read from the document: that takes milliseconds to make and megabytes to keep. A
//! server makes it once a client asks for it.

use utoipa::{Path, openapi::HttpMethod};

use crate::{
    audit, directory, keys,
    operation::{EndpointSet, Operation},
    portal, reset_codes, sessions, tokens, verify,
};

/// A method of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The operation that it performs.
    pub operation: Operation,
    /// The method, in upper case.
    pub method: &'static str,
    /// The path, with parameters in braces.
    pub path: String,
    /// The set of the endpoint.
    pub set: EndpointSet,
}

/// Every endpoint of the document, ordered by path.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    let mut annotated: Vec<_> = Operation::ALL
        .iter()
        .flat_map(|operation| {
            let (path, methods) = annotation(*operation);
            methods.into_iter().map(move |method| (path.clone(), method, *operation))
        })
        .collect();
    annotated
        .sort_unstable_by(|(path, method, _), other| (path, method).cmp(&(&other.0, &other.1)));
    let endpoint = |(path, method, operation): (String, HttpMethod, Operation)| {
        let set = EndpointSet::of_path(&path);
        Endpoint { operation, method: text(&method), path, set }
    };
    annotated.into_iter().map(endpoint).collect()
}

/// The path and the methods of an operation. utoipa gives each annotated function a type of this
/// name.
fn annotation(operation: Operation) -> (String, Vec<HttpMethod>) {
    fn of<P: Path>() -> (String, Vec<HttpMethod>) {
        (P::path(), P::methods())
    }
    match operation {
        Operation::ListPortalUsers => of::<portal::operations::__path_list_portal_users>(),
        Operation::GetPortalUser => of::<portal::operations::__path_get_portal_user>(),
        Operation::CreatePortalUser => of::<portal::operations::__path_create_portal_user>(),
        Operation::UpdatePortalUserPassword => {
            of::<portal::operations::__path_update_portal_user_password>()
        }
        Operation::DeletePortalUser => of::<portal::operations::__path_delete_portal_user>(),
        Operation::ListUsers => of::<directory::operations::__path_list_users>(),
        Operation::CreateUser => of::<directory::operations::__path_create_user>(),
        Operation::GetCurrentUser => of::<directory::operations::__path_get_current_user>(),
        Operation::GetUser => of::<directory::operations::__path_get_user>(),
        Operation::UpdateUser => of::<directory::operations::__path_update_user>(),
        Operation::CreateSessionToken => of::<tokens::operations::__path_create_session_token>(),
        Operation::DeleteSessionToken => of::<tokens::operations::__path_delete_session_token>(),
        Operation::ListSessions => of::<sessions::operations::__path_list_sessions>(),
        Operation::DeleteSessions => of::<sessions::operations::__path_delete_sessions>(),
        Operation::DeleteSession => of::<sessions::operations::__path_delete_session>(),
        Operation::CreateApiKey => of::<keys::operations::__path_create_api_key>(),
        Operation::ListApiKeys => of::<keys::operations::__path_list_api_keys>(),
        Operation::DeleteApiKey => of::<keys::operations::__path_delete_api_key>(),
        Operation::CreateResetCode => of::<reset_codes::operations::__path_create_reset_code>(),
        Operation::RedeemResetCode => of::<reset_codes::operations::__path_redeem_reset_code>(),
        Operation::VerifyCredentials => of::<verify::operations::__path_verify_credentials>(),
        Operation::ListAuditEntries => of::<audit::operations::__path_list_audit_entries>(),
    }
}

fn text(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Get => "GET",
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Delete => "DELETE",
        HttpMethod::Options => "OPTIONS",
        HttpMethod::Head => "HEAD",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Trace => "TRACE",
    }
}
