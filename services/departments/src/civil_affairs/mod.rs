//! Civil affairs, which leads: custody cases, placements, notices and who acknowledged them.

mod api;
mod projection;
mod rows;

pub use api::Api;
pub use projection::Model;
pub use rows::{Case, Notice, Placement, Relief};

use crate::{Answers, Department};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department as Office;
use kinward_contracts_grpc::departments::v1::civil_affairs_service_server::CivilAffairsServiceServer;

/// Civil affairs, which leads.
#[derive(Clone, Copy, Debug)]
pub struct CivilAffairs;

impl Department for CivilAffairs {
    type Model = Model;

    const SERVES: &'static [Office] = &[Office::CivilAffairs];

    fn serve(wiring: Wiring, answers: Answers<Model>) -> Wiring {
        wiring.serve(CivilAffairsServiceServer::new(Api::new(answers)))
    }
}
