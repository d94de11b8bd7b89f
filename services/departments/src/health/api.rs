//! Queries.

use super::{Model, Referral, Section};
use crate::Api;
use crate::answers::flag;
use kinward_contracts::departments::v1::{
    GetHealthSectionRequest, GetHealthSectionResponse, GetReferralRequest, GetReferralResponse,
    ListReferralsRequest, ListReferralsResponse, ReferralEntry,
};
use kinward_contracts::timestamp;
use kinward_contracts_grpc::departments::v1::health_service_server::HealthService;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl HealthService for Api<Model> {
    async fn list_referrals(
        &self,
        request: Request<ListReferralsRequest>,
    ) -> Result<Response<ListReferralsResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let page = seen.paged(&request)?;
        let condition = "where unit_id in (select jsonb_array_elements_text($1::jsonb)) \
                         and ($2 = 'false' or resulted_at is null) order by opened desc";
        let units = seen.units();
        let texts = [units.as_str(), flag(request.open_only)];
        let (rows, next_page_token) = seen.page::<Referral>(condition, &texts, &page).await?;
        let referrals = rows.iter().map(entry).collect();
        Ok(Response::new(ListReferralsResponse { referrals, next_page_token, position: seen.position.0 }))
    }

    async fn get_referral(
        &self,
        request: Request<GetReferralRequest>,
    ) -> Result<Response<GetReferralResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let row: Referral = seen.one(&request.get_ref().referral_id).await?;
        if !seen.may_see_unit(&row.unit_id) {
            return Err(seen.caller.principal.denied());
        }
        Ok(Response::new(GetReferralResponse {
            referral: Some(entry(&row)),
            child_id: row.child_id.clone(),
            complaint: seen.open(row.complaint.as_ref()).await?,
            outcome: row.outcome,
            degree: row.degree,
            result: seen.open(row.result.as_ref()).await?,
            position: seen.position.0,
        }))
    }

    async fn get_health_section(
        &self,
        request: Request<GetHealthSectionRequest>,
    ) -> Result<Response<GetHealthSectionResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let child_id = request.into_inner().child_id;
        let row: Section = seen.one(&child_id).await?;
        seen.caller.principal.must_cover(&row.village_code)?;
        // a hospital sees the file of a child that was referred to it; who is above hospitals sees all of its area
        let referred = "where child_id = $1 and unit_id in (select jsonb_array_elements_text($2::jsonb))";
        let referrals = seen.count::<Referral>(referred, &[&child_id, &seen.units()]).await?;
        if referrals == 0 && !seen.is_above_others() {
            return Err(seen.caller.principal.denied());
        }
        Ok(Response::new(GetHealthSectionResponse {
            condition: seen.open(row.condition.as_ref()).await?,
            vaccinations: seen.open(row.vaccinations.as_ref()).await?,
            insured: seen.open(row.insured.as_ref()).await?,
            examined_on: seen.open(row.examined_on.as_ref()).await?,
            recorded_at: row.recorded_at.map(timestamp),
            position: seen.position.0,
        }))
    }
}

fn entry(row: &Referral) -> ReferralEntry {
    ReferralEntry {
        referral_id: row.referral_id.clone(),
        incident_id: row.incident_id.clone(),
        kind: row.kind,
        unit_id: row.unit_id.clone(),
        village_code: row.village_code.clone(),
        referred_at: Some(timestamp(row.referred_at)),
        resulted_at: row.resulted_at.map(timestamp),
    }
}
