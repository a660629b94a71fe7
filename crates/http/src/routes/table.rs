//! The table of paths, and what answers each of them by method.
//!
//! actix-web compares a request with one pattern after the other, those with parameters by regular
//! expressions, and passes it through five layers of futures. That takes longer than all else here.

use actix_web::{dev::ServiceRequest, http::Method};

use super::{
    handler::{Answer, Handler, RoutedRequest},
    pattern::{Parameters, Pattern},
};
use crate::{request::logged::note_operation, statistics::operation::OperationLabel};

/// What answers requests to one path by some methods.
pub(super) struct Route {
    pub(super) methods: Vec<Method>,
    pub(super) label: OperationLabel,
    pub(super) handler: Handler,
}

/// A path with its routes.
struct Resource {
    pattern: Pattern,
    routes: Vec<Route>,
    other_method: Handler,
}

/// All paths, those that are requested most first.
pub(super) struct Table {
    resources: Vec<Resource>,
    unknown_path: Handler,
}

impl Table {
    /// A table without paths.
    pub(super) fn new(unknown_path: Handler) -> Self {
        Self { resources: Vec::new(), unknown_path }
    }

    /// Adds a path behind the others. A request by a method without a route is passed to
    /// `other_method`.
    pub(super) fn add(&mut self, pattern: &str, routes: Vec<Route>, other_method: Handler) {
        let pattern = Pattern::new(pattern);
        self.resources.push(Resource { pattern, routes, other_method });
    }

    /// Answers a request, by the first pattern that its path matches.
    pub(super) fn answer(&self, request: ServiceRequest) -> Answer {
        let (request, payload) = request.into_parts();
        let found = self.find(request.match_info().as_str());
        let Some((resource, parameters)) = found else {
            let parameters = Parameters::default();
            return (self.unknown_path)(RoutedRequest { request, payload, parameters });
        };
        let mut routes = resource.routes.iter();
        let route = routes.find(|route| route.methods.contains(request.method()));
        let label = route.map_or(OperationLabel::UNKNOWN, |route| route.label);
        note_operation(&request, label);
        let handler = route.map_or(&resource.other_method, |route| &route.handler);
        handler(RoutedRequest { request, payload, parameters })
    }

    /// The pattern that `path` matches, parameters in braces; none of an unknown path.
    pub(super) fn pattern_of(&self, path: &str) -> Option<&str> {
        self.find(path).map(|(resource, _)| resource.pattern.text())
    }

    fn find(&self, path: &str) -> Option<(&Resource, Parameters)> {
        self.resources
            .iter()
            .find_map(|resource| Some((resource, resource.pattern.parameters_of(path)?)))
    }
}
