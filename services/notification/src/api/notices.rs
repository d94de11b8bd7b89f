//! Notices to the caller's department and area. To an alleged infringer in the file there are none (BEY-4).

use kinward_chassis::{ANYBODY, Gate, Principal, Runtime, occurred_at, receipt, status_of_log};
use kinward_contracts::notification::v1::{
    About, AcknowledgeNoticeRequest, AcknowledgeNoticeResponse, ListNoticesRequest, ListNoticesResponse,
    Notice, Recipient, WatchNoticesRequest, WatchNoticesResponse, watch_notices_response::Change,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::ChildReference;
use kinward_contracts_grpc::notification::v1::notice_service_server::NoticeService;
use kinward_eventlog::{Handler, Live};
use kinward_eventsourcing::Position;
use kinward_notification_domain::indexes::{Entry, Infringers, OpenNotices};
use kinward_notification_domain::notice::{self, Command};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::{Request, Response, Status};

/// A checkpoint at least so often, as a sign of life.
const CHECKPOINT: Duration = Duration::from_secs(5);

pub(crate) struct Notices {
    gate: Gate,
    notices: Handler<notice::Notice>,
    open: Live<OpenNotices>,
    infringers: Live<Infringers>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Notices {
    pub(crate) fn new(
        runtime: &Runtime,
        notices: Handler<notice::Notice>,
        open: Live<OpenNotices>,
        infringers: Live<Infringers>,
    ) -> Self {
        Self {
            gate: runtime.gate.clone(),
            notices,
            open,
            infringers,
            stop: runtime.stop.clone(),
            tasks: runtime.tracker(),
        }
    }
}

#[tonic::async_trait]
impl NoticeService for Notices {
    type WatchNoticesStream = ReceiverStream<Result<WatchNoticesResponse, Status>>;

    async fn acknowledge_notice(
        &self,
        request: Request<AcknowledgeNoticeRequest>,
    ) -> Result<Response<AcknowledgeNoticeResponse>, Status> {
        let (call, principal) = self.gate.command(&request, &ANYBODY)?;
        let request = request.into_inner();
        let folded = self.notices.state(&request.notice_id).await.map_err(|error| status_of_log(&error))?;
        let about = folded.state.notice.about.clone().unwrap_or_default();
        self.infringers.wait_for(folded.position).await;
        let command = Command::Acknowledge {
            occurred_at: occurred_at(&request),
            infringers: self.infringers.read(|infringers| infringers.of(&about)).0,
            person_id: principal.person,
        };
        let done = self.notices.execute(&call, &request.notice_id, &command).await;
        let receipt = receipt(done.map_err(|error| status_of_log(&error))?);
        Ok(Response::new(AcknowledgeNoticeResponse { receipt }))
    }

    async fn list_notices(
        &self,
        request: Request<ListNoticesRequest>,
    ) -> Result<Response<ListNoticesResponse>, Status> {
        let caller = self.gate.query(&request, &ANYBODY)?;
        let request = request.into_inner();
        let page = self.gate.page(&caller, &request)?;
        caller.fresh(&self.open, request.freshness).await?;
        let (mine, position) = mine(&self.open, &self.infringers, &caller.principal).await;
        let (notices, next_page_token) = page.of(mine);
        Ok(Response::new(ListNoticesResponse { notices, next_page_token, position: position.0 }))
    }

    async fn watch_notices(
        &self,
        request: Request<WatchNoticesRequest>,
    ) -> Result<Response<Self::WatchNoticesStream>, Status> {
        let caller = self.gate.query(&request, &ANYBODY)?;
        let mut after = request.into_inner().after_position;
        let (send, receive) = tokio::sync::mpsc::channel(64);
        let (open, infringers, stop) = (self.open.clone(), self.infringers.clone(), self.stop.clone());
        let gate = self.gate.clone();
        self.tasks.spawn(async move {
            let mut reached = open.reached();
            let mut shown: BTreeMap<String, u64> = BTreeMap::new();
            loop {
                if let Err(expired) = gate.still(&caller) {
                    let _ = send.send(Err(expired)).await;
                    return;
                }
                let (mine, position) = mine(&open, &infringers, &caller.principal).await;
                let mine: BTreeMap<String, Notice> =
                    mine.into_iter().map(|notice| (notice.notice_id.clone(), notice)).collect();
                let gone = shown.keys().filter(|id| !mine.contains_key(*id)).cloned();
                let gone: Vec<Change> = gone.map(Change::AcknowledgedNoticeId).collect();
                let changed =
                    mine.values().filter(|notice| notice.position > after).cloned().map(Change::Changed);
                for change in gone.into_iter().chain(changed) {
                    let message = WatchNoticesResponse { change: Some(change), position: after };
                    if send.send(Ok(message)).await.is_err() {
                        return;
                    }
                }
                after = position.0.max(after);
                shown = mine.into_iter().map(|(id, notice)| (id, notice.position)).collect();
                if send.send(Ok(WatchNoticesResponse { change: None, position: after })).await.is_err() {
                    return;
                }
                tokio::select! {
                    changed = reached.wait_for(|at| at.0 > after) => if changed.is_err() { return },
                    () = tokio::time::sleep(CHECKPOINT) => {}
                    () = stop.cancelled() => return,
                }
            }
        });
        Ok(Response::new(ReceiverStream::new(receive)))
    }
}

/// Open notices to the caller, and the position they are of; what is known of infringers is no older.
async fn mine(
    open: &Live<OpenNotices>,
    infringers: &Live<Infringers>,
    caller: &Principal,
) -> (Vec<Notice>, Position) {
    let (notices, position) = open.read(|open| {
        let mine = open.of(caller.department().into(), &caller.area).into_iter();
        mine.map(|(id, entry)| notice(id, entry)).collect::<Vec<_>>()
    });
    infringers.wait_for(position).await;
    let (shown, _) = infringers.read(|infringers| {
        let told = |notice: &Notice| {
            let about = notice.about.as_ref();
            about.is_none_or(|about| !infringers.of(about).contains(&caller.person))
        };
        notices.into_iter().filter(told).collect()
    });
    (shown, position)
}

fn notice(id: &str, entry: &Entry) -> Notice {
    let (department, area) = entry.told.last().cloned().unwrap_or_default();
    let due = entry.clocks.open().map(|(_, clock)| clock.due_at).min();
    let child = entry.child_id.clone();
    Notice {
        notice_id: id.to_owned(),
        recipient: Some(Recipient { department, area, role: entry.role.clone() }),
        template: entry.template,
        about: Some(About {
            incident_id: entry.incident_id.clone(),
            child: child
                .map(|child_id| ChildReference { person_id: child_id.clone(), child_id: Some(child_id) }),
            village_code: entry.village_code.clone(),
            immediate: entry.immediate,
            subject: entry.subject.clone(),
            clock: entry.clock.clone(),
        }),
        sent_at: Some(timestamp(entry.sent_at)),
        due_at: due.map(timestamp),
        level: u32::try_from(entry.told.len().saturating_sub(1)).unwrap_or(u32::MAX),
        position: entry.position,
    }
}
