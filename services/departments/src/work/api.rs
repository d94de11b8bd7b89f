//! Queries that every department asks of its own read model.

use super::rows::{Outcome, Work};
use crate::answers::Answers;
use kinward_chassis::{
    Caller, Runtime, Stream, Watched, Watching, denied, not_fresh, unavailable_read_model,
};
use kinward_contracts::departments::v1::watch_work_response::Change;
use kinward_contracts::departments::v1::{
    AreaLevel, ClockFigure, Count, GetFiguresRequest, GetFiguresResponse, ListOutcomesRequest,
    ListOutcomesResponse, ListWorkRequest, ListWorkResponse, OutcomeEntry, WatchWorkRequest,
    WatchWorkResponse, WorkEntry,
};
use kinward_contracts::r#type::v1::{ClockOutcome, ClockState, Department};
use kinward_contracts::{Validate, timestamp};
use kinward_contracts_grpc::departments::v1::work_service_server::WorkService;
use kinward_eventsourcing::{Clock, Position};
use kinward_projection::{Projection, ReadModel};
use kinward_statute::DISTRICT;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// What a caller may see: `$1` its area, `$2` its units where work is a unit's (else empty), `$3` whether what has no place is
/// its own, `$4` its department (0: every one).
macro_rules! mine {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "(case when $2 <> '' then unit_id in (select jsonb_array_elements_text(nullif($2, '')::jsonb)) \
             when area = '' then $3 = 'true' else starts_with(area, $1) end) \
             and ($4 = '0' or departments @> to_jsonb($4::integer))",
            $after
        )
    };
}
/// Departments whose units have work of their own: a school its pupils'.
const BY_UNIT: [Department; 1] = [Department::Education];

/// Changes read at a time by who watches.
const CHANGES: i64 = 500;
/// Numbers below it are not shown to who has no access to cases.
const FEW: u64 = 5;

/// The read models by the departments that ask them.
pub(crate) type Works = BTreeMap<Department, Arc<dyn Asked>>;

/// A read model that is asked for work.
#[tonic::async_trait]
pub(crate) trait Asked: Send + Sync {
    async fn list_work(&self, caller: Caller, request: ListWorkRequest) -> Result<ListWorkResponse, Status>;
    async fn list_outcomes(
        &self,
        caller: Caller,
        request: ListOutcomesRequest,
    ) -> Result<ListOutcomesResponse, Status>;
    async fn get_figures(
        &self,
        caller: Caller,
        request: GetFiguresRequest,
    ) -> Result<GetFiguresResponse, Status>;
    fn watch_work(
        &self,
        caller: Caller,
        request: WatchWorkRequest,
        watching: &Watching,
    ) -> Result<Stream<WatchWorkResponse>, Status>;
}

/// One department's read model, asked for work.
pub(crate) struct OfOne<P: Projection> {
    answers: Answers<P>,
}

impl<P: Projection> OfOne<P> {
    pub(crate) fn new(answers: Answers<P>) -> Self {
        Self { answers }
    }
}

/// Who leads the district decides on figures, not on cases.
fn has_no_cases(caller: &Caller) -> bool {
    caller.principal.department() == Department::DistrictLeadership
}

/// What a caller may see, as the texts that `mine!` begins with.
fn scope(caller: &Caller, area: String, units: impl FnOnce() -> String) -> [String; 4] {
    let department = caller.principal.department();
    let units = if BY_UNIT.contains(&department) { units() } else { String::new() };
    // an incident without a place is every station's
    let placeless = area.len() == DISTRICT || department == Department::PublicSecurity;
    let bears = if has_no_cases(caller) { 0 } else { i32::from(department) };
    [area, units, placeless.to_string(), bears.to_string()]
}

fn texts<'a>(scope: &'a [String; 4], more: &[&'a str]) -> Vec<&'a str> {
    scope.iter().map(String::as_str).chain(more.iter().copied()).collect()
}

#[tonic::async_trait]
impl<P: Projection> Asked for OfOne<P> {
    async fn list_work(&self, caller: Caller, request: ListWorkRequest) -> Result<ListWorkResponse, Status> {
        let seen = self.answers.see(caller, request.freshness).await?;
        if has_no_cases(&seen.caller) {
            return Err(denied());
        }
        let (page, area) = (seen.paged(&request)?, seen.area(request.area.as_deref())?);
        let until = if request.overdue_only { seen.now.to_rfc3339() } else { "infinity".to_owned() };
        let clock = request.clock.clone().unwrap_or_default();
        let condition = mine!(
            "where ",
            " and due_at <= $5::timestamptz and ($6 = '' or clock = $6) order by due_at, work_id"
        );
        let scope = scope(&seen.caller, area, || seen.units());
        let (rows, next_page_token) =
            seen.page::<Work>(condition, &texts(&scope, &[&until, &clock]), &page).await?;
        let work = rows.into_iter().map(|row| entry(row, seen.now)).collect();
        Ok(ListWorkResponse { work, next_page_token, position: seen.position.0 })
    }

    async fn list_outcomes(
        &self,
        caller: Caller,
        request: ListOutcomesRequest,
    ) -> Result<ListOutcomesResponse, Status> {
        let seen = self.answers.see(caller, request.freshness).await?;
        if has_no_cases(&seen.caller) {
            return Err(denied());
        }
        let (page, area) = (seen.paged(&request)?, seen.area(request.area.as_deref())?);
        let (clock, outcome) = (request.clock.clone().unwrap_or_default(), request.outcome.to_string());
        let condition = mine!(
            "where ",
            " and ($5 = '' or clock = $5) and ($6 = '0' or outcome = $6::integer) order by changed desc, event_id"
        );
        let scope = scope(&seen.caller, area, || seen.units());
        let texts = texts(&scope, &[&clock, &outcome]);
        let (rows, next_page_token) = seen.page::<Outcome>(condition, &texts, &page).await?;
        let outcomes = rows.into_iter().map(ended).collect();
        Ok(ListOutcomesResponse { outcomes, next_page_token, position: seen.position.0 })
    }

    async fn get_figures(
        &self,
        caller: Caller,
        request: GetFiguresRequest,
    ) -> Result<GetFiguresResponse, Status> {
        let seen = self.answers.see(caller, request.freshness).await?;
        let area = seen.area(request.area.as_deref())?;
        let digits = digits(request.level(), &area);
        let mut figures: BTreeMap<(String, String), Figure> = BTreeMap::new();
        let ended = mine!(
            "select clock, rule, left(area, $5::integer) as area, count(*) filter (where outcome = 1) as met, \
             count(*) filter (where outcome = 2) as missed, 0 as running, 0 as overdue from outcomes where ",
            " group by 1, 2, 3"
        );
        let running = mine!(
            "select clock, rule, left(area, $5::integer) as area, 0 as met, 0 as missed, \
             count(*) filter (where due_at > $6::timestamptz) as running, \
             count(*) filter (where due_at <= $6::timestamptz) as overdue from work where ",
            " group by 1, 2, 3"
        );
        let (now, scope) = (seen.now.to_rfc3339(), scope(&seen.caller, area, || seen.units()));
        for (query, texts) in [(ended, texts(&scope, &[&digits])), (running, texts(&scope, &[&digits, &now]))]
        {
            for group in seen.groups::<Figure>(query, &texts).await? {
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
        let figures: Vec<Figure> = figures.into_values().collect();
        let counts = |of: fn(&Figure) -> u64| {
            let groups = figures.iter().map(|figure| (figure.clock.clone(), of(figure)));
            counts(groups.collect(), has_no_cases(&seen.caller))
        };
        let columns = [
            counts(|figure| figure.met),
            counts(|figure| figure.missed),
            counts(|figure| figure.running),
            counts(|figure| figure.overdue),
        ];
        let figures = figures.iter().enumerate().map(|(row, figure)| {
            let [met, missed, running, overdue] = columns.each_ref().map(|column| column.get(row).copied());
            let (clock, rule, area) = (figure.clock.clone(), figure.rule.clone(), figure.area.clone());
            ClockFigure { clock, rule, area, met, missed, running, overdue }
        });
        Ok(GetFiguresResponse { figures: figures.collect(), position: seen.position.0 })
    }

    fn watch_work(
        &self,
        caller: Caller,
        request: WatchWorkRequest,
        watching: &Watching,
    ) -> Result<Stream<WatchWorkResponse>, Status> {
        if has_no_cases(&caller) || caller.principal.area.is_empty() {
            return Err(denied());
        }
        let after = request.after_position;
        let model = self.answers.live().clone();
        let reached = model.reached();
        if after > reached.borrow().0 {
            return Err(not_fresh(*reached.borrow(), Position(after)));
        }
        let scope = scope(&caller, caller.principal.area.clone(), || self.answers.units_of(&caller));
        let mine = Mine { model, scope, clock: Arc::clone(self.answers.clock()) };
        watching.stream(caller, after, reached, mine)
    }
}

/// Digits of a division code that figures are counted by.
pub(crate) fn digits(level: AreaLevel, area: &str) -> String {
    let digits = match level {
        AreaLevel::Unspecified => 0,
        AreaLevel::Township => 9,
        AreaLevel::Village => 12,
    };
    digits.max(area.len()).to_string()
}

/// Numbers as who asks may see them, each with the group that it is a part of. Where one of a group is hidden, the next
/// smallest is too: else it would be the difference between the others and their sum.
pub(crate) fn counts(numbers: Vec<(String, u64)>, suppressed: bool) -> Vec<Count> {
    let mut hidden: Vec<bool> =
        numbers.iter().map(|(_, value)| suppressed && (1..FEW).contains(value)).collect();
    let groups: BTreeSet<&String> = numbers.iter().map(|(group, _)| group).collect();
    for group in groups {
        let of_group = || numbers.iter().enumerate().filter(|(_, (of, _))| of == group);
        if of_group().filter(|(index, _)| hidden[*index]).count() == 1 {
            let shown = of_group().filter(|(index, (_, value))| !hidden[*index] && *value > 0);
            if let Some((index, _)) = shown.min_by_key(|(_, (_, value))| *value) {
                hidden[index] = true;
            }
        }
    }
    let count = |((_, value), hidden): (&(String, u64), bool)| Count { value: (!hidden).then_some(*value) };
    numbers.iter().zip(hidden).map(count).collect()
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

/// The work of one who watches it.
struct Mine<P: Projection> {
    model: ReadModel<P>,
    scope: [String; 4],
    clock: Arc<dyn Clock>,
}

impl<P: Projection> Watched for Mine<P> {
    type Change = Change;
    type Message = WatchWorkResponse;

    async fn changes(&mut self, after: u64) -> Result<(Vec<Change>, Position), Status> {
        let unavailable = |error: kinward_projection::Error| unavailable_read_model(&error);
        // what is read next may be newer, never older
        let reached = self.model.position();
        let (from, until) = (after.to_string(), reached.0.to_string());
        let condition =
            mine!("where ", " and changed > $5::bigint and changed <= $6::bigint order by changed");
        let texts = texts(&self.scope, &[&from, &until]);
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
            told.push((row.changed, Change::Changed(entry(row, now))));
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

fn entry(row: Work, now: chrono::DateTime<chrono::Utc>) -> WorkEntry {
    let (aggregate, aggregate_id) = parts(&row.subject);
    WorkEntry {
        aggregate,
        aggregate_id,
        overdue: row.missed || row.due_at <= now,
        clock: Some(ClockState {
            clock_id: row.clock_id,
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
            outcome: if row.missed { ClockOutcome::Missed } else { ClockOutcome::Unspecified }.into(),
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

    /// The caller's read model, the caller, and what is asked.
    fn let_in<M: Validate>(&self, request: Request<M>) -> Result<(&dyn Asked, Caller, M), Status> {
        let may: Vec<Department> = self.works.keys().copied().collect();
        let caller = self.gate.query(&request, &may)?;
        let asked = self.works.get(&caller.principal.department()).ok_or_else(denied)?;
        Ok((asked.as_ref(), caller, request.into_inner()))
    }
}

#[tonic::async_trait]
impl WorkService for Api {
    type WatchWorkStream = Stream<WatchWorkResponse>;

    async fn list_work(
        &self,
        request: Request<ListWorkRequest>,
    ) -> Result<Response<ListWorkResponse>, Status> {
        let (asked, caller, request) = self.let_in(request)?;
        asked.list_work(caller, request).await.map(Response::new)
    }

    async fn list_outcomes(
        &self,
        request: Request<ListOutcomesRequest>,
    ) -> Result<Response<ListOutcomesResponse>, Status> {
        let (asked, caller, request) = self.let_in(request)?;
        asked.list_outcomes(caller, request).await.map(Response::new)
    }

    async fn get_figures(
        &self,
        request: Request<GetFiguresRequest>,
    ) -> Result<Response<GetFiguresResponse>, Status> {
        let (asked, caller, request) = self.let_in(request)?;
        asked.get_figures(caller, request).await.map(Response::new)
    }

    async fn watch_work(
        &self,
        request: Request<WatchWorkRequest>,
    ) -> Result<Response<Self::WatchWorkStream>, Status> {
        let (asked, caller, request) = self.let_in(request)?;
        asked.watch_work(caller, request, &self.watching).map(Response::new)
    }
}
