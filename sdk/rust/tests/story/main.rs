//! Drives the server at `ROLLCALL_URL` through the generated client.

mod directory;
mod portal;
mod session;

use http::Extensions;
use reqwest::header::HeaderMap;
use reqwest::{Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next, Result};
use rollcall_client::apis::Error;
use rollcall_client::apis::configuration::Configuration;
use rollcall_client::apis::directory_api::{self, ListUsersError};
use rollcall_client::apis::portal_api::{self, ListPortalUsersError};
use rollcall_client::models::{PortalUserList, Problem, UserListEnvelope};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex};

const PASSWORD: &str = "Schnée ☃ und mehr";

/// A client without credentials.
fn anonymous() -> Configuration {
    Configuration { base_path: std::env::var("ROLLCALL_URL").unwrap(), ..Configuration::new() }
}

/// A client with a name and a password.
fn client_of(name: &str, password: &str) -> Configuration {
    let basic_auth = Some((name.to_owned(), Some(password.to_owned())));
    Configuration { basic_auth, ..anonymous() }
}

fn admin_password() -> String {
    std::env::var("ROLLCALL_PASSWORD").unwrap()
}

fn admin() -> Configuration {
    client_of("admin", &admin_password())
}

/// Every user by id.
async fn list_users(
    client: &Configuration,
) -> std::result::Result<UserListEnvelope, Error<ListUsersError>> {
    directory_api::list_users(client, None, None, None, None, None, None, None, None).await
}

/// Every user by name.
async fn list_portal_users(
    client: &Configuration,
) -> std::result::Result<PortalUserList, Error<ListPortalUsersError>> {
    portal_api::list_portal_users(client, None, None, None, None, None, None, None, None).await
}

/// A client whose requests go through a middleware.
fn through(middleware: impl Middleware) -> ClientWithMiddleware {
    ClientBuilder::new(reqwest::Client::new()).with(middleware).build()
}

/// Keeps the last answer's headers, which the generated methods do not give.
#[derive(Clone, Default)]
struct Headers(Arc<Mutex<HeaderMap>>);

impl Headers {
    fn last(&self, name: &str) -> String {
        self.0.lock().unwrap()[name].to_str().unwrap().to_owned()
    }
}

#[async_trait::async_trait]
impl Middleware for Headers {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let response = next.run(request, extensions).await?;
        self.0.lock().unwrap().clone_from(response.headers());
        Ok(response)
    }
}

/// The status and the typed body of a refusal. The generated types name the same shape once for
/// each status, and a refusal always comes as the first, so that they are looked through here.
fn refusal<T: DeserializeOwned, E: Serialize>(error: Error<E>) -> (u16, T) {
    let Error::ResponseError(response) = error else { panic!("{error}") };
    let entity = serde_json::to_value(response.entity.expect("a body of the document")).unwrap();
    (response.status.as_u16(), serde_json::from_value(entity).unwrap())
}

/// The problem that a call of the directory set was refused with.
fn problem<T: std::fmt::Debug, E: Serialize + std::fmt::Debug>(
    answer: std::result::Result<T, Error<E>>,
    status: u16,
    kind: &str,
) -> Problem {
    let (code, problem): (_, Problem) = refusal(answer.unwrap_err());
    assert_eq!((code, problem.status), (status, i32::from(status)));
    assert_eq!(problem.r#type.to_string(), format!("urn:rollcall:problem:{kind}"));
    problem
}

/// Asserts the status and the message that a call of the portal set was refused with.
fn assert_refused<T: std::fmt::Debug, E: Serialize + std::fmt::Debug>(
    answer: std::result::Result<T, Error<E>>,
    status: u16,
    message: &str,
) {
    assert_eq!(refusal(answer.unwrap_err()), (status, message.to_owned()));
}
