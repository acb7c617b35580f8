//! `harkara user`: the people who work in the dashboard, directly in the database, so that nobody can be locked out.

use std::io::Read;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use comfy_table::Table;

use super::key::{minute, open};
use super::{DataOptions, say};
use crate::app::audit::{Actor, look, note_change};
use crate::app::sign_in::Person;
use crate::app::{App, factor, user};
use crate::domain::id;
use crate::domain::permission::{Rights, Role};
use crate::store;
use crate::store::user::UserRow;

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum User {
    /// List the users.
    List(List),
    /// Make a user: prints a link with which they choose their password, or takes one from standard input.
    #[command(
        after_help = "Examples:\n  harkara user create asha@shop.example --role owner --public-url https://harkara.example.com\n  \
                      printf %s \"$PASSWORD\" | harkara user create asha@shop.example --name Asha --role agent --password-stdin"
    )]
    Create(Create),
    /// Let a user choose a new password: prints a link for it, or takes one from standard input.
    #[command(
        after_help = "Example:\n  harkara user reset-password asha@shop.example --data ./data\n\n\
                      The link works once, for a day. With --password-stdin all sessions of the user end at once.\n\
                      A second factor stays: `harkara user remove-second-factor` takes it away."
    )]
    ResetPassword(ResetPassword),
    /// Take the second factor of a user away who lost it: the password is enough from then on. Their sessions end.
    RemoveSecondFactor {
        /// E-mail address of the user.
        email: String,
        #[command(flatten)]
        data: DataOptions,
    },
    /// Give a user another role.
    SetRole {
        /// E-mail address of the user.
        email: String,
        /// owner, admin, creator, approver, agent or viewer.
        #[arg(value_parser = role)]
        role: Role,
        #[command(flatten)]
        data: DataOptions,
    },
    /// Let a user not sign in any more; their sessions end, what they did is kept.
    Deactivate {
        /// E-mail address of the user.
        email: String,
        #[command(flatten)]
        data: DataOptions,
    },
    /// Let a user who was deactivated sign in again.
    Activate {
        /// E-mail address of the user.
        email: String,
        #[command(flatten)]
        data: DataOptions,
    },
}

/// Options of `user list`.
#[derive(Debug, Args)]
pub struct List {
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataOptions,
}

/// Options of `user create`.
#[derive(Debug, Args)]
pub struct Create {
    /// E-mail address.
    email: String,
    /// owner, admin, creator, approver, agent or viewer.
    #[arg(long, value_parser = role)]
    role: Role,
    /// Name; needed with --password-stdin.
    #[arg(long, requires = "password_stdin")]
    name: Option<String>,
    /// Read the password from standard input.
    #[arg(long, requires = "name")]
    password_stdin: bool,
    #[command(flatten)]
    link: LinkOptions,
}

/// Options of `user reset-password`.
#[derive(Debug, Args)]
pub struct ResetPassword {
    /// E-mail address of the user.
    email: String,
    /// Read the new password from standard input.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    link: LinkOptions,
}

#[derive(Debug, Args)]
struct LinkOptions {
    /// How people reach the server; links begin with it [default: the setting public_url, or http://LISTEN].
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    #[command(flatten)]
    data: DataOptions,
}

impl LinkOptions {
    async fn open(&self) -> anyhow::Result<Arc<App>> {
        open(&self.data, self.public_url.clone()).await
    }
}

fn role(text: &str) -> Result<Role, String> {
    let names = Role::ALL.map(Role::name).join(", ");
    Role::read(text).ok_or_else(|| format!("there is no role {text}; give one of {names}"))
}

/// Whoever can read the data may do everything with it.
const RIGHTS: Rights = Rights::Role(Role::Owner);

impl User {
    /// Carries it out.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::List(list) => list.run().await?,
            Self::Create(create) => create.run().await?,
            Self::ResetPassword(reset) => reset.run().await?,
            Self::RemoveSecondFactor { email, data } => {
                let row = remove_second_factor(&data, &email).await?;
                say(&format!("{} signs in with the password alone now.", row.email))?;
            }
            Self::SetRole { email, role, data } => {
                let change = user::Change {
                    role: Some(role),
                    ..user::Change::default()
                };
                let row = change_user(&data, &email, change).await?;
                say(&format!("{} is {} now.", row.email, row.role))?;
            }
            Self::Deactivate { email, data } => {
                let row = change_user(&data, &email, active(false)).await?;
                say(&format!("{} cannot sign in any more.", row.email))?;
            }
            Self::Activate { email, data } => {
                let row = change_user(&data, &email, active(true)).await?;
                say(&format!("{} can sign in again.", row.email))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn active(active: bool) -> user::Change {
    user::Change {
        active: Some(active),
        ..user::Change::default()
    }
}

async fn find(app: &App, email: &str) -> anyhow::Result<UserRow> {
    let email = email.trim().to_lowercase();
    let row = store::user::by_email(&mut app.db.read().await?, &email).await?;
    row.ok_or_else(|| anyhow!("there is no user {email}. `harkara user list` shows the ones there are"))
}

async fn change_user(data: &DataOptions, email: &str, change: user::Change) -> anyhow::Result<UserRow> {
    let app = open(data, None).await?;
    let id = find(&app, email).await?.id;
    let mut tx = app.db.write().await?;
    let before = look(&mut tx, "user", id).await?.into();
    let row = user::update(&app, &mut tx, &RIGHTS, id, &change).await?;
    note_change(&app, &mut tx, &Actor::cli(), "user.update", id, before).await?;
    tx.commit().await?;
    Ok(row)
}

async fn remove_second_factor(data: &DataOptions, email: &str) -> anyhow::Result<UserRow> {
    let app = open(data, None).await?;
    let id = find(&app, email).await?.id;
    let mut tx = app.db.write().await?;
    let before = look(&mut tx, "user", id).await?.into();
    let row = factor::take_away(&app, &mut tx, &RIGHTS, id).await?;
    note_change(&app, &mut tx, &Actor::cli(), "user.take_factor", id, before).await?;
    tx.commit().await?;
    Ok(row)
}

fn from_stdin() -> anyhow::Result<String> {
    let mut text = String::new();
    // More than any password: what is longer is refused as such.
    std::io::stdin()
        .take(4_096)
        .read_to_string(&mut text)
        .context("cannot read the password from standard input")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

impl Create {
    async fn run(self) -> anyhow::Result<()> {
        let app = self.link.open().await?;
        if self.password_stdin {
            let password = from_stdin()?;
            let person = Person {
                email: &self.email,
                name: self.name.as_deref().unwrap_or_default(),
                password: &password,
            };
            let row = user::create(&app, &person, self.role, &Actor::cli()).await?;
            return say(&format!(
                "{} can sign in at {}",
                row.email,
                app.config.public_base()
            ));
        }
        let mut tx = app.db.write().await?;
        let link = user::invite(&app, &mut tx, &Actor::cli(), &RIGHTS, &self.email, self.role).await?;
        let new = crate::app::audit::Before::New;
        note_change(&app, &mut tx, &Actor::cli(), "invite.create", link.row.id, new).await?;
        tx.commit().await?;
        say(&link.url)
    }
}

impl ResetPassword {
    async fn run(self) -> anyhow::Result<()> {
        let app = self.link.open().await?;
        let row = find(&app, &self.email).await?;
        if self.password_stdin {
            user::set_password(&app, row.id, &from_stdin()?, &Actor::cli()).await?;
            let keeps = if row.factor_since.is_some() {
                " The second factor is as it was; `harkara user remove-second-factor` takes it away."
            } else {
                ""
            };
            return say(&format!("{} has a new password.{keeps}", row.email));
        }
        let mut tx = app.db.write().await?;
        let before = look(&mut tx, "user", row.id).await?.into();
        let link = user::reset(&app, &mut tx, &Actor::cli(), &RIGHTS, row.id).await?;
        note_change(&app, &mut tx, &Actor::cli(), "user.reset", row.id, before).await?;
        tx.commit().await?;
        say(&link.url)
    }
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
        let app = open(&self.data, None).await?;
        let users = store::user::list(&mut app.db.read().await?).await?;
        let mut table = Table::new();
        table.load_preset(comfy_table::presets::NOTHING);
        table.set_header([
            "id",
            "address",
            "name",
            "role",
            "last sign-in",
            "second factor",
            "state",
        ]);
        for user in users {
            let shown = id::USER.show(user.id);
            if self.json {
                say(&serde_json::to_string(&serde_json::json!({
                    "id": shown, "email": user.email, "name": user.name, "role": user.role,
                    "active": user.active == 1, "second_factor": user.factor_since.is_some(), "created_at": user.created_at, "last_sign_in_at": user.last_sign_in_at,
                }))?)?;
                continue;
            }
            let last = user.last_sign_in_at.map_or_else(|| "never".to_owned(), minute);
            let state = if user.active == 1 { "active" } else { "deactivated" };
            let factor = if user.factor_since.is_some() { "on" } else { "" };
            let row = [
                shown,
                user.email,
                user.name,
                user.role,
                last,
                factor.to_owned(),
                state.to_owned(),
            ];
            table.add_row(row);
        }
        if !self.json {
            say(&table.trim_fmt())?;
        }
        Ok(())
    }
}
