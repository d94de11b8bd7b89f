//! The youth league: volunteers and the children they are paired with.

mod api;
mod projection;
mod rows;

pub use api::Api;
pub use projection::Model;
pub use rows::{Child, Volunteer};

use crate::{Answers, Department};
use kinward_chassis::Wiring;
use kinward_contracts::r#type::v1::Department as Office;
use kinward_contracts_grpc::departments::v1::youth_league_service_server::YouthLeagueServiceServer;

/// The youth league.
#[derive(Clone, Copy, Debug)]
pub struct YouthLeague;

impl Department for YouthLeague {
    type Model = Model;

    const SERVES: &'static [Office] = &[Office::YouthLeague];

    fn serve(wiring: Wiring, answers: Answers<Model>) -> Wiring {
        wiring.serve(YouthLeagueServiceServer::new(Api::new(answers)))
    }
}
