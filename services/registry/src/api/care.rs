//! Contact, visits, key cases, difficulties, words to guardians, health, caring adults: one rpc for each step.

use super::files::{Files, KEEPERS};
use kinward_chassis::{New, service};
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
use kinward_registry_domain::child::Child;

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

fn visitor(new: &New<'_, Child>, role: i32, unit_id: String, name: String) -> KeyCaseVisitor {
    let person_id = new.id("visitor");
    KeyCaseVisitor { name: Some(Sealed::plain(&person_id, name)), person_id, role, unit_id }
}

service! {
    CareService for Files {
        by CONTACTS {
            record_contact: RecordContactRequest => RecordContactResponse,
                |step, _| ContactRecorded {
                    person_id: step.person_id,
                    kind: step.kind,
                    facilitated_by: step.facilitated_by,
                };
        }
        by VISITORS {
            record_visit: RecordVisitRequest => RecordVisitResponse { visit_id: "visit" },
                |step, new| VisitRecorded {
                    visit_id: new.id("visit"),
                    kind: step.kind,
                    role: step.role,
                    finding: step.finding,
                    findings: Some(new.of_child(step.findings)),
                    anomaly_area: step.anomaly_area,
                };
        }
        by KEEPERS {
            flag_key_case: FlagKeyCaseRequest => FlagKeyCaseResponse { key_case_id: "key-case" },
                |step, new| KeyCaseFlagged {
                    key_case_id: new.id("key-case"),
                    reason: Some(new.of_child(step.reason)),
                    visitor: Some(visitor(new, step.visitor_role, step.visitor_unit_id, step.visitor_name)),
                };
            assign_key_case: AssignKeyCaseRequest => AssignKeyCaseResponse,
                |step, new| KeyCaseAssigned {
                    key_case_id: String::new(),
                    visitor: Some(visitor(new, step.visitor_role, step.visitor_unit_id, step.visitor_name)),
                };
            end_key_case: EndKeyCaseRequest => EndKeyCaseResponse,
                |step, new| KeyCaseEnded {
                    key_case_id: String::new(),
                    reason: Some(new.of_child(step.reason)),
                };
            assign_difficulty: AssignDifficultyRequest => AssignDifficultyResponse,
                |step, _| DifficultyAssigned {
                    difficulty_id: step.difficulty_id,
                    unit_id: step.unit_id,
                };
        }
        by HELPERS {
            open_difficulty: OpenDifficultyRequest => OpenDifficultyResponse { difficulty_id: "difficulty" },
                |step, new| DifficultyOpened {
                    difficulty_id: new.id("difficulty"),
                    kind: step.kind,
                    description: Some(new.of_child(step.description)),
                    village_code: String::new(),
                };
            resolve_difficulty: ResolveDifficultyRequest => ResolveDifficultyResponse,
                |step, new| DifficultyResolved {
                    difficulty_id: step.difficulty_id,
                    outcome: Some(new.of_child(step.outcome)),
                };
            raise_psychological_concern: RaisePsychologicalConcernRequest => RaisePsychologicalConcernResponse { concern_id: "concern" },
                |step, new| PsychologicalConcernRaised {
                    concern_id: new.id("concern"),
                    signs: Some(new.of_child(step.signs)),
                    urgent: step.urgent,
                    ..PsychologicalConcernRaised::default()
                };
            pair_caring_adult: PairCaringAdultRequest => PairCaringAdultResponse { pairing_id: "pairing", person_id: "caring-adult" },
                |step, new| CaringAdultPaired {
                    pairing_id: new.id("pairing"),
                    person_id: new.id("caring-adult"),
                    role: step.role,
                    name: Some(Sealed::plain(new.id("caring-adult"), step.name)),
                    from_on: step.from_on,
                    unit_id: step.unit_id,
                };
            record_pairing_visit: RecordPairingVisitRequest => RecordPairingVisitResponse,
                |step, new| PairingVisitRecorded {
                    pairing_id: step.pairing_id,
                    in_holidays: step.in_holidays,
                    findings: Some(new.of_child(step.findings)),
                };
            end_pairing: EndPairingRequest => EndPairingResponse,
                |step, _| PairingEnded {
                    pairing_id: step.pairing_id,
                    on_date: step.on_date,
                };
        }
        by AUTHORS {
            admonish_guardian: AdmonishGuardianRequest => AdmonishGuardianResponse,
                |step, new| GuardianAdmonished {
                    person_id: step.person_id,
                    conduct: step.conduct,
                    department: 0,
                    narrative: Some(new.of_child(step.narrative)),
                };
            stop_guardian: StopGuardianRequest => StopGuardianResponse,
                |step, new| GuardianStopped {
                    person_id: step.person_id,
                    conduct: step.conduct,
                    department: 0,
                    narrative: Some(new.of_child(step.narrative)),
                };
            urge_guardian: UrgeGuardianRequest => UrgeGuardianResponse,
                |step, new| GuardianUrgedToCorrect {
                    person_id: step.person_id,
                    conduct: step.conduct,
                    department: 0,
                    narrative: Some(new.of_child(step.narrative)),
                };
        }
        by HEALTH {
            record_health: RecordHealthRequest => RecordHealthResponse,
                |step, new| HealthRecorded {
                    condition: Some(new.of_child(step.condition)),
                    vaccinations: step.vaccinations.map(|text| new.of_child(text)),
                    insured: Some(new.of_child(step.insured.to_string())),
                    examined_on: Some(new.of_child(step.examined_on)),
                };
        }
    }
}
