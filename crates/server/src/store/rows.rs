//! Statements over many rows at once, in the way that is fastest on each engine: SQLite gets them as bound values, some
//! at a time, PostgreSQL as one array for each column.

use sqlx::{AssertSqlSafe, Postgres, Row, Sqlite};

use super::{StoreError, Tx};

/// Rows in one SQLite statement, the largest number that fits first: few texts, so that all stay prepared.
const AT_ONCE: [usize; 4] = [64, 16, 4, 1];

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
    /// The columns of the rows.
    pub columns: [Column; N],
    /// What comes after the rows.
    pub after: &'static str,
}

impl<const N: usize> Rows<N> {
    /// Runs it. Answers the first column, a number, of every row that it returns.
    pub async fn run(&self, tx: &mut Tx, mut rows: Vec<[Cell; N]>) -> Result<Vec<i64>, StoreError> {
        let mut returned = Vec::new();
        match tx {
            Tx::Sqlite(transaction) => {
                for size in AT_ONCE {
                    while rows.len() >= size {
                        let rest = rows.split_off(size);
                        let mut query = sqlx::query::<Sqlite>(AssertSqlSafe(self.for_sqlite(size)));
                        for cell in rows.into_iter().flatten() {
                            query = match cell {
                                Cell::Int(value) => query.bind(value),
                                Cell::Text(value) => query.bind(value),
                            };
                        }
                        rows = rest;
                        for row in query.fetch_all(&mut **transaction).await? {
                            returned.push(row.try_get(0)?);
                        }
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
            "{} (SELECT {} FROM (VALUES {values})) {}",
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

    const RENAME: Rows<2> = Rows {
        before: "UPDATE list SET name = v.name FROM",
        columns: [Column::Int("id"), Column::Text("name")],
        after: "AS v WHERE list.id = v.id",
    };

    #[test]
    fn each_engine_gets_its_own_words() {
        assert_eq!(
            RENAME.for_sqlite(2),
            "UPDATE list SET name = v.name FROM (SELECT column1 AS id,column2 AS name FROM (VALUES (?,?),(?,?))) \
             AS v WHERE list.id = v.id"
        );
        assert_eq!(
            RENAME.for_postgres(),
            "UPDATE list SET name = v.name FROM (SELECT * FROM UNNEST($1::bigint[],$2::text[]) AS u(id,name)) \
             AS v WHERE list.id = v.id"
        );
    }
}
