//! A small model of the provider: it takes requests or not, answers or not, and reports in its own time. What it notes
//! down is the truth that the ledger is compared with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use futures::future::{BoxFuture, pending};
use harkara::clock::{Clock, Millis};
use harkara::engine::{Exchange, Transport};
use harkara_provider::{Body, Reply, Request};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::rng::Rng;
use crate::time::SimClock;

type Answer = Result<Reply, Transport>;

/// What the gateway does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Accept,
    Throttle,
    Away,
    Later,
    /// 500 without the vendor's own words: taken or not.
    Bare,
    /// No connection at all.
    Refused,
    /// The connection broke after the request was written: taken or not.
    Lost,
    /// No answer for longer than anybody waits: taken or not.
    Hangs,
    Garbage,
    Auth,
    Invalid,
    OptedOut,
}

/// How often it is in which mood.
pub type Weather = Vec<(usize, Mood)>;

/// Some weather.
pub fn weather(rng: &mut Rng) -> Weather {
    let mut weather = vec![(rng.pick(&[2, 10, 40]), Mood::Accept)];
    for mood in [
        Mood::Throttle,
        Mood::Away,
        Mood::Later,
        Mood::Bare,
        Mood::Refused,
        Mood::Lost,
        Mood::Hangs,
        Mood::Garbage,
        Mood::Invalid,
        Mood::OptedOut,
    ] {
        if rng.chance(350) {
            weather.push((rng.pick(&[1, 2, 5]), mood));
        }
    }
    weather
}

/// A request that reached the gateway.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub at: Millis,
    pub reference: String,
    pub user: String,
}

/// A callback on its way to us.
#[derive(Debug, Clone)]
pub struct Post {
    pub id: u64,
    pub due: Millis,
    pub account: usize,
    pub body: Value,
    pub tells: Vec<Tells>,
}

/// What a callback says, for the comparison at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tells {
    /// This message reached this state; named by our reference.
    Reached(String, i16),
    /// This person wrote these words to this number.
    Wrote {
        from: String,
        to: String,
        text: String,
        at: Millis,
    },
}

#[derive(Default)]
struct State {
    weather: Weather,
    broken: BTreeSet<String>,
    arrivals: Vec<Arrival>,
    /// References of accepted messages.
    accepted: BTreeMap<String, u32>,
    /// Those whose sender cannot know that they were not taken.
    perhaps: BTreeSet<String>,
    answers: BTreeMap<(Millis, u64), (oneshot::Sender<Answer>, Answer)>,
    posts: Vec<Post>,
    dead: BTreeSet<usize>,
    sequence: u64,
    wrong: Vec<String>,
    quick: bool,
    tale: String,
}

/// The gateway of one story.
pub struct Gateway {
    state: Mutex<State>,
    rng: Mutex<Rng>,
    clock: Arc<SimClock>,
}

/// The line of one node to the gateway.
pub struct Line {
    pub gateway: Arc<Gateway>,
    pub node: usize,
}

impl Exchange for Line {
    fn exchange(&self, request: Request) -> BoxFuture<'static, Answer> {
        self.gateway.take(self.node, &request)
    }
}

impl Gateway {
    pub fn new(clock: Arc<SimClock>, rng: Rng, weather: Weather) -> Arc<Self> {
        let state = State {
            weather,
            ..State::default()
        };
        Arc::new(Self {
            state: Mutex::new(state),
            rng: Mutex::new(rng),
            clock,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rng(&self) -> MutexGuard<'_, Rng> {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_weather(&self, weather: Weather) {
        self.state().weather = weather;
    }

    /// From now on it accepts, answers and reports at once.
    pub fn heal(&self) {
        let mut state = self.state();
        state.weather = vec![(1, Mood::Accept)];
        state.broken.clear();
        state.quick = true;
    }

    /// The credentials of this user do not work any more, or again.
    pub fn set_broken(&self, user: &str, broken: bool) {
        let mut state = self.state();
        if broken {
            state.broken.insert(user.to_owned());
        } else {
            state.broken.remove(user);
        }
    }

    /// Nobody hears the answers for this node any more, and it asks no more.
    pub fn kill(&self, node: usize) {
        self.state().dead.insert(node);
    }

    pub fn arrivals(&self) -> Vec<Arrival> {
        self.state().arrivals.clone()
    }

    pub fn accepted(&self) -> BTreeMap<String, u32> {
        self.state().accepted.clone()
    }

    /// What must never happen, and did.
    pub fn wrong(&self) -> Vec<String> {
        self.state().wrong.clone()
    }

    /// What happened since the last call, in words.
    pub fn tale(&self) -> String {
        std::mem::take(&mut self.state().tale)
    }

    /// When the next answer is due.
    pub fn next_answer(&self) -> Option<Millis> {
        self.state().answers.keys().next().map(|(at, _)| *at)
    }

    /// Gives the answers that are due.
    pub fn answer(&self, now: Millis) {
        let mut state = self.state();
        let later = state.answers.split_off(&(now + 1, 0));
        let due = std::mem::replace(&mut state.answers, later);
        drop(state);
        for (to, answer) in due.into_values() {
            let _ = to.send(answer);
        }
    }

    /// Callbacks that are on their way, and those that are due.
    pub fn posts(&self, now: Millis) -> (usize, Vec<u64>) {
        let state = self.state();
        let due = state.posts.iter().filter(|p| p.due <= now).map(|p| p.id);
        (state.posts.len(), due.collect())
    }

    /// Takes a callback out, to deliver it.
    pub fn take_post(&self, id: u64) -> Option<Post> {
        let mut state = self.state();
        let place = state.posts.iter().position(|p| p.id == id)?;
        Some(state.posts.remove(place))
    }

    /// Nobody answered it with 2xx: it comes again.
    pub fn again(&self, mut post: Post) {
        post.due = self.clock.steady() + 500;
        self.state().posts.push(post);
    }

    /// Something that a person wrote.
    pub fn wrote(&self, account: usize, from: &str, to: &str, text: &str) {
        let at = self.clock.now();
        let tells = Tells::Wrote {
            from: from.into(),
            to: to.into(),
            text: text.into(),
            at,
        };
        let body = json!({
            "waNumber": to.trim_start_matches('+'), "mobile": from.trim_start_matches('+'), "name": "Asha",
            "type": "text", "text": text, "timestamp": at.to_string(),
        });
        let due = self.clock.steady() + self.rng().between(0, 2_000);
        self.post(account, due, body, vec![tells]);
    }

    fn post(&self, account: usize, due: Millis, body: Value, tells: Vec<Tells>) {
        let twice = self.rng().chance(80);
        let mut state = self.state();
        for extra in 0..=i64::from(twice) {
            state.sequence += 1;
            let post = Post {
                id: state.sequence,
                due: due + extra * 700,
                account,
                body: body.clone(),
                tells: tells.clone(),
            };
            state.posts.push(post);
        }
    }

    fn take(&self, node: usize, request: &Request) -> BoxFuture<'static, Answer> {
        let now = self.clock.steady();
        let wall = self.clock.now();
        let mut state = self.state();
        if state.dead.contains(&node) {
            return pending().boxed();
        }
        let field = |name: &str| match &request.body {
            Body::Form(fields) => fields.iter().find(|(key, _)| key == name).map(|(_, v)| v.clone()),
            _ => None,
        };
        let (reference, user) = (
            field("extra").unwrap_or_default(),
            field("userid").unwrap_or_default(),
        );
        let to = field("send_to").unwrap_or_default();
        let mut rng = self.rng();
        let mood = if state.broken.contains(&user) {
            Mood::Auth
        } else {
            rng.weighted(&state.weather)
        };
        let taken = match mood {
            Mood::Accept => true,
            Mood::Bare | Mood::Lost | Mood::Hangs | Mood::Garbage => rng.chance(500),
            _ => false,
        };
        let line = format!("{now} gateway: {reference} to {to}: {mood:?}, taken {taken}\n");
        state.tale.push_str(&line);
        if mood != Mood::Refused {
            if state.perhaps.contains(&reference) {
                let why = format!("{reference} was sent again though it may have been taken before");
                state.wrong.push(why);
            }
            state.arrivals.push(Arrival {
                at: now,
                reference: reference.clone(),
                user: user.clone(),
            });
        }
        if matches!(
            mood,
            Mood::Accept | Mood::Bare | Mood::Lost | Mood::Hangs | Mood::Garbage
        ) {
            state.perhaps.insert(reference.clone());
        }
        let external = format!("4340925846643462155-{reference}");
        if taken {
            *state.accepted.entry(reference.clone()).or_default() += 1;
        }
        let quick = state.quick;
        let delay = match mood {
            Mood::Hangs => 30_000,
            Mood::Refused => 0,
            _ if quick => 5,
            _ => rng.weighted(&[(6, 0), (6, 30), (3, 250), (1, 4_000)]) + rng.between(0, 20),
        };
        let answer = answer(mood, &external, &to, &mut rng);
        drop(rng);
        state.sequence += 1;
        let place = (now + delay, state.sequence);
        let (give, get) = oneshot::channel();
        state.answers.insert(place, (give, answer));
        drop(state);
        if taken {
            let account = usize::from(user != crate::world::USERS[0] && user != crate::world::USERS[1]);
            self.report(account, &reference, &external, &to, wall, quick);
        }
        get.then(|answer| async {
            match answer {
                Ok(answer) => answer,
                Err(_) => pending().await,
            }
        })
        .boxed()
    }

    /// The reports on an accepted message: late, out of order, together, twice, or never.
    fn report(&self, account: usize, reference: &str, external: &str, to: &str, wall: Millis, quick: bool) {
        let now = self.clock.steady();
        let mut rng = self.rng();
        let steps: &[(&str, i16)] = if rng.chance(120) {
            &[("SENT", 30), ("FAILED", 35)]
        } else {
            rng.pick(&[
                &[("SENT", 30), ("DELIVERED", 40), ("READ", 50)][..],
                &[("SENT", 30), ("DELIVERED", 40)],
                &[("DELIVERED", 40)],
                &[],
            ])
        };
        let longest = if quick { 50 } else { 20_000 };
        let mut letters: Vec<(Millis, Value, Tells)> = Vec::new();
        for (word, state) in steps {
            if rng.chance(100) {
                continue;
            }
            let (cause, code) = match *word {
                "SENT" => ("SENT", "025"),
                "READ" => ("READ", "026"),
                "DELIVERED" => ("SUCCESS", "000"),
                _ => ("UNKNOWN_SUBSCRIBER", "003"),
            };
            let told = json!({
                "srcAddr": "SDTEXT", "extra": reference, "channel": "WHATSAPP", "externalId": external,
                "cause": cause, "errorCode": code, "destAddr": to, "eventType": word, "eventTs": wall,
            });
            let due = now + rng.pick(&[0, 0, 20, longest / 10]) + rng.between(0, longest / 4);
            letters.push((due, told, Tells::Reached(reference.to_owned(), *state)));
        }
        let together = rng.chance(300);
        drop(rng);
        if together && let Some(due) = letters.iter().map(|l| l.0).max() {
            let (bodies, tells): (Vec<_>, Vec<_>) = letters.into_iter().map(|(_, b, t)| (b, t)).unzip();
            self.post(account, due, json!({"response": bodies}), tells);
        } else {
            for (due, body, tells) in letters {
                self.post(account, due, json!({"response": [body]}), vec![tells]);
            }
        }
    }
}

fn answer(mood: Mood, external: &str, to: &str, rng: &mut Rng) -> Answer {
    let reply = |status: u16, body: String| {
        Ok(Reply {
            status,
            headers: Vec::new(),
            body: body.into_bytes(),
        })
    };
    let no_answer = |why: &str| Err(Transport::NoAnswer { why: why.into() });
    match mood {
        Mood::Accept => reply(
            200,
            json!({"response": {"id": external, "phone": to, "details": "", "status": "success"}})
                .to_string(),
        ),
        Mood::Throttle if rng.chance(500) => Ok(Reply {
            status: 429,
            headers: vec![("retry-after".into(), rng.pick(&["0", "1", "3"]).into())],
            body: Vec::new(),
        }),
        Mood::Throttle => reply(429, "slow down".into()),
        Mood::Away => reply(503, String::new()),
        Mood::Later => reply(
            200,
            "error | 100 | An unknown exception has occurred, try again".into(),
        ),
        Mood::Bare => reply(rng.pick(&[500, 502, 504]), "<html>oops</html>".into()),
        Mood::Refused => Err(Transport::NotSent {
            why: "no connection to the provider".into(),
        }),
        Mood::Lost => no_answer("the connection to the provider was lost"),
        Mood::Hangs => no_answer("the provider did not answer within 30000 ms"),
        Mood::Garbage => reply(
            200,
            rng.pick(&["", "{\"respo", "[]", "success", "\u{0}\u{1}"]).into(),
        ),
        Mood::Auth => reply(
            200,
            "error | 102 | Authentication failed due to invalid userId or password.".into(),
        ),
        Mood::Invalid => reply(200, "error | 105 | The phone number is not valid".into()),
        Mood::OptedOut => reply(200, "error | 99 | The user has not opted-in".into()),
    }
}
