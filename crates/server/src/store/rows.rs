//! Statements over many rows at once, in the way that is fastest on each engine: SQLite gets them as bound values, some
//! at a time, PostgreSQL as one array for each column.

use sqlx::{AssertSqlSafe, Postgres, Row, Sqlite};

use super::{StoreError, Tx};

/// Rows in one SQLite statement at most.
const AT_ONCE: usize = 256;

/// For how many rows the next SQLite statement has room when so many are left: always a power of two, so that there are few
/// texts and all stay prepared. Up to a quarter of the room stays empty rather than that there is one more statement, because
/// passing a statement to SQLite's thread costs more than dozens of rows.
fn room(rows: usize) -> usize {
    let up = rows.next_power_of_two().min(AT_ONCE);
    if rows * 4 >= up * 3 { up } else { up / 2 }
}

/// A value of a row.
#[derive(Debug, Clone)]
pub enum Cell {
    /// A whole number.
    Int(Option<i64>),
    /// A text.
    Text(Option<String>),
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<i16> for Cell {
    fn from(value: i16) -> Self {
        Self::Int(Some(value.into()))
    }
}

impl From<Option<i64>> for Cell {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Option<String>> for Cell {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Whole numbers.
    Int(&'static str),
    /// Texts.
    Text(&'static str),
}

impl Column {
    fn name(self) -> &'static str {
        match self {
            Self::Int(name) | Self::Text(name) => name,
        }
    }
}

/// A statement over rows, which stand between its two halves as a table of the columns' names.
#[derive(Debug)]
pub struct Rows<const N: usize> {
    /// Up to where the rows go.
    pub before: &'static str,
    /// The columns of the rows. The first is never absent.
    pub columns: [Column; N],
    /// What comes after the rows.
    pub after: &'static str,
}

impl<const N: usize> Rows<N> {
    /// Runs it. Answers the first column, a number, of every row that it returns.
    pub async fn run(&self, tx: &mut Tx, rows: Vec<[Cell; N]>) -> Result<Vec<i64>, StoreError> {
        let mut returned = Vec::new();
        match tx {
            Tx::Sqlite(transaction) => {
                let mut rows = rows.into_iter();
                while rows.len() > 0 {
                    let room = room(rows.len());
                    let mut query = sqlx::query::<Sqlite>(AssertSqlSafe(self.for_sqlite(room)));
                    let some = rows.by_ref().take(room);
                    let empty = (room - some.len()) * N;
                    for cell in some.flatten() {
                        query = match cell {
                            Cell::Int(value) => query.bind(value),
                            Cell::Text(value) => query.bind(value),
                        };
                    }
                    for _ in 0..empty {
                        query = query.bind(None::<i64>);
                    }
                    for row in query.fetch_all(&mut **transaction).await? {
                        returned.push(row.try_get(0)?);
                    }
                }
            }
            Tx::Postgres(_) if rows.is_empty() => {}
            Tx::Postgres(transaction) => {
                let mut numbers: Vec<Vec<Option<i64>>> = vec![Vec::new(); N];
                let mut texts: Vec<Vec<Option<String>>> = vec![Vec::new(); N];
                for (at, cell) in rows.into_iter().flat_map(|row| row.into_iter().enumerate()) {
                    match cell {
                        Cell::Int(value) => numbers[at].push(value),
                        Cell::Text(value) => texts[at].push(value),
                    }
                }
                let mut query = sqlx::query::<Postgres>(AssertSqlSafe(self.for_postgres()));
                for (at, column) in self.columns.iter().enumerate() {
                    query = match column {
                        Column::Int(_) => query.bind(std::mem::take(&mut numbers[at])),
                        Column::Text(_) => query.bind(std::mem::take(&mut texts[at])),
                    };
                }
                for row in query.fetch_all(&mut **transaction).await? {
                    returned.push(row.try_get(0)?);
                }
            }
        }
        Ok(returned)
    }

    fn for_sqlite(&self, rows: usize) -> String {
        let names: Vec<String> = (1..)
            .zip(&self.columns)
            .map(|(n, column)| format!("column{n} AS {}", column.name()))
            .collect();
        let row = format!("({})", vec!["?"; N].join(","));
        let values = vec![row.as_str(); rows].join(",");
        format!(
            "{} (SELECT {} FROM (VALUES {values}) WHERE column1 IS NOT NULL) {}",
            self.before,
            names.join(","),
            self.after
        )
    }

    fn for_postgres(&self) -> String {
        let arrays: Vec<String> = (1..)
            .zip(&self.columns)
            .map(|(n, column)| match column {
                Column::Int(_) => format!("${n}::bigint[]"),
                Column::Text(_) => format!("${n}::text[]"),
            })
            .collect();
        let names: Vec<&str> = self.columns.iter().map(|column| column.name()).collect();
        format!(
            "{} (SELECT * FROM UNNEST({}) AS u({})) {}",
            self.before,
            arrays.join(","),
            names.join(","),
            self.after
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Db;
    use crate::store::db::on;

    const RENAME: Rows<2> = Rows {
        before: "UPDATE list SET name = v.name FROM",
        columns: [Column::Int("id"), Column::Text("name")],
        after: "AS v WHERE list.id = v.id",
    };

    #[test]
    fn few_statements_take_any_number_of_rows() {
        for (rows, rooms) in [
            (1, vec![1]),
            (3, vec![4]),
            (5, vec![4, 1]),
            (96, vec![128]),
            (95, vec![64, 32]),
            (250, vec![256]),
            (600, vec![256, 256, 64, 32]),
        ] {
            let (mut left, mut taken) = (rows, Vec::new());
            while left > 0 {
                taken.push(room(left));
                left -= left.min(room(left));
            }
            assert_eq!(taken, rooms, "{rows}");
        }
    }

    #[tokio::test]
    async fn every_row_is_written_and_returned_once() {
        const ADD: Rows<2> = Rows {
            before: "INSERT INTO body (id, raw) SELECT * FROM",
            columns: [Column::Int("id"), Column::Text("raw")],
            after: "AS v WHERE true ON CONFLICT DO NOTHING RETURNING id",
        };
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(folder.path().join("rows.db").to_str().unwrap())
            .await
            .unwrap();
        let mut tx = db.write().await.unwrap();
        let table = "CREATE TABLE body (id INTEGER PRIMARY KEY, raw TEXT)";
        on!(&mut tx, c => sqlx::query(table).execute(c).await.map(drop)).unwrap();
        let mut next = 0;
        for count in (0..70).chain([255, 256, 257, 700]) {
            let ids: Vec<i64> = (next..next + count).collect();
            let rows: Vec<_> = ids
                .iter()
                .map(|id| [(*id).into(), None::<String>.into()])
                .collect();
            assert_eq!(ADD.run(&mut tx, rows.clone()).await.unwrap(), ids);
            assert!(ADD.run(&mut tx, rows).await.unwrap().is_empty());
            next += count;
        }
        let all: i64 =
            on!(&mut tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM body").fetch_one(c).await).unwrap();
        assert_eq!(all, next);
    }

    #[test]
    fn each_engine_gets_its_own_words() {
        assert_eq!(
            RENAME.for_sqlite(2),
            "UPDATE list SET name = v.name FROM (SELECT column1 AS id,column2 AS name FROM (VALUES (?,?),(?,?)) \
             WHERE column1 IS NOT NULL) \
             AS v WHERE list.id = v.id"
        );
        assert_eq!(
            RENAME.for_postgres(),
            "UPDATE list SET name = v.name FROM (SELECT * FROM UNNEST($1::bigint[],$2::text[]) AS u(id,name)) \
             AS v WHERE list.id = v.id"
        );
    }
}
