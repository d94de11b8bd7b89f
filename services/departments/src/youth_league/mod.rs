//! The youth league: volunteers and the children they are paired with.

mod api;
mod projection;
mod rows;

pub use projection::Model;
pub use rows::{Child, Volunteer};

use crate::{Answers, Api, Office};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::departments::v1::youth_league_service_server::YouthLeagueServiceServer;

impl Office for Model {
    const SERVES: &'static [Department] = &[Department::YouthLeague];

    fn serve(wiring: Wiring, answers: Answers<Self>) -> Wiring {
        wiring.serve(YouthLeagueServiceServer::new(Api(answers)))
    }
}
