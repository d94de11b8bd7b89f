//! Unknown children, and files that may be about one child.

use super::files::{Files, KEEPERS, must_reach};
use super::tokens::tokens;
use kinward_chassis::{Runtime, occurred_at, receipt_of, status_of_keyring, status_of_log};
use kinward_contracts::registry::v1::{
    DuplicateAttached, DuplicateCandidate, DuplicateDetached, DuplicateLinked, DuplicateUnlinked, Household,
    LinkDuplicateRequest, LinkDuplicateResponse, ListDuplicateCandidatesRequest,
    ListDuplicateCandidatesResponse, RegisterUnknownChildRequest, RegisterUnknownChildResponse,
    UnknownChildRegistered, UnlinkDuplicateRequest, UnlinkDuplicateResponse, child_event::Event,
};
use kinward_contracts::r#type::v1::{Department, Sealed};
use kinward_contracts_grpc::registry::v1::duplicate_service_server::DuplicateService;
use kinward_eventlog::Live;
use kinward_registry_domain::child::Command;
use kinward_registry_domain::indexes::LikelyDuplicates;
use std::time::Duration;
use tonic::{Request, Response, Status};

/// Who finds a child of whom nobody knows who it is.
const FINDERS: [Department; 4] =
    [Department::PublicSecurity, Department::Village, Department::Township, Department::CivilAffairs];
/// The index advises: an answer that is a little old is better than none.
const CATCH_UP: Duration = Duration::from_secs(2);

pub(crate) struct Duplicates {
    files: Files,
    index: Live<LikelyDuplicates>,
}

impl Duplicates {
    pub(crate) async fn new(runtime: &Runtime, files: Files) -> Self {
        Self { files, index: runtime.index().await }
    }
}

#[tonic::async_trait]
impl DuplicateService for Duplicates {
    async fn register_unknown_child(
        &self,
        request: Request<RegisterUnknownChildRequest>,
    ) -> Result<Response<RegisterUnknownChildResponse>, Status> {
        let (call, principal) = self.files.desk.gate.command(&request, &FINDERS)?;
        let request = request.into_inner();
        let found = request.found.clone().unwrap_or_default();
        principal.must_cover(&found.village_code)?;
        let child_id = call.command_id.new_id("child");
        let sealed = |text: &str| Some(Sealed::plain(&child_id, text));
        let hashing = self.files.desk.gate.hashing();
        let registered = UnknownChildRegistered {
            sex: request.sex,
            description: sealed(&request.description),
            search_tokens: tokens(hashing, request.called.as_deref(), None, Some(&found.village_code)),
            found: Some(Household { address: sealed(&found.address), village_code: found.village_code }),
        };
        let occurred_at = occurred_at(&request);
        let command = Command::RegisterUnknown { registered: Box::new(registered), occurred_at };
        let done = self.files.desk.handler.create(&call, &child_id, &command).await;
        let receipt = receipt_of(done)?;
        Ok(Response::new(RegisterUnknownChildResponse { receipt }))
    }

    /// District-wide, since a child may have been registered elsewhere: an answer holds ids and likenesses, nothing
    /// personal.
    async fn list_duplicate_candidates(
        &self,
        request: Request<ListDuplicateCandidatesRequest>,
    ) -> Result<Response<ListDuplicateCandidatesResponse>, Status> {
        self.files.desk.gate.query(&request, &FINDERS)?;
        let request = request.into_inner();
        let asked = match &request.child_id {
            Some(child_id) => self.files.file(child_id).await?.state.search_tokens.clone(),
            None => tokens(
                self.files.desk.gate.hashing(),
                request.name.as_deref(),
                request.birth_date.as_deref(),
                request.village_code.as_deref(),
            ),
        };
        let last = self.files.desk.log.last_position().await.map_err(status_of_log)?;
        let _ = tokio::time::timeout(CATCH_UP, self.index.wait_for(last)).await;
        let (found, position) = self.index.read(|index| index.like(&asked, request.child_id.as_deref()));
        let candidates = found
            .into_iter()
            .map(|candidate| DuplicateCandidate {
                child_id: candidate.child_id,
                likenesses: candidate.likenesses.into_iter().map(i32::from).collect(),
                score: candidate.score,
                linked_to_child_id: candidate.linked_to,
            })
            .collect();
        Ok(Response::new(ListDuplicateCandidatesResponse { candidates, position: position.0 }))
    }

    async fn link_duplicate(
        &self,
        request: Request<LinkDuplicateRequest>,
    ) -> Result<Response<LinkDuplicateResponse>, Status> {
        let (call, principal) = self.files.desk.gate.command(&request, &KEEPERS)?;
        let request = request.into_inner();
        let (file, other) =
            (self.files.file(&request.child_id).await?, self.files.file(&request.of_child_id).await?);
        // a child may be on file in two villages: who keeps either of them may say so
        must_reach(&principal, &[file.state.village_code.clone(), other.state.village_code.clone()])?;
        let occurred_at = occurred_at(&request);
        let record = |event| Command::Record { event, birth_date: None, occurred_at };
        let linked = DuplicateLinked { of_child_id: request.of_child_id.clone() };
        let attached = DuplicateAttached { duplicate_child_id: request.child_id.clone() };
        let link = (request.child_id.as_str(), record(Event::DuplicateLinked(linked)));
        if request.child_id == request.of_child_id {
            let receipt = self.files.desk.execute(call, link.0, &link.1).await?.receipt;
            return Ok(Response::new(LinkDuplicateResponse { receipt }));
        }
        let attach = (request.of_child_id.as_str(), record(Event::DuplicateAttached(attached)));
        let done = self.files.desk.together(call, link, attach).await?;
        Ok(Response::new(LinkDuplicateResponse { receipt: done.receipt }))
    }

    async fn unlink_duplicate(
        &self,
        request: Request<UnlinkDuplicateRequest>,
    ) -> Result<Response<UnlinkDuplicateResponse>, Status> {
        let (call, principal) = self.files.desk.gate.command(&request, &KEEPERS)?;
        let request = request.into_inner();
        let file = self.files.file(&request.child_id).await?;
        let occurred_at = occurred_at(&request);
        // its clocks rested: what time has brought meanwhile is looked at now
        let birth_date = self.files.birth_date_of_clocks(&file.state).await;
        let birth_date = birth_date.map_err(status_of_keyring)?;
        let record = |event| Command::Record { event, birth_date, occurred_at };
        let of_child_id = match &file.state.duplicate_of {
            Some(other) => other.clone(),
            // a retry is answered by what the file remembers; anything else is refused by the rules
            None => String::new(),
        };
        let unlinked = DuplicateUnlinked { of_child_id: of_child_id.clone() };
        let unlink = (request.child_id.as_str(), record(Event::DuplicateUnlinked(unlinked)));
        if of_child_id.is_empty() {
            must_reach(&principal, std::slice::from_ref(&file.state.village_code))?;
            let receipt = self.files.desk.execute(call, unlink.0, &unlink.1).await?.receipt;
            return Ok(Response::new(UnlinkDuplicateResponse { receipt }));
        }
        let other = self.files.file(&of_child_id).await?;
        must_reach(&principal, &[file.state.village_code.clone(), other.state.village_code.clone()])?;
        let detached = DuplicateDetached { duplicate_child_id: request.child_id.clone() };
        let detach = (of_child_id.as_str(), record(Event::DuplicateDetached(detached)));
        let done = self.files.desk.together(call, unlink, detach).await?;
        Ok(Response::new(UnlinkDuplicateResponse { receipt: done.receipt }))
    }
}
