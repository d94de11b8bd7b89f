//! Health: children referred by police, injuries appraised, health sections of files.

mod api;
mod projection;
mod rows;

pub use api::Api;
pub use projection::Model;
pub use rows::{Incident, Referral, Section};

use crate::{Answers, Department};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department as Office;
use kinward_contracts_grpc::departments::v1::health_service_server::HealthServiceServer;

/// Health.
#[derive(Clone, Copy, Debug)]
pub struct Health;

impl Department for Health {
    type Model = Model;

    const SERVES: &'static [Office] = &[Office::Health];

    fn serve(wiring: Wiring, answers: Answers<Model>) -> Wiring {
        wiring.serve(HealthServiceServer::new(Api::new(answers)))
    }
}
