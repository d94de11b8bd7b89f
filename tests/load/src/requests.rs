//! The requests that load is made of. Nobody in them is real.

use kinward_contracts::dispatch::v1::ReferMedicalCareRequest;
use kinward_contracts::reporting::v1::{
    ReportedChildInput, ReporterClass, ReporterInput, SubmitReportRequest,
};
use kinward_contracts::r#type::v1::{DangerSigns, Sex, Situation};
use kinward_eventsourcing::derived_uuid;

/// Village of every report.
pub(crate) const VILLAGE: &str = "430903111201";

/// A whole report of a school: child, place, narrative, reporter. Three people's data are sealed.
pub(crate) fn report(request_id: String) -> SubmitReportRequest {
    SubmitReportRequest {
        request_id,
        discovered_at: None,
        situations: vec![Situation::LivingAlone.into(), Situation::DomesticViolence.into()],
        signs: Some(DangerSigns { signs_of_injury_or_crime: true, ..DangerSigns::default() }),
        child: Some(ReportedChildInput {
            child_id: None,
            name: Some("陈小满".to_owned()),
            approximate_age: Some(9),
            identity_number: None,
            sex: Sex::Female.into(),
        }),
        village_code: Some(VILLAGE.to_owned()),
        place: Some("村小学东侧自建房".to_owned()),
        narrative: Some("独自居住，手臂有新旧淤伤，称父亲上次返家时殴打".to_owned()),
        reporter: Some(ReporterInput {
            reporter_class: ReporterClass::School.into(),
            anonymous: false,
            unit_id: Some("school-430903111-01".to_owned()),
            name: Some("汤听雪".to_owned()),
            phone: Some("13900000001".to_owned()),
        }),
    }
}

/// A step of police that may be taken any number of times.
pub(crate) fn step(request_id: String, incident_id: String) -> ReferMedicalCareRequest {
    ReferMedicalCareRequest {
        request_id,
        incident_id,
        expected_revision: None,
        occurred_at: None,
        unit_id: "hospital-430903-01".to_owned(),
        complaint: Some("左前臂淤伤，肿胀".to_owned()),
    }
}

/// Id of the `index`-th incident that `filling` makes.
pub(crate) fn incident(index: u64) -> String {
    derived_uuid(&["load", "incident", &index.to_string()])
}

/// `GetReceipt` with an unknown field that makes it as long as a report: the service skips what it does not know.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct PaddedGetReceipt {
    #[prost(string, tag = "1")]
    pub(crate) receipt_code: String,
    #[prost(bytes = "vec", tag = "2000")]
    pub(crate) padding: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinward_contracts::Validate as _;
    use kinward_contracts::reporting::v1::GetReceiptRequest;
    use prost::Message as _;

    #[test]
    fn every_request_is_well_formed() {
        assert_eq!(report("r-1".to_owned()).violations(), []);
        assert_eq!(step("r-1".to_owned(), incident(1)).violations(), []);
        let padded = PaddedGetReceipt { receipt_code: "ABCDE-ABCDE".to_owned(), padding: vec![7; 400] };
        let read = GetReceiptRequest::decode(padded.encode_to_vec().as_slice()).unwrap();
        assert_eq!((read.receipt_code.as_str(), read.violations()), ("ABCDE-ABCDE", vec![]));
    }
}
