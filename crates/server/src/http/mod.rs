//! HTTP: endpoint files hold error, doc and handler together.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Bytes;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

use crate::app::App;
use routes::Routes;

pub mod access;
pub mod account;
mod account_check;
mod account_trouble;
pub mod api_key;
pub mod attempt;
mod audit;
mod auto_reply;
mod bulk;
pub mod callback;
pub mod callback_in;
pub mod callback_urls;
pub mod campaign;
pub mod conversation;
mod dashboard;
mod demo;
mod demo_crowd;
mod demo_time;
pub mod extract;
mod factor;
mod file;
mod file_out;
mod frequency_cap;
mod handset;
pub mod health;
mod home;
pub mod import;
pub mod list;
pub mod live;
mod media;
pub mod message;
pub mod node;
mod number;
pub mod paging;
pub mod problem;
pub mod profile;
mod profile_erase;
mod profile_export;
mod profile_list;
mod profile_merge;
pub mod provider;
mod reply_draft;
mod retire;
mod role;
pub mod routes;
mod said;
mod saved_view;
mod session;
mod spreadsheet;
pub mod template;
mod template_desk;
pub mod template_doc;
mod template_list;
mod template_version;
mod texts;
pub mod timeline;
pub mod try_message;
pub mod upload;
mod user;

/// State of every handler.
pub type Shared = Arc<App>;

#[derive(OpenApi)]
#[openapi(
    info(title = "Harkara", description = "The self-hosted WhatsApp engagement platform", license(name = "Apache-2.0", identifier = "Apache-2.0")),
    security(("api_key" = []), ("session" = []))
)]
struct Doc;

/// Where the API is.
const API: &str = "/api/v1";

/// The API under [`API`], each feature adds its routes here.
fn api() -> Routes {
    Routes::new()
        .merge(account::routes())
        .merge(account_check::routes())
        .merge(account_trouble::routes())
        .merge(api_key::routes())
        .merge(attempt::routes())
        .merge(audit::routes())
        .merge(auto_reply::routes())
        .merge(bulk::routes())
        .merge(callback::routes())
        .merge(callback_urls::routes())
        .merge(conversation::routes())
        .merge(demo::routes())
        .merge(demo_time::routes())
        .merge(demo_crowd::routes())
        .merge(factor::routes())
        .merge(file::routes())
        .merge(frequency_cap::routes())
        .merge(handset::routes())
        .merge(home::routes())
        .merge(import::routes())
        .merge(campaign::routes())
        .merge(list::routes())
        .merge(live::routes())
        .merge(media::routes())
        .merge(message::routes())
        .merge(node::routes())
        .merge(number::routes())
        .merge(profile::routes())
        .merge(profile_erase::routes())
        .merge(profile_export::routes())
        .merge(profile_list::routes())
        .merge(profile_merge::routes())
        .merge(provider::routes())
        .merge(reply_draft::routes())
        .merge(retire::routes())
        .merge(said::routes())
        .merge(saved_view::routes())
        .merge(session::routes())
        .merge(template::routes())
        .merge(template_desk::routes())
        .merge(template_list::routes())
        .merge(template_version::routes())
        .merge(texts::routes())
        .merge(timeline::routes())
        .merge(try_message::routes())
        .merge(user::routes())
}

/// The OpenAPI document, from the code.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let doc = api().describe(API, Doc::openapi());
    let mut doc = upload::routes().describe("", doc);
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key: `Authorization: Bearer hk_...`"))
        .build();
    let session = ApiKey::Cookie(ApiKeyValue::with_description(
        access::COOKIE,
        "A user who signed in. What is not GET also sends the header `x-harkara: 1`.",
    ));
    doc.components
        .get_or_insert_default()
        .add_security_scheme("api_key", SecurityScheme::Http(scheme));
    doc.components
        .get_or_insert_default()
        .add_security_scheme("session", SecurityScheme::ApiKey(session));
    name_operations(&mut doc);
    doc
}

/// Gives each operation an id of its own, from its method and path: handlers of different features share names, and
/// clients that are generated from the document would take one for the other.
fn name_operations(doc: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut doc.paths.paths {
        let place = path.trim_start_matches(API).trim_matches('/');
        let place = place.replace(['{', '}'], "").replace(['/', '-', '.'], "_");
        let named = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in named {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{place}"));
            }
        }
    }
}

/// Everything this server answers to.
pub fn router(app: Shared) -> Router {
    let api = Router::new()
        .nest(API, api().router())
        .merge(upload::routes().router())
        .layer(axum::middleware::from_fn_with_state(app.clone(), access::guard))
        .layer(axum::middleware::map_response(problem::in_words));
    let callbacks = callback_in::routes();
    let all = Router::new()
        .merge(health::routes())
        .merge(role::only(&app.config, "callbacks", callbacks))
        .merge(file_out::routes(&app.config))
        .merge(role::only(&app.config, "http", api))
        .route("/api/v1/openapi.json", axum::routing::get(document))
        .fallback(dashboard::pages(&app.config));
    let all = match app.clock.movable() {
        // Each layer costs every callback some time.
        None => all,
        Some(_) => all.layer(axum::middleware::from_fn_with_state(app.clone(), demo_time::date)),
    };
    all.with_state(app)
}

/// The OpenAPI document; public, because it holds no data. Kept as text once somebody asked: it is the same until the
/// program ends, and building it takes 10 MB.
async fn document() -> ([(axum::http::HeaderName, &'static str); 1], Bytes) {
    static TEXT: OnceLock<Bytes> = OnceLock::new();
    let text = TEXT.get_or_init(|| {
        let json = openapi().to_json();
        json.unwrap_or_else(|e| format!("{{\"error\":\"{e}\"}}")).into()
    });
    (
        [(axum::http::header::CONTENT_TYPE, "application/json")],
        text.clone(),
    )
}
