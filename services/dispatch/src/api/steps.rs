//! One rpc for each step of police: the request becomes the fact it asks to record.

use super::{Incidents, POLICE};
use kinward_chassis::{occurred_at, service};
use kinward_contracts::dispatch::v1::{
    AcceptIncidentRequest, AcceptIncidentResponse, AdmonishParentsRequest, AdmonishParentsResponse,
    AskCivilAffairsRequest, AskCivilAffairsResponse, ChildIdentified, ChildPlacedTemporarily,
    CivilAffairsAsked, ConcludeIncidentRequest, ConcludeIncidentResponse, DispatchUnitRequest,
    DispatchUnitResponse, EndPlacementRequest, EndPlacementResponse, EndSearchRequest, EndSearchResponse,
    EvidenceTaken, EvidenceTransferred, IdentifyChildRequest, IdentifyChildResponse, IncidentAccepted,
    InfringementStopped, InjuryAppraisalReferred, MedicalCareReferred, NameTrusteeRequest,
    NameTrusteeResponse, NotifyParentsRequest, NotifyParentsResponse, OpenSearchRequest, OpenSearchResponse,
    OrderParentsToReturnRequest, OrderParentsToReturnResponse, ParentContactAttempted, ParentRecorded,
    ParentsAdmonished, ParentsNotified, ParentsOrderedToReturn, PlaceChildTemporarilyRequest,
    PlaceChildTemporarilyResponse, PlacementEnded, PlacementReviewed, RecordArrivalRequest,
    RecordArrivalResponse, RecordContactAttemptRequest, RecordContactAttemptResponse, RecordParentRequest,
    RecordParentResponse, ReferInjuryAppraisalRequest, ReferInjuryAppraisalResponse, ReferMedicalCareRequest,
    ReferMedicalCareResponse, ReviewPlacementRequest, ReviewPlacementResponse, ReviewSearchRequest,
    ReviewSearchResponse, SearchEnded, SearchOpened, SearchReviewed, StopInfringementRequest,
    StopInfringementResponse, StopViolenceRequest, StopViolenceResponse, TakeEvidenceRequest,
    TakeEvidenceResponse, TransferEvidenceRequest, TransferEvidenceResponse, TrusteeNamed, UnitArrived,
    UnitDispatched, ViolenceStopped,
};
use kinward_contracts::r#type::v1::{ChildReference, Sealed};
use kinward_contracts_grpc::dispatch::v1::incident_service_server::IncidentService;
use kinward_dispatch_domain::incident::{Command, State};
use tonic::{Request, Response, Status};

/// What civil affairs must know of an incident.
fn civil_affairs_asked(state: &State, placement_needed: bool) -> CivilAffairsAsked {
    let child = ChildReference { child_id: state.child_id.clone(), person_id: state.child_person_id.clone() };
    CivilAffairsAsked { placement_needed, village_code: state.village_code.clone(), child: Some(child) }
}

service! {
    IncidentService for Incidents {
        by POLICE {
            accept_incident: AcceptIncidentRequest => AcceptIncidentResponse,
                |step, _| IncidentAccepted { unit_id: step.unit_id };
            dispatch_unit: DispatchUnitRequest => DispatchUnitResponse,
                |step, _| UnitDispatched { unit_id: step.unit_id };
            record_arrival: RecordArrivalRequest => RecordArrivalResponse,
                |step, _| UnitArrived { unit_id: step.unit_id };
            identify_child: IdentifyChildRequest => IdentifyChildResponse,
                |step, _| ChildIdentified { child_id: step.child_id };
            record_contact_attempt: RecordContactAttemptRequest => RecordContactAttemptResponse,
                |step, _| ParentContactAttempted {
                    person_id: step.person_id,
                    relation: 0,
                    outcome: step.outcome,
                    answer: step.answer,
                    means: step.means,
                };
            order_parents_to_return: OrderParentsToReturnRequest => OrderParentsToReturnResponse,
                |step, _| ParentsOrderedToReturn { person_ids: step.person_ids };
            admonish_parents: AdmonishParentsRequest => AdmonishParentsResponse,
                |step, _| ParentsAdmonished { person_ids: step.person_ids };
            name_trustee: NameTrusteeRequest => NameTrusteeResponse { person_id: "trustee" },
                |step, new| TrusteeNamed {
                    person_id: new.id("trustee"),
                    relation: step.relation,
                    name: Some(Sealed::plain(new.id("trustee"), step.name)),
                    phone: step.phone.map(|phone| Sealed::plain(new.id("trustee"), phone)),
                };
            stop_violence: StopViolenceRequest => StopViolenceResponse,
                |step, _| ViolenceStopped { infringer_person_id: step.infringer_person_id };
            stop_infringement: StopInfringementRequest => StopInfringementResponse,
                |step, _| InfringementStopped {
                    infringer_person_id: step.infringer_person_id,
                };
            place_child_temporarily: PlaceChildTemporarilyRequest => PlaceChildTemporarilyResponse { placement_id: "placement" },
                |step, new| {
                    let relative = step.taker_name.map(|name| (new.id("taker"), name));
                    ChildPlacedTemporarily {
                        placement_id: new.id("placement"),
                        kind: step.kind,
                        giver_unit_id: step.giver_unit_id,
                        taker_unit_id: step.taker_unit_id,
                        taker_name: relative.as_ref().map(|(id, name)| Sealed::plain(id, name)),
                        taker_person_id: relative.map(|(id, _)| id),
                        place: Some(new.of_child(step.place)),
                        from_at: None,
                        child: None,
                    }
                };
            review_placement: ReviewPlacementRequest => ReviewPlacementResponse,
                |step, new| PlacementReviewed {
                    placement_id: step.placement_id,
                    findings: step.findings.map(|findings| new.of_child(findings)),
                };
            end_placement: EndPlacementRequest => EndPlacementResponse,
                |step, _| PlacementEnded {
                    placement_id: step.placement_id,
                    end: step.end,
                    until_at: None,
                };
            notify_parents: NotifyParentsRequest => NotifyParentsResponse,
                |step, _| ParentsNotified { person_ids: step.person_ids };
            ask_civil_affairs: AskCivilAffairsRequest => AskCivilAffairsResponse,
                |step, new| civil_affairs_asked(new.state, step.placement_needed);
            open_search: OpenSearchRequest => OpenSearchResponse,
                |step, _| SearchOpened {
                    bulletin_no: step.bulletin_no,
                    areas: step.areas,
                    unit_ids: step.unit_ids,
                    addressees: Vec::new(),
                };
            review_search: ReviewSearchRequest => ReviewSearchResponse,
                |step, new| {
                    let findings = step.findings.map(|findings| new.of_child(findings));
                    SearchReviewed { findings }
                };
            end_search: EndSearchRequest => EndSearchResponse,
                |step, _| SearchEnded { end: step.end, ..SearchEnded::default() };
            take_evidence: TakeEvidenceRequest => TakeEvidenceResponse { evidence_id: "evidence" },
                |step, new| EvidenceTaken {
                    evidence_id: new.id("evidence"),
                    kind: step.kind,
                    sha256: step.sha256,
                    description: Some(new.of_child(step.description)),
                    place: Some(new.of_child(step.place)),
                    holder_unit_id: step.holder_unit_id,
                };
            transfer_evidence: TransferEvidenceRequest => TransferEvidenceResponse,
                |step, _| EvidenceTransferred {
                    evidence_id: step.evidence_id,
                    from_unit_id: step.from_unit_id,
                    to_unit_id: step.to_unit_id,
                };
            refer_medical_care: ReferMedicalCareRequest => ReferMedicalCareResponse { referral_id: "referral" },
                |step, new| MedicalCareReferred {
                    referral_id: new.id("referral"),
                    unit_id: step.unit_id,
                    complaint: step.complaint.map(|complaint| new.of_child(complaint)),
                };
            refer_injury_appraisal: ReferInjuryAppraisalRequest => ReferInjuryAppraisalResponse { referral_id: "referral" },
                |step, new| InjuryAppraisalReferred {
                    referral_id: new.id("referral"),
                    unit_id: step.unit_id,
                };
        }
    }

    async fn record_parent(
        &self,
        request: Request<RecordParentRequest>,
    ) -> Result<Response<RecordParentResponse>, Status> {
        let mut made = String::new();
        let recorded = self.desk.step(&POLICE, request, |step, new| {
            let person_id = step.person_id.unwrap_or_else(|| new.id("parent"));
            made.clone_from(&person_id);
            ParentRecorded { person_id, relation: step.relation, status: step.status }
        });
        Ok(Response::new(RecordParentResponse { receipt: recorded.await?.receipt, person_id: made }))
    }

    async fn conclude_incident(
        &self,
        request: Request<ConcludeIncidentRequest>,
    ) -> Result<Response<ConcludeIncidentResponse>, Status> {
        let (call, folded) = self.desk.let_in(&POLICE, &request).await?;
        let request = request.into_inner();
        let summary = Sealed::plain(&folded.state.child_person_id, &request.summary);
        let (substantiation, occurred_at) = (request.substantiation(), occurred_at(&request));
        let command = Command::Conclude { summary, substantiation, occurred_at };
        let done = self.desk.execute(call, &request.incident_id, &command).await?;
        Ok(Response::new(ConcludeIncidentResponse { receipt: done.receipt }))
    }
}
