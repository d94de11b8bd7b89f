//! Justice: legal services and legal aid, petitions to revoke guardianship.

mod api;
mod projection;
mod rows;

pub use api::Api;
pub use projection::Model;
pub use rows::{Assessment, Case, LegalOrder, Petition};

use crate::{Answers, Department};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department as Office;
use kinward_contracts_grpc::departments::v1::justice_service_server::JusticeServiceServer;

/// Justice.
#[derive(Clone, Copy, Debug)]
pub struct Justice;

impl Department for Justice {
    type Model = Model;

    const SERVES: &'static [Office] = &[Office::Justice];

    fn serve(wiring: Wiring, answers: Answers<Model>) -> Wiring {
        wiring.serve(JusticeServiceServer::new(Api::new(answers)))
    }
}
