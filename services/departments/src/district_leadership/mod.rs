//! The district leadership: figures and trends, and no child.

mod api;
mod projection;
mod rows;

pub use api::Api;
pub use projection::Model;
pub use rows::Movement;

use crate::{Answers, Department};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department as Office;
use kinward_contracts_grpc::departments::v1::district_leadership_service_server::DistrictLeadershipServiceServer;

/// The district leadership.
#[derive(Clone, Copy, Debug)]
pub struct DistrictLeadership;

impl Department for DistrictLeadership {
    type Model = Model;

    const SERVES: &'static [Office] = &[Office::DistrictLeadership];

    fn serve(wiring: Wiring, answers: Answers<Model>) -> Wiring {
        wiring.serve(DistrictLeadershipServiceServer::new(Api::new(answers)))
    }
}
