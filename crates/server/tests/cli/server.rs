//! `harkara serve` from its first start to its end.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use harkara::cli::client::Client;
use harkara::serve::CliFile;

use crate::{ended, err, harkara, out, output};

/// A server process; killed when the test ends early.
pub struct Server {
    process: Option<Child>,
    url: String,
}

impl Server {
    fn start(folder: &Path) -> Self {
        Self::with_log(folder, Stdio::null())
    }

    fn with_log(folder: &Path, log: Stdio) -> Self {
        Self::of(
            harkara(folder).args(["serve", "--data", "data", "--listen", "127.0.0.1:0"]),
            log,
        )
    }

    pub fn of(command: &mut Command, log: Stdio) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line
            .trim()
            .strip_prefix("Harkara listens on ")
            .expect("the first line tells the URL");
        Self {
            process: Some(process),
            url: url.to_owned(),
        }
    }

    /// Asks it to stop; its exit code.
    fn terminate(mut self) -> Option<i32> {
        let process = self.process.take().unwrap();
        let kill = format!("kill -TERM {}", process.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        ended(process).status.code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

#[tokio::test]
async fn the_first_start_makes_a_private_key_that_later_starts_keep() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");

    let server = Server::start(folder.path());
    let first = CliFile::read(&data).unwrap();
    assert_eq!(first.url, server.url);
    for file in ["cli.json", "secret.key"] {
        let mode = std::fs::metadata(data.join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    let client = Client::new(&first.url, &first.key).unwrap();
    assert_eq!(client.all("/api-keys").await.unwrap().len(), 1);
    let stranger = Client::new(&first.url, "hk_wrong").unwrap();
    let refused = stranger.get("/api-keys").await.unwrap_err().to_string();
    assert!(refused.contains("API key is not known"), "{refused}");
    assert_eq!(server.terminate(), Some(0));

    let server = Server::start(folder.path());
    let again = CliFile::read(&data).unwrap();
    assert_eq!((again.url, again.key), (server.url.clone(), first.key));
    assert_eq!(server.terminate(), Some(0));
}

#[tokio::test]
async fn keys_are_made_and_revoked_beside_a_running_server() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let key = |args: &[&str]| {
        let output = output(
            harkara(folder.path())
                .arg("key")
                .args(args)
                .args(["--data", "data"]),
        );
        assert!(output.status.success(), "{}", err(&output));
        out(&output).trim().to_owned()
    };
    let made = key(&["create", "back end"]);
    let client = Client::new(&server.url, &made).unwrap();
    let rows = client.all("/api-keys").await.unwrap();
    let id = rows.iter().find(|r| r["name"] == "back end").unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(key(&["list"]).contains("back end") && !key(&["list"]).contains(&made));
    key(&["revoke", &id]);
    assert!(
        client
            .get("/api-keys")
            .await
            .unwrap_err()
            .to_string()
            .contains("revoked")
    );
}

#[test]
fn a_second_server_on_the_same_data_or_port_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let port = server.url.rsplit_once('/').unwrap().1;
    for (data, listen, word) in [("data", "127.0.0.1:0", "--data"), ("other", port, "--listen")] {
        let output = output(harkara(folder.path()).args(["serve", "--data", data, "--listen", listen]));
        assert_eq!(output.status.code(), Some(1));
        assert!(err(&output).contains(word), "{}", err(&output));
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_written_stops_nothing() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let server = Server::with_log(folder.path(), full.into());
    let file = CliFile::read(&folder.path().join("data")).unwrap();
    let client = Client::new(&server.url, &file.key).unwrap();
    assert_eq!(client.all("/api-keys").await.unwrap().len(), 1);
    assert_eq!(server.terminate(), Some(0));
}
