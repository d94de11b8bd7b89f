//! The one binary: services, the embedded default, tools for operators and analysts.

mod cli;

use anyhow::Context as _;
use clap::Parser as _;
use cli::{Arguments, Command, ImportCommand, KeysCommand, LogCommand, ParkedCommand, ProjectionCommand};
use kinward::analysts::{self, Export, Replay};
use kinward::import::{self, FileError, Import, Tally};
use kinward::{dev, keys, log_commands, people, projection, services};
use kinward_chassis::{DevelopmentIssuer, Settings, Telemetry, TimeSource, load, print, until_asked};
use kinward_eventsourcing::{Clock as _, SystemClock};
use std::path::Path;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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

/// 64: the configuration is refused; 65: a file's content is; 66: a file cannot be read; 69: something is away; 1:
/// anything else.
fn exit_code(error: &anyhow::Error) -> u8 {
    if let Some(error) = error.downcast_ref::<FileError>() {
        return if matches!(error, FileError::Unreadable(_) | FileError::Directory) { 66 } else { 65 };
    }
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
            let settings = of_dev(&config)?;
            match command {
                LogCommand::Tail { after, to_end } => log_commands::tail(&settings, after, to_end).await?,
                LogCommand::Show { kind, id } => log_commands::show(&settings, &kind, &id).await?,
                LogCommand::Replay { from, to, context, aggregate, event, area, speed, follow } => {
                    let speed = analysts::speed(&speed)?;
                    let replay = Replay { from, to, context, aggregate, event, area, speed, follow };
                    replay.run(&settings).await?;
                }
                LogCommand::Get { position } => analysts::get(&settings, position).await?,
                LogCommand::Export { folder, project_key, to, shift_days, rate, quasi, k } => {
                    let key = project_key;
                    Export { folder, key, to, shift_days, rate, quasi, k }.run(&settings).await?;
                }
                LogCommand::Stats => analysts::stats(&settings).await?,
                LogCommand::Verify { statements, public_key } => {
                    let (statements, key) = (statements.as_deref(), public_key.as_deref());
                    let sound = analysts::verify(&settings, statements, key).await?;
                    return Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE });
                }
                LogCommand::Notarise { statements } => analysts::notarise(&settings, &statements).await?,
                LogCommand::Prove { position, statements } => {
                    analysts::prove(&settings, &statements, position).await?;
                }
            }
        }
        Command::State { kind, id, as_of, config } => {
            analysts::state(&of_dev(&config)?, &kind, &id, as_of).await?;
        }
        Command::Projection { command, config } => {
            let (names, task) = projection_task(command);
            projection::run(&of_dev(&config)?, &names, task).await?;
        }
        Command::Keys { command: KeysCommand::Recover { escrow }, config } => {
            let settings = of_dev(&config)?;
            keys::recover(&settings, escrow.as_deref().unwrap_or(&settings.secrets)).await?;
        }
        Command::Import { command } => return import_children(command).await,
        Command::Token { office, area, secrets, hours } => {
            let principal = people::named(&office, area.as_deref()).context("没有此身份  no such office")?;
            let expires = SystemClock.now() + chrono::Duration::hours(hours);
            let issuer = DevelopmentIssuer::create(&secrets).context(
                "没有开发密钥：请在 `kinward dev` 的目录中运行，或用 --secrets 指定  no development key: run this where `kinward dev` runs, or name its folder with --secrets",
            )?;
            let token = issuer.issue(&principal, expires.timestamp())?;
            log_commands::line(&token);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The settings that a command reads, which `kinward dev` writes.
fn of_dev(config: &Path) -> anyhow::Result<Settings> {
    load(Some(config)).with_context(|| {
        format!(
            "设置文件 {0} 由 `kinward dev` 写出，或用 --config 指定  the settings in {0} are written by `kinward dev`; or name others with --config",
            config.display()
        )
    })
}

fn projection_task(command: ProjectionCommand) -> (Vec<String>, projection::Task) {
    use projection::Task;
    match command {
        ProjectionCommand::Status { names } => (names, Task::Status),
        ProjectionCommand::Rebuild { names } => (names, Task::Rebuild),
        ProjectionCommand::Switch { names, force } => (names, Task::Switch { force }),
        ProjectionCommand::Rollback { names } => (names, Task::Rollback),
        ProjectionCommand::Pause { names } => (names, Task::Pause(true)),
        ProjectionCommand::Resume { names } => (names, Task::Pause(false)),
        ProjectionCommand::Parked { command } => match command {
            ParkedCommand::List { names } => (names, Task::Parked),
            ParkedCommand::Retry { name, subject } => (vec![name], Task::Retry(subject)),
            ParkedCommand::Drop { name, event_id, reason } => (vec![name], Task::Drop { event_id, reason }),
        },
    }
}

async fn import_children(command: ImportCommand) -> anyhow::Result<ExitCode> {
    let ImportCommand::Children { file, template, dry_run, registry, token, key, results } = command;
    if let Some(path) = template {
        import::template(&path)?;
        log_commands::line(&format!("模板已写入  the template is in {}", path.display()));
        return Ok(ExitCode::SUCCESS);
    }
    let (file, registry, token) =
        (file.unwrap_or_default(), registry.unwrap_or_default(), token.unwrap_or_default());
    let import = Import { file: &file, registry: &registry, token: &token, key: &key, results, dry_run };
    let (tally, results) = import.run().await?;
    let Tally { accepted, refused, unknown, examples } = tally;
    let (zh, en) = if dry_run { ("可导入", "sound") } else { ("已建档", "on file") };
    log_commands::line(&format!(
        "{zh} {accepted}，未导入 {refused}，未知 {unknown}，示例 {examples}；逐行结果见 {shown}\n\
         {accepted} {en}, {refused} refused, {unknown} unknown, {examples} examples; row by row in {shown}",
        shown = results.display()
    ));
    Ok(match tally {
        Tally { unknown: 1.., .. } => ExitCode::from(69),
        Tally { refused: 1.., .. } => ExitCode::from(65),
        _ => ExitCode::SUCCESS,
    })
}

async fn serve(names: &[String], settings: Settings) -> anyhow::Result<()> {
    let names: Vec<&str> = match names {
        [all] if all == "all" => services::ALL.to_vec(),
        some => some.iter().map(String::as_str).collect(),
    };
    let telemetry = Telemetry::start(&names.join("+"), &settings)?;
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
