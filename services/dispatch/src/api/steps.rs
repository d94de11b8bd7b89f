//! One rpc for each step of police: the request becomes the fact it asks to record.

use super::Incidents;
use kinward_contracts::dispatch::v1::{
    AcceptIncidentRequest, AcceptIncidentResponse, AdmonishParentsRequest, AdmonishParentsResponse,
    AskCivilAffairsRequest, AskCivilAffairsResponse, ChildIdentified, ChildPlacedTemporarily,
    ConcludeIncidentRequest, ConcludeIncidentResponse, DispatchUnitRequest, DispatchUnitResponse,
    EndPlacementRequest, EndPlacementResponse, EndSearchRequest, EndSearchResponse, EvidenceTaken,
    EvidenceTransferred, IdentifyChildRequest, IdentifyChildResponse, IncidentAccepted, InfringementStopped,
    InjuryAppraisalReferred, MedicalCareReferred, NameTrusteeRequest, NameTrusteeResponse,
    NotifyParentsRequest, NotifyParentsResponse, OpenSearchRequest, OpenSearchResponse,
    OrderParentsToReturnRequest, OrderParentsToReturnResponse, ParentContactAttempted, ParentRecorded,
    ParentsAdmonished, ParentsNotified, ParentsOrderedToReturn, PlaceChildTemporarilyRequest,
    PlaceChildTemporarilyResponse, PlacementEnded, PlacementReviewed, RecordArrivalRequest,
    RecordArrivalResponse, RecordContactAttemptRequest, RecordContactAttemptResponse, RecordParentRequest,
    RecordParentResponse, ReferInjuryAppraisalRequest, ReferInjuryAppraisalResponse, ReferMedicalCareRequest,
    ReferMedicalCareResponse, ReviewPlacementRequest, ReviewPlacementResponse, ReviewSearchRequest,
    ReviewSearchResponse, SearchEnded, SearchOpened, SearchReviewed, StopInfringementRequest,
    StopInfringementResponse, StopViolenceRequest, StopViolenceResponse, TakeEvidenceRequest,
    TakeEvidenceResponse, TransferEvidenceRequest, TransferEvidenceResponse, TrusteeNamed, UnitArrived,
    UnitDispatched, ViolenceStopped, incident_event::Event,
};
use kinward_contracts::r#type::v1::Sealed;
use kinward_contracts_grpc::dispatch::v1::incident_service_server::IncidentService;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl IncidentService for Incidents {
    async fn accept_incident(
        &self,
        request: Request<AcceptIncidentRequest>,
    ) -> Result<Response<AcceptIncidentResponse>, Status> {
        let receipt = self
            .step(request, |step, _| Event::IncidentAccepted(IncidentAccepted { unit_id: step.unit_id }))
            .await?;
        Ok(Response::new(AcceptIncidentResponse { receipt }))
    }

    async fn dispatch_unit(
        &self,
        request: Request<DispatchUnitRequest>,
    ) -> Result<Response<DispatchUnitResponse>, Status> {
        let receipt = self
            .step(request, |step, _| Event::UnitDispatched(UnitDispatched { unit_id: step.unit_id }))
            .await?;
        Ok(Response::new(DispatchUnitResponse { receipt }))
    }

    async fn record_arrival(
        &self,
        request: Request<RecordArrivalRequest>,
    ) -> Result<Response<RecordArrivalResponse>, Status> {
        let receipt =
            self.step(request, |step, _| Event::UnitArrived(UnitArrived { unit_id: step.unit_id })).await?;
        Ok(Response::new(RecordArrivalResponse { receipt }))
    }

    async fn identify_child(
        &self,
        request: Request<IdentifyChildRequest>,
    ) -> Result<Response<IdentifyChildResponse>, Status> {
        let receipt = self
            .step(request, |step, _| Event::ChildIdentified(ChildIdentified { child_id: step.child_id }))
            .await?;
        Ok(Response::new(IdentifyChildResponse { receipt }))
    }

    async fn record_parent(
        &self,
        request: Request<RecordParentRequest>,
    ) -> Result<Response<RecordParentResponse>, Status> {
        let mut made = String::new();
        let receipt = self
            .step(request, |step, new| {
                let person_id = step.person_id.unwrap_or_else(|| new.id("parent"));
                made.clone_from(&person_id);
                let (relation, known, alive) = (step.relation, step.known, step.alive);
                Event::ParentRecorded(ParentRecorded { person_id, relation, known, alive })
            })
            .await?;
        Ok(Response::new(RecordParentResponse { receipt, person_id: made }))
    }

    async fn record_contact_attempt(
        &self,
        request: Request<RecordContactAttemptRequest>,
    ) -> Result<Response<RecordContactAttemptResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::ParentContactAttempted(ParentContactAttempted {
                    person_id: step.person_id,
                    relation: 0,
                    outcome: step.outcome,
                    answer: step.answer,
                    means: step.means,
                })
            })
            .await?;
        Ok(Response::new(RecordContactAttemptResponse { receipt }))
    }

    async fn order_parents_to_return(
        &self,
        request: Request<OrderParentsToReturnRequest>,
    ) -> Result<Response<OrderParentsToReturnResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::ParentsOrderedToReturn(ParentsOrderedToReturn { person_ids: step.person_ids })
            })
            .await?;
        Ok(Response::new(OrderParentsToReturnResponse { receipt }))
    }

    async fn admonish_parents(
        &self,
        request: Request<AdmonishParentsRequest>,
    ) -> Result<Response<AdmonishParentsResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::ParentsAdmonished(ParentsAdmonished { person_ids: step.person_ids })
            })
            .await?;
        Ok(Response::new(AdmonishParentsResponse { receipt }))
    }

    async fn name_trustee(
        &self,
        request: Request<NameTrusteeRequest>,
    ) -> Result<Response<NameTrusteeResponse>, Status> {
        let mut made = String::new();
        let receipt = self
            .step(request, |step, new| {
                made = new.id("trustee");
                Event::TrusteeNamed(TrusteeNamed {
                    person_id: made.clone(),
                    relation: step.relation,
                    name: Some(Sealed::plain(&made, step.name)),
                    phone: step.phone.map(|phone| Sealed::plain(&made, phone)),
                })
            })
            .await?;
        Ok(Response::new(NameTrusteeResponse { receipt, person_id: made }))
    }

    async fn stop_violence(
        &self,
        request: Request<StopViolenceRequest>,
    ) -> Result<Response<StopViolenceResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::ViolenceStopped(ViolenceStopped { infringer_person_id: step.infringer_person_id })
            })
            .await?;
        Ok(Response::new(StopViolenceResponse { receipt }))
    }

    async fn stop_infringement(
        &self,
        request: Request<StopInfringementRequest>,
    ) -> Result<Response<StopInfringementResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::InfringementStopped(InfringementStopped {
                    infringer_person_id: step.infringer_person_id,
                })
            })
            .await?;
        Ok(Response::new(StopInfringementResponse { receipt }))
    }

    async fn place_child_temporarily(
        &self,
        request: Request<PlaceChildTemporarilyRequest>,
    ) -> Result<Response<PlaceChildTemporarilyResponse>, Status> {
        let mut made = String::new();
        let receipt = self
            .step(request, |step, new| {
                made = new.id("placement");
                let relative = step.taker_name.map(|name| (new.id("taker"), name));
                Event::ChildPlacedTemporarily(ChildPlacedTemporarily {
                    placement_id: made.clone(),
                    kind: step.kind,
                    giver_unit_id: step.giver_unit_id,
                    taker_unit_id: step.taker_unit_id,
                    taker_name: relative.as_ref().map(|(id, name)| Sealed::plain(id, name)),
                    taker_person_id: relative.map(|(id, _)| id),
                    place: Some(new.of_child(step.place)),
                    from: None,
                    child: None,
                })
            })
            .await?;
        Ok(Response::new(PlaceChildTemporarilyResponse { receipt, placement_id: made }))
    }

    async fn review_placement(
        &self,
        request: Request<ReviewPlacementRequest>,
    ) -> Result<Response<ReviewPlacementResponse>, Status> {
        let receipt = self
            .step(request, |step, new| {
                Event::PlacementReviewed(PlacementReviewed {
                    placement_id: step.placement_id,
                    findings: step.findings.map(|findings| new.of_child(findings)),
                })
            })
            .await?;
        Ok(Response::new(ReviewPlacementResponse { receipt }))
    }

    async fn end_placement(
        &self,
        request: Request<EndPlacementRequest>,
    ) -> Result<Response<EndPlacementResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::PlacementEnded(PlacementEnded {
                    placement_id: step.placement_id,
                    end: step.end,
                    until: None,
                })
            })
            .await?;
        Ok(Response::new(EndPlacementResponse { receipt }))
    }

    async fn notify_parents(
        &self,
        request: Request<NotifyParentsRequest>,
    ) -> Result<Response<NotifyParentsResponse>, Status> {
        let receipt = self
            .step(request, |step, _| Event::ParentsNotified(ParentsNotified { person_ids: step.person_ids }))
            .await?;
        Ok(Response::new(NotifyParentsResponse { receipt }))
    }

    async fn ask_civil_affairs(
        &self,
        request: Request<AskCivilAffairsRequest>,
    ) -> Result<Response<AskCivilAffairsResponse>, Status> {
        let receipt = self
            .step(request, |step, new| {
                Event::CivilAffairsAsked(new.civil_affairs_asked(step.placement_needed))
            })
            .await?;
        Ok(Response::new(AskCivilAffairsResponse { receipt }))
    }

    async fn open_search(
        &self,
        request: Request<OpenSearchRequest>,
    ) -> Result<Response<OpenSearchResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::SearchOpened(SearchOpened {
                    bulletin_no: step.bulletin_no,
                    areas: step.areas,
                    unit_ids: step.unit_ids,
                    addressees: Vec::new(),
                })
            })
            .await?;
        Ok(Response::new(OpenSearchResponse { receipt }))
    }

    async fn review_search(
        &self,
        request: Request<ReviewSearchRequest>,
    ) -> Result<Response<ReviewSearchResponse>, Status> {
        let receipt = self
            .step(request, |step, new| {
                let findings = step.findings.map(|findings| new.of_child(findings));
                Event::SearchReviewed(SearchReviewed { findings })
            })
            .await?;
        Ok(Response::new(ReviewSearchResponse { receipt }))
    }

    async fn end_search(
        &self,
        request: Request<EndSearchRequest>,
    ) -> Result<Response<EndSearchResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::SearchEnded(SearchEnded { end: step.end, ..SearchEnded::default() })
            })
            .await?;
        Ok(Response::new(EndSearchResponse { receipt }))
    }

    async fn take_evidence(
        &self,
        request: Request<TakeEvidenceRequest>,
    ) -> Result<Response<TakeEvidenceResponse>, Status> {
        let mut made = String::new();
        let receipt = self
            .step(request, |step, new| {
                made = new.id("evidence");
                Event::EvidenceTaken(EvidenceTaken {
                    evidence_id: made.clone(),
                    kind: step.kind,
                    sha256: step.sha256,
                    description: Some(new.of_child(step.description)),
                    place: Some(new.of_child(step.place)),
                    holder_unit_id: step.holder_unit_id,
                })
            })
            .await?;
        Ok(Response::new(TakeEvidenceResponse { receipt, evidence_id: made }))
    }

    async fn transfer_evidence(
        &self,
        request: Request<TransferEvidenceRequest>,
    ) -> Result<Response<TransferEvidenceResponse>, Status> {
        let receipt = self
            .step(request, |step, _| {
                Event::EvidenceTransferred(EvidenceTransferred {
                    evidence_id: step.evidence_id,
                    from_unit_id: step.from_unit_id,
                    to_unit_id: step.to_unit_id,
                })
            })
            .await?;
        Ok(Response::new(TransferEvidenceResponse { receipt }))
    }

    async fn refer_medical_care(
        &self,
        request: Request<ReferMedicalCareRequest>,
    ) -> Result<Response<ReferMedicalCareResponse>, Status> {
        let mut made = String::new();
        let receipt = self
            .step(request, |step, new| {
                made = new.id("referral");
                Event::MedicalCareReferred(MedicalCareReferred {
                    referral_id: made.clone(),
                    unit_id: step.unit_id,
                    complaint: step.complaint.map(|complaint| new.of_child(complaint)),
                })
            })
            .await?;
        Ok(Response::new(ReferMedicalCareResponse { receipt, referral_id: made }))
    }

    async fn refer_injury_appraisal(
        &self,
        request: Request<ReferInjuryAppraisalRequest>,
    ) -> Result<Response<ReferInjuryAppraisalResponse>, Status> {
        let mut made = String::new();
        let receipt = self
            .step(request, |step, new| {
                made = new.id("referral");
                Event::InjuryAppraisalReferred(InjuryAppraisalReferred {
                    referral_id: made.clone(),
                    unit_id: step.unit_id,
                })
            })
            .await?;
        Ok(Response::new(ReferInjuryAppraisalResponse { receipt, referral_id: made }))
    }

    async fn conclude_incident(
        &self,
        request: Request<ConcludeIncidentRequest>,
    ) -> Result<Response<ConcludeIncidentResponse>, Status> {
        Ok(Response::new(ConcludeIncidentResponse { receipt: self.conclude(request).await? }))
    }
}
