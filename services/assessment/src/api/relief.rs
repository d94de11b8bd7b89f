//! Referrals to social relief.

use super::history;
use kinward_assessment_domain::indexes::{Entry, Referrals as Index};
use kinward_assessment_domain::relief::{Command, Relief, State, duties, may_read};
use kinward_assessment_domain::rules::ASM_3;
use kinward_chassis::{
    Caller, Gate, Runtime, denied, occurred_at, receipt, status_of_keyring, status_of_log,
    status_of_rejection,
};
use kinward_contracts::assessment::v1::{
    EnrolInReliefRequest, EnrolInReliefResponse, GetReliefReferralRequest, GetReliefReferralResponse,
    ListReliefReferralsRequest, ListReliefReferralsResponse, ReferForReliefRequest, ReferForReliefResponse,
    RefuseReliefRequest, RefuseReliefResponse, ReliefEnrolled, ReliefEvent, ReliefReferral, ReliefReferred,
    ReliefRefused, ReliefStage, ReliefWithdrawn, WithdrawReferralRequest, WithdrawReferralResponse,
    relief_event::Event,
};
use kinward_contracts::r#type::v1::{ChildReference, Department, Receipt, Sealed};
use kinward_contracts::{CommandRequest, EventMessage as _, Validate, timestamp};
use kinward_contracts_grpc::assessment::v1::relief_service_server::ReliefService;
use kinward_eventlog::{Handler, Live, Log};
use kinward_eventsourcing::{Index as _, Rejection};
use kinward_privacy::Opener;
use tonic::{Request, Response, Status};

/// Who refers and who decides; what each may do, the rules say.
const MAY: [Department; 12] = [
    Department::Village,
    Department::Township,
    Department::PublicSecurity,
    Department::CivilAffairs,
    Department::Education,
    Department::Health,
    Department::Justice,
    Department::WomensFederation,
    Department::YouthLeague,
    Department::DisabledPersonsFederation,
    Department::TradeUnion,
    Department::NextGenerationCommittee,
];

pub(crate) struct Referrals {
    gate: Gate,
    log: Log,
    opener: Opener,
    referrals: Handler<Relief>,
    all: Live<Index>,
}

impl Referrals {
    pub(crate) fn new(runtime: &Runtime, referrals: Handler<Relief>, all: Live<Index>) -> Self {
        let (gate, log, opener) = (runtime.gate.clone(), runtime.log.clone(), runtime.opener.clone());
        Self { gate, log, opener, referrals, all }
    }

    /// Records a fact; `event` makes it from the request and the person whose data it carries.
    async fn step<M: CommandRequest + Validate>(
        &self,
        request: Request<M>,
        event: impl FnOnce(M, &str) -> Event + Send,
    ) -> Result<Option<Receipt>, Status> {
        let (call, _) = self.gate.command(&request, &MAY)?;
        let request = request.into_inner();
        let (id, occurred_at) = (request.aggregate_id().to_owned(), occurred_at(&request));
        let folded = self.referrals.state(&id).await.map_err(|error| status_of_log(&error))?;
        let event = event(request, &folded.state.child_person_id);
        let done = self.referrals.execute(&call, &id, &Command::Record { event, occurred_at }).await;
        done.map(receipt).map_err(|error| status_of_log(&error))
    }

    async fn text(&self, sealed: Option<&Sealed>) -> Result<String, Status> {
        self.opener.text(sealed).await.map_err(|error| status_of_keyring(&error))
    }
}

#[tonic::async_trait]
impl ReliefService for Referrals {
    async fn refer_for_relief(
        &self,
        request: Request<ReferForReliefRequest>,
    ) -> Result<Response<ReferForReliefResponse>, Status> {
        let (call, _) = self.gate.command(&request, &MAY)?;
        let request = request.into_inner();
        let occurred_at = occurred_at(&request);
        let person_id = request.child_id.clone();
        let referred = ReliefReferred {
            hardship: Some(Sealed::plain(&person_id, request.hardship)),
            child: Some(ChildReference { child_id: Some(request.child_id), person_id }),
            village_code: Some(request.village_code),
            beneficiary: request.beneficiary,
            proposed: request.proposed,
            recipient: request.recipient,
            assessment_id: request.assessment_id,
            ..ReliefReferred::default()
        };
        let id = call.command_id.new_id("relief");
        let done = self.referrals.create(&call, &id, &Command::Refer { referred, occurred_at }).await;
        let receipt = receipt(done.map_err(|error| status_of_log(&error))?);
        Ok(Response::new(ReferForReliefResponse { receipt }))
    }

    async fn enrol_in_relief(
        &self,
        request: Request<EnrolInReliefRequest>,
    ) -> Result<Response<EnrolInReliefResponse>, Status> {
        let enrolled = |step: EnrolInReliefRequest, _: &str| {
            Event::ReliefEnrolled(ReliefEnrolled { kinds: step.kinds, from_on: step.from_on })
        };
        let receipt = self.step(request, enrolled).await?;
        Ok(Response::new(EnrolInReliefResponse { receipt }))
    }

    async fn refuse_relief(
        &self,
        request: Request<RefuseReliefRequest>,
    ) -> Result<Response<RefuseReliefResponse>, Status> {
        let refused = |step: RefuseReliefRequest, person: &str| {
            Event::ReliefRefused(ReliefRefused { reason: Some(Sealed::plain(person, step.reason)) })
        };
        let receipt = self.step(request, refused).await?;
        Ok(Response::new(RefuseReliefResponse { receipt }))
    }

    async fn withdraw_referral(
        &self,
        request: Request<WithdrawReferralRequest>,
    ) -> Result<Response<WithdrawReferralResponse>, Status> {
        let withdrawn = |step: WithdrawReferralRequest, person: &str| {
            Event::ReliefWithdrawn(ReliefWithdrawn { reason: Some(Sealed::plain(person, step.reason)) })
        };
        let receipt = self.step(request, withdrawn).await?;
        Ok(Response::new(WithdrawReferralResponse { receipt }))
    }

    async fn get_relief_referral(
        &self,
        request: Request<GetReliefReferralRequest>,
    ) -> Result<Response<GetReliefReferralResponse>, Status> {
        let Caller { principal, .. } = self.gate.query(&request, &MAY)?;
        let id = request.into_inner().referral_id;
        let events = history(&self.log, ReliefEvent::AGGREGATE, &id).await?;
        let (mut folded, mut hardship, mut reason) = (Index::default(), None, None);
        for event in &events {
            if let Err(error) = folded.fold(event) {
                tracing::error!(%error, "an event of a referral was left out");
            }
            match event.decode::<ReliefEvent>().ok().flatten().and_then(|decoded| decoded.event) {
                Some(Event::ReliefReferred(referred)) => hardship = referred.hardship,
                Some(Event::ReliefRefused(refused)) => reason = refused.reason,
                Some(Event::ReliefWithdrawn(withdrawn)) => reason = withdrawn.reason,
                _ => {}
            }
        }
        let (Some(entry), Some(last)) = (folded.0.get(&id), events.last()) else {
            let none = Rejection::not_found(ASM_3, "没有此转介", "there is no such referral");
            return Err(status_of_rejection(&none));
        };
        if !may_read(&entry.state, principal.department(), &principal.unit, &principal.area) {
            return Err(denied());
        }
        Ok(Response::new(GetReliefReferralResponse {
            hardship: self.text(hardship.as_ref()).await?,
            reason: self.text(reason.as_ref()).await?,
            duties: duties(&entry.state).into_iter().map(super::duty).collect(),
            referral: Some(referral(&id, entry)),
            position: last.position.0,
        }))
    }

    async fn list_relief_referrals(
        &self,
        request: Request<ListReliefReferralsRequest>,
    ) -> Result<Response<ListReliefReferralsResponse>, Status> {
        let caller = self.gate.query(&request, &MAY)?;
        let request = request.into_inner();
        let page = self.gate.page(&caller, &request)?;
        caller.fresh(&self.all, request.freshness).await?;
        let (department, area) = (caller.principal.department(), &caller.principal.area);
        let asked = |state: &State| {
            let here = state.village_code.as_ref().is_none_or(|village| village.starts_with(area.as_str()));
            // civil affairs lead: theirs is the view of all (DEP-1)
            let own = [state.recipient, state.referred_by].contains(&department.into())
                || department == Department::CivilAffairs;
            let of_the_child = request.child_id.is_none() || request.child_id == state.child_id;
            here && own && of_the_child && !(request.open_only && state.stage() != ReliefStage::Referred)
        };
        let ((referrals, next_page_token), position) = self.all.read(|index| {
            let all = index.worklist().into_iter().filter(|(_, entry)| asked(&entry.state));
            page.of(all.map(|(id, entry)| referral(id, entry)))
        });
        let position = position.0;
        Ok(Response::new(ListReliefReferralsResponse { referrals, next_page_token, position }))
    }
}

fn referral(id: &str, Entry { state, revision, .. }: &Entry<State>) -> ReliefReferral {
    ReliefReferral {
        referral_id: id.to_owned(),
        child_id: state.child_id.clone(),
        village_code: state.village_code.clone(),
        beneficiary: state.beneficiary,
        stage: state.stage,
        proposed: state.proposed.clone(),
        kinds: state.kinds.clone(),
        recipient: state.recipient,
        referred_by: state.referred_by,
        assessment_id: state.assessment_id.clone(),
        referred_at: Some(timestamp(state.referred_at)),
        due_at: state.clocks.open().map(|(_, clock)| timestamp(clock.due_at)).next(),
        from_on: state.from_on.clone(),
        revision: *revision,
    }
}
