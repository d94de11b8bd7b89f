//! Townships: the ledger of children's files, and assessments.

mod api;
mod projection;
mod rows;

pub use projection::Model;
pub use rows::{Assessment, Child, Guardian};

use crate::{Answers, Api, Office};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::departments::v1::township_service_server::TownshipServiceServer;

impl Office for Model {
    const SERVES: &'static [Department] = &[Department::Township, Department::Village];

    fn serve(wiring: Wiring, answers: Answers<Self>) -> Wiring {
        wiring.serve(TownshipServiceServer::new(Api(answers)))
    }
}
