//! Household, guardians and delegation.

use super::facts::{NO_DAY, NOT_IN_NUMBER, NUMBER};
use super::files::{Age, Files, KEEPERS, must_reach, own_village};
use kinward_chassis::{occurred_at, service};
use kinward_contracts::registry::v1::{
    ConsentToMoveRequest, ConsentToMoveResponse, DelegationEnded, DelegationMade, DelegationReviewed,
    EndDelegationRequest, EndDelegationResponse, Guardian, GuardianInput, GuardianRecorded,
    GuardianshipBasis, Household, HouseholdMoveConsented, HouseholdMoveRefused, HouseholdMoveRequested,
    MakeDelegationRequest, MakeDelegationResponse, RecordGuardianRequest, RecordGuardianResponse,
    RefuseMoveRequest, RefuseMoveResponse, RequestMoveRequest, RequestMoveResponse, ReviewDelegationRequest,
    ReviewDelegationResponse,
};
use kinward_contracts::r#type::v1::Sealed;
use kinward_contracts::{CommandRequest as _, Violation};
use kinward_contracts_grpc::registry::v1::family_service_server::FamilyService;
use kinward_registry_domain::child::{Command, Entrusting, State};
use kinward_statute::day_of;
use tonic::{Request, Response, Status};

/// The two villages of a move.
fn both<M>(file: &State, _: &M) -> Vec<String> {
    let target = file.home.open_move.as_ref().map(|open| open.village_code.clone());
    std::iter::once(file.village_code.clone()).chain(target).collect()
}

fn both_asked(file: &State, request: &RequestMoveRequest) -> Vec<String> {
    let target = request.household.as_ref().map(|household| household.village_code.clone());
    std::iter::once(file.village_code.clone()).chain(target).collect()
}

fn guardian(person_id: &str, input: GuardianInput) -> Guardian {
    let sealed = |text: String| Sealed::plain(person_id, text);
    Guardian {
        person_id: person_id.to_owned(),
        relation: input.relation,
        name: Some(sealed(input.name)),
        phone: input.phone.map(sealed),
        identity_number: input.identity_number.map(sealed),
        basis: input.basis,
        capacity: input.capacity,
        lives_with_child: input.lives_with_child,
    }
}

service! {
    FamilyService for Files {
        by KEEPERS {
            review_delegation: ReviewDelegationRequest => ReviewDelegationResponse,
                |step, new| DelegationReviewed {
                    delegation_id: step.delegation_id,
                    fit: step.fit.unwrap_or_default(),
                    findings: Some(new.of_child(step.findings)),
                };
        }
    }

    async fn request_move(
        &self,
        request: Request<RequestMoveRequest>,
    ) -> Result<Response<RequestMoveResponse>, Status> {
        let mut made = String::new();
        let recorded = self.record(request, &KEEPERS, Age::DoesNot, both_asked, |asked, new| {
            made = new.id("move");
            let household = asked.household.map(|home| Household {
                village_code: home.village_code,
                address: Some(new.of_child(home.address)),
            });
            HouseholdMoveRequested {
                move_id: made.clone(),
                household,
                moved_on: asked.moved_on,
                ..HouseholdMoveRequested::default()
            }
        });
        let (receipt, file) = recorded.await?;
        let moved = file.home.open_move.is_none_or(|open| open.move_id != made);
        Ok(Response::new(RequestMoveResponse { receipt, move_id: made, moved }))
    }

    async fn consent_to_move(
        &self,
        request: Request<ConsentToMoveRequest>,
    ) -> Result<Response<ConsentToMoveResponse>, Status> {
        let recorded = self.record(request, &KEEPERS, Age::DoesNot, both, |answer, _| HouseholdMoveConsented {
            move_id: answer.move_id,
            side_village_code: String::new(),
        });
        Ok(Response::new(ConsentToMoveResponse { receipt: recorded.await?.0 }))
    }

    async fn refuse_move(
        &self,
        request: Request<RefuseMoveRequest>,
    ) -> Result<Response<RefuseMoveResponse>, Status> {
        let recorded = self.record(request, &KEEPERS, Age::DoesNot, both, |answer, new| HouseholdMoveRefused {
            move_id: answer.move_id,
            reason: Some(new.of_child(answer.reason)),
            ..HouseholdMoveRefused::default()
        });
        Ok(Response::new(RefuseMoveResponse { receipt: recorded.await?.0 }))
    }

    async fn record_guardian(
        &self,
        request: Request<RecordGuardianRequest>,
    ) -> Result<Response<RecordGuardianResponse>, Status> {
        let mut person_id = String::new();
        let recorded = self.step_of_age(request, &KEEPERS, |step, new| {
            person_id = step.person_id.unwrap_or_else(|| new.id("guardian"));
            GuardianRecorded { guardian: step.guardian.map(|input| guardian(&person_id, input)) }
        });
        let (receipt, status) = recorded.await?;
        Ok(Response::new(RecordGuardianResponse { receipt, person_id, status: status.into() }))
    }

    /// The trustee's age is checked on the day the delegation begins, so the birth date must be one, and the one in
    /// the identity number.
    async fn make_delegation(
        &self,
        request: Request<MakeDelegationRequest>,
    ) -> Result<Response<MakeDelegationResponse>, Status> {
        let (call, principal) = self.desk.gate.command(&request, &KEEPERS)?;
        let request = request.into_inner();
        let occurred_at = occurred_at(&request);
        let folded = self.file(request.aggregate_id()).await?;
        must_reach(&principal, &own_village(&folded.state, &request))?;
        let birth_date = self.birth_date(&folded.state).await?;
        let trustee = request.trustee.clone().unwrap_or_default();
        let wrong = |field: &str, rule: &'static str, (zh, en): (&str, &str)| {
            kinward_chassis::Gate::refuse(vec![Violation::new(field, rule, zh, en)])
        };
        let Ok(trustee_birth_date) = request.trustee_birth_date.parse() else {
            return Err(wrong("trustee_birth_date", "date", NO_DAY));
        };
        if let Some(number) = &trustee.identity_number {
            let today = day_of(self.desk.clock.now());
            match kinward_privacy::identity_number::parse(number, today) {
                Ok(number) if number.birth_date == trustee_birth_date => {}
                Ok(_) => return Err(wrong("trustee_birth_date", NUMBER, NOT_IN_NUMBER)),
                Err(error) => return Err(wrong("trustee.identity_number", NUMBER, error.says())),
            }
        }
        let trustee_person_id =
            request.trustee_person_id.clone().unwrap_or_else(|| call.command_id.new_id("trustee"));
        let delegation_id = call.command_id.new_id("delegation");
        let basis = GuardianshipBasis::Delegation.into();
        let made = DelegationMade {
            delegation_id: delegation_id.clone(),
            parent_person_id: request.parent_person_id.clone(),
            trustee: Some(guardian(&trustee_person_id, GuardianInput { basis, ..trustee })),
            trustee_birth_date: Some(Sealed::plain(&trustee_person_id, &request.trustee_birth_date)),
            capacity_checked_on: request.capacity_checked_on.clone().unwrap_or_default(),
            factors: request.factors,
            childs_wish: request.childs_wish,
            parent_consents: request.parent_consents,
            trustee_consents: request.trustee_consents,
            from_on: request.from_on.clone(),
            until_on: request.until_on.clone(),
        };
        let disqualifications = request.disqualifications().collect();
        let asked = Entrusting { made, disqualifications, trustee_birth_date, birth_date, occurred_at };
        let entrust = Command::Entrust(Box::new(asked));
        let receipt = self.desk.execute(call, &request.child_id, &entrust).await?.receipt;
        Ok(Response::new(MakeDelegationResponse { receipt, delegation_id, trustee_person_id }))
    }

    async fn end_delegation(
        &self,
        request: Request<EndDelegationRequest>,
    ) -> Result<Response<EndDelegationResponse>, Status> {
        let recorded = self.step_of_age(request, &KEEPERS, |step, _| DelegationEnded {
            delegation_id: step.delegation_id,
            end: step.end,
            on_date: step.on_date,
            trustee_stays: step.trustee_stays,
        });
        Ok(Response::new(EndDelegationResponse { receipt: recorded.await?.0 }))
    }
}
