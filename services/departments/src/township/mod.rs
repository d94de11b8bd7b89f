//! Townships: the ledger of children's files, and assessments.

mod api;
mod projection;
mod rows;

pub use api::Api;
pub use projection::Model;
pub use rows::{Assessment, Child, Guardian};

use crate::{Answers, Department};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department as Office;
use kinward_contracts_grpc::departments::v1::township_service_server::TownshipServiceServer;

/// Townships.
#[derive(Clone, Copy, Debug)]
pub struct Township;

impl Department for Township {
    type Model = Model;

    const SERVES: &'static [Office] = &[Office::Township, Office::Village];

    fn serve(wiring: Wiring, answers: Answers<Model>) -> Wiring {
        wiring.serve(TownshipServiceServer::new(Api::new(answers)))
    }
}
