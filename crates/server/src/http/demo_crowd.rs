//! `/api/v1/handset/crowds`: fictional people, as many as one wants, who behave by themselves.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use harkara_sim::Behaviour;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Shared;
use super::extract::{Body, Caller};
use super::handset::no_handset;
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::AppError;
use crate::app::audit::Before;
use crate::demo::crowd::{self, word};
use crate::demo::workspace;
use crate::domain::id::{IMPORT, LIST};
use crate::store::{demo_crowd, list};

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(show, make))
}

/// The crowds, and what can be asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DemoCrowds)]
struct Crowds {
    /// People at most in the next one: so many reserved numbers are free.
    most: u32,
    /// How people can behave.
    behaviours: Vec<Figures>,
    /// Those that there are, the newest first.
    crowds: Vec<Crowd>,
}

/// A behaviour and its figures. Shares are of a hundred, times are seconds: at least and at most.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DemoBehaviour)]
struct Figures {
    /// `keen`, `ordinary`, `silent` or `hard_to_reach`.
    name: String,
    /// People who are never reached.
    out_of_reach: u64,
    /// Messages that are read, of those that arrive.
    read: u64,
    /// Template messages that are answered, of those that arrive; also with STOP.
    answer: u64,
    /// Template messages that are answered with STOP, of those that arrive.
    stop: u64,
    /// Seconds until a message arrives.
    arrives: [u64; 2],
    /// Seconds from there until it is read.
    reads: [u64; 2],
    /// Seconds from there until it is answered.
    answers: [u64; 2],
}

/// A crowd.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DemoCrowd)]
struct Crowd {
    /// The list of its people.
    list_id: String,
    /// Name of the list.
    name: String,
    /// People that were asked for.
    people: i64,
    /// How they behave.
    behaviour: String,
}

/// A crowd to make.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DemoCrowdWish)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// How many people.
    people: u32,
    /// `keen`, `ordinary`, `silent` or `hard_to_reach`.
    behaviour: String,
}

/// A crowd that is being made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DemoCrowdMade)]
struct Made {
    /// The list of its people.
    list_id: String,
    /// Name of the list.
    name: String,
    /// What makes its people: `GET /imports/{id}` tells how far it is.
    import_id: String,
}

/// The crowds of the demo, and how people in one can behave.
#[utoipa::path(get, path = "/handset/crowds", tag = "Handset", responses((status = 200, body = Crowds), (status = 404, body = Problem)))]
async fn show(_: Caller, State(app): State<Shared>) -> Result<Json<Crowds>, Problem> {
    if !app.demo.is_on() {
        return Err(no_handset());
    }
    let mut tx = app.db.read().await?;
    let most = crowd::room(&mut tx).await?;
    let mut crowds = Vec::new();
    for row in demo_crowd::all(&mut tx).await?.into_iter().rev().take(SHOWN) {
        // A list that somebody deleted is no crowd any more that a campaign could pick.
        if let Some(list) = list::by_id(&mut tx, row.list_id).await? {
            crowds.push(Crowd {
                list_id: LIST.show(row.list_id),
                name: list.name,
                people: row.people,
                behaviour: row.behaviour,
            });
        }
    }
    Ok(Json(Crowds {
        most,
        behaviours: Behaviour::ALL.into_iter().map(figures).collect(),
        crowds,
    }))
}

/// Crowds that are shown at most.
const SHOWN: usize = 20;

fn figures(behaviour: Behaviour) -> Figures {
    let habits = behaviour.habits();
    Figures {
        name: word(behaviour),
        out_of_reach: habits.out_of_reach,
        read: habits.read,
        answer: habits.answer,
        stop: habits.stop,
        arrives: habits.arrives.into(),
        reads: habits.reads.into(),
        answers: habits.answers.into(),
    }
}

/// Makes a crowd: fictional people with reserved numbers, who opted in, in a list of their own. They come as an import does, in the
/// background, and go with the demo.
#[utoipa::path(post, path = "/handset/crowds", tag = "Handset", request_body = Wish, responses((status = 202, body = Made), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn make(
    caller: Caller,
    State(app): State<Shared>,
    Body { value: wish, .. }: Body<Wish>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    if !app.demo.is_on() {
        return Err(no_handset());
    }
    let behaviour = Behaviour::ALL.into_iter().find(|b| word(*b) == wish.behaviour);
    let behaviour = behaviour.ok_or_else(|| {
        let detail = "Give one of keen, ordinary, silent and hard_to_reach.";
        AppError::field("/behaviour", "unknown", detail)
    })?;
    let made = crowd::make(&app, wish.people, behaviour).await?;
    let account = {
        let mut tx = app.db.read().await?;
        workspace::state(&mut tx).await?.account
    };
    caller.afterwards(&app, Before::New, account.unwrap_or(0)).await?;
    let made = Made {
        list_id: LIST.show(made.list_id),
        name: made.name,
        import_id: IMPORT.show(made.import.id),
    };
    Ok((StatusCode::ACCEPTED, Json(made)))
}
