//! Temporary guardianship (LAW-3).

use kinward_chassis::{Desk, Runtime, service};
use kinward_contracts::custody::v1::{
    AssessGuardianFitnessRequest, AssessGuardianFitnessResponse, BeginTemporaryGuardianshipRequest,
    BeginTemporaryGuardianshipResponse, ChangePlacementFormRequest, ChangePlacementFormResponse,
    ChildGivenToDesignatedGuardian, ChildHandedOver, ChildReturned, GetTemporaryGuardianshipRequest,
    GetTemporaryGuardianshipResponse, GiveToDesignatedGuardianRequest, GiveToDesignatedGuardianResponse,
    GuardianFitnessAssessed, ListTemporaryGuardianshipDutiesRequest, ListTemporaryGuardianshipDutiesResponse,
    LongTermGuardianshipTaken, ReturnChildRequest, ReturnChildResponse, TakeLongTermGuardianshipRequest,
    TakeLongTermGuardianshipResponse, TakerInput, TemporaryGuardianshipBegan, TemporaryPlacement,
    TemporaryStay,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{ChildReference, Department, Sealed};
use kinward_contracts_grpc::custody::v1::temporary_guardianship_service_server::TemporaryGuardianshipService;
use kinward_custody_domain::temporary::{self, Command, Placement, Stay, Temporary};
use kinward_eventlog::Handler;
use kinward_statute::Duty;
use tonic::{Request, Response, Status};

/// Civil affairs acts; the others ask.
const MAY: [Department; 5] = [
    Department::CivilAffairs,
    Department::PublicSecurity,
    Department::Court,
    Department::Township,
    Department::Village,
];

/// The service.
pub(crate) struct Temporaries {
    desk: Desk<Temporary>,
}

impl Temporaries {
    pub(crate) fn new(runtime: &Runtime, stays: Handler<Temporary>) -> Self {
        Self { desk: Desk::new(runtime, stays) }
    }
}

service! {
    TemporaryGuardianshipService for Temporaries {
        by MAY {
            assess_guardian_fitness: AssessGuardianFitnessRequest => AssessGuardianFitnessResponse,
                |step, new| GuardianFitnessAssessed {
                    guardian_person_id: step.guardian_person_id,
                    fit: step.fit.unwrap_or_default(),
                    findings: Some(new.of_child(step.findings)),
                };
            return_child: ReturnChildRequest => ReturnChildResponse,
                |step, _| {
                    let guardian_person_id = step.guardian_person_id;
                    ChildReturned { guardian_person_id, ..ChildReturned::default() }
                };
            take_long_term_guardianship: TakeLongTermGuardianshipRequest => TakeLongTermGuardianshipResponse,
                |step, _| {
                    let (statutory_case, article) = (step.statutory_case, step.article.unwrap_or_default());
                    LongTermGuardianshipTaken { statutory_case, article, child: None }
                };
            give_to_designated_guardian: GiveToDesignatedGuardianRequest => GiveToDesignatedGuardianResponse,
                |step, _| ChildGivenToDesignatedGuardian {
                    guardian_person_id: step.guardian_person_id,
                    case_id: step.case_id,
                    child: None,
                };
            change_placement_form: ChangePlacementFormRequest => ChangePlacementFormResponse { placement_id: "placement" },
                |step, new| handed_over(
                    new.id("placement"),
                    step.form,
                    step.giver_unit_id,
                    step.taker_unit_id,
                    taken(step.taker, || new.id("taker")),
                    new.of_child(step.place),
                );
        }
    }

    async fn begin_temporary_guardianship(
        &self,
        request: Request<BeginTemporaryGuardianshipRequest>,
    ) -> Result<Response<BeginTemporaryGuardianshipResponse>, Status> {
        let mut placement_id = String::new();
        let done = self
            .desk
            .open(
                &MAY,
                request,
                |beginning| Some(beginning.village_code.as_deref().unwrap_or_default()),
                |beginning, call, occurred_at| {
                    placement_id = call.command_id.new_id("placement");
                    // one aggregate for each child: its file's id, or a new one while it is not identified
                    let id =
                        beginning.child_id.clone().unwrap_or_else(|| call.command_id.new_id("child"));
                    let child = ChildReference { child_id: beginning.child_id, person_id: id.clone() };
                    let began = TemporaryGuardianshipBegan {
                        stay_id: call.command_id.new_id("stay"),
                        child: Some(child),
                        village_code: beginning.village_code,
                        statutory_case: beginning.statutory_case,
                        guardian_person_ids: beginning.guardian_person_ids,
                        article: beginning.article.unwrap_or_default(),
                        incident_id: beginning.incident_id,
                        case_id: beginning.case_id,
                    };
                    let handed = handed_over(
                        placement_id.clone(),
                        beginning.form,
                        beginning.giver_unit_id,
                        beginning.taker_unit_id,
                        taken(beginning.taker, || call.command_id.new_id("taker")),
                        Sealed::plain(&id, beginning.place),
                    );
                    (id, Command::Begin { began, handed, occurred_at })
                },
            )
            .await?;
        Ok(Response::new(BeginTemporaryGuardianshipResponse { receipt: done.receipt, placement_id }))
    }

    async fn get_temporary_guardianship(
        &self,
        request: Request<GetTemporaryGuardianshipRequest>,
    ) -> Result<Response<GetTemporaryGuardianshipResponse>, Status> {
        let folded = self.desk.read(&MAY, &request, &request.get_ref().guardianship_id).await?;
        let stays = folded.state.stays.iter().map(stay).collect();
        Ok(Response::new(GetTemporaryGuardianshipResponse { stays, position: folded.position.0 }))
    }

    async fn list_temporary_guardianship_duties(
        &self,
        request: Request<ListTemporaryGuardianshipDutiesRequest>,
    ) -> Result<Response<ListTemporaryGuardianshipDutiesResponse>, Status> {
        let id = &request.get_ref().guardianship_id;
        let folded = self.desk.read(&MAY, &request, id).await?;
        let duties = Duty::of::<Temporary>(id, temporary::duties(&folded.state), self.desk.clock.now());
        Ok(Response::new(ListTemporaryGuardianshipDutiesResponse { duties, position: folded.position.0 }))
    }
}

/// The person who takes the child, with an id.
fn taken(input: Option<TakerInput>, new_id: impl FnOnce() -> String) -> Option<(String, TakerInput)> {
    input.map(|input| (input.person_id.clone().unwrap_or_else(new_id), input))
}

fn handed_over(
    placement_id: String,
    form: i32,
    giver_unit_id: String,
    taker_unit_id: Option<String>,
    taker: Option<(String, TakerInput)>,
    place: Sealed,
) -> ChildHandedOver {
    let (taker_person_id, taker_relation, taker_name) = match taker {
        Some((id, input)) => (Some(id.clone()), input.relation, Some(Sealed::plain(id, input.name))),
        None => (None, 0, None),
    };
    ChildHandedOver {
        placement_id,
        form,
        giver_unit_id,
        taker_unit_id,
        taker_person_id,
        taker_relation,
        taker_name,
        place: Some(place),
        child: None,
    }
}

fn stay(stay: &Stay) -> TemporaryStay {
    let placement = |placement: &Placement| TemporaryPlacement {
        placement_id: placement.placement_id.clone(),
        form: placement.form,
        giver_unit_id: placement.giver_unit_id.clone(),
        taker_unit_id: placement.taker_unit_id.clone().unwrap_or_default(),
        taker_person_id: placement.taker_person_id.clone().unwrap_or_default(),
        from_at: Some(timestamp(placement.from)),
        until_at: placement.until.map(timestamp),
    };
    TemporaryStay {
        stay_id: stay.stay_id.clone(),
        statutory_case: stay.case,
        article: stay.article.clone(),
        began_at: Some(timestamp(stay.began_at)),
        ended_at: stay.ended.as_ref().map(|ended| timestamp(ended.at)),
        end: stay.ended.as_ref().map(|ended| ended.by).unwrap_or_default(),
        placements: stay.placements.iter().map(placement).collect(),
        fit_guardian_person_ids: stay.fit().map(str::to_owned).collect(),
    }
}
