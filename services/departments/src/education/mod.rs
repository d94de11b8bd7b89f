//! Education: the roll of pupils, absences and drop-outs, contact cards, caring adults.

mod api;
mod projection;
mod rows;

pub use api::Api;
pub use projection::Model;
pub use rows::{Pairing, Pupil};

use crate::{Answers, Department};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department as Office;
use kinward_contracts_grpc::departments::v1::education_service_server::EducationServiceServer;

/// Education.
#[derive(Clone, Copy, Debug)]
pub struct Education;

impl Department for Education {
    type Model = Model;

    const SERVES: &'static [Office] = &[Office::Education];

    fn serve(wiring: Wiring, answers: Answers<Model>) -> Wiring {
        wiring.serve(EducationServiceServer::new(Api::new(answers)))
    }
}
