//! Handlers of session tokens.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use rollcall_api_spec::tokens::{SessionToken, SessionTokenEnvelope, SessionTokenRequest};
use rollcall_domain::{PresentedPassword, session::SessionKey};

use crate::{
    error::ApiError,
    request::{ApiRequest, body::fields::FieldErrors, credentials::Basic},
    statistics::authentication::Kind,
};

pub(crate) async fn create_session_token(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let basic = basic(call.json::<SessionTokenRequest>().await?)?;
    let proved = call.identify(Kind::Login, basic).await?;
    call.users().charge_log_in(&proved)?;
    let origin = call.origin();
    let login = call.run_with(move |services| services.sessions.log_in(proved, &origin)).await?;
    // Relative to the path of the request, so that it holds below any prefix.
    let location = format!("tokens/{}", login.key.as_str());
    let session_token = SessionToken {
        user_id: login.user.id.0,
        key: login.key.as_str().to_owned(),
        token: login.token.as_str().to_owned(),
        admin: login.user.roles.include_admin(),
    };
    Ok(HttpResponse::build(StatusCode::CREATED)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::LOCATION, location))
        .json(SessionTokenEnvelope { session_token }))
}

/// The name and the password of a login.
///
/// # Errors
/// [`ApiError::Invalid`] with every missing field.
pub fn basic(body: SessionTokenRequest) -> Result<Basic, ApiError> {
    let credentials = body.credentials.unwrap_or_default();
    let fields = FieldErrors::of("credentials", &credentials);
    let (name, password) = fields.finish(credentials.name.zip(credentials.password))?;
    Ok(Basic { name, password: PresentedPassword::new(password.into_inner()) })
}

pub(crate) async fn delete_session_token(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    let key = SessionKey::of(call.path_parameter());
    let origin = call.origin();
    call.run_with(move |services| services.sessions.log_out(&origin, &caller, &key)).await?;
    Ok(HttpResponse::NoContent().finish())
}
