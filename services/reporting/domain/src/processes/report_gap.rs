//! A child under 16 whom nobody capable looks after is reported by policy, whether somebody noticed or not (FAM-2).

use crate::report::{Command, Report};
use kinward_contracts::registry::v1::{ChildEvent, GapKind, GuardianshipGapRaised, child_event::Event};
use kinward_contracts::reporting::v1::{ReportSubmitted, ReportedChild, Reporter, ReporterClass};
use kinward_contracts::r#type::v1::{ChildReference, DangerSigns, Situation};
use kinward_eventsourcing::{DecodeError, Process, Reaction, Recorded};

/// The process.
#[derive(Clone, Copy, Debug)]
pub struct ReportGap;

impl Process for ReportGap {
    type Target = Report;

    const NAME: &'static str = "reporting-report-gap";

    fn react(event: &Recorded) -> Result<Vec<Reaction<Command>>, DecodeError> {
        let Some(ChildEvent { event: Some(Event::GuardianshipGapRaised(raised)) }) = event.decode()? else {
            return Ok(Vec::new());
        };
        let submitted = by_policy(event, raised);
        Ok(vec![Reaction { id: event.new_id("report"), command: Command::Submit(Box::new(submitted)) }])
    }
}

fn by_policy(event: &Recorded, raised: GuardianshipGapRaised) -> ReportSubmitted {
    let situation = match raised.kind() {
        GapKind::LivesAlone => Situation::LivingAlone,
        GapKind::CarerWithoutCapacity => Situation::GuardianLostCapacity,
        // a kind that this version does not know is still a child without care
        GapKind::Unspecified => Situation::GuardianNotPerforming,
    };
    let child_id = event.subject.id().to_owned();
    let reference = ChildReference { child_id: Some(child_id.clone()), person_id: child_id };
    ReportSubmitted {
        situations: vec![situation.into()],
        signs: Some(DangerSigns { under_eight_unattended: raised.under_eight, ..DangerSigns::default() }),
        child: Some(ReportedChild { reference: Some(reference), ..ReportedChild::default() }),
        village_code: Some(raised.village_code).filter(|code| !code.is_empty()),
        reporter: Some(Reporter { reporter_class: ReporterClass::Policy.into(), ..Reporter::default() }),
        source_event_id: Some(event.event().event_id.clone()),
        ..ReportSubmitted::default()
    }
}
