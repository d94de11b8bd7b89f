//! The table, as it is printed and as RESULTS.md keeps it.

use crate::measured::Took;
use std::fmt::Write as _;

/// One row of "Speed to hold".
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) target: String,
    pub(crate) measured: String,
    /// `None`: not measured.
    pub(crate) held: Option<bool>,
}

impl Row {
    /// A ratio that should be at least `least`.
    pub(crate) fn ratio(what: impl Into<String>, least: f64, ours: f64, against: f64, told: &str) -> Self {
        let ratio = if against > 0.0 { ours / against } else { 0.0 };
        Self {
            what: what.into(),
            target: format!("≥ {least:.2}"),
            measured: format!("{ratio:.2}: {ours:.0} per s against {against:.0}{told}"),
            held: Some(ratio >= least),
        }
    }

    /// A latency whose p99 should be at most `most` milliseconds.
    pub(crate) fn latency(what: impl Into<String>, most: f64, took: Took, told: &str) -> Self {
        Self {
            what: what.into(),
            target: format!("p99 ≤ {most:.0} ms"),
            measured: format!(
                "p50 {:.1} ms, p99 {:.1} ms, most {:.0} ms{told}",
                took.p50, took.p99, took.most
            ),
            held: Some(took.p99 <= most),
        }
    }

    /// A row that cannot be measured yet.
    pub(crate) fn none(what: impl Into<String>, target: &str, why: &str) -> Self {
        Self { what: what.into(), target: target.to_owned(), measured: why.to_owned(), held: None }
    }

    fn verdict(&self) -> &'static str {
        match self.held {
            Some(true) => "held",
            Some(false) => "NOT HELD",
            None => "–",
        }
    }
}

/// The table for people at a terminal.
pub(crate) fn text(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let _ = writeln!(
            text,
            "{:<9} {}\n          {} (target {})",
            row.verdict(),
            row.what,
            row.measured,
            row.target
        );
    }
    text
}

/// The table as Markdown, with everything that one must know to measure it again.
pub(crate) fn markdown(
    machine: &[(&'static str, String)],
    command: &str,
    rows: &[Row],
    figures: &[String],
) -> String {
    let mut text = String::from(
        "# Speed: what was measured\n\n\
         Written by `make bench`; targets are those that this project sets itself. Both sides of a ratio were measured\n\
         in this one run. Nothing fails on a missed target.\n\n| | what | target | measured |\n| --- | --- | --- | --- |\n",
    );
    for row in rows {
        let _ = writeln!(text, "| {} | {} | {} | {} |", row.verdict(), row.what, row.target, row.measured);
    }
    text.push_str("\n## Machine\n\n| | |\n| --- | --- |\n");
    for (what, value) in machine {
        let _ = writeln!(text, "| {what} | {value} |");
    }
    let _ = write!(text, "\n## How\n\n`{command}`\n\n{HOW}\n## Figures\n\n```\n");
    for figure in figures {
        let _ = writeln!(text, "{figure}");
    }
    text.push_str("```\n");
    text
}

const HOW: &str = "\
Built with profile `load` (release without link-time optimisation). Servers, services and generators are processes of
their own on this one machine; servers are durable as in production unless a row says otherwise.

- **Commands** are `SubmitReport`: identity, field rules, decision, six values of three people sealed with a key each, one
  guarded publish; a service's pool holds 20,000 keys. Closed loop, 8 connections. Rounds alternate with the bare server; the median of rounds counts.
- **Raw guarded publish**: the bytes of such a commit to a new subject each, expecting none before, 64 in flight on one
  connection, on a twin of the servers with no service on it, so that the bare side pays for none of our readers.
- **Echo** is `GetReceipt`, answered from memory, with an unknown field that makes it as long as a report: the whole stack
  of a call (HTTP/2, identity, gate, field rules, metrics), without the log.
- **Arrivals**: a report every 5 ms whether answers come or not; latency counts from the moment at which a report was due,
  so that waiting in line counts. The worklist is `WatchOpenIncidents`; the read model is visible when its checkpoint has
  passed the incident's position, asked every 2 ms.
- **Projection**: the police read model on a log of incidents (opened, accepted, dispatched, arrived): the incident's row at each
  commit, and rows of work that come, go and leave their outcome. Bare is the incidents' rows, each as often, 500 a transaction
  by `unnest` with a checkpoint, bound in advance. Rows written are compared; events of ours are given beside them.
- **Rebuild**: the same log folded in memory and copied into a new generation with its indexes. Raw read is the log read in order
  and nothing decoded; raw copy is the rows of that generation into bare tables without indexes, as commits of the log.
- **Peers** append one event of 200 bytes, called in process without gRPC, identity or sealing, 64 clients, on a PostgreSQL of their own
  with `synchronous_commit` on and memory to spare; the best of each one's ways of keeping state and of 16 and 64
  connections counts. With events behind: 2,000 aggregates of 20 events, ours incidents and their step `ReferMedicalCare`.
";
