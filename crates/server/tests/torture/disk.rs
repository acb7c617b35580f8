//! Files as the kernel shows them, and as a disk has them: what a program did to them, told in order, makes the one at once and the
//! other when it is synced, or by chance.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::dice::Dice;

/// A sector is written as a whole or not at all, as SQLite expects of a disk (its "powersafe overwrite").
const SECTOR: usize = 512;
const PAGE: usize = 4_096;

/// What a program did to a file (an inode), or to names in a folder (an inode, too).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    Create {
        file: u64,
        path: PathBuf,
        parent: u64,
    },
    Write {
        file: u64,
        at: usize,
        data: Vec<u8>,
    },
    /// Of the write before, only so many bytes.
    WroteLess {
        length: usize,
    },
    Cut {
        file: u64,
        length: usize,
    },
    Remove {
        path: PathBuf,
        parent: u64,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
        parent: u64,
    },
    Link {
        from: PathBuf,
        to: PathBuf,
        parent: u64,
    },
    /// Began.
    Sync {
        file: u64,
        ticket: u64,
    },
    Synced {
        ticket: u64,
    },
    SyncFailed {
        ticket: u64,
    },
}

impl Note {
    /// Was this name changed?
    pub fn names(&self, name: &Path) -> bool {
        match self {
            Self::Create { path, .. } | Self::Remove { path, .. } => path == name,
            Self::Rename { from, to, .. } | Self::Link { from, to, .. } => from == name || to == name,
            _ => false,
        }
    }

    /// The file whose bytes were changed, or 0.
    pub fn file(&self) -> u64 {
        match self {
            Self::Write { file, .. } | Self::Cut { file, .. } => *file,
            _ => 0,
        }
    }

    /// Makes the change.
    pub fn change(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write { at, data, .. } => {
                bytes.resize(bytes.len().max(at + data.len()), 0);
                bytes[*at..at + data.len()].copy_from_slice(data);
            }
            Self::Cut { length, .. } => bytes.resize(*length, 0),
            _ => {}
        }
    }
}

/// How much of what was not synced a disk has of a file.
#[derive(Debug, Clone, Copy)]
struct Mood {
    /// Share of the pieces that it wrote when they changed: it may have an old state of them.
    early: f64,
    /// Share of the pieces that it wrote in the end.
    late: f64,
    piece: usize,
    /// The last length, though not all that belongs there.
    length: bool,
    /// What nobody wrote there is not zeros.
    noise: bool,
}

impl Mood {
    fn any(dice: &mut Dice) -> Self {
        let (early, late) = match dice.between(0, 5) {
            0 => (0.0, 0.0),
            1 => (0.0, 1.0),
            2 => (0.0, dice.pick(&[0.5, 0.95])),
            3 => (dice.pick(&[0.1, 0.5]), 0.0),
            _ => (dice.pick(&[0.1, 0.5, 0.9]), dice.pick(&[0.1, 0.5, 0.9])),
        };
        Self {
            early,
            late,
            piece: dice.pick(&[SECTOR, PAGE]),
            length: late == 1.0 || dice.chance(0.5),
            noise: dice.chance(0.5),
        }
    }
}

struct File {
    /// What a program reads.
    shown: Vec<u8>,
    /// What the disk has.
    kept: Vec<u8>,
    /// Pieces that the disk has to write.
    dirty: BTreeSet<usize>,
    mood: Mood,
}

impl File {
    fn of(kept: Vec<u8>, dice: &mut Dice) -> Self {
        Self {
            shown: kept.clone(),
            kept,
            dirty: BTreeSet::new(),
            mood: Mood::any(dice),
        }
    }

    fn write(&mut self, at: usize, data: &[u8], dice: &mut Dice) {
        let end = at + data.len();
        if self.shown.len() < end {
            self.shown.resize(end, 0);
        }
        self.shown[at..end].copy_from_slice(data);
        for piece in at / self.mood.piece..end.div_ceil(self.mood.piece) {
            self.dirty.insert(piece);
            if dice.chance(self.mood.early) {
                self.write_back(piece, dice);
            }
        }
    }

    /// The disk has a piece as it is now.
    fn write_back(&mut self, piece: usize, dice: &mut Dice) {
        let start = piece * self.mood.piece;
        let end = self.shown.len().min(start + self.mood.piece);
        if start >= end {
            return;
        }
        if self.kept.len() < end {
            self.lengthen(end, dice);
        }
        self.kept[start..end].copy_from_slice(&self.shown[start..end]);
    }

    fn lengthen(&mut self, length: usize, dice: &mut Dice) {
        let noise = if self.mood.noise { dice.next() as u8 | 1 } else { 0 };
        self.kept.resize(length, noise);
    }

    fn sync(&mut self, dice: &mut Dice) {
        for piece in std::mem::take(&mut self.dirty) {
            self.write_back(piece, dice);
        }
        self.kept.resize(self.shown.len(), 0);
    }

    /// Some of what is not synced is on the disk, and the rest is not.
    fn write_some(&mut self, dice: &mut Dice) {
        for piece in std::mem::take(&mut self.dirty) {
            if dice.chance(self.mood.late) {
                self.write_back(piece, dice);
            }
        }
        if self.mood.length {
            let length = self.shown.len();
            self.lengthen(length, dice);
        }
    }
}

/// The files of one folder.
#[derive(Default)]
pub struct Disk {
    files: Vec<File>,
    by_inode: HashMap<u64, usize>,
    shown: BTreeMap<PathBuf, usize>,
    kept: BTreeMap<PathBuf, usize>,
    /// What was done to names: the folder, the name, and the file that it has now. A disk does it in this order.
    waiting: Vec<(u64, PathBuf, Option<usize>)>,
}

impl Disk {
    /// One that has these files.
    pub fn of(files: impl IntoIterator<Item = (u64, PathBuf, Vec<u8>)>, dice: &mut Dice) -> Self {
        let mut disk = Self::default();
        for (inode, path, kept) in files {
            let index = disk.add(inode, kept, dice);
            disk.shown.insert(path.clone(), index);
            disk.kept.insert(path, index);
        }
        disk
    }

    fn add(&mut self, inode: u64, kept: Vec<u8>, dice: &mut Dice) -> usize {
        self.files.push(File::of(kept, dice));
        self.by_inode.insert(inode, self.files.len() - 1);
        self.files.len() - 1
    }

    fn file(&mut self, inode: u64) -> Option<&mut File> {
        self.files.get_mut(*self.by_inode.get(&inode)?)
    }

    /// Does all that was noted.
    pub fn replay(&mut self, notes: &[Note], dice: &mut Dice) {
        let mut synced = HashSet::new();
        let mut failed = HashSet::new();
        for note in notes {
            match note {
                Note::Synced { ticket } => synced.insert(*ticket),
                Note::SyncFailed { ticket } => failed.insert(*ticket),
                _ => continue,
            };
        }
        for (n, note) in notes.iter().enumerate() {
            match note {
                Note::Create { file, path, parent } => {
                    let index = self.add(*file, Vec::new(), dice);
                    self.name(*parent, path, Some(index));
                }
                Note::Write { file, at, data } => {
                    let length = match notes.get(n + 1) {
                        Some(Note::WroteLess { length }) => *length,
                        _ => data.len(),
                    };
                    if let Some(file) = self.file(*file) {
                        file.write(*at, &data[..length], dice);
                    }
                }
                Note::Cut { file, length } => {
                    if let Some(file) = self.file(*file) {
                        file.shown.resize(*length, 0);
                        if dice.chance(file.mood.early) {
                            file.kept.resize(*length, 0);
                        }
                    }
                }
                Note::Remove { path, parent } => self.name(*parent, path, None),
                Note::Rename { from, to, parent } => {
                    let index = self.shown.get(from).copied();
                    self.name(*parent, to, index);
                    self.name(*parent, from, None);
                }
                Note::Link { from, to, parent } => {
                    let index = self.shown.get(from).copied();
                    self.name(*parent, to, index);
                }
                Note::Sync { file, ticket } if synced.contains(ticket) => self.sync(*file, dice),
                // The kernel holds for written what it could not write.
                Note::Sync { file, ticket } if failed.contains(ticket) => {
                    if let Some(file) = self.file(*file) {
                        file.write_some(dice);
                    }
                }
                Note::Sync { .. }
                | Note::Synced { .. }
                | Note::SyncFailed { .. }
                | Note::WroteLess { .. } => {}
            }
        }
    }

    fn name(&mut self, parent: u64, path: &Path, file: Option<usize>) {
        put(&mut self.shown, path, file);
        self.waiting.push((parent, path.to_owned(), file));
    }

    fn sync(&mut self, inode: u64, dice: &mut Dice) {
        if let Some(file) = self.file(inode) {
            return file.sync(dice);
        }
        let (done, waiting) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|(parent, ..)| *parent == inode);
        self.waiting = waiting;
        for (_, path, file) in done {
            put(&mut self.kept, &path, file);
        }
    }

    /// What a program reads.
    pub fn shown(&self) -> impl Iterator<Item = (&Path, &[u8])> {
        let file = |(path, index): (_, &usize)| (PathBuf::as_path(path), &self.files[*index].shown[..]);
        self.shown.iter().map(file)
    }

    /// The power fails: what the disk has.
    pub fn lose_power(mut self, dice: &mut Dice) -> BTreeMap<PathBuf, Vec<u8>> {
        let names = match dice.between(0, 3) {
            0 => 0,
            1 => self.waiting.len(),
            _ => dice.between(0, self.waiting.len() as u64 + 1) as usize,
        };
        for (_, path, file) in self.waiting.drain(..names) {
            put(&mut self.kept, &path, file);
        }
        for file in &mut self.files {
            file.write_some(dice);
        }
        let file = |(path, index): (PathBuf, usize)| (path, self.files[index].kept.clone());
        self.kept.into_iter().map(file).collect()
    }
}

fn put(names: &mut BTreeMap<PathBuf, usize>, path: &Path, file: Option<usize>) {
    match file {
        Some(file) => names.insert(path.to_owned(), file),
        None => names.remove(path),
    };
}
