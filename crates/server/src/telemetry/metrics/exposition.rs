//! The two text formats of metrics, and content negotiation.

use std::fmt::Write as _;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, Accept, Header},
    mime::Mime,
    web,
};
use prometheus_client::{encoding::text, registry::Registry};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const CLASSIC: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All metrics, in OpenMetrics format if the scraper prefers it, else in the older Prometheus
/// format, which every scraper reads.
pub(crate) async fn metrics(request: HttpRequest, registry: web::Data<Registry>) -> HttpResponse {
    let mut metrics = String::new();
    if text::encode(&mut metrics, &registry).is_err() {
        return HttpResponse::InternalServerError().finish();
    }
    let (format, metrics) = if prefers_open_metrics(&request) {
        (OPEN_METRICS, metrics)
    } else {
        (CLASSIC, classic(&metrics))
    };
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "accept"))
        .content_type(format)
        .body(metrics)
}

fn prefers_open_metrics(request: &HttpRequest) -> bool {
    let accepted = Accept::parse(request).map(|accept| accept.ranked()).unwrap_or_default();
    let is_known = |kind: &&str| ["application/openmetrics-text", "text/plain"].contains(kind);
    let kinds = accepted.iter().map(Mime::essence_str);
    kinds.clone().find(is_known) == Some("application/openmetrics-text")
}

/// Converts OpenMetrics to the older format, in which families have the full names of their
/// metrics, and there are neither units nor an end mark.
fn classic(open_metrics: &str) -> String {
    let (mut text, mut help) = (String::with_capacity(open_metrics.len()), "");
    for line in open_metrics.lines() {
        let mut words = line.splitn(4, ' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("#"), Some("HELP"), Some(_), Some(text)) => help = text,
            (Some("#"), Some("TYPE"), Some(name), Some(kind)) => {
                let (suffix, kind) = match kind {
                    "counter" => ("_total", kind),
                    "info" => ("_info", "gauge"),
                    _ => ("", kind),
                };
                // Writing to a string does not fail.
                let _ = writeln!(text, "# HELP {name}{suffix} {help}");
                let _ = writeln!(text, "# TYPE {name}{suffix} {kind}");
            }
            (Some("#"), ..) => {}
            _ => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{classic, prefers_open_metrics};
    use actix_web::test::TestRequest;

    #[test]
    fn negotiates_the_format() {
        for (accept, expected) in [
            ("*/*", false),
            ("text/plain", false),
            ("application/json", false),
            // What Prometheus 2 and 3, VictoriaMetrics and curl send.
            (
                "application/openmetrics-text;version=1.0.0;q=0.8,\
                 application/openmetrics-text;version=0.0.1;q=0.75,\
                 text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                true,
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
                 application/openmetrics-text;version=0.0.1;q=0.4,\
                 text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,\
                 text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
                true,
            ),
            ("text/plain;version=0.0.4;q=1,application/openmetrics-text;q=0.5", false),
            ("application/openmetrics-text", true),
            ("nonsense", false),
        ] {
            let request = TestRequest::default().insert_header(("accept", accept));
            assert_eq!(prefers_open_metrics(&request.to_http_request()), expected, "{accept}");
        }
        assert!(!prefers_open_metrics(&TestRequest::default().to_http_request()));
    }

    #[test]
    fn converts_to_the_older_format() {
        let open_metrics = "# HELP a_seconds A.\n# TYPE a_seconds counter\n\
            # UNIT a_seconds seconds\na_seconds_total{x=\"y\"} 1.5\n\
            # HELP b B.\n# TYPE b info\nb_info{v=\"1\"} 1\n\
            # HELP c C.\n# TYPE c gauge\nc 2\n# EOF\n";
        let expected = "# HELP a_seconds_total A.\n# TYPE a_seconds_total counter\n\
            a_seconds_total{x=\"y\"} 1.5\n\
            # HELP b_info B.\n# TYPE b_info gauge\nb_info{v=\"1\"} 1\n\
            # HELP c C.\n# TYPE c gauge\nc 2\n";
        assert_eq!(classic(open_metrics), expected);
    }
}
