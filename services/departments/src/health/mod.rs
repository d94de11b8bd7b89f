//! Health: children referred by police, injuries appraised, health sections of files.

mod api;
mod projection;
mod rows;

pub use projection::Model;
pub use rows::{Incident, Referral, Section};

use crate::{Answers, Api, Office};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::departments::v1::health_service_server::HealthServiceServer;

impl Office for Model {
    const SERVES: &'static [Department] = &[Department::Health];

    fn serve(wiring: Wiring, answers: Answers<Self>) -> Wiring {
        wiring.serve(HealthServiceServer::new(Api(answers)))
    }
}
