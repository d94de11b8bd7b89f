//! The assessment service: assessing and helping.

mod api;

use kinward_assessment_domain::assessment::Command;
use kinward_assessment_domain::processes::OpenAssessment;
use kinward_chassis::{Runtime, Service, StartError, Wiring};
use kinward_contracts_grpc::assessment::v1::assessment_service_server::AssessmentServiceServer;

/// Assessment.
#[derive(Clone, Copy, Debug)]
pub struct AssessmentAndHelp;

impl Service for AssessmentAndHelp {
    const NAME: &'static str = "assessment";

    async fn build(runtime: &Runtime) -> Result<Wiring, StartError> {
        let assessments = runtime.handler();
        runtime.process::<OpenAssessment>(&assessments);
        runtime.alarms(&assessments, || Command::ObserveClocks);
        Ok(Wiring::default().serve(AssessmentServiceServer::new(api::Assessments::new(runtime, assessments))))
    }
}
