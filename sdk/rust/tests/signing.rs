//! The contents of a signature, tested without a server.

use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{ClientBuilder, Middleware, Next, Result};
use rollcall_signing::Signer;
use serde_json::Value;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

#[test]
fn every_published_vector_has_its_signature() {
    let text = include_str!("../../../openapi/signing-test-vectors.json");
    let file: Value = serde_json::from_str(text).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert!(!vectors.is_empty());
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().unwrap().to_owned();
        let of = |name: &str| vector["request"][name].as_str().unwrap();
        let signer = Signer::new(text("key"), text("token")).for_host(text("signingHost"));
        let (timestamp, body) = (of("timestamp"), of("body").as_bytes());
        let signature = signer.signature(of("method"), of("path"), of("query"), timestamp, body);
        assert_eq!(signature, text("signature"), "{}", vector["what"]);
    }
}

/// Keeps the requests that it is given, and answers them.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<Request>>>);

#[async_trait::async_trait]
impl Middleware for Recorder {
    async fn handle(&self, request: Request, _: &mut Extensions, _: Next<'_>) -> Result<Response> {
        self.0.lock().unwrap().push(request);
        Ok(http::Response::new("").into())
    }
}

#[tokio::test]
async fn the_signature_covers_the_request_as_sent() {
    let (recorder, signer) = (Recorder::default(), Signer::new("key".into(), "token".into()));
    let client = ClientBuilder::new(reqwest::Client::new()).with(signer).with(recorder.clone());
    let url = "http://localhost/users/zo%c3%AB%2f?b=2&a=%2f+%20&&c";
    client.build().patch(url).body("{\"schnée\":\"☃\"}").send().await.unwrap();
    let request = recorder.0.lock().unwrap().pop().unwrap();
    let header = |name| request.headers()[name].to_str().unwrap();
    assert_eq!(request.url().as_str(), url);
    assert_eq!(header("sessionKey"), "key");
    let (path, query) = ("/users/zo%c3%AB%2f", "b=2&a=%2f+%20&&c");
    let body = "{\"schnée\":\"☃\"}".as_bytes();
    let signer = Signer::new("key".into(), "token".into());
    let signature = signer.signature("PATCH", path, query, header("timestamp"), body);
    assert_eq!(header("signature"), signature);
}

#[tokio::test]
async fn equal_requests_have_timestamps_that_differ() {
    let (recorder, signer) = (Recorder::default(), Signer::new("key".into(), "token".into()));
    let client = ClientBuilder::new(reqwest::Client::new()).with(signer).with(recorder.clone());
    let client = client.build();
    for _ in 0..10_000 {
        client.delete("http://localhost/").send().await.unwrap();
    }
    let requests = recorder.0.lock().unwrap();
    let timestamps: HashSet<_> = requests.iter().map(|sent| &sent.headers()["timestamp"]).collect();
    assert_eq!(timestamps.len(), 10_000);
}
