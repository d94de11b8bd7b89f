//! Queries that every department asks of its own read model.

use super::rows::{Outcome, Work};
use crate::answers::{Answers, Seen};
use kinward_chassis::{Runtime, Stream, Watched, Watching, denied, unavailable_read_model};
use kinward_contracts::departments::v1::watch_work_response::Change;
use kinward_contracts::departments::v1::{
    AreaLevel, ClockFigure, Count, GetFiguresRequest, GetFiguresResponse, ListOutcomesRequest,
    ListOutcomesResponse, ListWorkRequest, ListWorkResponse, OutcomeEntry, WatchWorkRequest,
    WatchWorkResponse, WorkEntry,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{ClockOutcome, ClockState, Department};
use kinward_contracts_grpc::departments::v1::work_service_server::WorkService;
use kinward_eventsourcing::{Clock, Position};
use kinward_projection::{Projection, ReadModel};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// Places inside of `$1`; what has no place is the district's.
macro_rules! in_area {
    ($before:literal, $after:literal) => {
        concat!($before, "(case when area = '' then length($1) = 6 else starts_with(area, $1) end)", $after)
    };
}
/// Changes read at a time by who watches.
const CHANGES: i64 = 500;
/// Numbers below it are not shown to who has no access to cases.
const FEW: u64 = 5;

/// The read models by the departments that ask them.
pub(crate) type Works = BTreeMap<Department, Arc<dyn Asked>>;

/// A read model that is asked for work.
#[tonic::async_trait]
pub(crate) trait Asked: Send + Sync {
    async fn list_work(&self, request: Request<ListWorkRequest>) -> Result<ListWorkResponse, Status>;
    async fn list_outcomes(
        &self,
        request: Request<ListOutcomesRequest>,
    ) -> Result<ListOutcomesResponse, Status>;
    async fn get_figures(&self, request: Request<GetFiguresRequest>) -> Result<GetFiguresResponse, Status>;
    fn watch_work(
        &self,
        request: Request<WatchWorkRequest>,
        watching: &Watching,
    ) -> Result<Stream<WatchWorkResponse>, Status>;
}

/// One department's read model, asked for work.
pub(crate) struct OfOne<P: Projection> {
    answers: Answers<P>,
    clock: Arc<dyn Clock>,
    may: &'static [Department],
}

impl<P: Projection> OfOne<P> {
    pub(crate) fn new(runtime: &Runtime, answers: Answers<P>, may: &'static [Department]) -> Self {
        Self { answers, clock: Arc::clone(&runtime.clock), may }
    }
}

/// Who leads the district decides on figures, not on cases.
fn has_no_cases<P: Projection>(seen: &Seen<P>) -> bool {
    seen.caller.principal.department() == Department::DistrictLeadership
}

#[tonic::async_trait]
impl<P: Projection> Asked for OfOne<P> {
    async fn list_work(&self, request: Request<ListWorkRequest>) -> Result<ListWorkResponse, Status> {
        let seen = self.answers.let_in(&request, self.may, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let (page, area) = (seen.paged(&request)?, seen.area(request.area.as_deref())?);
        let until = if request.overdue_only { seen.now.to_rfc3339() } else { "infinity".to_owned() };
        let clock = request.clock.clone().unwrap_or_default();
        let condition = in_area!(
            "where ",
            " and due_at <= $2::timestamptz and ($3 = '' or clock = $3) order by due_at, work_id"
        );
        let (rows, next_page_token) = seen.page::<Work>(condition, &[&area, &until, &clock], &page).await?;
        let hidden = has_no_cases(&seen);
        let work = rows.into_iter().map(|row| entry(row, seen.now, hidden)).collect();
        Ok(ListWorkResponse { work, next_page_token, position: seen.position.0 })
    }

    async fn list_outcomes(
        &self,
        request: Request<ListOutcomesRequest>,
    ) -> Result<ListOutcomesResponse, Status> {
        let seen = self.answers.let_in(&request, self.may, request.get_ref().freshness).await?;
        if has_no_cases(&seen) {
            return Err(denied());
        }
        let request = request.into_inner();
        let (page, area) = (seen.paged(&request)?, seen.area(request.area.as_deref())?);
        let (clock, outcome) = (request.clock.clone().unwrap_or_default(), request.outcome.to_string());
        let condition = in_area!(
            "where ",
            " and ($2 = '' or clock = $2) and ($3 = '0' or outcome = $3::integer) order by changed desc, event_id"
        );
        let texts = [area.as_str(), &clock, &outcome];
        let (rows, next_page_token) = seen.page::<Outcome>(condition, &texts, &page).await?;
        let outcomes = rows.into_iter().map(ended).collect();
        Ok(ListOutcomesResponse { outcomes, next_page_token, position: seen.position.0 })
    }

    async fn get_figures(&self, request: Request<GetFiguresRequest>) -> Result<GetFiguresResponse, Status> {
        let seen = self.answers.let_in(&request, self.may, request.get_ref().freshness).await?;
        let request = request.get_ref();
        let area = seen.area(request.area.as_deref())?;
        let digits = digits(request.level(), &area);
        let mut figures: BTreeMap<(String, String), Figure> = BTreeMap::new();
        let ended = in_area!(
            "select clock, rule, left(area, $2::integer) as area, count(*) filter (where outcome = 1) as met, \
             count(*) filter (where outcome = 2) as missed, 0 as running, 0 as overdue from outcomes where ",
            " group by 1, 2, 3"
        );
        let running = in_area!(
            "select clock, rule, left(area, $2::integer) as area, 0 as met, 0 as missed, \
             count(*) filter (where due_at > $3::timestamptz) as running, \
             count(*) filter (where due_at <= $3::timestamptz) as overdue from work where ",
            " group by 1, 2, 3"
        );
        let now = seen.now.to_rfc3339();
        for (query, texts) in
            [(ended, &[area.as_str(), &digits][..]), (running, &[area.as_str(), &digits, &now][..])]
        {
            for group in seen.groups::<Figure>(query, texts).await? {
                let sum =
                    figures.entry((group.clock.clone(), group.area.clone())).or_insert_with(|| Figure {
                        clock: group.clock.clone(),
                        rule: group.rule.clone(),
                        area: group.area.clone(),
                        ..Figure::default()
                    });
                sum.met += group.met;
                sum.missed += group.missed;
                sum.running += group.running;
                sum.overdue += group.overdue;
            }
        }
        let suppressed = has_no_cases(&seen);
        let figures = figures.into_values().map(|figure| figure.message(suppressed)).collect();
        Ok(GetFiguresResponse { figures, position: seen.position.0 })
    }

    fn watch_work(
        &self,
        request: Request<WatchWorkRequest>,
        watching: &Watching,
    ) -> Result<Stream<WatchWorkResponse>, Status> {
        let caller = self.answers.gate().query(&request, self.may)?;
        if caller.principal.department() == Department::DistrictLeadership || caller.principal.area.is_empty()
        {
            return Err(denied());
        }
        let after = request.into_inner().after_position;
        let model = self.answers.live().clone();
        let reached = model.reached();
        let area = caller.principal.area.clone();
        let mine = Mine { model, area, clock: Arc::clone(&self.clock) };
        watching.stream(caller, after, reached, mine)
    }
}

/// Digits of a division code that figures are counted by.
pub(crate) fn digits(level: AreaLevel, area: &str) -> String {
    let digits = match level {
        AreaLevel::Unspecified => area.len(),
        AreaLevel::Township => 9,
        AreaLevel::Village => 12,
    };
    digits.to_string()
}

/// A number as who asks may see it.
pub(crate) fn count(value: u64, suppressed: bool) -> Count {
    let hidden = suppressed && (1..FEW).contains(&value);
    Count { value: (!hidden).then_some(value) }
}

#[derive(Default, Deserialize)]
struct Figure {
    clock: String,
    rule: String,
    area: String,
    met: u64,
    missed: u64,
    running: u64,
    overdue: u64,
}

impl Figure {
    fn message(self, suppressed: bool) -> ClockFigure {
        ClockFigure {
            clock: self.clock,
            rule: self.rule,
            area: self.area,
            met: Some(count(self.met, suppressed)),
            missed: Some(count(self.missed, suppressed)),
            running: Some(count(self.running, suppressed)),
            overdue: Some(count(self.overdue, suppressed)),
        }
    }
}

/// The work of one who watches it.
struct Mine<P: Projection> {
    model: ReadModel<P>,
    area: String,
    clock: Arc<dyn Clock>,
}

impl<P: Projection> Watched for Mine<P> {
    type Change = Change;
    type Message = WatchWorkResponse;

    async fn changes(&mut self, after: u64) -> Result<(Vec<Change>, Position), Status> {
        let unavailable = |error: kinward_projection::Error| unavailable_read_model(&error);
        // what is read next may be newer, never older
        let reached = self.model.position();
        let (after_text, area) = (after.to_string(), self.area.as_str());
        let condition = in_area!("where ", " and changed > $2::bigint order by changed");
        let texts = [area, after_text.as_str()];
        let now = self.clock.now();
        let changed =
            self.model.select::<Work>(condition, &texts, (CHANGES, 0)).await.map_err(unavailable)?;
        // who begins was shown nothing that could end
        let ended = match after {
            0 => Vec::new(),
            _ => self.model.select::<Outcome>(condition, &texts, (CHANGES, 0)).await.map_err(unavailable)?,
        };
        // where not all was read, everything up to the last position that was read whole is told
        let whole = |rows: usize, last: Option<i64>| {
            (rows >= usize::try_from(CHANGES).unwrap_or(usize::MAX)).then(|| last.unwrap_or_default() - 1)
        };
        let limits = [
            whole(changed.len(), changed.last().map(|row| row.changed)),
            whole(ended.len(), ended.last().map(|row| row.changed)),
        ];
        let until = limits.into_iter().flatten().min().map_or(reached.0, i64::cast_unsigned).max(after);
        let within = |changed: i64| limits.iter().flatten().all(|limit| changed <= *limit);
        let mut told: Vec<(i64, Change)> = Vec::with_capacity(changed.len() + ended.len());
        for row in ended.into_iter().filter(|row| within(row.changed)) {
            told.push((row.changed, Change::Ended(self::ended(row))));
        }
        for row in changed.into_iter().filter(|row| within(row.changed)) {
            told.push((row.changed, Change::Changed(entry(row, now, false))));
        }
        told.sort_by_key(|(changed, _)| *changed);
        Ok((told.into_iter().map(|(_, change)| change).collect(), Position(until)))
    }

    fn message(change: Option<Change>, position: u64) -> WatchWorkResponse {
        WatchWorkResponse { change, position }
    }
}

/// Aggregate and id of a subject.
fn parts(subject: &str) -> (String, String) {
    let subject = subject.strip_prefix("kw.").unwrap_or(subject);
    let (aggregate, id) = subject.rsplit_once('.').unwrap_or_default();
    (aggregate.to_owned(), id.to_owned())
}

fn entry(row: Work, now: chrono::DateTime<chrono::Utc>, hidden: bool) -> WorkEntry {
    let (aggregate, aggregate_id) = if hidden { Default::default() } else { parts(&row.subject) };
    WorkEntry {
        aggregate,
        aggregate_id,
        overdue: row.due_at <= now,
        clock: Some(ClockState {
            clock_id: if hidden { String::new() } else { row.clock_id },
            clock: row.clock,
            variant: row.variant,
            rule: row.rule,
            article: row.article,
            basis: row.basis,
            area: row.area,
            started_at: Some(timestamp(row.started_at)),
            warn_at: row.warn_at.map(timestamp),
            due_at: Some(timestamp(row.due_at)),
            warned: row.warned,
            outcome: ClockOutcome::Unspecified.into(),
        }),
        departments: row.departments,
        position: row.changed.cast_unsigned(),
    }
}

fn ended(row: Outcome) -> OutcomeEntry {
    let (aggregate, aggregate_id) = parts(&row.subject);
    OutcomeEntry {
        aggregate,
        aggregate_id,
        clock: row.clock,
        rule: row.rule,
        area: row.area,
        outcome: row.outcome,
        due_at: Some(timestamp(row.due_at)),
        ended_at: Some(timestamp(row.ended_at)),
        event_id: row.event_id,
        position: row.changed.cast_unsigned(),
    }
}

/// The service: each caller's department has its read model.
pub(crate) struct Api {
    works: Works,
    watching: Watching,
    gate: kinward_chassis::Gate,
}

impl Api {
    pub(crate) fn new(runtime: &Runtime, works: Works) -> Self {
        Self { works, watching: Watching::new(runtime), gate: runtime.gate.clone() }
    }

    fn of<M: kinward_contracts::Validate>(&self, request: &Request<M>) -> Result<&Arc<dyn Asked>, Status> {
        let may: Vec<Department> = self.works.keys().copied().collect();
        let caller = self.gate.query(request, &may)?;
        self.works.get(&caller.principal.department()).ok_or_else(denied)
    }
}

#[tonic::async_trait]
impl WorkService for Api {
    type WatchWorkStream = Stream<WatchWorkResponse>;

    async fn list_work(
        &self,
        request: Request<ListWorkRequest>,
    ) -> Result<Response<ListWorkResponse>, Status> {
        self.of(&request)?.list_work(request).await.map(Response::new)
    }

    async fn list_outcomes(
        &self,
        request: Request<ListOutcomesRequest>,
    ) -> Result<Response<ListOutcomesResponse>, Status> {
        self.of(&request)?.list_outcomes(request).await.map(Response::new)
    }

    async fn get_figures(
        &self,
        request: Request<GetFiguresRequest>,
    ) -> Result<Response<GetFiguresResponse>, Status> {
        self.of(&request)?.get_figures(request).await.map(Response::new)
    }

    async fn watch_work(
        &self,
        request: Request<WatchWorkRequest>,
    ) -> Result<Response<Self::WatchWorkStream>, Status> {
        self.of(&request)?.watch_work(request, &self.watching).map(Response::new)
    }
}
