//! Contact, visits, key cases, difficulties, words to guardians, health, caring adults: one rpc for each step.

use super::files::{Files, KEEPERS};
use kinward_contracts::registry::v1::{
    AdmonishGuardianRequest, AdmonishGuardianResponse, AssignDifficultyRequest, AssignDifficultyResponse,
    AssignKeyCaseRequest, AssignKeyCaseResponse, CaringAdultPaired, ContactRecorded, DifficultyAssigned,
    DifficultyOpened, DifficultyResolved, EndKeyCaseRequest, EndKeyCaseResponse, EndPairingRequest,
    EndPairingResponse, FlagKeyCaseRequest, FlagKeyCaseResponse, GuardianAdmonished, GuardianStopped,
    GuardianUrgedToCorrect, HealthRecorded, KeyCaseAssigned, KeyCaseEnded, KeyCaseFlagged, KeyCaseVisitor,
    OpenDifficultyRequest, OpenDifficultyResponse, PairCaringAdultRequest, PairCaringAdultResponse,
    PairingEnded, PairingVisitRecorded, PsychologicalConcernRaised, RaisePsychologicalConcernRequest,
    RaisePsychologicalConcernResponse, RecordContactRequest, RecordContactResponse, RecordHealthRequest,
    RecordHealthResponse, RecordPairingVisitRequest, RecordPairingVisitResponse, RecordVisitRequest,
    RecordVisitResponse, ResolveDifficultyRequest, ResolveDifficultyResponse, StopGuardianRequest,
    StopGuardianResponse, UrgeGuardianRequest, UrgeGuardianResponse, VisitRecorded,
};
use kinward_contracts::r#type::v1::{Department, Sealed};
use kinward_contracts_grpc::registry::v1::care_service_server::CareService;
use tonic::{Request, Response, Status};

/// Who makes contact possible, and records it (TWN-4).
const CONTACTS: [Department; 4] =
    [Department::Village, Department::Township, Department::CivilAffairs, Department::Education];
/// Who visits (TWN-2, TWN-5).
const VISITORS: [Department; 5] = [
    Department::Village,
    Department::Township,
    Department::CivilAffairs,
    Department::WomensFederation,
    Department::YouthLeague,
];
/// Who helps with life, study and care (TWN-6, DEP-3); what each may do, the rules say.
const HELPERS: [Department; 9] = [
    Department::Village,
    Department::Township,
    Department::CivilAffairs,
    Department::Education,
    Department::Health,
    Department::WomensFederation,
    Department::YouthLeague,
    Department::DisabledPersonsFederation,
    Department::NextGenerationCommittee,
];
/// Who speaks to guardians (FAM-4): village, police, or another department.
const AUTHORS: [Department; 9] = [
    Department::Village,
    Department::PublicSecurity,
    Department::Township,
    Department::CivilAffairs,
    Department::Education,
    Department::Health,
    Department::Justice,
    Department::WomensFederation,
    Department::YouthLeague,
];
/// Who fills the health section.
const HEALTH: [Department; 4] =
    [Department::Village, Department::Township, Department::CivilAffairs, Department::Health];

pub(crate) struct Cares(pub(crate) Files);

#[tonic::async_trait]
impl CareService for Cares {
    async fn record_contact(
        &self,
        request: Request<RecordContactRequest>,
    ) -> Result<Response<RecordContactResponse>, Status> {
        let recorded = self.0.step(request, &CONTACTS, |step, _| ContactRecorded {
            person_id: step.person_id,
            kind: step.kind,
            facilitated_by: step.facilitated_by,
        });
        Ok(Response::new(RecordContactResponse { receipt: recorded.await? }))
    }

    async fn record_visit(
        &self,
        request: Request<RecordVisitRequest>,
    ) -> Result<Response<RecordVisitResponse>, Status> {
        let mut visit_id = String::new();
        let recorded = self.0.step(request, &VISITORS, |step, new| {
            visit_id = new.id("visit");
            VisitRecorded {
                visit_id: visit_id.clone(),
                kind: step.kind,
                role: step.role,
                finding: step.finding,
                findings: Some(new.sealed(step.findings)),
                anomaly_area: step.anomaly_area,
            }
        });
        let receipt = recorded.await?;
        Ok(Response::new(RecordVisitResponse { receipt, visit_id }))
    }

    async fn flag_key_case(
        &self,
        request: Request<FlagKeyCaseRequest>,
    ) -> Result<Response<FlagKeyCaseResponse>, Status> {
        let mut key_case_id = String::new();
        let recorded = self.0.step(request, &KEEPERS, |step, new| {
            key_case_id = new.id("key-case");
            KeyCaseFlagged {
                key_case_id: key_case_id.clone(),
                reason: Some(new.sealed(step.reason)),
                visitor: Some(KeyCaseVisitor {
                    person_id: new.id("visitor"),
                    role: step.visitor_role,
                    unit_id: step.visitor_unit_id,
                    name: Some(Sealed::plain(new.id("visitor"), step.visitor_name)),
                }),
            }
        });
        let receipt = recorded.await?;
        Ok(Response::new(FlagKeyCaseResponse { receipt, key_case_id }))
    }

    async fn assign_key_case(
        &self,
        request: Request<AssignKeyCaseRequest>,
    ) -> Result<Response<AssignKeyCaseResponse>, Status> {
        let recorded = self.0.step(request, &KEEPERS, |step, new| KeyCaseAssigned {
            key_case_id: String::new(),
            visitor: Some(KeyCaseVisitor {
                person_id: new.id("visitor"),
                role: step.visitor_role,
                unit_id: step.visitor_unit_id,
                name: Some(Sealed::plain(new.id("visitor"), step.visitor_name)),
            }),
        });
        Ok(Response::new(AssignKeyCaseResponse { receipt: recorded.await? }))
    }

    async fn end_key_case(
        &self,
        request: Request<EndKeyCaseRequest>,
    ) -> Result<Response<EndKeyCaseResponse>, Status> {
        let recorded = self.0.step(request, &KEEPERS, |step, new| KeyCaseEnded {
            key_case_id: String::new(),
            reason: Some(new.sealed(step.reason)),
        });
        Ok(Response::new(EndKeyCaseResponse { receipt: recorded.await? }))
    }

    async fn open_difficulty(
        &self,
        request: Request<OpenDifficultyRequest>,
    ) -> Result<Response<OpenDifficultyResponse>, Status> {
        let mut difficulty_id = String::new();
        let recorded = self.0.step(request, &HELPERS, |step, new| {
            difficulty_id = new.id("difficulty");
            DifficultyOpened {
                difficulty_id: difficulty_id.clone(),
                kind: step.kind,
                description: Some(new.sealed(step.description)),
                village_code: String::new(),
            }
        });
        let receipt = recorded.await?;
        Ok(Response::new(OpenDifficultyResponse { receipt, difficulty_id }))
    }

    async fn assign_difficulty(
        &self,
        request: Request<AssignDifficultyRequest>,
    ) -> Result<Response<AssignDifficultyResponse>, Status> {
        let recorded = self.0.step(request, &KEEPERS, |step, _| DifficultyAssigned {
            difficulty_id: step.difficulty_id,
            unit_id: step.unit_id,
        });
        Ok(Response::new(AssignDifficultyResponse { receipt: recorded.await? }))
    }

    async fn resolve_difficulty(
        &self,
        request: Request<ResolveDifficultyRequest>,
    ) -> Result<Response<ResolveDifficultyResponse>, Status> {
        let recorded = self.0.step(request, &HELPERS, |step, new| DifficultyResolved {
            difficulty_id: step.difficulty_id,
            outcome: Some(new.sealed(step.outcome)),
        });
        Ok(Response::new(ResolveDifficultyResponse { receipt: recorded.await? }))
    }

    async fn admonish_guardian(
        &self,
        request: Request<AdmonishGuardianRequest>,
    ) -> Result<Response<AdmonishGuardianResponse>, Status> {
        let recorded = self.0.step(request, &AUTHORS, |step, new| GuardianAdmonished {
            person_id: step.person_id,
            conduct: step.conduct,
            department: 0,
            narrative: Some(new.sealed(step.narrative)),
        });
        Ok(Response::new(AdmonishGuardianResponse { receipt: recorded.await? }))
    }

    async fn stop_guardian(
        &self,
        request: Request<StopGuardianRequest>,
    ) -> Result<Response<StopGuardianResponse>, Status> {
        let recorded = self.0.step(request, &AUTHORS, |step, new| GuardianStopped {
            person_id: step.person_id,
            conduct: step.conduct,
            department: 0,
            narrative: Some(new.sealed(step.narrative)),
        });
        Ok(Response::new(StopGuardianResponse { receipt: recorded.await? }))
    }

    async fn urge_guardian(
        &self,
        request: Request<UrgeGuardianRequest>,
    ) -> Result<Response<UrgeGuardianResponse>, Status> {
        let recorded = self.0.step(request, &AUTHORS, |step, new| GuardianUrgedToCorrect {
            person_id: step.person_id,
            conduct: step.conduct,
            department: 0,
            narrative: Some(new.sealed(step.narrative)),
        });
        Ok(Response::new(UrgeGuardianResponse { receipt: recorded.await? }))
    }

    async fn raise_psychological_concern(
        &self,
        request: Request<RaisePsychologicalConcernRequest>,
    ) -> Result<Response<RaisePsychologicalConcernResponse>, Status> {
        let mut concern_id = String::new();
        let recorded = self.0.step(request, &HELPERS, |step, new| {
            concern_id = new.id("concern");
            PsychologicalConcernRaised {
                concern_id: concern_id.clone(),
                signs: Some(new.sealed(step.signs)),
                urgent: step.urgent,
                ..PsychologicalConcernRaised::default()
            }
        });
        let receipt = recorded.await?;
        Ok(Response::new(RaisePsychologicalConcernResponse { receipt, concern_id }))
    }

    async fn pair_caring_adult(
        &self,
        request: Request<PairCaringAdultRequest>,
    ) -> Result<Response<PairCaringAdultResponse>, Status> {
        let mut pairing_id = String::new();
        let mut person_id = String::new();
        let recorded = self.0.step(request, &HELPERS, |step, new| {
            pairing_id = new.id("pairing");
            person_id = new.id("caring-adult");
            CaringAdultPaired {
                pairing_id: pairing_id.clone(),
                person_id: person_id.clone(),
                role: step.role,
                name: Some(Sealed::plain(&person_id, step.name)),
                from_on: step.from_on,
                unit_id: step.unit_id,
            }
        });
        let receipt = recorded.await?;
        Ok(Response::new(PairCaringAdultResponse { receipt, pairing_id, person_id }))
    }

    async fn record_pairing_visit(
        &self,
        request: Request<RecordPairingVisitRequest>,
    ) -> Result<Response<RecordPairingVisitResponse>, Status> {
        let recorded = self.0.step(request, &HELPERS, |step, new| PairingVisitRecorded {
            pairing_id: step.pairing_id,
            in_holidays: step.in_holidays,
            findings: Some(new.sealed(step.findings)),
        });
        Ok(Response::new(RecordPairingVisitResponse { receipt: recorded.await? }))
    }

    async fn end_pairing(
        &self,
        request: Request<EndPairingRequest>,
    ) -> Result<Response<EndPairingResponse>, Status> {
        let recorded = self.0.step(request, &HELPERS, |step, _| PairingEnded {
            pairing_id: step.pairing_id,
            on_date: step.on_date,
        });
        Ok(Response::new(EndPairingResponse { receipt: recorded.await? }))
    }

    async fn record_health(
        &self,
        request: Request<RecordHealthRequest>,
    ) -> Result<Response<RecordHealthResponse>, Status> {
        let recorded = self.0.step(request, &HEALTH, |step, new| HealthRecorded {
            condition: Some(new.sealed(step.condition)),
            vaccinations: step.vaccinations.map(|text| new.sealed(text)),
            insured: step.insured,
            examined_on: step.examined_on,
        });
        Ok(Response::new(RecordHealthResponse { receipt: recorded.await? }))
    }
}
