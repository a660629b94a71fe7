//! Handlers of reset codes.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use rollcall_api_spec::reset_codes::{ResetCode, ResetCodeEnvelope, ResetCodeRedemption};
use rollcall_domain::{Action, Password, PasswordFlaw, UserError};
use zeroize::Zeroizing;

use crate::{
    error::{ApiError, FieldRule, InvalidField},
    request::{ApiRequest, body::fields::FieldErrors, ids::with_id},
};

const ENVELOPE: &str = "resetCode";
const PASSWORD: &str = "plaintextPassword";

pub(crate) async fn create_reset_code(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    let target = with_id(&caller, call.path_parameter(), Action::CreateResetCode)?;
    let origin = call.origin();
    let issued =
        call.run_with(move |services| services.reset_codes.create(&origin, &caller, &target));
    let issued = issued.await?;
    let reset_code =
        ResetCode { code: issued.code.shown().to_string(), expire_time: issued.expire_time };
    Ok(HttpResponse::build(StatusCode::CREATED)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(ResetCodeEnvelope { reset_code }))
}

pub(crate) async fn redeem_reset_code(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let (code, password) = redemption(call.json::<ResetCodeRedemption>().await?)?;
    let origin = call.origin();
    let redeemed =
        call.run_with(move |services| services.reset_codes.redeem(&origin, &code, &password));
    redeemed.await.map_err(|error| match error {
        ApiError::User(UserError::PasswordIsName) => {
            let path = format!("{ENVELOPE}.{PASSWORD}");
            let rule = FieldRule::Password(PasswordFlaw::Name);
            ApiError::Invalid(vec![InvalidField { path, rule }])
        }
        error => error,
    })?;
    Ok(HttpResponse::NoContent().finish())
}

/// The code and the password of a redemption.
///
/// # Errors
/// [`ApiError::Invalid`] with every invalid field.
fn redemption(body: ResetCodeRedemption) -> Result<(Zeroizing<String>, Password), ApiError> {
    let info = body.reset_code.unwrap_or_default();
    let mut fields = FieldErrors::of(ENVELOPE, &info);
    let password = fields.password(PASSWORD, info.plaintext_password);
    let (code, password) = fields.finish(info.code.zip(password))?;
    Ok((code.into_inner(), password))
}
