//! What is on record of incidents. Each answer comes from the log alone; sealed text is opened for who may read it.

use super::{Incidents, POLICE};
use kinward_chassis::{ANYBODY, Desk, denied_to, status_of_log};
use kinward_contracts::dispatch::v1::list_hand_overs_request::Of;
use kinward_contracts::dispatch::v1::{
    Assistance, CareGap, Disposition, Evidence, GetIncidentRequest, GetIncidentResponse, HandOver, Holding,
    LinkCandidate, ListAssistanceRequest, ListAssistanceResponse, ListEvidenceRequest, ListEvidenceResponse,
    ListHandOversRequest, ListHandOversResponse, ListLinkCandidatesRequest, ListLinkCandidatesResponse,
    Referral,
};
use kinward_contracts::timestamp;
use kinward_contracts::r#type::v1::{Department, Sealed};
use kinward_contracts_grpc::dispatch::v1::register_service_server::RegisterService;
use kinward_dispatch_domain::incident::{self, Incident, checklist};
use kinward_dispatch_domain::indexes::{self, AssistanceWaiting, HandOvers, OpenIncidents, gaps};
use kinward_eventlog::Live;
use prost::Message as _;
use tonic::{Request, Response, Status};

pub(crate) struct Registers {
    desk: Desk<Incident>,
    worklist: Live<OpenIncidents>,
    hand_overs: Live<HandOvers>,
    waiting: Live<AssistanceWaiting>,
}

impl Registers {
    pub(crate) fn new(
        incidents: Incidents,
        worklist: Live<OpenIncidents>,
        hand_overs: Live<HandOvers>,
        waiting: Live<AssistanceWaiting>,
    ) -> Self {
        Self { desk: incidents.desk, worklist, hand_overs, waiting }
    }

    /// The clear text of a sealed value as the state keeps it.
    async fn open(&self, stored: &[u8]) -> Result<String, Status> {
        let sealed = (!stored.is_empty()).then(|| Sealed::decode(stored).ok()).flatten();
        self.desk.text(sealed.as_ref()).await
    }

    async fn hand_over(&self, found: indexes::HandOver) -> Result<HandOver, Status> {
        Ok(HandOver {
            place: self.open(&found.place).await?,
            placement_id: found.placement_id,
            incident_id: found.incident_id,
            kind: found.kind,
            form: found.form,
            giver_unit_id: found.giver_unit_id,
            taker_unit_id: found.taker_unit_id,
            taker_person_id: found.taker_person_id,
            from_at: Some(timestamp(found.from)),
            until_at: found.until.map(timestamp),
            end: found.end,
        })
    }

    async fn assistance(
        &self,
        incident_id: &str,
        assistance_id: &str,
        found: &incident::Assistance,
    ) -> Result<Assistance, Status> {
        Ok(Assistance {
            assistance_id: assistance_id.to_owned(),
            incident_id: incident_id.to_owned(),
            unit_id: found.unit_id.clone(),
            kind: found.kind,
            matter: self.open(&found.matter).await?,
            state: found.state,
            answer: self.open(&found.answer).await?,
            requested_at: Some(timestamp(found.requested_at)),
        })
    }
}

#[tonic::async_trait]
impl RegisterService for Registers {
    async fn get_incident(
        &self,
        request: Request<GetIncidentRequest>,
    ) -> Result<Response<GetIncidentResponse>, Status> {
        let folded = self.desk.read(&POLICE, &request, &request.get_ref().incident_id).await?;
        let state = &folded.state;
        let dispositions = checklist::checklist(state).into_iter().map(|one| Disposition {
            what: one.what.to_owned(),
            rule: one.rule.id.to_owned(),
            done: one.done_by.is_some(),
            message_zh: one.zh.to_owned(),
            message_en: one.en.to_owned(),
        });
        let referrals = state.referrals.iter().map(|(id, referral)| Referral {
            referral_id: id.clone(),
            unit_id: referral.unit_id.clone(),
            outcome: referral.outcome,
            degree: referral.degree,
        });
        let waiting = state.reports().into_iter().filter(|(report, _)| !state.told.contains(*report));
        Ok(Response::new(GetIncidentResponse {
            stage: state.stage,
            situations: state.all_situations(),
            severity: state.severity().into(),
            dispositions: dispositions.collect(),
            main_incident_id: state.linked.as_ref().map(|link| link.main_incident_id.clone()),
            linked_incident_ids: state.joined.keys().cloned().collect(),
            sightings: state.sightings.try_into().unwrap_or(i32::MAX),
            referrals: referrals.collect(),
            interviews: state.interviews.len().try_into().unwrap_or(i32::MAX),
            reports_without_feedback: waiting.map(|(report, _)| report.to_owned()).collect(),
            position: folded.position.0,
        }))
    }

    async fn list_evidence(
        &self,
        request: Request<ListEvidenceRequest>,
    ) -> Result<Response<ListEvidenceResponse>, Status> {
        let folded = self.desk.read(&POLICE, &request, &request.get_ref().incident_id).await?;
        let mut evidence = Vec::new();
        for (id, found) in &folded.state.evidence {
            let chain = found.chain.iter().map(|holding| Holding {
                unit_id: holding.unit_id.clone(),
                since: Some(timestamp(holding.since)),
            });
            evidence.push(Evidence {
                evidence_id: id.clone(),
                kind: found.kind,
                sha256: found.sha256.clone(),
                description: self.open(&found.description).await?,
                place: self.open(&found.place).await?,
                chain: chain.collect(),
            });
        }
        Ok(Response::new(ListEvidenceResponse { evidence, position: folded.position.0 }))
    }

    async fn list_hand_overs(
        &self,
        request: Request<ListHandOversRequest>,
    ) -> Result<Response<ListHandOversResponse>, Status> {
        let caller = self.desk.gate.query(&request, &POLICE)?;
        let request = request.into_inner();
        caller.fresh(&self.hand_overs, request.freshness).await?;
        let ((found, villages), position) = self.hand_overs.read(|index| {
            let found = match &request.of {
                Some(Of::IncidentId(id)) => index.of_incident(id),
                Some(Of::ChildId(id)) => index.of_child(id),
                None => Vec::new(),
            };
            let villages: Vec<String> =
                found.iter().filter_map(|one| index.village_of(one)).map(str::to_owned).collect();
            (found, villages)
        });
        for village in &villages {
            caller.principal.must_cover(village)?;
        }
        let care_gaps = gaps(&found).into_iter().map(|gap| CareGap {
            after_placement_id: gap.after_placement_id,
            from_at: Some(timestamp(gap.from)),
            until_at: gap.until.map(timestamp),
            overlap: gap.overlap,
        });
        let care_gaps = care_gaps.collect();
        let mut hand_overs = Vec::new();
        for one in found {
            hand_overs.push(self.hand_over(one).await?);
        }
        Ok(Response::new(ListHandOversResponse { hand_overs, gaps: care_gaps, position: position.0 }))
    }

    async fn list_link_candidates(
        &self,
        request: Request<ListLinkCandidatesRequest>,
    ) -> Result<Response<ListLinkCandidatesResponse>, Status> {
        let caller = self.desk.gate.query(&request, &POLICE)?;
        let request = request.into_inner();
        caller.fresh(&self.worklist, request.freshness).await?;
        self.desk.existing(&caller, &request.incident_id).await?;
        let area = &caller.principal.area;
        let (candidates, position) = self.worklist.read(|index| {
            let found = index.link_candidates(&request.incident_id).into_iter();
            let inside = found.filter(|(_, entry, _)| super::worklist::inside(entry, area));
            let candidate = |(id, entry, reasons): (&str, &indexes::Entry, Vec<_>)| LinkCandidate {
                incident_id: id.to_owned(),
                reasons: reasons.into_iter().map(i32::from).collect(),
                opened_at: Some(timestamp(entry.opened_at)),
            };
            inside.map(candidate).collect::<Vec<_>>()
        });
        Ok(Response::new(ListLinkCandidatesResponse { candidates, position: position.0 }))
    }

    async fn list_assistance(
        &self,
        request: Request<ListAssistanceRequest>,
    ) -> Result<Response<ListAssistanceResponse>, Status> {
        let caller = self.desk.gate.query(&request, &ANYBODY)?;
        let request = request.into_inner();
        caller.fresh(&self.waiting, request.freshness).await?;
        let (waiting, position) = self.waiting.read(|index| index.of_unit(&caller.principal.unit));
        let mut assistance = Vec::new();
        if let Some(incident_id) = &request.incident_id {
            if caller.principal.department() != Department::PublicSecurity {
                return Err(denied_to(&POLICE));
            }
            let folded = self.desk.existing(&caller, incident_id).await?;
            for (id, found) in &folded.state.assistance {
                assistance.push(self.assistance(incident_id, id, found).await?);
            }
        } else {
            for (incident_id, id) in waiting {
                let folded = self.desk.handler.state(&incident_id).await;
                let folded = folded.map_err(status_of_log)?;
                if let Some(found) = folded.state.assistance.get(&id) {
                    assistance.push(self.assistance(&incident_id, &id, found).await?);
                }
            }
        }
        let asked = |one: &Assistance| one.requested_at.map(|at| (at.seconds, at.nanos));
        assistance.sort_by_key(asked);
        Ok(Response::new(ListAssistanceResponse { assistance, position: position.0 }))
    }
}
