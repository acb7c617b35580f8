//! A loss of power, as a server on SQLite meets it: `bin/lib/power_loss.c` notes all that the program does to its files, the program is
//! killed, and its files become what a disk may have of them: all that was synced, and any part of the rest.
//!
//! Not simulated: a disk that says too early that something is synced, or that harms a sector which it was writing; folders, which are
//! there once they are made.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use sqlx::ConnectOptions;
use tempfile::TempDir;

use crate::dice::Dice;
use crate::disk::{Disk, Note};

/// What makes a server the one that it was before.
const IDENTITY: [&str; 3] = ["secret.key", "node.json", "cli.json"];

/// The power of one server.
pub struct Power {
    /// For the record and the library.
    folder: TempDir,
    /// The server's data folder.
    data: PathBuf,
    /// What the disk had when the record began.
    before: BTreeMap<PathBuf, Vec<u8>>,
    /// Which files these were: a name may come to stand for another one.
    inodes: BTreeMap<PathBuf, u64>,
    /// What the server was when it was ready last.
    identity: BTreeMap<&'static str, String>,
    /// The disk may refuse a sync now and then.
    pub ill: bool,
    dice: Dice,
}

impl Power {
    pub fn new(data: &Path, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bin/lib/power_loss.c");
        let made = Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-o"])
            .arg(folder.path().join("power_loss.so"))
            .arg(source)
            .args(["-ldl", "-pthread"])
            .output()
            .expect("a C compiler is missing: run bin/setup --tests, or apt-get install build-essential");
        assert!(
            made.status.success(),
            "power_loss.c: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        Self {
            folder,
            data: data.canonicalize().unwrap(),
            before: BTreeMap::new(),
            inodes: BTreeMap::new(),
            identity: BTreeMap::new(),
            ill: false,
            dice: Dice::new(seed),
        }
    }

    /// Has the program that begins noted.
    pub fn watch(&mut self, command: &mut Command) {
        let slow = self.dice.pick(&[0, 300, 3_000, 15_000]);
        let fails = if self.ill {
            self.dice.pick(&[0, 0, 7, 23])
        } else {
            0
        };
        command
            .env("LD_PRELOAD", self.folder.path().join("power_loss.so"))
            .env("POWER_FOLDER", &self.data)
            .env("POWER_RECORD", self.record())
            .env("POWER_SYNC_US", slow.to_string())
            .env("POWER_SYNC_FAILS", fails.to_string());
    }

    /// The server is ready: it must be the same from now on.
    pub fn ready(&mut self) {
        let read = |name| Some((name, std::fs::read_to_string(self.data.join(name)).ok()?));
        self.identity = IDENTITY.into_iter().filter_map(read).collect();
    }

    /// The files become what a disk may have. The server must be dead.
    pub async fn lose(&mut self) {
        let notes = parse(&std::fs::read(self.record()).unwrap_or_default());
        let before = std::mem::take(&mut self.before).into_iter();
        let before = before.map(|(path, bytes)| (self.inodes[&path], path, bytes));
        let mut disk = Disk::of(before, &mut self.dice);
        disk.replay(&notes, &mut self.dice);
        let there = files(&self.data);
        agree(&disk, &there, notes.last());

        self.before = disk.lose_power(&mut self.dice);
        for path in there.keys().filter(|path| !self.before.contains_key(*path)) {
            std::fs::remove_file(path).unwrap();
        }
        for (path, bytes) in &self.before {
            std::fs::write(path, bytes).unwrap();
        }
        let inode = |path: &PathBuf| (path.clone(), std::fs::metadata(path).unwrap().ino());
        self.inodes = self.before.keys().map(inode).collect();
        let shared = self.data.join("harkara.db-shm");
        let _ = std::fs::remove_file(shared);
        std::fs::write(self.record(), "").unwrap();
        for (name, was) in &self.identity {
            let is = self.before.get(&self.data.join(name));
            assert_eq!(
                is.map(|is| String::from_utf8_lossy(is)).as_deref(),
                Some(was.as_str()),
                "{name} after the loss of power"
            );
        }
        self.look().await;
    }

    /// SQLite says that its file is whole. It looks at a copy: to open one changes it.
    async fn look(&self) {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in &self.before {
            if path.parent() == Some(&self.data) {
                std::fs::write(folder.path().join(path.file_name().unwrap()), bytes).unwrap();
            }
        }
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(folder.path().join("harkara.db"))
            .create_if_missing(true);
        let mut connection = options.connect().await.unwrap();
        let said: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_all(&mut connection)
            .await
            .unwrap();
        assert_eq!(said, ["ok"], "after the loss of power");
    }

    fn record(&self) -> PathBuf {
        self.folder.path().join("record")
    }
}

/// The files that a disk has: not SQLite's shared memory, nor what the server says, which is not its own file.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.append(&mut files(&path));
        } else if is_kept(&path) {
            found.insert(path.clone(), std::fs::read(path).unwrap());
        }
    }
    found
}

fn is_kept(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    !name.ends_with("-shm") && name != "log.txt"
}

/// The notes hold all that was done, but for what was under way in the end: else they prove nothing.
fn agree(disk: &Disk, there: &BTreeMap<PathBuf, Vec<u8>>, last: Option<&Note>) {
    let mut shown: BTreeMap<_, _> = disk.shown().filter(|(path, _)| is_kept(path)).collect();
    for (path, is) in there {
        let Some(noted) = shown.remove(path.as_path()) else {
            let open = is.is_empty() || last.is_some_and(|last| last.names(path));
            assert!(open, "{} is not in the record", path.display());
            continue;
        };
        let mut is = is.clone();
        if let Some(last) = last
            && std::fs::metadata(path).unwrap().ino() == last.file()
        {
            last.change(&mut is);
        }
        let differs = is.iter().zip(noted).position(|(is, noted)| is != noted);
        assert!(
            is == noted,
            "{} is not what the record says: {} and {} bytes, from {differs:?} on",
            path.display(),
            is.len(),
            noted.len()
        );
    }
    for path in shown.keys() {
        let open = last.is_some_and(|last| last.names(path));
        assert!(open, "{} is in the record alone", path.display());
    }
}

fn parse(record: &[u8]) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut rest = record;
    // The last one may have been cut off.
    while let Some((head, after)) = rest.split_first_chunk::<40>() {
        let word = |n: usize| u64::from_le_bytes(head[8 * n..8 * n + 8].try_into().unwrap());
        let (file, at, parent) = (word(1), word(2), word(4));
        let Some((data, after)) = after.split_at_checked(word(3) as usize) else {
            break;
        };
        rest = after;
        let text = || String::from_utf8(data.to_vec()).unwrap();
        let two = || {
            let text = text();
            let (from, to) = text.split_once('\0').unwrap();
            (PathBuf::from(from), PathBuf::from(to))
        };
        notes.push(match word(0) {
            1 => Note::Create {
                file,
                path: text().into(),
                parent,
            },
            2 => Note::Write {
                file,
                at: at as usize,
                data: data.to_vec(),
            },
            3 => Note::WroteLess {
                length: parent as usize,
            },
            4 => Note::Cut {
                file,
                length: at as usize,
            },
            5 => Note::Remove {
                path: text().into(),
                parent,
            },
            6 => {
                let (from, to) = two();
                Note::Rename { from, to, parent }
            }
            7 => {
                let (from, to) = two();
                Note::Link { from, to, parent }
            }
            8 => Note::Sync { file, ticket: at },
            9 => Note::Synced { ticket: at },
            10 => Note::SyncFailed { ticket: at },
            kind => panic!("the record has a note of the kind {kind}"),
        });
    }
    notes
}
