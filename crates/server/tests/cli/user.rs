//! `harkara user` on the data of a server, beside it.

use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::Arc;

use harkara::clock::SystemClock;
use harkara::config::Config;
use harkara::{serve, store};
use serde_json::Value;

use crate::{ended, err, harkara, out, output};

/// Runs `harkara user` on the folder `data`, with this on standard input.
fn user(folder: &Path, args: &[&str], input: &str) -> Output {
    let mut command = harkara(folder);
    command.arg("user").args(args).args(["--data", "data"]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    ended(process)
}

fn users(folder: &Path) -> Vec<Value> {
    let listed = user(folder, &["list", "--json"], "");
    assert!(listed.status.success(), "{}", err(&listed));
    out(&listed)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_user_is_made_promoted_and_deactivated() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let create = [
        "create",
        "asha@shop.example",
        "--name",
        "Asha",
        "--role",
        "agent",
        "--password-stdin",
    ];
    let short = user(folder, &create, "short\n");
    assert!(
        !short.status.success() && err(&short).contains("at least 10"),
        "{}",
        err(&short)
    );
    let made = user(folder, &create, "correct horse battery\n");
    assert!(made.status.success(), "{}", err(&made));
    assert!(
        user(folder, &["set-role", "ASHA@shop.example", "owner"], "")
            .status
            .success()
    );
    assert_eq!(
        (&users(folder)[0]["role"], &users(folder)[0]["active"]),
        (&"owner".into(), &true.into())
    );
    let last = user(folder, &["deactivate", "asha@shop.example"], "");
    assert!(
        !last.status.success() && err(&last).contains("last owner"),
        "{}",
        err(&last)
    );
    let unknown = user(folder, &["reset-password", "nobody@shop.example"], "");
    assert!(err(&unknown).contains("harkara user list"), "{}", err(&unknown));
}

#[test]
fn links_begin_with_the_public_url_and_are_for_one_person() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let invite = [
        "create",
        "ravi@shop.example",
        "--role",
        "viewer",
        "--public-url",
        "https://h.example",
    ];
    let link = user(folder, &invite, "");
    assert!(
        out(&link).starts_with("https://h.example/invite/"),
        "{}",
        err(&link)
    );
    assert_eq!(users(folder).len(), 0);
    let create = [
        "create",
        "ravi@shop.example",
        "--name",
        "Ravi",
        "--role",
        "viewer",
        "--password-stdin",
    ];
    assert!(user(folder, &create, "correct horse battery").status.success());
    let link = user(folder, &["reset-password", "ravi@shop.example"], "");
    assert!(
        out(&link).starts_with("http://127.0.0.1:8080/invite/"),
        "{}",
        err(&link)
    );
    let set = user(
        folder,
        &["reset-password", "ravi@shop.example", "--password-stdin"],
        "another long password",
    );
    assert!(set.status.success(), "{}", err(&set));
}

/// Gives every user a second factor, as the dashboard does; the secret does not matter here.
fn give_second_factors(folder: &Path) {
    let mut config = Config::load(None).unwrap();
    config.data = folder.join("data");
    let given = async {
        let app = serve::open(config, Arc::new(SystemClock)).await.unwrap();
        let mut tx = app.db.write().await.unwrap();
        for user in store::user::list(&mut tx).await.unwrap() {
            store::user::set_factor(&mut tx, user.id, Some(1), 1)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
    };
    tokio::runtime::Runtime::new().unwrap().block_on(given);
}

#[test]
fn a_second_factor_outlives_a_new_password_and_is_taken_away_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let email = "asha@shop.example";
    let create = [
        "create",
        email,
        "--name",
        "Asha",
        "--role",
        "owner",
        "--password-stdin",
    ];
    assert!(user(folder, &create, "correct horse battery").status.success());
    let none = user(folder, &["remove-second-factor", email], "");
    assert!(
        !none.status.success() && err(&none).contains("Asha has no second factor"),
        "{}",
        err(&none)
    );
    give_second_factors(folder);
    let reset = ["reset-password", email, "--password-stdin"];
    let told = out(&user(folder, &reset, "another long password"));
    assert!(told.contains("remove-second-factor"), "{told}");
    assert_eq!(users(folder)[0]["second_factor"], true);
    let removed = user(folder, &["remove-second-factor", email], "");
    assert!(removed.status.success(), "{}", err(&removed));
    assert_eq!(users(folder)[0]["second_factor"], false);
}

#[test]
fn a_key_is_made_for_some_permissions_only() {
    let folder = tempfile::tempdir().unwrap();
    let key = |args: &[&str]| {
        output(
            harkara(folder.path())
                .arg("key")
                .args(args)
                .args(["--data", "data"]),
        )
    };
    let wrong = key(&["create", "CRM", "--only", "profiles.write,everything"]);
    assert!(
        !wrong.status.success() && err(&wrong).contains("profiles.read"),
        "{}",
        err(&wrong)
    );
    assert!(
        key(&["create", "CRM", "--only", "profiles.write"])
            .status
            .success()
    );
    let listed: Value = serde_json::from_str(out(&key(&["list", "--json"])).trim()).unwrap();
    assert_eq!(listed["scopes"], serde_json::json!(["profiles.write"]));
}
