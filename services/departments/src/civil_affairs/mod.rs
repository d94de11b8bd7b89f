//! Civil affairs, which leads: custody cases, placements, notices and who acknowledged them.

mod api;
mod projection;
mod rows;

pub use projection::Model;
pub use rows::{Case, Notice, Placement, Relief};

use crate::{Answers, Api, Office};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::departments::v1::civil_affairs_service_server::CivilAffairsServiceServer;

impl Office for Model {
    const SERVES: &'static [Department] = &[Department::CivilAffairs];

    fn serve(wiring: Wiring, answers: Answers<Self>) -> Wiring {
        wiring.serve(CivilAffairsServiceServer::new(Api(answers)))
    }
}
