//! Justice: legal services and legal aid, petitions to revoke guardianship.

mod api;
mod projection;
mod rows;

pub use projection::Model;
pub use rows::{Assessment, Case, LegalOrder, Petition};

use crate::{Answers, Api, Office};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::departments::v1::justice_service_server::JusticeServiceServer;

impl Office for Model {
    const SERVES: &'static [Department] = &[Department::Justice];

    fn serve(wiring: Wiring, answers: Answers<Self>) -> Wiring {
        wiring.serve(JusticeServiceServer::new(Api(answers)))
    }
}
