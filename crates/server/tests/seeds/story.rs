//! One seed: what happens, in which order, and what goes wrong.

use std::fmt::Write;
use std::sync::Arc;

use harkara::app::callback_log::keep;
use harkara::clock::Millis;
use harkara::config::Config;
use harkara::store::callback::Raw;
use harkara::worker::callbacks::Callbacks;
use harkara::worker::dispatch::Dispatcher;
use harkara::worker::schedule::Scheduler;
use harkara::worker::{Tick, Worker};
use tokio::task::JoinHandle;

use crate::acts::{Act, draft, perform};
use crate::check;
use crate::desk::Desk;
use crate::gateway::{Gateway, Post, Tells, weather};
use crate::rng::Rng;
use crate::spoil::Spoil;
use crate::time::SimClock;
use crate::world::{Copy, USERS, template};

/// Steps of the part in which things go wrong.
const STEPS: usize = 320;

/// What became of a seed.
pub struct Outcome {
    pub wrong: Vec<String>,
    pub trace: String,
    /// Messages accepted, crashes, failed transactions.
    pub figures: [usize; 3],
}

/// Runs a seed from beginning to end.
pub fn run(seed: u64, loud: bool) -> Outcome {
    with(seed, loud, None)
}

/// The same with a hand that spoils something.
pub fn with(seed: u64, loud: bool, spoiled: Option<Spoil>) -> Outcome {
    template();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut story = Story::new(seed, loud).await;
        story.spoiled = spoiled;
        story.trouble().await;
        story.rest().await
    })
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Dispatch,
    Callbacks,
    Schedule,
    Act(String),
    Post(u64),
}

pub struct Task {
    what: What,
    node: usize,
    post: Option<Post>,
    handle: JoinHandle<String>,
}

pub struct Node {
    id: usize,
    app: Arc<harkara::app::App>,
    pub dispatcher: Arc<Dispatcher>,
    callbacks: Arc<Callbacks>,
    scheduler: Arc<Scheduler>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Release,
    Tick(usize),
    Post,
    Time,
    Person,
    Writes,
    Crash,
    Start,
    Clock,
    Weather,
    Break,
}

pub struct Story {
    pub rng: Rng,
    pub clock: Arc<SimClock>,
    pub desk: Arc<Desk>,
    pub gateway: Arc<Gateway>,
    pub copy: Copy,
    pub config: Config,
    pub node: Option<Node>,
    pub started: usize,
    pub tasks: Vec<Task>,
    pub campaigns: Vec<i64>,
    pub acknowledged: Vec<Tells>,
    pub jumps: Vec<Millis>,
    pub rates: ([i64; 3], [i64; 2]),
    pub imported: i64,
    pub launched: bool,
    pub said: usize,
    /// In a thousand: how often a transaction fails.
    pub ill: usize,
    /// In a thousand steps: how often the server dies.
    pub deadly: usize,
    pub crashes: usize,
    pub failures: usize,
    pub trace: String,
    /// The trace is printed as it comes.
    pub loud: bool,
    /// What is spoiled, so that it must be found.
    pub spoiled: Option<Spoil>,
}

impl Story {
    async fn new(seed: u64, loud: bool) -> Self {
        let mut rng = Rng::new(seed, 1);
        let clock = Arc::new(SimClock::default());
        let desk = Arc::new(Desk::default());
        let gateway = Gateway::new(clock.clone(), Rng::new(seed, 2), weather(&mut rng));
        let template = template();
        let mut config = template.config.clone();
        config.concurrency = rng.pick(&[1, 2, 5, 64]);
        config.max_attempts = rng.pick(&[2, 6]);
        let mut story = Self {
            copy: Copy::new().await,
            clock,
            desk,
            gateway,
            config,
            node: None,
            started: 0,
            tasks: Vec::new(),
            campaigns: Vec::new(),
            acknowledged: Vec::new(),
            jumps: Vec::new(),
            rates: ([0; 3], [0; 2]),
            imported: 0,
            launched: false,
            said: 0,
            ill: rng.pick(&[0, 0, 10, 60]),
            deadly: rng.pick(&[0, 4, 15]),
            crashes: 0,
            failures: 0,
            trace: String::new(),
            loud,
            spoiled: None,
            rng,
        };
        story.settings().await;
        story.begin();
        story
    }

    async fn settings(&mut self) {
        let template = template();
        let pool = check::writer(&self.copy.db);
        for (n, id) in template.numbers.iter().enumerate() {
            self.rates.0[n] = self.rng.pick(&[2, 8, 30, 200]);
            sqlx::query("UPDATE number SET messages_per_second = $1 WHERE id = $2")
                .bind(self.rates.0[n])
                .bind(id)
                .execute(pool)
                .await
                .unwrap();
        }
        for (n, id) in template.accounts.iter().enumerate() {
            self.rates.1[n] = self.rng.pick(&[4, 20, 500]);
            sqlx::query("UPDATE account SET requests_per_second = $1 WHERE id = $2")
                .bind(self.rates.1[n])
                .bind(id)
                .execute(pool)
                .await
                .unwrap();
        }
        let (desk, gateway) = (Arc::new(Desk::default()), self.gateway.clone());
        desk.free();
        let app = self.copy.app(0, &desk, &gateway, &self.clock, &self.config);
        for n in 0..self.rng.between(1, 3) {
            let id = draft(&app, &mut self.rng, n as usize).await;
            self.campaigns.push(id);
        }
    }

    /// A server starts.
    pub fn begin(&mut self) {
        self.started += 1;
        let id = self.started;
        let app = self
            .copy
            .app(id, &self.desk, &self.gateway, &self.clock, &self.config);
        self.node = Some(Node {
            id,
            dispatcher: Dispatcher::new(app.clone()),
            callbacks: Callbacks::new(app.clone()),
            scheduler: Scheduler::new(app.clone()),
            app,
        });
        self.tell(format_args!("server {id} starts"));
    }

    pub fn tell(&mut self, what: std::fmt::Arguments<'_>) {
        let mut said = self.gateway.tale();
        let _ = writeln!(said, "{} {what}", self.clock.steady());
        if self.loud {
            print!("{said}");
        }
        self.trace.push_str(&said);
    }

    async fn spoil(&mut self) {
        if let Some(spoil) = self.spoiled
            && spoil.act(&self.copy.db).await
        {
            self.tell(format_args!("{spoil:?}"));
        }
    }

    /// Everything that can go wrong does.
    async fn trouble(&mut self) {
        for _ in 0..STEPS {
            self.gather().await;
            if !self.desk.writes() {
                self.spoil().await;
            }
            let event = self.choose();
            self.happen(event).await;
            self.desk.calm().await;
        }
    }

    fn choose(&mut self) -> Event {
        let mut events = vec![
            (10, Event::Time),
            (1, Event::Writes),
            (1, Event::Clock),
            (1, Event::Weather),
            (1, Event::Break),
        ];
        if !self.desk.parked().is_empty() {
            events.push((60, Event::Release));
        }
        if self.node.is_some() {
            events.push((2, Event::Person));
            for (place, (weight, what)) in [(8, What::Dispatch), (6, What::Callbacks), (1, What::Schedule)]
                .into_iter()
                .enumerate()
            {
                if !self.tasks.iter().any(|task| task.what == what) {
                    events.push((weight, Event::Tick(place)));
                }
            }
            if !self.gateway.posts(self.clock.steady()).1.is_empty() {
                events.push((8, Event::Post));
            }
            if self.rng.chance(self.deadly) {
                return Event::Crash;
            }
        } else {
            events.push((30, Event::Start));
        }
        let event = self.rng.weighted(&events);
        let rare = matches!(event, Event::Clock | Event::Weather | Event::Break);
        if rare && self.rng.chance(800) {
            Event::Time
        } else {
            event
        }
    }

    async fn happen(&mut self, event: Event) {
        match event {
            Event::Release => {
                let parked = self.desk.parked();
                let one = self.rng.pick(&parked);
                let fails = self.rng.chance(self.ill);
                self.failures += usize::from(fails);
                let fate = if fails { "fails" } else { "goes on" };
                self.tell(format_args!("{:?} of server {} {fate}", one.moment, one.node));
                self.desk.release(one.ticket, fails);
            }
            Event::Tick(place) => self.tick(place),
            Event::Post => {
                let due = self.gateway.posts(self.clock.steady()).1;
                let id = self.rng.pick(&due);
                self.deliver(id);
            }
            Event::Time => {
                let by = self
                    .rng
                    .weighted(&[(8, 10), (6, 60), (4, 300), (1, 2_000), (1, 20_000)]);
                let by = self.rng.between(1, by);
                self.advance(by).await;
            }
            Event::Person => {
                let act = self.act();
                self.person(act);
            }
            Event::Writes => self.write(),
            Event::Crash => self.crash().await,
            Event::Start => self.begin(),
            Event::Clock => {
                let by = self
                    .rng
                    .pick(&[-3_600_000, -20_000, -700, 900, 30_000, 3_600_000]);
                self.clock.jump(by);
                if by > 0 {
                    self.jumps.push(self.clock.steady());
                }
                self.tell(format_args!("the clock jumps by {by}"));
            }
            Event::Weather => {
                let weather = weather(&mut self.rng);
                self.tell(format_args!("weather {weather:?}"));
                self.gateway.set_weather(weather);
            }
            Event::Break => {
                let user = self.rng.pick(&USERS);
                let broken = self.rng.chance(500);
                self.tell(format_args!("credentials of {user} broken: {broken}"));
                self.gateway.set_broken(user, broken);
            }
        }
    }

    fn spawn(&mut self, what: What, post: Option<Post>, work: impl Future<Output = String> + Send + 'static) {
        let node = self.node.as_ref().unwrap().id;
        self.tell(format_args!("{what:?} begins"));
        self.tasks.push(Task {
            what,
            node,
            post,
            handle: tokio::spawn(work),
        });
    }

    pub fn tick(&mut self, place: usize) {
        let node = self.node.as_ref().unwrap();
        fn done(result: anyhow::Result<Tick>) -> String {
            match result {
                Ok(tick) => format!("{tick:?}"),
                Err(error) => format!("{error:#}"),
            }
        }
        match place {
            0 => {
                let worker = node.dispatcher.clone();
                self.spawn(What::Dispatch, None, async move { done(worker.tick().await) });
            }
            1 => {
                let worker = node.callbacks.clone();
                self.spawn(What::Callbacks, None, async move { done(worker.tick().await) });
            }
            _ => {
                let worker = node.scheduler.clone();
                self.spawn(What::Schedule, None, async move { done(worker.tick().await) });
            }
        }
    }

    pub fn person(&mut self, act: Act) {
        let app = self.node.as_ref().unwrap().app.clone();
        self.spawn(What::Act(format!("{act:?}")), None, async move {
            match perform(&app, &act).await {
                Ok(()) => "done".into(),
                Err(error) => error.to_string(),
            }
        });
    }

    pub fn deliver(&mut self, id: u64) {
        let Some(post) = self.gateway.take_post(id) else {
            return;
        };
        let app = self.node.as_ref().unwrap().app.clone();
        let row = Raw {
            id: app.id(),
            account_id: template().accounts[post.account],
            method: "POST".into(),
            query: String::new(),
            content_type: "application/json".into(),
            headers: "[]".into(),
            body: post.body.to_string().into_bytes(),
        };
        self.spawn(What::Post(post.id), Some(post), async move {
            match keep(&app, row).await {
                Ok(()) => "kept".into(),
                Err(error) => error.to_string(),
            }
        });
    }

    /// Takes in what has ended.
    pub async fn gather(&mut self) {
        let (over, open): (Vec<_>, Vec<_>) = std::mem::take(&mut self.tasks)
            .into_iter()
            .partition(|task| task.handle.is_finished());
        self.tasks = open;
        for task in over {
            let said = match task.handle.await {
                Ok(said) => said,
                Err(error) => format!("PANIC {error}"),
            };
            self.tell(format_args!("{:?} of server {}: {said}", task.what, task.node));
            match task.post {
                Some(post) if said == "kept" => self.acknowledged.extend(post.tells),
                Some(post) => self.gateway.again(post),
                None => {}
            }
        }
    }

    /// Power off: nothing of this server happens any more, and what it had in hand is gone.
    async fn crash(&mut self) {
        let Some(node) = self.node.take() else { return };
        self.crashes += 1;
        self.tell(format_args!("server {} dies", node.id));
        self.gateway.kill(node.id);
        for task in self.tasks.drain(..) {
            task.handle.abort();
            if let Some(post) = task.post {
                self.gateway.again(post);
            }
        }
        self.desk.kill(node.id);
        drop(node);
        self.desk.calm().await;
    }

    pub async fn advance(&mut self, by: Millis) {
        let until = self.clock.steady() + by;
        loop {
            let next = [self.clock.next(), self.gateway.next_answer()]
                .into_iter()
                .flatten()
                .min();
            let at = next.filter(|at| *at <= until).unwrap_or(until);
            self.clock.set(at);
            self.gateway.answer(at);
            if next.is_none_or(|at| at > until) {
                return;
            }
            self.desk.calm().await;
        }
    }
}
