//! What the figures were measured on.

use kinward_local::Tools;
use std::path::Path;
use std::process::Command;

/// The machine and the programs, a line each.
pub(crate) fn describe(folder: &Path, peers: Option<&Path>) -> Vec<(&'static str, String)> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
        line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let (cpu, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kilobytes: u64 =
        field(&memory, "MemTotal").trim_end_matches(" kB").trim().parse().unwrap_or_default();
    let tools = Tools::find().ok();
    let program = |path: Option<std::path::PathBuf>| {
        path.map(|path| said(&path.display().to_string(), &["--version"])).unwrap_or_default()
    };
    let mut all = vec![
        ("measured", said("date", &["-u", "+%Y-%m-%d %H:%M UTC"])),
        ("commit", said("git", &["describe", "--always", "--dirty"])),
        ("cores", format!("{cores} ({})", field(&cpu, "model name"))),
        ("memory", format!("{} GB", kilobytes / 1_000_000)),
        ("kernel", said("uname", &["-sr"])),
        ("disk", disk(folder)),
        ("load before", read("/proc/loadavg").split_whitespace().take(3).collect::<Vec<_>>().join(" ")),
        ("NATS", program(tools.as_ref().map(|tools| tools.nats_server.clone()))),
        ("PostgreSQL", program(tools.as_ref().map(|tools| tools.postgres.join("postgres")))),
    ];
    if let Some(peers) = peers {
        all.push(("PostgreSQL of the peers", program(Some(peers.join("postgres")))));
    }
    all.push(("Rust", said("rustc", &["--version"])));
    all
}

fn disk(folder: &Path) -> String {
    let told = said("df", &["--output=source,fstype,target", &folder.display().to_string()]);
    told.lines().nth(1).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
