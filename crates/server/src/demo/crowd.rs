//! Crowds: as many fictional people as somebody asks for, in a list that a campaign can pick, and how they behave at the simulated
//! provider. They come into being as every file of people does: as an import, with its progress, its end and its undo.

use std::io::Error;
use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, stream};
use harkara_sim::{Behaviour, Crowd};

use super::people::{self, MOST, person};
use super::stage::no_handset;
use crate::app::import::{self, OptIn, Options};
use crate::app::{App, AppError};
use crate::domain::columns::Chosen;
use crate::store::demo_crowd::{self, CrowdRow};
use crate::store::import::ImportRow;
use crate::store::{self, StoreError, Tx, demo, from_json};

/// The first of the fictional people in any crowd: those before are the customers that `harkara demo` begins with.
const FIRST: u32 = 10_000;
/// Largest crowd: the reserved numbers are as many, together with those of others.
pub const LARGEST: u32 = MOST - FIRST;
/// People in a piece of the file.
const PIECE: u32 = 500;
/// What the import says about where the consent comes from.
const SOURCE: &str = "a crowd of the demo";

/// A crowd that is being made.
#[derive(Debug)]
pub struct Made {
    /// Its list.
    pub list_id: i64,
    /// The name of the list.
    pub name: String,
    /// What makes its people.
    pub import: ImportRow,
}

/// How many people more there are numbers for.
pub async fn room(tx: &mut Tx) -> Result<u32, StoreError> {
    Ok(MOST - next(tx).await?)
}

async fn next(tx: &mut Tx) -> Result<u32, StoreError> {
    let end = demo_crowd::end(tx).await?;
    Ok(u32::try_from(end).unwrap_or(MOST).clamp(FIRST, MOST))
}

/// Makes a crowd; its people come in the background.
pub async fn make(app: &Arc<App>, count: u32, behaviour: Behaviour) -> Result<Made, AppError> {
    let _only = app.demo.crowds().await;
    if app.demo.simulator().await.is_none() {
        return Err(no_handset());
    }
    let mut tx = app.db.write().await?;
    let first = next(&mut tx).await?;
    if !(1..=MOST - first).contains(&count) {
        let detail = format!(
            "Ask for 1 to {} people: there are no more of the reserved numbers. Removing the demo frees them.",
            MOST - first
        );
        return Err(AppError::field("/people", "out_of_range", detail));
    }
    let (list_id, name) = new_list(app, &mut tx, count, behaviour).await?;
    // Marked before anything of it is there: whatever happens, it goes with the demo.
    demo::mark(&mut tx, demo::CROWD, list_id).await?;
    let row = CrowdRow {
        list_id,
        first_index: first.into(),
        people: count.into(),
        behaviour: word(behaviour),
    };
    demo_crowd::insert(&mut tx, &row).await?;
    tx.commit().await?;
    match receive(app, &name, first..first + count).await {
        Ok(import) => {
            let mut tx = app.db.write().await?;
            demo::mark(&mut tx, demo::IMPORT, import.id).await?;
            let crowds = demo_crowd::all(&mut tx).await?;
            tx.commit().await?;
            tell(app, &crowds).await?;
            import::start(app, import.id);
            Ok(Made {
                list_id,
                name,
                import,
            })
        }
        Err(error) => {
            let mut tx = app.db.write().await?;
            demo_crowd::forget(&mut tx, list_id).await?;
            store::list::delete(&mut tx, list_id, &format!("crowd {list_id}"), app.now()).await?;
            tx.commit().await?;
            Err(error)
        }
    }
}

/// A list with a name that nobody else has.
async fn new_list(
    app: &App,
    tx: &mut Tx,
    count: u32,
    behaviour: Behaviour,
) -> Result<(i64, String), AppError> {
    let words = match behaviour {
        Behaviour::Keen => "keen",
        Behaviour::Ordinary => "ordinary",
        Behaviour::Silent => "silent",
        Behaviour::HardToReach => "hard to reach",
    };
    let mut n = 1;
    loop {
        let name = match n {
            1 => format!("Crowd: {count} {words}"),
            n => format!("Crowd {n}: {count} {words}"),
        };
        let id = app.id();
        let found = store::list::find_or_make(tx, (id, &name), Some(SOURCE), app.now()).await?;
        if found == id {
            return Ok((id, name));
        }
        n += 1;
    }
}

async fn receive(app: &App, name: &str, people: std::ops::Range<u32>) -> Result<ImportRow, AppError> {
    let column = |name: &str| Some(name.to_owned());
    let options = Options {
        columns: Chosen {
            identity: column("customer_id"),
            phone: column("phone"),
            name: column("name"),
            ..Chosen::default()
        },
        delimiter: Some(','),
        header: Some(true),
        opt_in: OptIn::Record,
        source: Some(SOURCE.into()),
        list: Some(name.to_owned()),
        ..Options::default()
    };
    import::receive(app, name, &options, file(people)).await
}

/// The file of these people, piece by piece.
fn file(people: std::ops::Range<u32>) -> impl Stream<Item = Result<Bytes, Error>> {
    let head = "customer_id,phone,name,first_name,city,language,points\n";
    let pieces = people.clone().step_by(PIECE as usize).map(move |from| {
        let mut text = String::new();
        for index in from..(from + PIECE).min(people.end) {
            let p = person(index);
            let first = p.name.split(' ').next().unwrap_or_default();
            text += &format!(
                "{},{},{},{first},{},{},{}\n",
                p.identity, p.phone, p.name, p.city, p.language, p.points
            );
        }
        text
    });
    stream::iter(
        std::iter::once(head.to_owned())
            .chain(pieces)
            .map(|text| Ok(Bytes::from(text))),
    )
}

/// Tells the simulator who behaves how.
pub(super) async fn tell(app: &App, crowds: &[CrowdRow]) -> Result<(), AppError> {
    let Some((simulator, _)) = app.demo.simulator().await else {
        return Ok(());
    };
    let crowds = crowds.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    let told = simulator.update(|options| options.crowds = crowds);
    told.map_err(|why| AppError::conflict("simulator", why, "Switch the demo off and on again."))
}

fn known(row: &CrowdRow) -> Result<Crowd, AppError> {
    let number = |index: i64| people::number(u32::try_from(index).unwrap_or(MOST));
    Ok(Crowd {
        first: number(row.first_index),
        last: number(row.first_index + row.people - 1),
        behaviour: from_json("behaviour", &format!("\"{}\"", row.behaviour))?,
    })
}

/// The name of a behaviour, as the simulator's options have it.
pub fn word(behaviour: Behaviour) -> String {
    let word = serde_json::to_value(behaviour).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}

/// The demo ends: what is still being imported must not come after it.
pub(super) async fn stop(app: &App) -> Result<(), AppError> {
    let mut tx = app.db.write().await?;
    let open = demo_crowd::open_imports(&mut tx).await?;
    for id in &open {
        import::cancel(app, &mut tx, *id).await?;
    }
    tx.commit().await?;
    for id in open {
        import::remove_file(app, id).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;

    use super::*;

    #[tokio::test]
    async fn the_file_has_every_person_once() {
        for count in [1, PIECE, 2 * PIECE + 1] {
            let pieces: Vec<Bytes> = file(FIRST..FIRST + count).try_collect().await.unwrap();
            let text = String::from_utf8(pieces.concat()).unwrap();
            let rows: Vec<&str> = text.lines().skip(1).collect();
            assert_eq!(rows.len(), count as usize);
            assert!(rows[0].starts_with("demo-10000,+919999920000,"), "{}", rows[0]);
            let last = format!("demo-{:05},", FIRST + count - 1);
            assert!(rows.last().is_some_and(|row| row.starts_with(&last)));
        }
        let last = person(FIRST + LARGEST - 1);
        assert_eq!(last.phone, "+919999999999");
    }
}
