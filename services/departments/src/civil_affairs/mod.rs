//! Civil affairs, which leads: custody cases, placements, notices and who acknowledged them.

mod api;
mod projection;
mod rows;

pub use api::Api;
pub use projection::Model;
pub use rows::{Case, Notice, Placement};

use crate::Department;
use kinward_chassis::{Runtime, Wiring};
use kinward_contracts_grpc::departments::v1::civil_affairs_service_server::CivilAffairsServiceServer;
use kinward_projection::ReadModel;

/// Civil affairs, which leads.
#[derive(Clone, Copy, Debug)]
pub struct CivilAffairs;

impl Department for CivilAffairs {
    type Model = Model;

    fn serve(wiring: Wiring, runtime: &Runtime, model: ReadModel<Model>) -> Wiring {
        wiring.serve(CivilAffairsServiceServer::new(Api::new(runtime, model)))
    }
}
