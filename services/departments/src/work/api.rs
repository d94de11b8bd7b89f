//! Queries that every department asks of its own read model.

use super::figures::{Figure, digits, figures};
use super::mine;
use super::rows::{Outcome, Work};
use super::watch::Mine;
use crate::answers::Answers;
use kinward_chassis::{Caller, Runtime, Stream, Watching, not_fresh};
use kinward_contracts::departments::v1::{
    GetFiguresRequest, GetFiguresResponse, ListOutcomesRequest, ListOutcomesResponse, ListWorkRequest,
    ListWorkResponse, OutcomeEntry, WatchWorkRequest, WatchWorkResponse, WorkEntry,
};
use kinward_contracts::r#type::v1::{ClockOutcome, ClockState, Department};
use kinward_contracts::{Validate, timestamp};
use kinward_contracts_grpc::departments::v1::work_service_server::WorkService;
use kinward_eventsourcing::Position;
use kinward_projection::Projection;
use kinward_statute::DISTRICT;
use std::collections::BTreeMap;
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// Departments whose units have work of their own: a school its pupils'.
const BY_UNIT: [Department; 1] = [Department::Education];

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
fn has_cases(department: Department) -> bool {
    department != Department::DistrictLeadership
}

/// What a caller may see, as the texts that `mine!` begins with.
fn scope(caller: &Caller, area: String, units: impl FnOnce() -> String) -> [String; 4] {
    let department = caller.principal.department();
    let units = if BY_UNIT.contains(&department) { units() } else { String::new() };
    // an incident without a place is every station's
    let placeless = area.len() == DISTRICT || department == Department::PublicSecurity;
    let bears = if has_cases(department) { i32::from(department) } else { 0 };
    [area, units, placeless.to_string(), bears.to_string()]
}

pub(super) fn texts<'a>(scope: &'a [String; 4], more: &[&'a str]) -> Vec<&'a str> {
    scope.iter().map(String::as_str).chain(more.iter().copied()).collect()
}

#[tonic::async_trait]
impl<P: Projection> Asked for OfOne<P> {
    async fn list_work(&self, caller: Caller, request: ListWorkRequest) -> Result<ListWorkResponse, Status> {
        let seen = self.answers.see(caller, request.freshness).await?;
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
        // one statement: a clock that ends meanwhile is counted once
        let query = concat!(
            mine!(
                "select clock, rule, left(area, $5::integer) as area, count(*) filter (where outcome = 1) as met, \
                 count(*) filter (where outcome = 2) as missed, 0 as running, 0 as overdue from outcomes where ",
                " group by 1, 2, 3"
            ),
            " union all ",
            mine!(
                "select clock, rule, left(area, $5::integer) as area, 0 as met, 0 as missed, \
                 count(*) filter (where due_at > $6::timestamptz) as running, \
                 count(*) filter (where due_at <= $6::timestamptz) as overdue from work where ",
                " group by 1, 2, 3"
            )
        );
        let (now, scope) = (seen.now.to_rfc3339(), scope(&seen.caller, area, || seen.units()));
        let groups = seen.groups::<Figure>(query, &texts(&scope, &[&digits, &now])).await?;
        let figures = figures(groups, !has_cases(seen.caller.principal.department()));
        Ok(GetFiguresResponse { figures, position: seen.position.0 })
    }

    fn watch_work(
        &self,
        caller: Caller,
        request: WatchWorkRequest,
        watching: &Watching,
    ) -> Result<Stream<WatchWorkResponse>, Status> {
        if caller.principal.area.is_empty() {
            return Err(caller.principal.denied());
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

/// Aggregate and id of a subject.
fn parts(subject: &str) -> (String, String) {
    let subject = subject.strip_prefix("kw.").unwrap_or(subject);
    let (aggregate, id) = subject.rsplit_once('.').unwrap_or_default();
    (aggregate.to_owned(), id.to_owned())
}

pub(super) fn entry(row: Work, now: chrono::DateTime<chrono::Utc>) -> WorkEntry {
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

pub(super) fn ended(row: Outcome) -> OutcomeEntry {
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

    /// The caller's read model, the caller, and what is asked: by those whose it is to know, case by case or in figures.
    fn let_in<M: Validate>(
        &self,
        request: Request<M>,
        whose: fn(Department) -> bool,
    ) -> Result<(&dyn Asked, Caller, M), Status> {
        let may: Vec<Department> = self.works.keys().copied().filter(|may| whose(*may)).collect();
        let caller = self.gate.query(&request, &may)?;
        let asked =
            self.works.get(&caller.principal.department()).ok_or_else(|| caller.principal.denied())?;
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
        let (asked, caller, request) = self.let_in(request, has_cases)?;
        asked.list_work(caller, request).await.map(Response::new)
    }

    async fn list_outcomes(
        &self,
        request: Request<ListOutcomesRequest>,
    ) -> Result<Response<ListOutcomesResponse>, Status> {
        let (asked, caller, request) = self.let_in(request, has_cases)?;
        asked.list_outcomes(caller, request).await.map(Response::new)
    }

    async fn get_figures(
        &self,
        request: Request<GetFiguresRequest>,
    ) -> Result<Response<GetFiguresResponse>, Status> {
        let (asked, caller, request) = self.let_in(request, |_| true)?;
        asked.get_figures(caller, request).await.map(Response::new)
    }

    async fn watch_work(
        &self,
        request: Request<WatchWorkRequest>,
    ) -> Result<Response<Self::WatchWorkStream>, Status> {
        let (asked, caller, request) = self.let_in(request, has_cases)?;
        asked.watch_work(caller, request, &self.watching).map(Response::new)
    }
}
