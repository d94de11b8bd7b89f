//! The one binary: services, the embedded default, tools for operators and analysts.

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use kinward::{dev, log_commands, people, services};
use kinward_chassis::{
    DevelopmentIssuer, Principal, Settings, Telemetry, TimeSource, load, print, until_asked,
};
use kinward_eventsourcing::{Clock as _, SystemClock};
use std::path::PathBuf;
use std::process::ExitCode;

/// Kinward 守望: the care and protection system of a district for its left-behind children.
#[derive(Parser)]
#[command(version, about, long_about = None)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs services until it is asked to end 运行服务
    ///
    /// In production each is its own process. Several in one listen on consecutive ports, from that of the settings on.
    Serve {
        /// all, or some of registry, reporting, dispatch, assessment, custody, notification and departments
        #[arg(required = true)]
        services: Vec<String>,
        /// Settings file; every key may also come from the environment, as KINWARD__LOG__LOG_ID
        #[arg(long)]
        config: Option<PathBuf>,
        /// Prints the effective settings, secrets hidden, and ends
        #[arg(long)]
        print_config: bool,
    },
    /// Starts everything on this machine and plays the story 本机启动全部服务并演示
    Dev {
        /// Folder of everything that is kept between runs
        #[arg(long, default_value = ".kinward")]
        folder: PathBuf,
        /// Children to generate
        #[arg(long, default_value_t = 5_000)]
        population: u64,
        /// Ends after the story instead of running on
        #[arg(long)]
        once: bool,
    },
    /// Reads the log 查看日志
    Log {
        #[command(subcommand)]
        command: LogCommand,
        /// Settings file; by default that of `kinward dev`
        #[arg(long, global = true, default_value = ".kinward/settings.toml")]
        config: PathBuf,
    },
    /// Issues a development token for trying the APIs 签发开发令牌
    Token {
        /// As whom: village, teacher, police, township, civil-affairs or court
        office: String,
        /// Division code, for a village or township
        #[arg(long, default_value = people::TOWNSHIP)]
        area: String,
        /// Folder of the development secrets
        #[arg(long, default_value = ".kinward/secrets")]
        secrets: PathBuf,
        /// Hours until it expires
        #[arg(long, default_value_t = 12)]
        hours: i64,
    },
}

#[derive(Subcommand)]
enum LogCommand {
    /// Prints commits as they come
    Tail {
        /// Begins after this position
        #[arg(long, default_value_t = 0)]
        after: u64,
        /// Ends at the end of the log instead of waiting for more
        #[arg(long)]
        to_end: bool,
    },
    /// Prints everything that happened to one thing: who, when, which rule
    Show {
        /// child, report, incident, assessment, case or notice; or any aggregate, as custody.order or reporting.call
        kind: String,
        /// Its id
        id: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("kinward: {error:#}");
            ExitCode::from(exit_code(&error))
        }
    }
}

/// 64: the configuration is refused; 69: something is away; 1: anything else.
fn exit_code(error: &anyhow::Error) -> u8 {
    if error.downcast_ref::<kinward_chassis::ConfigError>().is_some() {
        return 64;
    }
    error.downcast_ref::<kinward_chassis::StartError>().map_or(1, kinward_chassis::StartError::exit_code)
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { services, config, print_config } => {
            let settings = load(config.as_deref())?;
            if print_config {
                log_commands::line(&print(&settings));
                return Ok(ExitCode::SUCCESS);
            }
            serve(&services, settings).await?;
        }
        Command::Dev { folder, population, once } => dev::run(&folder, population, once).await?,
        Command::Log { command, config } => {
            let settings = load(Some(&config)).context("`kinward dev` writes this file; or give --config")?;
            match command {
                LogCommand::Tail { after, to_end } => log_commands::tail(&settings, after, to_end).await?,
                LogCommand::Show { kind, id } => log_commands::show(&settings, &kind, &id).await?,
            }
        }
        Command::Token { office, area, secrets, hours } => {
            let principal = principal(&office, &area)?;
            let expires = SystemClock.now() + chrono::Duration::hours(hours);
            let token = DevelopmentIssuer::create(&secrets)?.issue(&principal, expires.timestamp())?;
            log_commands::line(&token);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn principal(office: &str, area: &str) -> anyhow::Result<Principal> {
    Ok(match office {
        "village" => people::village(area),
        "teacher" => people::teacher(),
        "police" => people::police(),
        "township" => people::township(area),
        "civil-affairs" => people::civil_affairs(),
        "court" => people::court(),
        other => anyhow::bail!(
            "no office {other:?}: choose village, teacher, police, township, civil-affairs or court"
        ),
    })
}

async fn serve(names: &[String], settings: Settings) -> anyhow::Result<()> {
    let names: Vec<&str> = match names {
        [all] if all == "all" => services::ALL.to_vec(),
        some => some.iter().map(String::as_str).collect(),
    };
    let telemetry = Telemetry::start(&names.join("+"), &settings);
    let mut asked = std::pin::pin!(until_asked());
    let mut running = Vec::new();
    for (index, name) in (0..).zip(&names) {
        let settings = settings.moved_by(index)?;
        tokio::select! {
            started = services::start_by_name(name, settings, TimeSource::System) => running.push(started?),
            // what begins without its log waits for it, but not longer than it may
            () = &mut asked => break,
        }
    }
    if running.len() == names.len() {
        asked.await;
    }
    tracing::info!(services = names.join(", "), "draining");
    futures::future::join_all(running.into_iter().map(kinward_chassis::Running::stop)).await;
    telemetry.flush();
    Ok(())
}
