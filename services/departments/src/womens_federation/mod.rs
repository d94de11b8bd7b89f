//! The women's federation: families that wait for guidance.

mod api;
mod projection;
mod rows;

pub use projection::Model;
pub use rows::{Family, Place};

use crate::{Answers, Api, Office};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::departments::v1::womens_federation_service_server::WomensFederationServiceServer;

impl Office for Model {
    const SERVES: &'static [Department] = &[Department::WomensFederation];

    fn serve(wiring: Wiring, answers: Answers<Self>) -> Wiring {
        wiring.serve(WomensFederationServiceServer::new(Api(answers)))
    }
}
