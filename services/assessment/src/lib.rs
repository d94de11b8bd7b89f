//! The assessment service: assessing, helping, and referring to social relief.

mod api;

use kinward_assessment_domain::processes::{
    FollowEarlier, KeepHistory, OpenAssessment, OpenReassessment, ReferEducationRelief, ReferPoorFamily,
};
use kinward_assessment_domain::{assessment, relief};
use kinward_chassis::{Runtime, Service, StartError, Wiring};
use kinward_contracts_grpc::assessment::v1::assessment_service_server::AssessmentServiceServer;
use kinward_contracts_grpc::assessment::v1::relief_service_server::ReliefServiceServer;

/// Assessment.
#[derive(Clone, Copy, Debug)]
pub struct AssessmentAndHelp;

impl Service for AssessmentAndHelp {
    const NAME: &'static str = "assessment";

    async fn build(runtime: &Runtime) -> Result<Wiring, StartError> {
        let (assessments, relief) = (runtime.handler(), runtime.handler());
        runtime.process::<OpenAssessment>(&assessments);
        runtime.process::<OpenReassessment>(&assessments);
        runtime.process::<FollowEarlier>(&assessments);
        runtime.process::<KeepHistory>(&runtime.handler());
        runtime.process::<ReferPoorFamily>(&relief);
        runtime.process::<ReferEducationRelief>(&relief);
        runtime.alarms(&assessments, || assessment::Command::ObserveClocks);
        runtime.alarms(&relief, || relief::Command::ObserveClocks);
        let (all, referrals) = (runtime.index().await, runtime.index().await);
        Ok(Wiring::default()
            .serve(AssessmentServiceServer::new(api::Assessments::new(runtime, assessments, all)))
            .serve(ReliefServiceServer::new(api::Referrals::new(runtime, relief, referrals))))
    }
}
