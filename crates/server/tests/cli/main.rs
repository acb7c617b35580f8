//! The program as people run it: a process with arguments, an exit code and words.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the helpers of tests stand outside #[test] functions"
)]

mod decode;
mod server;
mod unknown;
mod user;

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// The program, in an environment without settings.
fn harkara(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harkara"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HARKARA_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    output(harkara(folder.path()).args(args))
}

/// What a command printed, which must end by itself.
fn output(command: &mut Command) -> Output {
    let process = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    ended(process)
}

/// Waits for the end; a process that does not come to one is killed and fails the test.
fn ended(process: Child) -> Output {
    let id = process.id();
    let (done, end) = mpsc::channel();
    std::thread::spawn(move || done.send(process.wait_with_output()));
    match end.recv_timeout(Duration::from_secs(60)) {
        Ok(output) => output.unwrap(),
        Err(_) => {
            let kill = format!("kill -KILL {id}");
            let _ = Command::new("sh").args(["-c", &kill]).status();
            panic!("the program did not end by itself");
        }
    }
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn help_names_every_command_and_each_explains_itself() {
    let help = run(&["--help"]);
    assert!(help.status.success());
    for command in harkara::cli::definition().get_subcommands() {
        let name = command.get_name();
        assert!(out(&help).contains(name), "{name}");
        let own = run(&[name, "--help"]);
        assert!(
            own.status.success() && out(&own).contains("Usage: harkara"),
            "{name}"
        );
    }
}

#[test]
fn a_wrong_command_line_ends_with_2_and_anything_else_with_1() {
    for wrong in [
        &["serv"][..],
        &["serve", "--lisen", "x"],
        &["callback", "decode"],
        &[],
    ] {
        assert_eq!(run(wrong).status.code(), Some(2), "{wrong:?}");
    }
    let output = run(&["serve", "--config", "missing.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let text = err(&output);
    assert!(
        text.starts_with("error: ") && text.contains("missing.toml") && text.contains("--config"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[test]
fn a_command_without_a_server_says_how_to_get_one() {
    let output = run(&["account", "check"]);
    assert_eq!(output.status.code(), Some(1));
    let text = err(&output);
    assert!(
        text.contains("harkara serve") && text.contains("--server URL"),
        "{text}"
    );
}

#[test]
fn the_default_configuration_can_be_printed_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let printed = out(&run(&["serve", "--print-config"]));
    let path = folder.path().join("harkara.toml");
    std::fs::write(&path, &printed).unwrap();
    let migrate = ["migrate", "--config", "harkara.toml", "--data", "elsewhere"];
    let output = output(harkara(folder.path()).args(migrate));
    assert!(output.status.success(), "{}", err(&output));
    assert!(folder.path().join("elsewhere/harkara.db").exists());
}
