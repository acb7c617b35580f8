//! `/api/v1/profiles`: the people a business writes to.

use std::collections::HashSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Body, Caller, once, path_id};
use super::problem::Problem;
use super::routes::{Routes, routes};
pub use crate::app::profile::consent_name;
use crate::app::profile::{Change, Outcome, Set, Who, Wish, give_consent, write_one};
use crate::app::{App, AppError, FieldProblem};
use crate::domain::attributes::{self, Attributes};
use crate::domain::id;
use crate::domain::phone::Phone;
use crate::store::profile::{OPTED_IN, ProfileRow};
use crate::store::{self, Tx};

/// Routes.
pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(upsert))
        .routes(routes!(show, patch))
        .routes(routes!(consent))
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profile {
    /// Id.
    pub id: String,
    /// The business's own id of the person; the phone number when it gave none.
    pub identity: String,
    /// E.164 with `+`.
    pub phone: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Texts, numbers and booleans by name.
    #[schema(value_type = Object)]
    pub attributes: Value,
    /// `opted_in`, `opted_out` or `not_recorded`.
    pub consent: &'static str,
    /// Where the consent comes from.
    pub consent_source: Option<String>,
    /// When it was given or taken back, milliseconds since 1970 UTC.
    pub consent_at: Option<i64>,
    /// The number is opted out, whatever profiles share it.
    pub number_opted_out: bool,
    /// Has a number, opted in, and the number is not opted out.
    pub reachable: bool,
    /// The lists that the person is on, by name; where one profile is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lists: Option<Vec<OnList>>,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
    /// Milliseconds since 1970 UTC.
    pub updated_at: i64,
}

impl Profile {
    pub(super) fn new(row: ProfileRow, suppressed: &HashSet<String>) -> Self {
        let number_opted_out = row.phone.as_ref().is_some_and(|phone| suppressed.contains(phone));
        Self {
            id: id::PROFILE.show(row.id),
            identity: row.identity,
            reachable: row.phone.is_some() && row.opt_in == OPTED_IN && !number_opted_out,
            phone: row.phone,
            name: row.name,
            attributes: serde_json::from_str(&row.attributes).unwrap_or(Value::String(row.attributes)),
            consent: consent_name(row.opt_in),
            consent_source: row.opt_source,
            consent_at: row.opt_at,
            number_opted_out,
            lists: None,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }

    async fn read(tx: &mut Tx, row: ProfileRow) -> Result<Self, AppError> {
        let phones: Vec<&str> = row.phone.as_deref().into_iter().collect();
        let suppressed = store::consent::suppressed(tx, &phones).await?;
        let lists = store::list::of_profile(tx, row.id).await?;
        let lists = lists.into_iter().map(|list| OnList {
            id: id::LIST.show(list.id),
            name: list.name,
        });
        Ok(Self {
            lists: Some(lists.collect()),
            ..Self::new(row, &suppressed)
        })
    }
}

/// A list that somebody is on.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnList {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// Shows a profile.
#[utoipa::path(get, path = "/profiles/{id}", tag = "Profiles", params(("id" = String, Path)), responses((status = 200, body = Profile), (status = 404, body = Problem)))]
async fn show(_: Caller, State(app): State<Shared>, path: Path<String>) -> Result<Json<Profile>, Problem> {
    let mut tx = app.db.read().await?;
    let row = find(&mut tx, path_id(id::PROFILE, "profile", path)?).await?;
    Ok(Json(Profile::read(&mut tx, row).await?))
}

pub(super) async fn find(tx: &mut Tx, id: i64) -> Result<ProfileRow, AppError> {
    store::profile::by_id(tx, id)
        .await?
        .ok_or(AppError::NotFound("profile"))
}

/// What to put into a profile. Fields that are absent stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileInput {
    /// The business's own id of the person, up to 512 bytes. When absent, the phone number says who it is.
    pub identity: Option<String>,
    /// Phone number; without `+` and country code it belongs to the configured default region.
    pub phone: Option<String>,
    /// Name, up to 512 bytes.
    pub name: Option<String>,
    /// Texts, numbers and booleans by name; null removes one.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub attributes: Attributes,
    /// true: the person agreed to be written to, which does not undo an opt-out. false: the number is opted out.
    pub opt_in: Option<bool>,
    /// Where the consent comes from, such as `web form`; needed with `opt_in`.
    pub opt_in_source: Option<String>,
    /// Proof of the consent, in words.
    pub opt_in_detail: Option<String>,
}

/// A profile that was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrittenProfile {
    /// `created`, `updated` or `unchanged`.
    pub outcome: &'static str,
    /// `opt_in` was true, but the person or the number opted out before: that stands.
    pub opt_out_kept: bool,
    /// The profile as it is now.
    pub profile: Profile,
}

/// Creates or updates the profile of an identity or of a phone number.
#[utoipa::path(post, path = "/profiles", tag = "Profiles", request_body = ProfileInput, responses((status = 200, body = WrittenProfile, description = "It existed"), (status = 201, body = WrittenProfile, description = "It is new"), (status = 422, body = Problem)))]
async fn upsert(State(app): State<Shared>, body: Body<ProfileInput>) -> Result<Response, Problem> {
    let input = &body.value;
    let (change, source) = read_input(&app, input)?;
    once(&app, &body.asked, async |tx| {
        let (row, written) = write_one(&app, tx, change.clone(), &source).await?;
        let (status, outcome) = match written.outcome {
            Outcome::Created => (StatusCode::CREATED, "created"),
            Outcome::Updated => (StatusCode::OK, "updated"),
            Outcome::Unchanged => (StatusCode::OK, "unchanged"),
        };
        let answer = WrittenProfile {
            outcome,
            opt_out_kept: written.opt_out_kept,
            profile: Profile::read(tx, row).await?,
        };
        Ok((status, answer))
    })
    .await
}

fn read_input(app: &App, input: &ProfileInput) -> Result<(Change, String), AppError> {
    let mut wrong = Vec::new();
    let phone = match &input.phone {
        None => None,
        Some(text) => match read_phone(app, text, "/phone") {
            Ok(phone) => Some(phone),
            Err(AppError::Invalid(fields)) => {
                wrong.extend(fields);
                None
            }
            Err(other) => return Err(other),
        },
    };
    let identity = input
        .identity
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let who = match (identity, &phone) {
        (Some(identity), _) => Who::Identity(identity.to_owned()),
        (None, Some(phone)) => Who::Phone(phone.clone()),
        (None, None) => {
            if input.phone.is_none() {
                let detail = "Give an identity or a phone number: it says whose profile this is.";
                wrong.push(FieldProblem::new("/identity", "required", detail));
            }
            Who::Identity(String::new())
        }
    };
    let mut change = Change::of(who);
    if let Some(phone) = phone {
        change.phone = Set::To(phone);
    }
    check_text(&mut wrong, "identity", identity);
    check_text(&mut wrong, "name", input.name.as_deref());
    if let Some(name) = &input.name {
        change.name = Set::To(name.trim().to_owned());
    }
    check_attributes(&mut wrong, &input.attributes);
    change.attributes = input.attributes.clone();
    let source = input.opt_in_source.as_deref().map(str::trim).unwrap_or_default();
    check_text(&mut wrong, "opt_in_source", Some(source));
    check_text(&mut wrong, "opt_in_detail", input.opt_in_detail.as_deref());
    if let Some(opt_in) = input.opt_in {
        if source.is_empty() {
            let detail = "Say where the consent comes from, such as \"web form\".";
            wrong.push(FieldProblem::new("/opt_in_source", "required", detail));
        }
        change.wish = if opt_in { Wish::In } else { Wish::Out };
        change.detail = input.opt_in_detail.clone();
    }
    if wrong.is_empty() {
        Ok((change, source.to_owned()))
    } else {
        Err(AppError::Invalid(wrong))
    }
}

pub(super) fn read_phone(app: &App, text: &str, pointer: &str) -> Result<String, AppError> {
    Phone::parse(text, &app.config.default_region)
        .map(Phone::into_string)
        .map_err(|problem| AppError::field(pointer, "phone_invalid", format!("{problem}.")))
}

fn check_text(wrong: &mut Vec<FieldProblem>, what: &str, text: Option<&str>) {
    if let Some(Err(problem)) = text.map(|text| attributes::check_text(what, text)) {
        wrong.push(FieldProblem::new(
            format!("/{what}"),
            "text_invalid",
            format!("{problem}."),
        ));
    }
}

fn check_attributes(wrong: &mut Vec<FieldProblem>, given: &Attributes) {
    for (key, value) in given {
        if let Err(problem) = attributes::check(key, value) {
            let key = key.replace('~', "~0").replace('/', "~1");
            let pointer = format!("/attributes/{key}");
            wrong.push(FieldProblem::new(
                pointer,
                "attribute_invalid",
                format!("{problem}."),
            ));
        }
    }
}

/// What to change in a profile. Fields that are absent stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfilePatch {
    /// Phone number; null removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub phone: Option<Option<String>>,
    /// Name; null removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub name: Option<Option<String>>,
    /// Texts, numbers and booleans by name; null removes one.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub attributes: Attributes,
}

/// Tells null from absent.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Changes a profile.
#[utoipa::path(patch, path = "/profiles/{id}", tag = "Profiles", params(("id" = String, Path)), request_body = ProfilePatch, responses((status = 200, body = Profile), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn patch(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<ProfilePatch>,
) -> Result<Response, Problem> {
    let id = path_id(id::PROFILE, "profile", path)?;
    let mut wrong = Vec::new();
    let input = &body.value;
    check_text(&mut wrong, "name", input.name.as_ref().and_then(Option::as_deref));
    check_attributes(&mut wrong, &input.attributes);
    if !wrong.is_empty() {
        return Err(AppError::Invalid(wrong).into());
    }
    let phone = match &input.phone {
        None => Set::Keep,
        Some(None) => Set::Clear,
        Some(Some(text)) => Set::To(read_phone(&app, text, "/phone")?),
    };
    let name = match &input.name {
        None => Set::Keep,
        Some(None) => Set::Clear,
        Some(Some(text)) => Set::To(text.trim().to_owned()),
    };
    once(&app, &body.asked, async |tx| {
        let row = find(tx, id).await?;
        let mut change = Change::of(Who::Identity(row.identity));
        change.phone = phone.clone();
        change.name = name.clone();
        change.attributes = input.attributes.clone();
        let (row, _) = write_one(&app, tx, change, "api").await?;
        Ok((StatusCode::OK, Profile::read(tx, row).await?))
    })
    .await
}

/// What a person decided.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentAction {
    /// Wants messages.
    OptIn,
    /// Wants no messages.
    OptOut,
}

/// A person's decision, with its proof.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentInput {
    /// `opt_in` or `opt_out`.
    pub action: ConsentAction,
    /// Where it comes from, such as `phone call` or `web form`.
    pub source: String,
    /// Its proof, in words: what was said, when, to whom.
    #[serde(alias = "proof")]
    pub detail: Option<String>,
}

/// Records an explicit decision. It holds for the number: every profile that shares it changes. This, a message with
/// an opt-in word and a resubscription are the only ways to lift an opt-out.
#[utoipa::path(post, path = "/profiles/{id}/consent", tag = "Profiles", params(("id" = String, Path)), request_body = ConsentInput, responses((status = 200, body = Profile), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn consent(
    State(app): State<Shared>,
    path: Path<String>,
    body: Body<ConsentInput>,
) -> Result<Response, Problem> {
    let id = path_id(id::PROFILE, "profile", path)?;
    let mut wrong = Vec::new();
    let source = body.value.source.trim();
    check_text(&mut wrong, "source", Some(source));
    check_text(&mut wrong, "detail", body.value.detail.as_deref());
    if source.is_empty() {
        let detail = "Say where the decision comes from, such as \"phone call\".";
        wrong.push(FieldProblem::new("/source", "required", detail));
    }
    if !wrong.is_empty() {
        return Err(AppError::Invalid(wrong).into());
    }
    once(&app, &body.asked, async |tx| {
        let row = find(tx, id).await?;
        let agreed = matches!(body.value.action, ConsentAction::OptIn);
        give_consent(&app, tx, &row, agreed, source, body.value.detail.as_deref()).await?;
        let row = find(tx, id).await?;
        Ok((StatusCode::OK, Profile::read(tx, row).await?))
    })
    .await
}
