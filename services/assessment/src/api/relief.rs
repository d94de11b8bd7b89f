//! Referrals to social relief.

use super::history;
use kinward_assessment_domain::indexes::{Entry, Referrals as Index};
use kinward_assessment_domain::relief::{Command, Relief, State, duties, may_read};
use kinward_chassis::{Caller, Desk, Runtime, service, status_of_rejection};
use kinward_contracts::assessment::v1::{
    EnrolInReliefRequest, EnrolInReliefResponse, GetReliefReferralRequest, GetReliefReferralResponse,
    ListReliefReferralsRequest, ListReliefReferralsResponse, ReferForReliefRequest, ReferForReliefResponse,
    RefuseReliefRequest, RefuseReliefResponse, ReliefEnrolled, ReliefEvent, ReliefReferral, ReliefReferred,
    ReliefRefused, ReliefStage, ReliefWithdrawn, WithdrawReferralRequest, WithdrawReferralResponse,
    relief_event::Event,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{ChildReference, Department, Sealed};
use kinward_contracts_grpc::assessment::v1::relief_service_server::ReliefService;
use kinward_eventlog::{Handler, Live};
use kinward_eventsourcing::{Index as _, Recording as _};
use kinward_statute::{Duty, lies_in};
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
    desk: Desk<Relief>,
    all: Live<Index>,
}

impl Referrals {
    pub(crate) fn new(runtime: &Runtime, referrals: Handler<Relief>, all: Live<Index>) -> Self {
        Self { desk: Desk::new(runtime, referrals), all }
    }
}

service! {
    ReliefService for Referrals {
        by MAY {
            enrol_in_relief: EnrolInReliefRequest => EnrolInReliefResponse,
                |step, _| ReliefEnrolled { kinds: step.kinds, from_on: step.from_on };
            refuse_relief: RefuseReliefRequest => RefuseReliefResponse,
                |step, new| ReliefRefused { reason: Some(new.of_child(step.reason)) };
            withdraw_referral: WithdrawReferralRequest => WithdrawReferralResponse,
                |step, new| ReliefWithdrawn { reason: Some(new.of_child(step.reason)) };
        }
    }

    async fn refer_for_relief(
        &self,
        request: Request<ReferForReliefRequest>,
    ) -> Result<Response<ReferForReliefResponse>, Status> {
        // whose the place is, the rules say
        let referred = self.desk.open(&MAY, request, |_| None, |referring, call, occurred_at| {
            let person_id = referring.child_id.clone();
            let referred = ReliefReferred {
                hardship: Some(Sealed::plain(&person_id, referring.hardship)),
                child: Some(ChildReference { child_id: Some(referring.child_id), person_id }),
                village_code: Some(referring.village_code),
                beneficiary: referring.beneficiary,
                proposed: referring.proposed,
                recipient: referring.recipient,
                assessment_id: referring.assessment_id,
                ..ReliefReferred::default()
            };
            (call.command_id.new_id("relief"), Command::Refer { referred, occurred_at })
        });
        Ok(Response::new(ReferForReliefResponse { receipt: referred.await?.receipt }))
    }

    async fn get_relief_referral(
        &self,
        request: Request<GetReliefReferralRequest>,
    ) -> Result<Response<GetReliefReferralResponse>, Status> {
        let Caller { principal, .. } = self.desk.gate.query(&request, &MAY)?;
        let id = request.into_inner().referral_id;
        let events = history::<Relief>(&self.desk.log, &id).await?;
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
            return Err(status_of_rejection(&Relief::unknown()));
        };
        if !may_read(&entry.state, principal.department(), &principal.unit, &principal.area) {
            return Err(principal.denied());
        }
        Ok(Response::new(GetReliefReferralResponse {
            hardship: self.desk.text(hardship.as_ref()).await?,
            reason: self.desk.text(reason.as_ref()).await?,
            duties: Duty::of::<Relief>(&id, duties(&entry.state), self.desk.clock.now()),
            referral: Some(referral(&id, entry)),
            position: last.position.0,
        }))
    }

    async fn list_relief_referrals(
        &self,
        request: Request<ListReliefReferralsRequest>,
    ) -> Result<Response<ListReliefReferralsResponse>, Status> {
        let caller = self.desk.gate.query(&request, &MAY)?;
        let request = request.into_inner();
        let page = self.desk.gate.page(&caller, &request)?;
        caller.fresh(&self.all, request.freshness).await?;
        let (department, area) = (caller.principal.department(), &caller.principal.area);
        let asked = |state: &State| {
            let here = lies_in(state.village_code.as_deref(), area);
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
