//! Load on a real Kinward, and on what it stands on. `make bench` runs `table`; the other commands are the generators
//! that `table` starts, each in a process of its own, and can be pointed at any running service.

mod arrivals;
mod bare;
mod commands;
mod filling;
mod machine;
mod measured;
mod peers;
mod projecting;
mod rebuilding;
mod requests;
mod results;
mod site;
mod table;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Kinward against the bare servers it stands on, and against its peers.
///
/// A ratio is only worth something within one run on one machine: `table` measures both sides of each, one after the
/// other. Every other command prints one line of JSON. In a closed loop (`commands`, `publish`) each worker sends its
/// next command when the last is answered: that measures what the service can do. In an open loop (`arrivals`)
/// commands come at fixed moments whether the service keeps up or not, and latency counts from the moment at which a
/// command was due: that measures what people wait for.
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:\n  \
    kinward-load table --quick                    every row, short\n  \
    kinward-load table --only commands,projection  some rows\n  \
    kinward-load commands reports --address 127.0.0.1:PORT --secrets .kinward/secrets\n  \
                                                  reports to a running `kinward dev`, 64 in flight\n  \
    kinward-load publish --server nats://127.0.0.1:PORT --payload commit.bin\n  \
                                                  the bare server; only one of its own, it writes to EVENTS"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts everything, measures every row of "Speed to hold", prints the table and writes RESULTS.md
    Table(table::Options),
    /// Closed loop against a running service
    Commands(commands::Options),
    /// Closed loop against a bare NATS server: guarded publish
    Publish(bare::Options),
    /// Open loop of reports: when each is on the emergency worklist, and in the police read model
    Arrivals(arrivals::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
    let ended = match Arguments::parse().command {
        Command::Table(options) => table::run(&options).await,
        Command::Commands(options) => commands::run(&options).await,
        Command::Publish(options) => bare::run(&options).await,
        Command::Arrivals(options) => arrivals::run(&options).await,
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kinward-load: {error:#}");
            ExitCode::FAILURE
        }
    }
}
