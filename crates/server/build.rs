//! The dashboard is embedded when it was built before (`bin/web`); without it the program compiles all the same.

fn main() -> std::io::Result<()> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist");
    // Cargo takes a folder that is missing for one that changed, and would compile anew each time.
    std::fs::create_dir_all(folder)?;
    println!("cargo::rerun-if-changed={folder}");
    Ok(())
}
