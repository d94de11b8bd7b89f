//! Public security: incidents, by severity and earliest clock.

mod api;
mod projection;
mod rows;

pub use api::Api;
pub use projection::Model;
pub use rows::Incident;

use crate::Department;
use kinward_chassis::{Runtime, Wiring};
use kinward_contracts_grpc::departments::v1::public_security_service_server::PublicSecurityServiceServer;
use kinward_projection::ReadModel;

/// Public security.
#[derive(Clone, Copy, Debug)]
pub struct PublicSecurity;

impl Department for PublicSecurity {
    type Model = Model;

    fn serve(wiring: Wiring, runtime: &Runtime, model: ReadModel<Model>) -> Wiring {
        wiring.serve(PublicSecurityServiceServer::new(Api::new(runtime, model)))
    }
}
