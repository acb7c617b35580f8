//! What stands in the binary beside the code: the dashboard, when it was built before (`bin/web`), and the texts in other
//! languages than English.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    // Without the dashboard the program compiles all the same. Cargo takes a folder that is missing for one that changed,
    // and would compile anew each time. A development build reads it when it runs: a new dashboard needs no new program.
    let built = root.join("../../web/dist");
    fs::create_dir_all(&built)?;
    if env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed={}", built.display());
    }

    // `texts/hi.po` of the server and of the provider crate, and `hi.po` in the folder of any vendor.
    let mut found = Vec::new();
    for folder in ["texts", "../provider/texts", "../provider/src/providers"] {
        let folder = root.join(folder);
        println!("cargo::rerun-if-changed={}", folder.display());
        catalogues(&folder, &mut found)?;
    }
    found.sort();
    let list: String = found
        .iter()
        .map(|path| {
            format!(
                "({:?}, include_str!({path:?})),\n",
                path.file_stem().unwrap_or_default()
            )
        })
        .collect();
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&out).join("catalogues.rs"), format!("&[{list}]"))
}

/// The `.po` files under a folder.
fn catalogues(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            catalogues(&path, found)?;
        } else if path.extension().is_some_and(|ending| ending == "po") {
            found.push(path);
        }
    }
    Ok(())
}
