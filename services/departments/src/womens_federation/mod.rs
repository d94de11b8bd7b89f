//! The women's federation: families that wait for guidance.

mod api;
mod projection;
mod rows;

pub use api::Api;
pub use projection::Model;
pub use rows::{Family, Place};

use crate::{Answers, Department};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department as Office;
use kinward_contracts_grpc::departments::v1::womens_federation_service_server::WomensFederationServiceServer;

/// The women's federation.
#[derive(Clone, Copy, Debug)]
pub struct WomensFederation;

impl Department for WomensFederation {
    type Model = Model;

    const SERVES: &'static [Office] = &[Office::WomensFederation];

    fn serve(wiring: Wiring, answers: Answers<Model>) -> Wiring {
        wiring.serve(WomensFederationServiceServer::new(Api::new(answers)))
    }
}
