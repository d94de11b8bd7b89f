//! Queries.

use super::{Model, Pupil};
use crate::Api;
use crate::answers::{Seen, flag, timeline};
use kinward_contracts::departments::v1::{
    GetPupilRequest, GetPupilResponse, ListPupilsRequest, ListPupilsResponse, PupilEntry, PupilPairing,
};
use kinward_contracts::registry::v1::{ChildEvent, Schooling};
use kinward_contracts::{EventMessage as _, rule_of};
use kinward_contracts_grpc::departments::v1::education_service_server::EducationService;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl EducationService for Api<Model> {
    async fn list_pupils(
        &self,
        request: Request<ListPupilsRequest>,
    ) -> Result<Response<ListPupilsResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let page = seen.paged(&request)?;
        let school = request.school_unit_id.clone().unwrap_or_default();
        let ladder = request.ladder.to_string();
        // a pupil without a school is the bureau's
        let condition = "where duplicate_of is null and (school_unit_id in (select jsonb_array_elements_text($1::jsonb)) \
                         or school_unit_id is null and $5 = 'true' and starts_with(village_code, $6)) and ($2 = '' or school_unit_id = $2) and ($3 = 'false' or left_behind) \
                         and ($4 = '0' or ladder = $4::integer) order by school_unit_id, child_id";
        let (units, area) = (seen.units(), seen.area(None)?);
        let (behind, above) = (flag(request.left_behind_only), flag(seen.is_above_others()));
        let texts = [units.as_str(), &school, behind, &ladder, above, &area];
        let (rows, next_page_token) = seen.page::<Pupil>(condition, &texts, &page).await?;
        let mut pupils = Vec::with_capacity(rows.len());
        for row in &rows {
            pupils.push(entry(&seen, row).await?);
        }
        Ok(Response::new(ListPupilsResponse { pupils, next_page_token, position: seen.position.0 }))
    }

    async fn get_pupil(
        &self,
        request: Request<GetPupilRequest>,
    ) -> Result<Response<GetPupilResponse>, Status> {
        let GetPupilRequest { child_id, freshness } = request.get_ref().clone();
        let file = (ChildEvent::AGGREGATE, child_id.as_str());
        let seen = self.0.let_in_to(&request, freshness, file).await?;
        let row: Pupil = seen.one(&child_id).await?;
        match &row.school_unit_id {
            Some(school) if seen.may_see_unit(school) => {}
            None if seen.is_above_others() => seen.caller.principal.must_cover(&row.village_code)?,
            _ => return Err(seen.caller.principal.denied()),
        }
        let events = seen.history(ChildEvent::AGGREGATE, &child_id).await?;
        // what befell the family is not the school's to know
        let of_school = |event_type: &str| rule_of(event_type).is_some_and(|rule| rule.starts_with("DEP-"));
        let pairings = row.pairings.iter().map(|pairing| PupilPairing {
            pairing_id: pairing.pairing_id.clone(),
            role: pairing.role,
            from_on: pairing.from_on.clone(),
            until_on: pairing.until_on.clone(),
            visits: pairing.visits.cast_unsigned(),
        });
        Ok(Response::new(GetPupilResponse {
            pupil: Some(entry(&seen, &row).await?),
            teacher_name: seen.open(row.teacher_name.as_ref()).await?,
            dropped_out_since_on: row.dropped_out_since_on.clone(),
            persuasion_attempts: row.persuasion_attempts.cast_unsigned(),
            pairings: pairings.collect(),
            timeline: timeline(events.iter().filter(|event| of_school(event.event_type()))),
            position: seen.position.0,
        }))
    }
}

async fn entry(seen: &Seen<Model>, row: &Pupil) -> Result<PupilEntry, Status> {
    let going_on = row.pairings.iter().filter(|pairing| pairing.until_on.is_none()).count();
    Ok(PupilEntry {
        child_id: row.child_id.clone(),
        name: seen.open(row.name.as_ref()).await?,
        village_code: row.village_code.clone(),
        schooling: Some(Schooling {
            stage: row.stage,
            school_unit_id: row.school_unit_id.clone(),
            boarding: row.boarding,
        }),
        left_behind: row.left_behind,
        ladder: row.ladder,
        absences: row.absences.cast_unsigned(),
        contact_card: row.contact_card,
        pairings: u32::try_from(going_on).unwrap_or(u32::MAX),
    })
}
