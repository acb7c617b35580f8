//! Files beside the database that must be there after a loss of power.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Writes a file that only its owner can read. It is the old one or the new one, never a part, whenever the power fails.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    keep_name(path)
}

/// A file that was synced can still be without its name: that stands in its folder, which is synced here.
pub fn keep_name(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_private_file_is_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cli.json");
        write_private(&path, "a longer text").unwrap();
        let open = File::open(&path).unwrap();
        write_private(&path, "new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(
            io::read_to_string(open).unwrap(),
            "a longer text",
            "not written over"
        );
        assert_eq!(
            path.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "private"
        );
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }
}
