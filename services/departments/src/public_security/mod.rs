//! Public security: incidents, by severity and earliest clock.

mod api;
mod projection;
mod rows;

pub use api::Api;
pub use projection::Model;
pub use rows::{Evidence, Incident, Search};

use crate::{Answers, Department};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department as Office;
use kinward_contracts_grpc::departments::v1::public_security_service_server::PublicSecurityServiceServer;

/// Public security.
#[derive(Clone, Copy, Debug)]
pub struct PublicSecurity;

impl Department for PublicSecurity {
    type Model = Model;

    const SERVES: &'static [Office] = &[Office::PublicSecurity];

    fn serve(wiring: Wiring, answers: Answers<Model>) -> Wiring {
        wiring.serve(PublicSecurityServiceServer::new(Api::new(answers)))
    }
}
