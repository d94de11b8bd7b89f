//! The emergency worklist, from the index alone (BEY-5).

use super::POLICE;
use kinward_chassis::{Gate, Principal, Runtime, Stream, Watched, Watching};
use kinward_contracts::dispatch::v1::{
    LinkedIncident, ListOpenIncidentsRequest, ListOpenIncidentsResponse, OpenIncident,
    WatchOpenIncidentsRequest, WatchOpenIncidentsResponse, watch_open_incidents_response::Change,
};
use kinward_contracts::timestamp;
use kinward_contracts_grpc::dispatch::v1::worklist_service_server::WorklistService;
use kinward_dispatch_domain::indexes::{Entry, OpenIncidents};
use kinward_eventlog::Live;
use kinward_eventsourcing::Position;
use tonic::{Request, Response, Status};

pub(crate) struct Worklist {
    gate: Gate,
    worklist: Live<OpenIncidents>,
    watching: Watching,
}

impl Worklist {
    pub(crate) fn new(runtime: &Runtime, worklist: Live<OpenIncidents>) -> Self {
        Self { gate: runtime.gate.clone(), worklist, watching: Watching::new(runtime) }
    }
}

/// The open incidents of an area, for who watches them.
struct Open {
    worklist: Live<OpenIncidents>,
    area: String,
}

impl Watched for Open {
    type Change = Change;
    type Message = WatchOpenIncidentsResponse;

    async fn changes(&mut self, after: u64) -> Result<(Vec<Change>, Position), Status> {
        Ok(self.worklist.read(|index| changes(index, after, &self.area)))
    }

    fn message(change: Option<Change>, position: u64) -> WatchOpenIncidentsResponse {
        WatchOpenIncidentsResponse { change, position }
    }
}

#[tonic::async_trait]
impl WorklistService for Worklist {
    type WatchOpenIncidentsStream = Stream<WatchOpenIncidentsResponse>;

    async fn list_open_incidents(
        &self,
        request: Request<ListOpenIncidentsRequest>,
    ) -> Result<Response<ListOpenIncidentsResponse>, Status> {
        let caller = self.gate.query(&request, &POLICE)?;
        let request = request.into_inner();
        let page = self.gate.page(&caller, &request)?;
        caller.fresh(&self.worklist, request.freshness).await?;
        let area = area(request.area, &caller.principal)?;
        let (all, position) = self.worklist.read(|index| {
            let worklist = index.worklist().into_iter().filter(|(_, entry)| inside(entry, &area));
            page.of(worklist.map(|(id, entry)| open(index, id, entry)))
        });
        let (incidents, next_page_token) = all;
        Ok(Response::new(ListOpenIncidentsResponse { incidents, next_page_token, position: position.0 }))
    }

    async fn watch_open_incidents(
        &self,
        request: Request<WatchOpenIncidentsRequest>,
    ) -> Result<Response<Self::WatchOpenIncidentsStream>, Status> {
        let caller = self.gate.query(&request, &POLICE)?;
        let request = request.into_inner();
        let area = area(request.area, &caller.principal)?;
        let (worklist, reached) = (self.worklist.clone(), self.worklist.reached());
        let open = Open { worklist, area };
        Ok(Response::new(self.watching.stream(caller, request.after_position, reached, open)?))
    }
}

/// The area asked for, inside of the caller's own.
fn area(asked: Option<String>, caller: &Principal) -> Result<String, Status> {
    match asked {
        Some(area) if area.starts_with(&caller.area) => Ok(area),
        Some(_) => Err(caller.denied()),
        None => Ok(caller.area.clone()),
    }
}

/// An incident without a place is everybody's.
pub(super) fn inside(entry: &Entry, area: &str) -> bool {
    entry.village_code.as_ref().is_none_or(|village| village.starts_with(area))
}

fn changes(index: &OpenIncidents, after: u64, area: &str) -> Vec<Change> {
    let (changed, concluded) = index.changed_after(after);
    let changed = changed.into_iter().filter(|(_, entry)| inside(entry, area));
    let changed = changed.filter_map(|(id, entry)| match &entry.follows {
        // to who begins nothing was shown that could leave
        Some(_) => (after > 0).then(|| Change::LinkedIncidentId(id.to_owned())),
        None => Some(Change::Changed(open(index, id, entry))),
    });
    // who begins needs no conclusions: nothing was sent yet
    let concluded = concluded.into_iter().filter(|_| after > 0);
    // one without a place is every station's
    let concluded = concluded.filter(|(_, village)| village.is_none_or(|village| village.starts_with(area)));
    changed.chain(concluded.map(|(id, _)| Change::ConcludedIncidentId(id.to_owned()))).collect()
}

fn open(index: &OpenIncidents, id: &str, entry: &Entry) -> OpenIncident {
    let clock = entry.earliest_clock();
    let linked = index.following(entry).into_iter().map(|(id, entry)| LinkedIncident {
        incident_id: id.to_owned(),
        report_id: entry.report_id.clone(),
        severity: entry.severity,
        situations: entry.situations.clone(),
        village_code: entry.village_code.clone(),
        opened_at: Some(timestamp(entry.opened_at)),
    });
    OpenIncident {
        incident_id: id.to_owned(),
        report_id: entry.report_id.clone(),
        severity: entry.most_urgent(),
        situations: entry.situations.clone(),
        village_code: entry.village_code.clone(),
        stage: entry.stage,
        opened_at: Some(timestamp(entry.opened_at)),
        clock: clock.map(|(name, _)| name.to_owned()).unwrap_or_default(),
        clock_due_at: clock.map(|(_, due_at)| timestamp(due_at)),
        position: entry.position,
        linked: linked.collect(),
    }
}
