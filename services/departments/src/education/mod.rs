//! Education: the roll of pupils, absences and drop-outs, contact cards, caring adults.

mod api;
mod projection;
mod rows;

pub use projection::Model;
pub use rows::{Pairing, Pupil};

use crate::{Answers, Api, Office};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::departments::v1::education_service_server::EducationServiceServer;

impl Office for Model {
    const SERVES: &'static [Department] = &[Department::Education];

    fn serve(wiring: Wiring, answers: Answers<Self>) -> Wiring {
        wiring.serve(EducationServiceServer::new(Api(answers)))
    }
}
