//! Public security: incidents, by severity and earliest clock.

mod api;
mod projection;
mod rows;

pub use projection::Model;
pub use rows::{Evidence, Incident, Search};

use crate::{Answers, Api, Office};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::departments::v1::public_security_service_server::PublicSecurityServiceServer;

impl Office for Model {
    const SERVES: &'static [Department] = &[Department::PublicSecurity];

    fn serve(wiring: Wiring, answers: Answers<Self>) -> Wiring {
        wiring.serve(PublicSecurityServiceServer::new(Api(answers)))
    }
}
