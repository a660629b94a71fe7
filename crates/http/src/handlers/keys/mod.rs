//! Handlers of the API keys that a user has.

pub(crate) mod mapping;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use rollcall_api_spec::keys::{KeyCreation, KeyList, KeyListEnvelope, NewKeyEnvelope};
use rollcall_domain::{Action, key::KeyId, limits::LARGEST_NUMBER};

use crate::{
    error::ApiError,
    request::{
        ApiRequest,
        ids::{whole_number, with_id},
    },
    response::{headers::private, reference},
};

pub(crate) async fn create_api_key(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let mut caller = call.authenticate().await?;
    let target = with_id(&caller, call.path_parameter(), Action::CreateKey)?;
    let body = call.json_from::<KeyCreation>(&mut caller).await?;
    let (request, current) = mapping::new_key(body, caller.is_by_session())?;
    let origin = call.origin();
    let made = call.run_with(move |services| {
        let confirmed = services.users.confirm(&origin, &caller, current.as_ref())?;
        services.keys.create(&origin, &confirmed, &target, request)
    });
    let (key, secret) = made.await?;
    Ok(HttpResponse::build(StatusCode::CREATED)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::LOCATION, reference::below(call.request(), key.id)))
        .json(NewKeyEnvelope { key: mapping::wire_key(key), secret: secret.expose().to_owned() }))
}

pub(crate) async fn list_api_keys(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    let target = with_id(&caller, call.path_parameter(), Action::ListKeys)?;
    let list = call.run_with(move |services| services.keys.list(&caller, &target));
    let keys = list.await?.into_iter().map(mapping::wire_key).collect();
    Ok(private(StatusCode::OK).json(KeyListEnvelope { key_list: KeyList { keys } }))
}

pub(crate) async fn delete_api_key(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    let (user, key) = call.path_parameters();
    let target = with_id(&caller, user, Action::EndKey)?;
    let id = KeyId(whole_number("keyId", key, LARGEST_NUMBER)?);
    let origin = call.origin();
    call.run_with(move |services| services.keys.end(&origin, &caller, &target, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
