//! Files that are not UTF-8 become it when they are received: everything after that reads one encoding, by bytes.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use crate::domain::encoding::{Guess, Turn, name, named};

const PART: usize = 256 << 10;

/// Makes `to` the text of `from` in UTF-8; they may be the same file. `chosen` is a name, guessed when absent. Answers
/// with the name of the encoding that the file has.
pub fn to_utf8(from: &Path, to: &Path, chosen: Option<&str>) -> io::Result<String> {
    let encoding = match chosen.and_then(named) {
        Some(chosen) => chosen,
        None => guess(from)?,
    };
    if encoding == encoding_rs::UTF_8 {
        if from != to {
            let _ = std::fs::remove_file(to);
            std::fs::hard_link(from, to).or_else(|_| std::fs::copy(from, to).map(drop))?;
        }
        return Ok(name(encoding));
    }
    let turned = to.with_extension("turned");
    let mut out = BufWriter::new(File::create(&turned)?);
    let (mut turn, mut text) = (Turn::new(encoding), Vec::new());
    each_part(from, |part| {
        text.clear();
        turn.push(part, false, &mut text);
        out.write_all(&text).map(|()| true)
    })?;
    text.clear();
    turn.push(b"", true, &mut text);
    out.write_all(&text)?;
    out.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()?;
    std::fs::rename(turned, to)?;
    Ok(name(encoding))
}

fn guess(path: &Path) -> io::Result<&'static encoding_rs::Encoding> {
    let mut guess = Guess::default();
    each_part(path, |part| Ok(guess.feed(part)))?;
    Ok(guess.end(true))
}

/// Reads a file until `take` has enough.
fn each_part(path: &Path, mut take: impl FnMut(&[u8]) -> io::Result<bool>) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut part = vec![0; PART];
    loop {
        let read = file.read(&mut part)?;
        if read == 0 || !take(&part[..read])? {
            return Ok(());
        }
    }
}
