//! Imports write windows of rows in the order of their numbers: that must come to what the order of the file comes to, also when
//! they are cut in the middle of one.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs::OpenOptions;
use std::io::Write as _;

use bytes::Bytes;
use harkara::app::import::{self, OptIn, Options, Sizes};
use harkara::app::import_undo;
use harkara::store::import::{FINISHED, ImportRow, PAUSED, Place, Progress, RUNNING};
use harkara::store::profile::{NOT_RECORDED, OPTED_OUT, ProfileRow};
use harkara::store::{self, Db};
use harkara::worker::undo::Undo;
use harkara::worker::{Tick, Worker};
use sqlx::AssertSqlSafe;

use crate::consent::add;
use crate::support::{START, TestApp, on_both_engines};

/// Each file in another order of the same dice.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// The last two are one number in both ways of writing it.
const PHONES: u64 = 14;

fn phone(n: u64) -> String {
    match n {
        12 => "+5511987654321".into(),
        13 => "+551187654321".into(),
        // In another order than that of `n`.
        n => format!("+9199999000{:02}", n * 7 % 12 + 10),
    }
}

/// Somebody whose profile is full: any attribute of the file is one too many.
const FULL: &str = "+919999900099";

/// People that are there before: at the number of their rows, or at another.
async fn before(t: &TestApp, dice: &mut Dice) {
    let mut tx = t.app.db.write().await.unwrap();
    for n in 0..PHONES {
        if dice.one_in(3) {
            let at = if dice.one_in(6) { dice.below(PHONES) } else { n };
            let identity = if dice.one_in(3) { phone(n) } else { format!("c{n}") };
            add(t, &mut tx, &identity, &phone(at)).await;
        }
    }
    let full: serde_json::Map<_, _> = (0..256).map(|n| (format!("a{n}"), n.into())).collect();
    let row = ProfileRow {
        id: t.app.id(),
        identity: "full".into(),
        phone: Some(FULL.into()),
        name: None,
        attributes: serde_json::Value::Object(full).to_string(),
        opt_in: NOT_RECORDED,
        opt_source: None,
        opt_at: None,
        created_at: START,
        updated_at: START,
    };
    store::profile::insert(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
}

/// Rows about the same few people, with an identity of their own or without.
fn file(dice: &mut Dice, rows: u64) -> String {
    let mut csv = "id,phone,name,city,optin\n".to_owned();
    let with = dice.below(3);
    for row in 0..rows {
        let n = dice.below(PHONES);
        // Often two share a number; seldom one has two of them.
        let identity = match with {
            0 => String::new(),
            // A bad row.
            1 if dice.one_in(12) => String::new(),
            _ if dice.one_in(40) => phone(dice.below(PHONES)),
            _ if dice.one_in(40) => format!("c{}", dice.below(PHONES)),
            _ if dice.one_in(4) => format!("also{n}"),
            _ => format!("c{n}"),
        };
        let wish = ["yes", "yes", "", "", "", "no"][dice.below(6) as usize];
        if with > 0 && dice.one_in(30) {
            let other = dice.below(PHONES);
            writeln!(
                csv,
                "c{n},{},swapped,,{wish}\nc{other},{},swapped,,",
                phone(other),
                phone(n)
            )
            .unwrap();
        } else if dice.one_in(12) {
            let none = if dice.one_in(2) { "none" } else { "" };
            writeln!(csv, "{identity},{none},bad,Pune,{wish}").unwrap();
        } else if dice.one_in(12) {
            let identity = if with == 0 { "" } else { "full" };
            writeln!(csv, "{identity},{FULL},full {row},Pune,").unwrap();
        } else {
            writeln!(csv, "{identity},{},name {row},city {},{wish}", phone(n), row % 3).unwrap();
        }
    }
    if with == 0 {
        // Who is at a number is found by it where a file has no identities.
        let rows = csv.lines().filter_map(|row| row.split_once(','));
        csv = rows.fold(String::new(), |csv, (_, row)| csv + row + "\n");
    }
    csv
}

fn options() -> Options {
    Options {
        list: Some("Diwali".into()),
        opt_in: OptIn::Column,
        ..Options::default()
    }
}

async fn receive(t: &TestApp, csv: &str) -> i64 {
    let chunk = Ok::<_, std::io::Error>(Bytes::copy_from_slice(csv.as_bytes()));
    let body = futures::stream::iter([chunk]);
    import::receive(&t.app, "people.csv", &options(), body)
        .await
        .unwrap()
        .id
}

async fn row(t: &TestApp, id: i64) -> ImportRow {
    let mut tx = t.app.db.read().await.unwrap();
    store::import::by_id(&mut tx, id).await.unwrap().unwrap()
}

/// Imports in runs of so many transactions, each cut where the file of bad rows ran ahead of the database. How often that was
/// in the middle of a window.
async fn cut(t: &TestApp, id: i64, csv: &str, sizes: Sizes) -> u32 {
    let mut within = 0;
    loop {
        import::run_in(&t.app, id, sizes).await.unwrap();
        let now = row(t, id).await;
        if now.state != RUNNING {
            return within;
        }
        within += u32::from(now.window_done > 0);
        let noted = errors(t, id);
        let has = |line: usize| noted.iter().any(|row| row.starts_with(&format!("{line},")));
        let mut file = OpenOptions::new()
            .append(true)
            .open(import::errors_file(&t.app, id))
            .unwrap();
        for (i, row) in csv.lines().enumerate() {
            if (row.contains(",bad,") || row.contains(FULL)) && !has(i + 1) {
                writeln!(file, "{},ran ahead,{row}", i + 1).unwrap();
            }
        }
    }
}

fn errors(t: &TestApp, id: i64) -> Vec<String> {
    let text = std::fs::read_to_string(import::errors_file(&t.app, id)).unwrap();
    let mut lines: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
    lines.sort();
    lines
}

/// All that there is, without the ids.
async fn all(t: &TestApp) -> Vec<String> {
    let mut tx = t.app.db.read().await.unwrap();
    let mut rows = store::profile::page(&mut tx, i64::MAX, 999).await.unwrap();
    // In the order of their ids: of those who share a number, now or one day, the oldest is found by it.
    rows.sort_by_key(|row| row.id);
    let mut all = Vec::new();
    for row in rows {
        let history = store::consent::history(&mut tx, &row, i64::MAX, 999)
            .await
            .unwrap();
        let history = history
            .into_iter()
            .map(|one| (one.profile_id.is_some(), one.action, one.source, one.detail));
        let lists = store::list::of_profile(&mut tx, row.id).await.unwrap().len();
        let mut history: Vec<_> = history.collect();
        // Of the person, and of the number, each in its order. Beside one another they stand as they were written: that is another
        // order for who came from another number.
        history.sort_by_key(|one| one.0);
        all.push(format!(
            "{:?} on {lists} {history:?}",
            ProfileRow { id: 0, ..row }
        ));
    }
    let phones: Vec<String> = (0..PHONES).map(phone).collect();
    let phones: Vec<&str> = phones.iter().map(String::as_str).collect();
    let suppressed = store::consent::suppressed(&mut tx, &phones).await.unwrap();
    all.push(format!("{:?}", BTreeSet::from_iter(suppressed)));
    all
}

async fn wipe(t: &TestApp) {
    for table in [
        "profile",
        "consent",
        "suppression",
        "list_entry",
        "list",
        "import_change",
        "import",
    ] {
        let sql = AssertSqlSafe(format!("DELETE FROM {table}"));
        match &t.app.db {
            Db::Sqlite { write, .. } => drop(sqlx::query(sql).execute(write).await.unwrap()),
            Db::Postgres(pool, _) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
            Db::Watched(..) => panic!("nobody watches"),
        }
    }
}

/// What an import and its undo came to.
struct Told {
    lines: Vec<String>,
    /// What the undo left.
    undone: Vec<String>,
    /// How many people were touched, which counts somebody once for each transaction.
    touched: String,
    /// How often it was cut in the middle of a window.
    within: u32,
}

/// Imports the file of `seed` in parts of these sizes, and undoes it.
async fn come_to(t: &TestApp, seed: u64, sizes: Sizes) -> Told {
    wipe(t).await;
    let mut dice = Dice(seed);
    before(t, &mut dice).await;
    let csv = file(&mut dice, 90);
    let id = receive(t, &csv).await;
    let within = cut(t, id, &csv, sizes).await;
    let import = row(t, id).await;
    assert_eq!(
        (import.state, import.place()),
        (FINISHED, Place::at(csv.len() as i64)),
        "{import:?}"
    );
    let kept = import.kept;
    let mut lines = all(t).await;
    lines.extend(errors(t, id));
    lines.push(format!(
        "{:?}",
        ImportRow {
            id: 0,
            kept: 0,
            ..import
        }
    ));
    let mut tx = t.app.db.write().await.unwrap();
    if let Err(e) = import_undo::begin(&t.app, &mut tx, id).await {
        lines.push(e.to_string());
    }
    tx.commit().await.unwrap();
    let worker = Undo::new(t.app.clone());
    while worker.tick().await.unwrap() == Tick::Again {}
    let counts = import_undo::counts(&row(t, id).await)
        .unwrap()
        .unwrap_or_default();
    assert_eq!(counts.done, kept, "all that was kept is looked at");
    let mut undone = all(t).await;
    undone.push(format!("{} removed", counts.removed));
    Told {
        lines,
        undone,
        touched: format!("{counts:?}"),
        within,
    }
}

/// The same lines; those of people stand in the order of their ids.
fn same(seed: u64, sizes: Sizes, one: &[String], other: &[String]) {
    let differs = one.iter().zip(other).find(|(a, b)| a != b);
    assert_eq!(
        (differs, one.len()),
        (None, other.len()),
        "seed {seed}, {sizes:?}"
    );
}

/// A row, a transaction.
const ROWS: Sizes = Sizes {
    transaction: 1,
    window: 1,
    transactions: usize::MAX,
};

on_both_engines! {
    async fn windows_come_to_what_rows_in_the_order_of_the_file_come_to(t) {
        let (mut sorted, mut cut) = (0, 0);
        for seed in 0..24 {
            let rows = come_to(&t, seed, ROWS).await;
            for transactions in [usize::MAX, 1, 5] {
                let sizes = Sizes { window: 12, transactions, ..ROWS };
                let windows = come_to(&t, seed, sizes).await;
                same(seed, sizes, &rows.lines, &windows.lines);
                same(seed, sizes, &rows.undone, &windows.undone);
                assert_eq!(rows.touched, windows.touched, "seed {seed}, {sizes:?}");
                sorted += u32::from(windows.within > 0);
                cut += windows.within;
            }
        }
        assert!(sorted >= 24 && cut >= 300, "{sorted} times windows in another order, cut {cut} times");
    }

    async fn rows_that_share_a_transaction_come_to_what_single_ones_come_to(t) {
        let mut cut = 0;
        for seed in 100..116 {
            let rows = come_to(&t, seed, ROWS).await;
            for (transaction, transactions) in [(3, usize::MAX), (3, 1), (3, 2), (45, usize::MAX)] {
                let sizes = Sizes { transaction, window: 18, transactions };
                let windows = come_to(&t, seed, sizes).await;
                same(seed, sizes, &rows.lines, &windows.lines);
                // Larger ones leave out numbers that somebody was at in between, and the undo does not go back through them.
                if transaction == 3 {
                    same(seed, sizes, &rows.undone, &windows.undone);
                }
                cut += windows.within;
            }
        }
        assert!(cut >= 48, "cut {cut} times");
    }

    async fn rows_see_who_moved_and_who_opted_out_in_their_transaction(t) {
        let mut tx = t.app.db.write().await.unwrap();
        add(&t, &mut tx, "sharer", &phone(2)).await;
        add(&t, &mut tx, &phone(0), &phone(1)).await;
        tx.commit().await.unwrap();
        let numbers = format!("phone,name\n{},Moved\n{},New\n", phone(0), phone(1));
        let people = format!("id,phone,optin\nanother,{},no\nsharer,{},yes\n", phone(2), phone(3));
        for (csv, counts) in [(numbers, (1, 1, 0)), (people, (1, 1, 1))] {
            let id = receive(&t, &csv).await;
            import::run(&t.app, id).await.unwrap();
            let row = row(&t, id).await;
            assert_eq!((row.created, row.updated, row.opt_outs_kept), counts, "{row:?}");
        }
        let mut tx = t.app.db.read().await.unwrap();
        let mut of = async |identity: &str| store::profile::by_identity(&mut tx, identity).await.unwrap().unwrap();
        assert_eq!(of(&phone(0)).await.phone, Some(phone(0)), "who left a number is not found by it");
        assert_eq!(of(&phone(1)).await.name.as_deref(), Some("New"));
        assert_eq!(of("sharer").await.opt_in, OPTED_OUT, "who leaves a number that was opted out is opted out");
    }

    async fn a_window_that_waits_goes_on_when_it_is_resumed(t) {
        let csv = backwards(40);
        let id = receive(&t, &csv).await;
        let sizes = Sizes { transaction: 4, window: 20, transactions: 2 };
        import::run_in(&t.app, id, sizes).await.unwrap();
        let place = row(&t, id).await.place();
        assert_eq!((place.done, row(&t, id).await.rows_read, row(&t, id).await.invalid), (8, 9, 1));
        let mut tx = t.app.db.write().await.unwrap();
        import::pause(&mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        import::run_in(&t.app, id, sizes).await.unwrap();
        assert_eq!((row(&t, id).await.state, row(&t, id).await.place()), (PAUSED, place));
        let mut tx = t.app.db.write().await.unwrap();
        import::resume(&t.app, &mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        // Also with windows of another size: this one ends where it did.
        import::run_in(&t.app, id, Sizes { transaction: 3, window: 6, ..Sizes::default() }).await.unwrap();
        let end = row(&t, id).await;
        assert_eq!((end.state, end.rows_read, end.created, end.unchanged, end.invalid), (FINISHED, 41, 40, 0, 1));
        assert_eq!(errors(&t, id).len(), 1);
    }

    async fn a_window_that_is_not_the_same_any_more_is_written_again(t) {
        let csv = backwards(40);
        let id = receive(&t, &csv).await;
        let sizes = Sizes { transaction: 4, window: 20, transactions: 2 };
        import::run_in(&t.app, id, sizes).await.unwrap();
        let place = row(&t, id).await.place();
        // As an older version leaves it, or when this one orders it in another way.
        let mut tx = t.app.db.write().await.unwrap();
        let other = Place { order: place.order ^ 1, ..place };
        assert!(store::import::advance(&mut tx, id, place, other, Progress::default()).await.unwrap());
        assert!(!store::import::advance(&mut tx, id, Place::at(0), other, Progress::default()).await.unwrap());
        tx.commit().await.unwrap();
        import::run_in(&t.app, id, Sizes { transactions: usize::MAX, ..sizes }).await.unwrap();
        let end = row(&t, id).await;
        assert_eq!((end.state, end.created, end.unchanged), (FINISHED, 40, 8));
        assert_eq!(errors(&t, id).len(), 1);
        let mut tx = t.app.db.write().await.unwrap();
        import_undo::begin(&t.app, &mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        let worker = Undo::new(t.app.clone());
        while worker.tick().await.unwrap() == Tick::Again {}
        let mut tx = t.app.db.read().await.unwrap();
        assert_eq!(store::profile::max_id(&mut tx).await.unwrap(), 0, "nobody is left");
    }
}

/// So many people, the highest number first, and a bad row in front.
fn backwards(people: u32) -> String {
    let mut csv = "id,phone,name,city,optin\nbad,none,,,\n".to_owned();
    for n in (0..people).rev() {
        writeln!(csv, "c{n},+9199999{n:05},Person {n},Pune,yes").unwrap();
    }
    csv
}
