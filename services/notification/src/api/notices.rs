//! Notices to the caller's department and area. To an alleged infringer in the file there are none (BEY-4).

use kinward_chassis::{
    ANYBODY, Gate, Principal, Runtime, Stream, Watched, Watching, occurred_at, receipt_of, status_of_log,
};
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
use std::collections::BTreeSet;
use tonic::{Request, Response, Status};

pub(crate) struct Notices {
    gate: Gate,
    notices: Handler<notice::Notice>,
    open: Live<OpenNotices>,
    infringers: Live<Infringers>,
    watching: Watching,
}

impl Notices {
    pub(crate) fn new(
        runtime: &Runtime,
        notices: Handler<notice::Notice>,
        open: Live<OpenNotices>,
        infringers: Live<Infringers>,
    ) -> Self {
        Self { gate: runtime.gate.clone(), notices, open, infringers, watching: Watching::new(runtime) }
    }
}

#[tonic::async_trait]
impl NoticeService for Notices {
    type WatchNoticesStream = Stream<WatchNoticesResponse>;

    async fn acknowledge_notice(
        &self,
        request: Request<AcknowledgeNoticeRequest>,
    ) -> Result<Response<AcknowledgeNoticeResponse>, Status> {
        let (call, principal) = self.gate.command(&request, &ANYBODY)?;
        let request = request.into_inner();
        let folded = self.notices.state(&request.notice_id).await.map_err(status_of_log)?;
        let about = folded.state.notice.about.clone().unwrap_or_default();
        self.infringers.wait_for(folded.position).await;
        let command = Command::Acknowledge {
            occurred_at: occurred_at(&request),
            infringers: self.infringers.read(|infringers| infringers.of(&about)).0,
            person_id: principal.person,
        };
        let done = self.notices.execute(&call, &request.notice_id, &command).await;
        let receipt = receipt_of(done)?;
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
        let after = request.into_inner().after_position;
        let mine = Mine {
            open: self.open.clone(),
            infringers: self.infringers.clone(),
            caller: caller.principal.clone(),
            shown: BTreeSet::new(),
        };
        Ok(Response::new(self.watching.stream(caller, after, self.open.reached(), mine)?))
    }
}

/// The open notices of one who watches them.
struct Mine {
    open: Live<OpenNotices>,
    infringers: Live<Infringers>,
    caller: Principal,
    /// Ids of what this stream has shown.
    shown: BTreeSet<String>,
}

impl Watched for Mine {
    type Change = Change;
    type Message = WatchNoticesResponse;

    async fn changes(&mut self, after: u64) -> Result<(Vec<Change>, Position), Status> {
        let (mine, position) = mine(&self.open, &self.infringers, &self.caller).await;
        let now: BTreeSet<String> = mine.iter().map(|notice| notice.notice_id.clone()).collect();
        // who begins was shown nothing that could go; who goes on heard of it in an earlier stream
        let (department, area) = (self.caller.department().into(), self.caller.area.as_str());
        let acknowledged = match after {
            0 => Vec::new(),
            _ => self.open.read(|open| notices(open.acknowledged(department, area, after))).0,
        };
        let acknowledged = unless_infringer(acknowledged, &self.infringers, &self.caller);
        let acknowledged = acknowledged.into_iter().map(|notice| notice.notice_id);
        let gone = self.shown.difference(&now).cloned().chain(acknowledged).collect::<BTreeSet<_>>();
        let changed = mine.into_iter().filter(|notice| notice.position > after).map(Change::Changed);
        let changes = gone.into_iter().map(Change::AcknowledgedNoticeId).chain(changed).collect();
        self.shown = now;
        Ok((changes, position))
    }

    fn message(change: Option<Change>, position: u64) -> WatchNoticesResponse {
        WatchNoticesResponse { change, position }
    }
}

/// Open notices to the caller, and the position they are of; what is known of infringers is no older.
async fn mine(
    open: &Live<OpenNotices>,
    infringers: &Live<Infringers>,
    caller: &Principal,
) -> (Vec<Notice>, Position) {
    let told = |open: &OpenNotices| notices(open.of(caller.department().into(), &caller.area));
    let (told, position) = open.read(told);
    infringers.wait_for(position).await;
    (unless_infringer(told, infringers, caller), position)
}

/// The notices that the caller may see: none of a file in which it is said to be the infringer (BEY-4).
fn unless_infringer(
    mut notices: Vec<Notice>,
    infringers: &Live<Infringers>,
    caller: &Principal,
) -> Vec<Notice> {
    let may = |infringers: &Infringers, notice: &Notice| {
        let about = notice.about.as_ref();
        about.is_none_or(|about| !infringers.of(about).contains(&caller.person))
    };
    infringers.read(|infringers| notices.retain(|notice| may(infringers, notice)));
    notices
}

fn notices(entries: Vec<(&str, &Entry)>) -> Vec<Notice> {
    entries.into_iter().map(|(id, entry)| notice(id, entry)).collect()
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
