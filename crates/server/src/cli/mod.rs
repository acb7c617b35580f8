//! The command line: one file per group of commands.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

use crate::config::{Config, Overrides};

mod account;
mod bench;
mod callback;
mod campaign;
pub mod client;
mod demo;
mod import;
mod key;
mod message;
mod node;
mod progress;
mod provider;
mod retire;
mod server;
mod sim;
mod sim_generic;
mod sim_vonage;
mod user;

/// Self-hosted WhatsApp engagement: campaigns, delivery reports and conversations on your own machine.
#[derive(Debug, Parser)]
#[command(
    name = "harkara",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = "Try it:  harkara demo          a server with a simulated provider, 10,000 fictional profiles and a handset\n\
                  Run it:  harkara serve --data ./data --public-url https://harkara.example.com\n\n\
                  `harkara COMMAND --help` explains one command. Every setting of the server stands in the default\n\
                  configuration file; `harkara serve --print-config` prints it."
)]
pub struct Cli {
    #[command(flatten)]
    log: LogOptions,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct LogOptions {
    /// How the log on standard error is written.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "text",
        env = "HARKARA_LOG_FORMAT",
        help_heading = "Log",
        hide_env = true
    )]
    log_format: LogFormat,
    /// What is logged, such as `info`, `harkara=debug` or `warn,harkara::http=trace`.
    #[arg(
        long,
        global = true,
        default_value = "warn,harkara=info,harkara_sim=info",
        env = "HARKARA_LOG",
        help_heading = "Log",
        hide_env = true,
        value_name = "FILTER"
    )]
    log: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(server::Serve),
    /// Run everything on this machine, with a simulated provider and 10,000 fictional customers.
    Demo(demo::Demo),
    /// Bring the tables of the database up to date, and exit.
    Migrate(server::Migrate),
    /// Make, list and revoke API keys, directly in the database.
    #[command(subcommand)]
    Key(key::Key),
    /// List and make users, reset passwords, change roles, directly in the database.
    #[command(subcommand)]
    User(user::User),
    /// Try the credentials of accounts; take accounts and numbers out of use.
    #[command(subcommand)]
    Account(account::Account),
    /// Import customers from a CSV file.
    Import(Box<import::Import>),
    /// Launch, watch, hold and export campaigns.
    #[command(subcommand)]
    Campaign(campaign::Campaign),
    /// Tell what happened to a message, list those without an outcome, send one again.
    #[command(subcommand)]
    Message(message::Message),
    /// Read what a provider sends to us.
    #[command(subcommand)]
    Callback(callback::Callback),
    /// Show the servers that work on one database.
    #[command(subcommand)]
    Node(node::Node),
    /// Simulate a provider, to practise and to test with.
    #[command(subcommand)]
    Sim(sim::Sim),
    /// Measure this program on this machine: rates, processor time and memory.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Print what each provider can carry and asks for, as a page of the documentation.
    Providers,
    /// Print the OpenAPI document of the REST API.
    Openapi,
}

/// Where the data is, for commands that work directly on it.
#[derive(Debug, Clone, Args)]
pub struct DataOptions {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE", env = "HARKARA_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
    /// Folder for the SQLite file, the key file and the error files of imports [default: ./data].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// postgres://user:password@host/database; without it, a SQLite file in the data folder.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

impl DataOptions {
    /// The whole configuration: defaults, file, environment, these options.
    fn config(&self, command_line: Overrides) -> anyhow::Result<Config> {
        let command_line = Overrides {
            data: self.data.clone(),
            database: self.database.clone(),
            ..command_line
        };
        let environment = |name: &str| std::env::var(name).ok();
        Ok(Config::layered(
            self.config.as_deref(),
            environment,
            command_line,
        )?)
    }
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    run(std::env::args_os())
}

/// Runs a command line. Usage errors end with 2, everything else that goes wrong with 1.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(e) => {
            let code = e.exit_code();
            // A closed pipe (`harkara --help | head -1`) is no reason to complain.
            let _ = e.print();
            return ExitCode::from(u8::try_from(code).unwrap_or(2));
        }
    };
    if let Err(e) = start_log(&cli.log) {
        return complain(&e);
    }
    // Another part may have installed it already, which is just as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return complain(&anyhow::anyhow!("cannot start worker threads: {e}")),
    };
    match runtime.block_on(dispatch(cli.command)) {
        Ok(code) => code,
        Err(e) => complain(&e),
    }
}

async fn dispatch(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(serve) => serve.run().await,
        Command::Demo(demo) => demo.run().await,
        Command::Migrate(migrate) => migrate.run().await,
        Command::Key(key) => key.run().await,
        Command::User(user) => user.run().await,
        Command::Account(account) => account.run().await,
        Command::Import(import) => import.run().await,
        Command::Campaign(campaign) => campaign.run().await,
        Command::Message(message) => message.run().await,
        Command::Node(node) => node.run().await,
        Command::Sim(sim) => sim.run().await,
        Command::Callback(callback) => callback.run().await,
        Command::Bench(bench) => bench.run().await,
        Command::Providers => provider::run(),
        Command::Openapi => {
            say(&crate::http::openapi().to_pretty_json()?)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The definition of the command line, for tests and documentation.
pub fn definition() -> clap::Command {
    Cli::command()
}

/// One line (or several) on standard output. A reader that went away ends the program quietly.
fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        other => Ok(other?),
    }
}

/// A query string.
pub fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// Like [`say`] for a server, which goes on when nobody reads its words.
fn announce(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// `error: what - why - what to do`.
fn complain(error: &anyhow::Error) -> ExitCode {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause.to_string();
        // Wrapped errors often repeat their source.
        if !parts.iter().any(|earlier| earlier.contains(&text)) {
            parts.push(text);
        }
    }
    let _ = writeln!(std::io::stderr(), "error: {}", parts.join(" - "));
    ExitCode::FAILURE
}

fn start_log(options: &LogOptions) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&options.log).map_err(|e| {
        anyhow::anyhow!(
            "the log filter {:?} cannot be read: {e}. Write it like `info` or `warn,harkara=debug`",
            options.log
        )
    })?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // A full disk under the log must not stop the work: telling it on standard error would panic there.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    let started = match options.log_format {
        LogFormat::Text => log
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    started.map_err(|e| anyhow::anyhow!("the log cannot be started: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound_and_every_command_and_option_has_help() {
        fn look(command: &clap::Command, path: &str) {
            for sub in command.get_subcommands() {
                let path = format!("{path} {}", sub.get_name());
                assert!(sub.get_about().is_some(), "{path} has no sentence");
                for arg in sub.get_arguments() {
                    assert!(
                        arg.get_help().is_some(),
                        "{path}: {} has no sentence",
                        arg.get_id()
                    );
                }
                look(sub, &path);
            }
        }
        definition().debug_assert();
        look(&definition(), "harkara");
    }

    #[test]
    fn the_readme_contract_parses() {
        for line in [
            "harkara serve --data d --listen 127.0.0.1:0 --public-url https://h.example --database postgres://h/h --config f",
            "harkara callback decode --provider gupshup-enterprise --method GET --query a=b --content-type text/plain -",
            "harkara callback decode --provider gupshup-enterprise file",
            "harkara callback replay --state unreadable --since 2026-11-08T10:00:00+05:30",
            "harkara callback replay --id cbk_1 --id cbk_2",
            "harkara demo --port 9000 --data d --fresh",
            "harkara demo --once --recipients 100 --json --database postgres://h/h",
            "harkara migrate --data d",
            "harkara key create back-end",
            "harkara key create back-end --only profiles.write,messages.send",
            "harkara user list --json",
            "harkara user create a@b.example --role owner --public-url https://h.example",
            "harkara user create a@b.example --role agent --name A --password-stdin",
            "harkara user reset-password a@b.example --password-stdin --data d",
            "harkara user set-role a@b.example admin",
            "harkara user deactivate a@b.example",
            "harkara user activate a@b.example",
            "harkara account check",
            "harkara account archive Main --number +919999900001 --yes --json",
            "harkara account delete acc_1",
            "harkara import f.csv --list L --opt-in record --source S",
            "harkara campaign launch c --at 2026-11-08T10:00:00+05:30 --no-watch",
            "harkara campaign watch c --json",
            "harkara campaign export c -o f.csv",
            "harkara message show msg_1",
            "harkara node list --json --server http://h --api-key k",
            "harkara serve --database postgres://h/h --roles http,callbacks",
            "harkara sim gupshup --listen 127.0.0.1:0 --hsm 1:a --two-way 2:b --inbound-url http://h --reports-url http://h --latency 5 --limit 80/s",
            "harkara account check Main --json --server http://h --api-key k --data d",
            "harkara bench dispatch --messages 5000 --latency 5 --concurrency 64 --rounds 1 --json --keep --database postgres://h/h",
            "harkara bench launch --recipients 1000",
            "harkara bench nodes --database postgres://h/h --nodes 3 --latency 100 --messages 1000 --rounds 1 --json",
            "harkara --log-format json openapi",
        ] {
            let parsed = Cli::try_parse_from(line.split(' '));
            assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
        }
    }
}
