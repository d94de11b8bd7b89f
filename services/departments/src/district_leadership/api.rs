//! Queries.

use super::Model;
use crate::Api;
use crate::work::{counts, digits};
use kinward_contracts::departments::v1::{Count, GetTrendRequest, GetTrendResponse, TrendFigure};
use kinward_contracts_grpc::departments::v1::district_leadership_service_server::DistrictLeadershipService;
use serde::Deserialize;
use tonic::{Request, Response, Status};

#[derive(Deserialize)]
struct Group {
    month: String,
    area: String,
    entered: bool,
    reason: i32,
    count: u64,
}

#[tonic::async_trait]
impl DistrictLeadershipService for Api<Model> {
    async fn get_trend(
        &self,
        request: Request<GetTrendRequest>,
    ) -> Result<Response<GetTrendResponse>, Status> {
        let seen = self.0.let_in(&request, request.get_ref().freshness).await?;
        let request = request.into_inner();
        let area = seen.area(None)?;
        let digits = digits(request.level(), &area);
        let from = request.from_month.unwrap_or_default();
        let until = request.until_month.unwrap_or_else(|| "9999-99".to_owned());
        let query = "select month, left(village_code, $2::integer) as area, entered, reason, count(*) as count \
                     from movements where starts_with(village_code, $1) and month between $3 and $4 \
                     group by 1, 2, 3, 4 order by 1, 2, 3 desc, 4";
        let groups = seen.groups::<Group>(query, &[&area, &digits, &from, &until]).await?;
        let of_group =
            |group: &Group| (format!("{}/{}/{}", group.month, group.entered, group.reason), group.count);
        let counts = counts(groups.iter().map(of_group).collect(), true);
        let figure = |(group, count): (Group, Count)| TrendFigure {
            month: group.month,
            area: group.area,
            entered: group.entered,
            reason: group.reason,
            count: Some(count),
        };
        let figures = groups.into_iter().zip(counts).map(figure).collect();
        Ok(Response::new(GetTrendResponse { figures, position: seen.position.0 }))
    }
}
