//! Handlers with their paths, and the OpenAPI document beside them. `utoipa_axum::router::OpenApiRouter` builds both at
//! once, and the document of all of them takes 10 MB, which every start would pay for what is hardly ever asked for. Here
//! a set of handlers can describe itself, and does when somebody asks.

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::Shared;

/// Handlers as [`routes!`] puts them together.
pub struct Handlers {
    /// Adds them to a router.
    pub add: fn(Router<Shared>) -> Router<Shared>,
    /// What the document says of them.
    pub describe: fn() -> UtoipaMethodRouter<Shared>,
}

/// The router of some features, and what describes it.
#[derive(Default)]
pub struct Routes {
    router: Router<Shared>,
    describe: Vec<fn() -> UtoipaMethodRouter<Shared>>,
}

impl Routes {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// These, and some handlers.
    pub fn routes(mut self, handlers: Handlers) -> Self {
        self.router = (handlers.add)(self.router);
        self.describe.push(handlers.describe);
        self
    }

    /// These, and those of another feature.
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.describe.extend(other.describe);
        self
    }

    /// The same routes with something around them, which the document does not mention.
    pub fn around(mut self, layers: impl FnOnce(Router<Shared>) -> Router<Shared>) -> Self {
        self.router = layers(self.router);
        self
    }

    /// What answers.
    pub fn router(self) -> Router<Shared> {
        self.router
    }

    /// Adds what describes these routes, under a prefix, to a document.
    pub fn describe(self, prefix: &str, doc: OpenApi) -> OpenApi {
        let doc = OpenApiRouter::with_openapi(doc);
        let own = self
            .describe
            .into_iter()
            .fold(OpenApiRouter::new(), |own, describe| own.routes(describe()));
        let doc = if prefix.is_empty() {
            doc.merge(own)
        } else {
            doc.nest(prefix, own)
        };
        doc.into_openapi()
    }
}

/// Puts handlers with `#[utoipa::path]` together, which says their paths and methods.
macro_rules! routes {
    ($($handler:ident),+ $(,)?) => {
        $crate::http::routes::Handlers {
            add: |router| {
                use utoipa_axum::PathItemExt as _;
                $(
                    let path = utoipa_axum::routes!(@path [path()] of $handler);
                    let methods = utoipa_axum::routes!(@path [methods()] of $handler);
                    let router = methods.iter().fold(router, |router, method| {
                        router.route(&path, axum::routing::on(method.to_method_filter(), $handler))
                    });
                )+
                router
            },
            describe: || utoipa_axum::routes!($($handler),+),
        }
    };
}
pub(crate) use routes;

#[cfg(test)]
mod tests {
    use super::{Handlers, Routes};

    #[test]
    fn a_router_is_made_without_its_document() {
        let silent = Handlers {
            add: |router| router,
            describe: || unreachable!("nobody asked"),
        };
        let _ = Routes::new().merge(Routes::new().routes(silent)).router();
    }
}
