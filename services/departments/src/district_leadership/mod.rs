//! The district leadership: figures and trends, and no child.

mod api;
mod projection;
mod rows;

pub use projection::Model;
pub use rows::Movement;

use crate::{Answers, Api, Office};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::departments::v1::district_leadership_service_server::DistrictLeadershipServiceServer;

impl Office for Model {
    const SERVES: &'static [Department] = &[Department::DistrictLeadership];

    fn serve(wiring: Wiring, answers: Answers<Self>) -> Wiring {
        wiring.serve(DistrictLeadershipServiceServer::new(Api(answers)))
    }
}
