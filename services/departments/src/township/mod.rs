//! Townships: the ledger of children's files, and assessments.

mod api;
mod projection;
mod rows;

pub use api::Api;
pub use projection::Model;
pub use rows::{Assessment, Child, Guardian};

use crate::Department;
use kinward_chassis::{Runtime, Wiring};
use kinward_contracts_grpc::departments::v1::township_service_server::TownshipServiceServer;
use kinward_projection::ReadModel;

/// Townships.
#[derive(Clone, Copy, Debug)]
pub struct Township;

impl Department for Township {
    type Model = Model;

    fn serve(wiring: Wiring, runtime: &Runtime, model: ReadModel<Model>) -> Wiring {
        wiring.serve(TownshipServiceServer::new(Api::new(runtime, model)))
    }
}
