//! What the generator gives to messages, seen from outside: rules of requests, sealed fields and names of events.

use kinward_contracts::departments::v1::GetTrendRequest;
use kinward_contracts::notification::v1::ConfigureEndpointRequest;
use kinward_contracts::registry::v1::{
    ChildEvent, ChildRegistered, Guardian, Household, IdentityClaimed, IdentityEvent,
};
use kinward_contracts::registry::v1::{RegisterChildRequest, RegisterChildrenRequest};
use kinward_contracts::reporting::v1::{ReporterClass, ReporterInput, SubmitReportRequest};
use kinward_contracts::r#type::v1::{FieldClass, Sealed, Situation};
use kinward_contracts::{CommandRequest, EventMessage, SealedFields, Validate};

fn report() -> SubmitReportRequest {
    SubmitReportRequest {
        request_id: "r-1".to_owned(),
        situations: vec![Situation::LivingAlone.into(), Situation::DomesticViolence.into()],
        reporter: Some(ReporterInput {
            reporter_class: ReporterClass::School.into(),
            ..ReporterInput::default()
        }),
        ..SubmitReportRequest::default()
    }
}

fn broken(request: &impl Validate) -> Vec<(String, &'static str)> {
    request.violations().into_iter().map(|violation| (violation.field, violation.rule)).collect()
}

#[test]
fn a_well_formed_report_breaks_no_rule_though_child_and_place_are_unknown() {
    assert_eq!(broken(&report()), []);
}

#[test]
fn what_only_police_find_is_refused_in_a_report() {
    let situations = vec![
        Situation::LivingAlone.into(),
        Situation::PoorGuardianship.into(),
        Situation::CoercedBegging.into(),
        Situation::Unspecified.into(),
        99,
    ];
    assert_eq!(
        broken(&SubmitReportRequest { situations, ..report() }),
        [
            ("situations[1]".to_owned(), "enum.not_in"),
            ("situations[2]".to_owned(), "enum.not_in"),
            ("situations[3]".to_owned(), "enum.not_in"),
            ("situations[4]".to_owned(), "enum.defined_only"),
        ]
    );
}

#[test]
fn nobody_reports_as_the_policy_itself() {
    let reporter =
        Some(ReporterInput { reporter_class: ReporterClass::Policy.into(), ..ReporterInput::default() });
    assert_eq!(
        broken(&SubmitReportRequest { reporter, ..report() }),
        [("reporter.reporter_class".to_owned(), "enum.not_in")]
    );
}

#[test]
fn what_is_missing_or_malformed_is_named_by_its_path() {
    let row = RegisterChildRequest {
        request_id: "row".to_owned(),
        name: "测试儿童".to_owned(),
        birth_date: "2015/01/02".to_owned(),
        identity_number: Some(String::new()),
        ..RegisterChildRequest::default()
    };
    let request = RegisterChildrenRequest { rows: vec![row], ..Default::default() };
    assert_eq!(
        broken(&request),
        [
            ("request_id".to_owned(), "string.min_len"),
            ("rows[0].birth_date".to_owned(), "string.pattern"),
            ("rows[0].identity_number".to_owned(), "string.pattern"),
            ("rows[0].household".to_owned(), "required"),
        ]
    );
    assert!(request.violations().iter().all(|violation| !format!("{violation:?}").contains("2015/01/02")));
}

/// What callers are told, Chinese and English.
fn told(request: &impl Validate) -> Vec<(String, String)> {
    request.violations().into_iter().map(|violation| (violation.zh, violation.en)).collect()
}

#[test]
fn a_refused_field_is_explained_in_words_and_shows_no_expression() {
    let refused = told(&GetTrendRequest { from_month: Some("2026/09".to_owned()), ..Default::default() });
    assert_eq!(
        refused,
        [("应为年-月，如2026-09".to_owned(), "give year and month, such as 2026-09".to_owned())]
    );
    let refused = told(&SubmitReportRequest { situations: vec![99], ..report() });
    assert_eq!(refused, [("没有此选项".to_owned(), "not one of the values to choose from".to_owned())]);
    let endpoint = ConfigureEndpointRequest {
        request_id: "e-1".to_owned(),
        secret: "whsec_短".to_owned(),
        ..ConfigureEndpointRequest::default()
    };
    let refused = told(&endpoint);
    assert!(
        refused.iter().any(|(zh, en)| zh.contains("签名密钥") && en.contains("a signing key")),
        "{refused:?}"
    );
    assert!(refused.iter().all(|(zh, en)| !zh.contains('^') && !en.contains('^')), "{refused:?}");
}

#[test]
fn a_list_has_its_bounds() {
    assert_eq!(
        broken(&SubmitReportRequest { situations: Vec::new(), ..report() }),
        [("situations".to_owned(), "repeated.min_items")]
    );
    let many = vec![Situation::Other.into(); 9];
    assert_eq!(
        broken(&SubmitReportRequest { situations: many, ..report() }),
        [("situations".to_owned(), "repeated.max_items")]
    );
}

#[test]
fn every_sealed_field_of_an_event_is_visited_with_path_and_class() {
    let mut event = ChildEvent::from(ChildRegistered {
        name: Some(Sealed::plain("p", "name")),
        identity_number: Some(Sealed::plain("p", "number")),
        household: Some(Household { address: Some(Sealed::plain("p", "address")), ..Household::default() }),
        guardians: vec![
            Guardian { name: Some(Sealed::plain("g", "one")), ..Guardian::default() },
            Guardian { phone: Some(Sealed::plain("h", "two")), ..Guardian::default() },
        ],
        ..ChildRegistered::default()
    });
    let mut seen = Vec::new();
    event.visit_sealed("", &mut |path, class, value| {
        seen.push((path.to_owned(), class, value.person_id.clone()));
    });
    seen.sort();
    let expected = [
        ("guardians.name", FieldClass::Person, "g"),
        ("guardians.phone", FieldClass::Identifier, "h"),
        ("household.address", FieldClass::Person, "p"),
        ("identity_number", FieldClass::Identifier, "p"),
        ("name", FieldClass::Person, "p"),
    ];
    assert_eq!(seen, expected.map(|(path, class, person)| (path.to_owned(), class, person.to_owned())));
}

#[test]
fn an_event_knows_its_name_and_its_aggregate() {
    let event = IdentityEvent::from(IdentityClaimed { child_id: "c".to_owned() });
    assert_eq!(event.event_type(), "kinward.registry.v1.IdentityClaimed");
    assert_eq!(IdentityEvent::AGGREGATE, "registry.identity");
    assert_eq!(IdentityEvent::default().event_type(), "");
}

#[test]
fn a_command_shows_its_request_id_and_what_it_insists_on() {
    let request = report();
    assert_eq!(request.request_id(), "r-1");
    assert_eq!((request.expected_revision(), request.aggregate_id()), (None, ""));
}

#[test]
fn clear_text_of_a_value_not_yet_sealed_is_not_printed() {
    let shown = format!("{:?}", Sealed::plain("p", "测试儿童"));
    assert!(!shown.contains("测试") && shown.contains("hidden"), "{shown}");
}
