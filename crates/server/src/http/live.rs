//! `/api/v1/live`: what changes, as it changes, in one stream of server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use serde_json::json;
use tokio::sync::broadcast;
use tokio::time::{Instant, Interval, interval_at};

use super::extract::Caller;
use super::problem::Problem;
use super::routes::{Routes, routes};
use super::{Shared, access};
use crate::app::live::{self, LiveEvent, Story};
use crate::domain::permission::Permission;
use crate::store::news::Topic;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(listen))
}

/// How often it is asked whether the caller may still listen.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Is the caller told of this topic?
fn may_see(caller: &Caller, topic: Topic) -> bool {
    caller.may(match topic {
        Topic::Campaign => Permission::CampaignsRead,
        Topic::Conversation => Permission::InboxRead,
        Topic::Message => Permission::MessagesRead,
        Topic::Bulk | Topic::Import | Topic::Profile => Permission::ProfilesRead,
        Topic::Account => Permission::AccountsRead,
        Topic::Callback => Permission::CallbacksRead,
        Topic::Template => Permission::TemplatesRead,
    })
}

/// What changes, as it changes: server-sent events whose name is the topic and whose data is a small JSON object. The first
/// event is `hello` with `server_time` and `version`, then comes what runs and what changed within the last minute (or
/// since `Last-Event-ID`) as it is now. Of one thing at most two events a second are sent.
#[utoipa::path(get, path = "/live", tag = "Live",
    params(("Last-Event-ID" = Option<String>, Header, description = "The last event that was heard before the connection broke")),
    responses((status = 200, content_type = "text/event-stream", body = LiveEvent), (status = 401, body = Problem)))]
async fn listen(
    caller: Caller,
    State(app): State<Shared>,
    request: Request,
) -> Result<impl IntoResponse, Problem> {
    let (parts, _) = request.into_parts();
    let heard = parts.headers.get("last-event-id");
    let since = heard.and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let (first, stories) = live::listen(&app, since).await?;
    let hello = json!({"server_time": app.now(), "version": env!("CARGO_PKG_VERSION")});
    let mut waiting = VecDeque::from([Event::default().event("hello").data(hello.to_string())]);
    waiting.extend(
        first
            .iter()
            .filter(|s| may_see(&caller, s.topic))
            .map(|s| event(s)),
    );
    let listener = Listener {
        app,
        caller,
        headers: parts.headers,
        waiting,
        stories,
        ask: interval_at(Instant::now() + ASK_AGAIN, ASK_AGAIN),
    };
    let headers = [("x-accel-buffering", "no"), ("cache-control", "no-store")];
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(15));
    Ok((headers, Sse::new(listener.events()).keep_alive(keep_alive)))
}

struct Listener {
    app: Shared,
    caller: Caller,
    /// What the caller showed when it came.
    headers: HeaderMap,
    waiting: VecDeque<Event>,
    stories: broadcast::Receiver<Arc<Story>>,
    ask: Interval,
}

impl Listener {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        futures::stream::unfold(self, |mut listener| async {
            let event = listener.next().await?;
            Some((Ok(event), listener))
        })
    }

    /// The next event; `None` ends the stream, and a browser comes again.
    async fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.waiting.pop_front() {
            return Some(event);
        }
        loop {
            tokio::select! {
                story = self.stories.recv() => {
                    // Who is too far behind begins anew: what was missed is read again.
                    let story = story.ok()?;
                    if may_see(&self.caller, story.topic) {
                        return Some(event(&story));
                    }
                }
                _ = self.ask.tick() => {
                    self.caller = access::again(&self.app, &self.caller, &self.headers).await.ok()?;
                }
                // An open page does not keep the server from stopping.
                () = self.app.shutdown.cancelled() => return None,
            }
        }
    }
}

fn event(story: &Story) -> Event {
    Event::default()
        .id(story.at.to_string())
        .event(story.topic.name())
        .data(&story.data)
}
