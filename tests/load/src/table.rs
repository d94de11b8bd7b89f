//! Every row of "Speed to hold", one after the other, in one run.

mod generators;

use crate::arrivals::Arrived;
use crate::measured::{Rate, Took, median, per_second};
use crate::rebuilding::Rebuilt;
use crate::results::{Row, markdown, text};
use crate::site::{Plan, Servers, Site};
use crate::{filling, machine, peers, projecting};
use anyhow::Context as _;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use kinward::log_commands::line;
use kinward_local::Postgres;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Args)]
pub(crate) struct Options {
    /// A short run: every row, with figures that are only good enough to see that it works
    #[arg(long)]
    quick: bool,
    /// Only these parts
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// File the results are written to; by default tests/load/RESULTS.md after a whole run, and nowhere after another
    #[arg(long)]
    results: Option<PathBuf>,
    /// Folder for the servers' files, on the disk that is to be measured; by default the machine's for temporary files
    #[arg(long)]
    folder: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Commands against the bare server: one server, default sync, three servers
    Commands,
    /// From a report to the worklist and the police read model
    Latency,
    /// The live projection against bare upserts
    Projection,
    /// cqrs-es and disintegrate
    Peers,
}

/// How long a run is.
struct Length {
    rounds: usize,
    warm_up: f64,
    seconds: f64,
    arrivals: u32,
    commits: u64,
    aggregates: u64,
}

const FULL: Length =
    Length { rounds: 3, warm_up: 3.0, seconds: 10.0, arrivals: 30, commits: 50_000, aggregates: 2_000 };
const QUICK: Length =
    Length { rounds: 1, warm_up: 1.0, seconds: 3.0, arrivals: 5, commits: 10_000, aggregates: 500 };

const ONE: Plan = Plan { servers: 1, unsafe_sync: false };
const UNSAFE: Plan = Plan { servers: 1, unsafe_sync: true };
const THREE: Plan = Plan { servers: 3, unsafe_sync: false };

/// Events behind each aggregate when there are any: police are on the scene after 8, then 12 referrals.
const BEHIND: u32 = 20;
const STEPS_BEHIND: usize = 16;
/// Memory to spare, and no checkpoint in a run.
const TUNED: [(&str, &str); 3] =
    [("shared_buffers", "1GB"), ("max_wal_size", "8GB"), ("checkpoint_timeout", "30min")];

/// One run.
struct Run<'a> {
    options: &'a Options,
    length: Length,
    folder: PathBuf,
    bar: ProgressBar,
    figures: Vec<String>,
    rows: Vec<Row>,
    /// What could not be measured.
    failed: Vec<String>,
}

/// What our commands reached, for the rows that compare them with peers.
#[derive(Default)]
struct Ours {
    one: f64,
    three: f64,
    one_behind: f64,
    three_behind: f64,
}

pub(crate) async fn run(options: &Options) -> anyhow::Result<()> {
    let temporary = match &options.folder {
        Some(folder) => {
            std::fs::create_dir_all(folder)?;
            tempfile::tempdir_in(folder)?
        }
        None => tempfile::tempdir()?,
    };
    // PostgreSQL may run as another user, who must get in
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(temporary.path(), permissions)?;
    let bar = ProgressBar::new_spinner()
        .with_style(ProgressStyle::with_template("{spinner} {elapsed_precise} {pos} {wide_msg}")?);
    bar.enable_steady_tick(Duration::from_millis(200));
    let mut run = Run {
        options,
        length: if options.quick { QUICK } else { FULL },
        folder: temporary.path().to_owned(),
        bar,
        figures: Vec::new(),
        rows: Vec::new(),
        failed: Vec::new(),
    };
    let peers_postgres = if run.wants(Part::Peers) { Some(peers::postgres()?) } else { None };
    let machine = machine::describe(&run.folder, peers_postgres.as_deref());
    run.measure(peers_postgres.as_deref()).await?;
    run.bar.finish_and_clear();
    line(&text(&run.rows));
    anyhow::ensure!(
        run.failed.is_empty(),
        "no results are written, for these could not be measured: {}",
        run.failed.join(", ")
    );
    let command = format!("make bench{}", if options.quick { " QUICK=1" } else { "" });
    let whole = !options.quick && options.only.is_empty();
    let kept = || whole.then(|| PathBuf::from("tests/load/RESULTS.md"));
    if let Some(results) = options.results.clone().or_else(kept) {
        std::fs::write(&results, markdown(&machine, &command, &run.rows, &run.figures))
            .with_context(|| results.display().to_string())?;
        line(&format!("written to {}", results.display()));
    }
    Ok(())
}

impl Run<'_> {
    fn wants(&self, part: Part) -> bool {
        self.options.only.is_empty() || self.options.only.contains(&part)
    }

    fn figure(&mut self, text: String) {
        self.bar.inc(1);
        self.bar.suspend(|| line(&text));
        self.figures.push(text);
    }

    async fn measure(&mut self, peers_postgres: Option<&Path>) -> anyhow::Result<()> {
        self.bar.set_message("starting PostgreSQL");
        let postgres = Postgres::start(&self.folder.join("postgres"), None).await?;
        let mut ours = Ours::default();
        if self.wants(Part::Commands) || self.wants(Part::Peers) {
            let reached = self.against_bare("commands", ONE, 0.85, &postgres).await;
            ours.one = self.or_say("commands, one server", reached);
        }
        if self.wants(Part::Commands) {
            let measured = self.against_echo_and_bare(&postgres).await;
            self.or_say("commands, default sync", measured);
        }
        if self.wants(Part::Commands) || self.wants(Part::Peers) {
            let reached = self.against_bare("the same", THREE, 0.75, &postgres).await;
            ours.three = self.or_say("commands, three servers", reached);
        }
        if self.wants(Part::Latency) {
            let measured = self.latency(&postgres).await;
            self.or_say("latency", measured);
        }
        if self.wants(Part::Projection) {
            let measured = self.projection().await;
            self.or_say("live projection", measured);
        }
        if let Some(bin) = peers_postgres {
            let reached = self.behind(ONE, &postgres).await;
            ours.one_behind = self.or_say("steps, one server", reached);
            let reached = self.behind(THREE, &postgres).await;
            ours.three_behind = self.or_say("steps, three servers", reached);
            postgres.stop().await?;
            let folder = self.folder.join("postgres-peers");
            let postgres = Postgres::start_from(bin, &folder, None, &TUNED).await?;
            let measured = self.peers(&postgres, &ours).await;
            self.or_say("peers", measured);
        }
        Ok(())
    }

    /// A part that could not be measured is a row that says so; the others go on, and the run fails.
    fn or_say<T: Default>(&mut self, what: &str, measured: anyhow::Result<T>) -> T {
        measured.unwrap_or_else(|error| {
            let cause = format!("{error:#}");
            let cause = cause.lines().next().unwrap_or_default();
            self.rows.push(Row::none(what, "–", &format!("could not be measured: {cause}")));
            self.failed.push(what.to_owned());
            T::default()
        })
    }

    /// Commands through gRPC against guarded publish on a twin of the servers; answers the commands a second.
    async fn against_bare(
        &mut self,
        what: &str,
        plan: Plan,
        least: f64,
        postgres: &Postgres,
    ) -> anyhow::Result<f64> {
        let (site, address) = self.reporting(plan, postgres).await?;
        let twin = Servers::start(plan, &self.folder.join(format!("twin-{}", plan.servers)), vec![]).await?;
        let payload = self.payload(&site, &address).await?;
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..self.length.rounds {
            ours.push(self.commands("reports", plan, &address, site.secrets()).await?);
            bare.push(self.publish(plan, &twin, &payload).await?);
        }
        self.keys_lasted(&site)?;
        let (ours, bare) = (median(ours), median(bare));
        let what = format!("{what} through gRPC, 64 in flight, {}, against raw guarded publish", plan.name());
        self.rows.push(Row::ratio(what, least, ours, bare, ""));
        Ok(ours)
    }

    /// With the default sync, commands cost what a call and a publish cost, one after the other.
    async fn against_echo_and_bare(&mut self, postgres: &Postgres) -> anyhow::Result<()> {
        let (site, address) = self.reporting(UNSAFE, postgres).await?;
        let twin = Servers::start(UNSAFE, &self.folder.join("twin-unsafe"), vec![]).await?;
        let payload = self.payload(&site, &address).await?;
        let (mut ours, mut bare, mut echo) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.length.rounds {
            ours.push(self.commands("reports", UNSAFE, &address, site.secrets()).await?);
            bare.push(self.publish(UNSAFE, &twin, &payload).await?);
            echo.push(self.commands("echo", UNSAFE, &address, site.secrets()).await?);
        }
        self.keys_lasted(&site)?;
        let (ours, bare, echo) = (median(ours), median(bare), median(echo));
        let both = 1.0 / (1.0 / echo + 1.0 / bare);
        let told = format!(" = 1/(1/echo + 1/publish), echo {echo:.0}, publish {bare:.0}");
        let what = format!("the same, {}, against echo and publish together", UNSAFE.name());
        self.rows.push(Row::ratio(what, 0.75, ours, both, &told));
        Ok(())
    }

    /// Says so when the key pool ran dry: sealing to the escrow is slower, and no way to run a service.
    fn keys_lasted(&mut self, site: &Site) -> anyhow::Result<()> {
        let escrowed = site.escrowed()?;
        if escrowed > 0 {
            self.figure(format!("the key pool ran dry: the escrow was sealed to {escrowed} times"));
        }
        Ok(())
    }

    async fn latency(&mut self, postgres: &Postgres) -> anyhow::Result<()> {
        self.bar.set_message("starting reporting, dispatch, departments");
        let mut site = Site::start(ONE, &self.folder.join("latency"), postgres, vec![]).await?;
        let reporting = site.serve("reporting").await?;
        let dispatch = site.serve("dispatch").await?;
        site.serve("departments").await?;
        self.bar.set_message("200 reports a second");
        let output = self
            .generator(&[
                "arrivals",
                "--reporting",
                &reporting,
                "--dispatch",
                &dispatch,
                "--database",
                &site.settings.database.0,
                "--secrets",
                &site.secrets().display().to_string(),
                "--seconds",
                &self.length.arrivals.to_string(),
            ])
            .await?;
        let arrived: Arrived = serde_json::from_str(&output)?;
        self.figure(format!("arrivals, {}: {output}", ONE.name()));
        let told = |after: Took| {
            let failed =
                if arrived.failed > 0 { format!("; FAILED {}", arrived.failed) } else { String::new() };
            format!("; after the answer p50 {:.1} ms, p99 {:.1} ms{failed}", after.p50, after.p99)
        };
        self.rows.push(Row::latency(
            "report → emergency worklist at 200 reports per s",
            100.0,
            arrived.worklist_from_due,
            &told(arrived.worklist_from_answer),
        ));
        self.rows.push(Row::latency(
            "report → row in the police read model at 200 reports per s",
            250.0,
            arrived.read_model_from_due,
            &told(arrived.read_model_from_answer),
        ));
        Ok(())
    }

    async fn projection(&mut self) -> anyhow::Result<()> {
        self.bar.set_message("projecting a log of incidents, and bare upserts");
        // a database server of its own: this read model begins empty
        let folder = self.folder.join("projecting");
        let own = Postgres::start(&folder.join("postgres"), None).await?;
        let measured = projecting::measure(&folder.join("nats"), &own, self.length.commits).await?;
        self.figure(format!(
            "projection of {} commits: {:.0} rows/s, {:.0} events/s; bare upserts {:.0} rows/s",
            measured.commits, measured.rows, measured.events, measured.bare_rows
        ));
        let Rebuilt { rebuild, fold, raw_read, raw_copy, peak_mib } = measured.rebuilt;
        let of = |took| per_second(measured.commits, took);
        self.figure(format!(
            "rebuild of {} commits: {:.0} commits/s, of it read and folded {:.0}; raw read {:.0}, raw copy {:.0}; peak \
             {peak_mib} MiB",
            measured.commits,
            of(rebuild),
            of(fold),
            of(raw_read),
            of(raw_copy)
        ));
        let what = "rebuild, commits per s, against the slower of raw ordered read and raw COPY";
        let told = format!(" (read {:.0}, copy {:.0}); peak {peak_mib} MiB", of(raw_read), of(raw_copy));
        self.rows.push(Row::ratio(what, 0.6, of(rebuild), of(raw_read).min(of(raw_copy)), &told));
        let told = format!(" rows; {:.0} events per s", measured.events);
        let what =
            "live projection, rows per s on one connection, against bare batched upsert with checkpoint";
        self.rows.push(Row::ratio(what, 0.6, measured.rows, measured.bare_rows, &told));
        Ok(())
    }

    /// Steps in incidents that have events behind them.
    async fn behind(&mut self, plan: Plan, postgres: &Postgres) -> anyhow::Result<f64> {
        self.bar.set_message(format!("filling a log, {}", plan.name()));
        let (filling, events) = filling::incidents(self.length.aggregates, STEPS_BEHIND)?;
        anyhow::ensure!(
            events == self.length.aggregates * u64::from(BEHIND),
            "{events} events were filled in"
        );
        let folder = self.folder.join(format!("behind-{}", plan.servers));
        let mut site = Site::start(plan, &folder, postgres, filling).await?;
        let address = site.serve("dispatch").await?;
        site.quiet().await?;
        // every incident once, so that neither start nor cold loads are measured
        let mut touched = 0;
        while touched < self.length.aggregates {
            self.bar.set_message(format!("touching each incident, {}: {touched}", plan.name()));
            let (secrets, first) = (site.secrets().display().to_string(), touched.to_string());
            let incidents = self.length.aggregates.to_string();
            let arguments = ["commands", "steps", "--address", &address, "--secrets", &secrets];
            let pace = ["--warm-up", "0", "--seconds", "5", "--first", &first, "--incidents", &incidents];
            let rate: Rate =
                serde_json::from_str(&self.generator(&[&arguments[..], &pace[..]].concat()).await?)?;
            anyhow::ensure!(rate.done > 0, "no step was taken in five seconds");
            touched += rate.done;
        }
        let mut ours = Vec::new();
        for _ in 0..self.length.rounds {
            ours.push(self.commands("steps", plan, &address, site.secrets()).await?);
        }
        Ok(median(ours))
    }

    async fn peers(&mut self, postgres: &Postgres, ours: &Ours) -> anyhow::Result<()> {
        for behind in [0, BEHIND] {
            let bar = self.bar.clone();
            let told = |text: &str| {
                bar.inc(1);
                bar.set_message(text.to_owned());
            };
            let (aggregates, seconds) = (self.length.aggregates, self.length.seconds);
            let all = peers::best(postgres, behind, aggregates, seconds, told).await?;
            for best in &all {
                self.figure(format!(
                    "{}, {behind} events behind: {:.0} per s ({}; {} decided again)",
                    best.peer, best.rate.per_second, best.setting, best.rate.failed
                ));
            }
            let better = all.iter().max_by(|a, b| a.rate.per_second.total_cmp(&b.rate.per_second));
            let Some(better) = better else { continue };
            let told: Vec<String> =
                all.iter().map(|best| format!("{} {:.0}", best.peer, best.rate.per_second)).collect();
            let told = format!(" ({})", told.join(", "));
            let servers =
                if behind == 0 { (ours.one, ours.three) } else { (ours.one_behind, ours.three_behind) };
            let what = |servers: &str| {
                format!("commands against the better peer, {behind} events behind each, {servers}")
            };
            let against = better.rate.per_second;
            self.rows.push(Row::ratio(what("one server"), 0.75, servers.0, against, &told));
            self.rows.push(Row::ratio(what("three servers"), 2.0, servers.1, against, &told));
        }
        Ok(())
    }
}
