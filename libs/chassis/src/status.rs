//! The one error table: what refuses or fails, as a gRPC status with details. Nothing else makes statuses.

mod read_models;

pub use read_models::{being_rebuilt, not_fresh, too_many_past, unavailable_read_model};

use crate::IdentityError;
use kinward_contracts::Violation;
use kinward_contracts::r#type::v1::{Department, Reason, Refusal};
use kinward_eventlog::Error;
use kinward_eventsourcing::{Rejection, Rule};
use kinward_privacy::KeyringError;
use std::collections::HashMap;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, LocalizedMessage, PreconditionViolation, StatusExt as _};

/// Domain of every `ErrorInfo`.
pub(crate) const DOMAIN: &str = "kinward";
/// Locale of every `LocalizedMessage`; a status itself is English.
const CHINESE: &str = "zh-CN";

/// The code that goes with a reason.
pub(crate) fn code(reason: Reason) -> Code {
    match reason {
        Reason::InvalidArgument
        | Reason::TimeInvalid
        | Reason::UnknownReference
        | Reason::RequestIdReused => Code::InvalidArgument,
        Reason::Unauthenticated => Code::Unauthenticated,
        Reason::PermissionDenied | Reason::NotEntitled => Code::PermissionDenied,
        Reason::NotFound => Code::NotFound,
        Reason::AlreadyExists => Code::AlreadyExists,
        Reason::RevisionMismatch | Reason::Conflict => Code::Aborted,
        Reason::Overloaded => Code::ResourceExhausted,
        Reason::DeadlineExceeded => Code::DeadlineExceeded,
        Reason::LogUnavailable | Reason::ReadModelUnavailable | Reason::KeysUnavailable => Code::Unavailable,
        Reason::WrongState | Reason::RequirementMissing => Code::FailedPrecondition,
        Reason::Defect | Reason::Unspecified => Code::Internal,
    }
}

/// A status in the making.
struct Answer {
    reason: Reason,
    en: String,
    zh: String,
    metadata: HashMap<String, String>,
    details: ErrorDetails,
}

impl Answer {
    fn new(reason: Reason, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { reason, en: en.into(), zh: zh.into(), metadata: HashMap::new(), details: ErrorDetails::new() }
    }

    /// Names the rule that refuses.
    fn under(&mut self, rule: Rule) {
        self.metadata.insert("rule".to_owned(), rule.id.to_owned());
        self.metadata.insert("article".to_owned(), rule.article.to_owned());
    }

    fn retry(mut self, after: Duration) -> Self {
        self.details.set_retry_info(Some(after));
        self
    }

    fn status(self) -> Status {
        let code = code(self.reason);
        self.status_as(code)
    }

    /// The same with another code than its reason's: the transport's own.
    fn status_as(mut self, code: Code) -> Status {
        self.details.set_error_info(self.reason.as_str_name(), DOMAIN, self.metadata);
        self.details.set_localized_message(CHINESE, self.zh);
        Status::with_error_details(code, self.en, self.details)
    }
}

/// A refusal by the rules.
pub fn status_of_rejection(rejection: &Rejection) -> Status {
    of_rejection(rejection).status()
}

fn of_rejection(rejection: &Rejection) -> Answer {
    let mut answer = Answer::new(rejection.reason, rejection.zh.clone(), rejection.en.clone());
    answer.under(rejection.rule);
    if let Some(existing) = &rejection.existing_id {
        answer.metadata.insert("existing_id".to_owned(), existing.clone());
    }
    if let Some(field) = &rejection.field {
        let broken = Violation::new(field, rejection.rule.id, &rejection.zh, &rejection.en);
        answer.details.set_bad_request(vec![of_field(&broken)]);
    }
    let missing = rejection.missing.iter().map(|missing| {
        PreconditionViolation::new(
            missing.rule.id,
            missing.what.clone(),
            format!("{} / {}", missing.zh, missing.en),
        )
    });
    let mut missing: Vec<PreconditionViolation> = missing.collect();
    if rejection.reason == Reason::WrongState {
        let what = format!("{} / {}", rejection.zh, rejection.en);
        missing.push(PreconditionViolation::new(rejection.rule.id, "state", what));
    }
    if !missing.is_empty() {
        answer.details.set_precondition_failure(missing);
    }
    answer
}

/// What the log answered.
#[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
pub fn status_of_log(error: Error) -> Status {
    of_log(&error).status()
}

/// The same, of one row of a bulk command.
pub fn refusal_of_log(error: &Error) -> Refusal {
    let Answer { reason, zh, en, mut metadata, .. } = of_log(error);
    let mut told = |key: &str| metadata.remove(key);
    let (rule, article) = (told("rule").unwrap_or_default(), told("article").unwrap_or_default());
    let existing_id = told("existing_id");
    // a defect's reference leads the operator to its cause
    let en = match told("reference") {
        Some(reference) => format!("{en} ({reference})"),
        None => en,
    };
    let violations = Vec::new();
    Refusal { reason: reason.into(), rule, article, message_zh: zh, message_en: en, existing_id, violations }
}

fn of_log(error: &Error) -> Answer {
    let soon = Duration::from_millis(200);
    match error {
        Error::Rejected(rejection) => of_rejection(rejection),
        Error::RequestIdReused => Answer::new(
            Reason::RequestIdReused,
            "此 request_id 已用于其他内容，请换一个",
            "this request_id was used with other content: choose a new one",
        ),
        Error::RevisionMismatch { expected, actual } => {
            let mut answer = Answer::new(
                Reason::RevisionMismatch,
                "内容已有更新，请重新读取后再定",
                "it has changed since you read it: read again, decide again",
            );
            answer.metadata.insert("expected_revision".to_owned(), expected.to_string());
            answer.metadata.insert("actual_revision".to_owned(), actual.to_string());
            answer
        }
        Error::Conflict(_) => Answer::new(
            Reason::Conflict,
            "同时修改过多，请重发同一请求",
            "too many writers at once: send the same request again",
        )
        .retry(soon),
        Error::Unknown => Answer::new(
            Reason::DeadlineExceeded,
            "期限已过，结果未知，请重发同一请求",
            "the deadline passed and the outcome is unknown: send the same request again",
        )
        .retry(soon),
        Error::Unavailable(_) => {
            tracing::warn!(%error, "the log is away");
            Answer::new(
                Reason::LogUnavailable,
                "日志暂不可用，请重发同一请求",
                "the log is out of reach: send the same request again",
            )
            .retry(soon)
        }
        Error::Misconfigured(_) => {
            tracing::error!(%error, "the log is not as it must be");
            Answer::new(
                Reason::LogUnavailable,
                "日志配置不符合要求，拒绝写入",
                "the log is not configured as it must be: nothing is written",
            )
        }
        Error::Subject(_) => {
            Answer::new(Reason::NotFound, "没有此编号的记录", "there is nothing with this id")
        }
        Error::Commit(kinward_eventsourcing::CommitError::Seal(_)) => Answer::new(
            Reason::KeysUnavailable,
            "密钥暂不可用，请重发同一请求",
            "keys are out of reach: send the same request again",
        )
        .retry(soon),
        Error::Commit(_) | Error::Fold(_) | Error::NotACommit(_) | Error::Gap { .. } => of_defect(error),
    }
}

/// Keys could not be had.
#[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
pub fn status_of_keyring(error: KeyringError) -> Status {
    if matches!(error, KeyringError::DoesNotOpen) {
        tracing::error!(%error, "what is in escrow is needed");
        let answer = Answer::new(
            Reason::KeysUnavailable,
            "所需信息处于应急封存或已受损，请联系运维恢复后再办",
            "what is needed is in escrow or damaged: have the operator recover it, then send again",
        );
        return answer.status();
    }
    tracing::warn!(%error, "the keyring is away");
    let answer =
        Answer::new(Reason::KeysUnavailable, "密钥暂不可用，请重试", "keys are out of reach: send again");
    answer.retry(Duration::from_secs(1)).status()
}

/// A failure that should not be. The cause stays in the log of the service.
fn of_defect(cause: &dyn std::fmt::Display) -> Answer {
    let reference = format!("{:016x}", rand::random::<u64>());
    tracing::error!(%cause, reference, "a defect");
    let mut answer = Answer::new(
        Reason::Defect,
        "系统内部故障，请将编号告知运维",
        "a defect: tell the operator the reference",
    );
    answer.metadata.insert("reference".to_owned(), reference);
    answer
}

/// As many wrong fields as a message says itself; the details name all.
const SAID: usize = 5;

/// What is said of wrong fields as a whole, in Chinese and English.
pub fn wrong_fields(violations: &[Violation]) -> (String, String) {
    let said = |text: fn(&Violation) -> &String| {
        let first = violations.iter().take(SAID).map(|broken| format!("{}: {}", broken.field, text(broken)));
        first.collect::<Vec<_>>()
    };
    let more = violations.len().saturating_sub(SAID);
    let (mut zh, mut en) = (said(|broken| &broken.zh), said(|broken| &broken.en));
    if more > 0 {
        zh.push(format!("另有 {more} 项"));
        en.push(format!("and {more} more"));
    }
    (format!("请更正：{}", zh.join("；")), format!("correct this: {}", en.join("; ")))
}

pub(crate) fn invalid(violations: Vec<Violation>) -> Status {
    let (zh, en) = wrong_fields(&violations);
    let mut answer = Answer::new(Reason::InvalidArgument, zh, en);
    answer.details.set_bad_request(violations.iter().map(of_field).collect::<Vec<_>>());
    answer.status()
}

/// What is wrong with a field, in both languages, and which rule it breaks, as `STRING_PATTERN` or `RPT_1`.
fn of_field(broken: &Violation) -> FieldViolation {
    let chinese = LocalizedMessage { locale: CHINESE.to_owned(), message: broken.zh.clone() };
    FieldViolation {
        reason: broken.rule.to_uppercase().replace(['.', '-'], "_"),
        localized_message: Some(chinese),
        ..FieldViolation::new(&broken.field, &broken.en)
    }
}

pub(crate) fn unauthenticated(error: &IdentityError) -> Status {
    Answer::new(Reason::Unauthenticated, error.zh(), error.en()).status()
}

/// What is said to a unit where it or its area do not cover something, in Chinese and English.
pub fn outside(unit: &str, area: &str) -> (String, String) {
    (
        format!("不在所辖区划或所在单位的职责之内（所属单位 {unit}，区划 {area}）"),
        format!(
            "it is outside of your area or not your unit's: the unit of the place may (you call for the unit {unit:?} and \
             the area {area:?})"
        ),
    )
}

/// Whoever asks for what this server does not serve is told what it does.
pub(crate) fn not_here(services: &[&'static str]) -> Status {
    let services = services.join(", ");
    let mut answer = Answer::new(
        Reason::UnknownReference,
        format!("此地址无此服务或方法，仅有：{services}"),
        format!("not served at this address, which serves: {services}"),
    );
    answer.metadata.insert("services".to_owned(), services);
    answer.status_as(Code::Unimplemented)
}

/// What the transport refused by itself, with a reason.
pub(crate) fn of_transport(refused: &Status) -> Status {
    match refused.code() {
        // what it says of the bytes is no secret, and no help: the caller's own
        Code::Internal => Answer::new(
            Reason::InvalidArgument,
            "请求内容不是此方法的消息，请按 proto 重新生成客户端",
            "the request is no message of this rpc: make your client from the protos",
        )
        .status(),
        Code::OutOfRange | Code::ResourceExhausted => Answer::new(
            Reason::InvalidArgument,
            "请求过大，请分批发送",
            "the request is too large: send less at a time",
        )
        .status(),
        Code::Unimplemented => Answer::new(
            Reason::UnknownReference,
            "无此方法，或不支持此压缩方式",
            "there is no such rpc, or it does not take this compression",
        )
        .status_as(Code::Unimplemented),
        code => of_defect(&refused.message()).status_as(code),
    }
}

/// Which rule gives each department and area its own part.
const OWN_SCOPE: Rule = Rule::new("INF-1", "益赫政发〔2017〕13号 三（六）");

/// The caller's area or unit does not cover this.
pub(crate) fn out_of_scope(unit: &str, area: &str) -> Status {
    let (zh, en) = outside(unit, area);
    let mut answer = of_scope(zh, en);
    answer.metadata.insert("unit".to_owned(), unit.to_owned());
    answer.metadata.insert("area".to_owned(), area.to_owned());
    answer.status()
}

/// The caller's department may not do this; these may.
pub fn denied_to(may: &[Department]) -> Status {
    let named =
        |department: &Department| department.as_str_name().trim_start_matches("DEPARTMENT_").to_owned();
    let zh: Vec<&str> = may.iter().map(|department| department.zh()).collect();
    let may = may.iter().map(named).collect::<Vec<_>>().join(", ");
    let (zh, en) = (
        format!("贵部门无权办理，可办理的部门：{}", zh.join("、")),
        format!("your department may not; these may: {may}"),
    );
    let mut answer = of_scope(zh, en);
    answer.metadata.insert("departments".to_owned(), may);
    answer.status()
}

fn of_scope(zh: impl Into<String>, en: impl Into<String>) -> Answer {
    let mut answer = Answer::new(Reason::PermissionDenied, zh, en);
    answer.under(OWN_SCOPE);
    answer
}

pub(crate) fn overloaded() -> Status {
    let answer = Answer::new(
        Reason::Overloaded,
        "服务繁忙，请稍后重发同一请求",
        "too many calls: send the same request again later",
    );
    answer.retry(Duration::from_millis(500)).status()
}

/// The caller's deadline passed.
pub fn deadline_exceeded() -> Status {
    Answer::new(
        Reason::DeadlineExceeded,
        "期限已过，请重发同一请求",
        "the deadline passed: send the same request again",
    )
    .status()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_code_of_its_kind() {
        let table: Vec<String> = (1..=19)
            .filter_map(|number| Reason::try_from(number).ok())
            .map(|reason| {
                format!("{} {:?}", reason.as_str_name().trim_start_matches("REASON_"), code(reason))
            })
            .collect();
        assert_eq!(table.len(), 19);
        assert_eq!(
            table,
            [
                "INVALID_ARGUMENT InvalidArgument",
                "UNAUTHENTICATED Unauthenticated",
                "PERMISSION_DENIED PermissionDenied",
                "NOT_FOUND NotFound",
                "REQUEST_ID_REUSED InvalidArgument",
                "REVISION_MISMATCH Aborted",
                "CONFLICT Aborted",
                "OVERLOADED ResourceExhausted",
                "DEADLINE_EXCEEDED DeadlineExceeded",
                "LOG_UNAVAILABLE Unavailable",
                "READ_MODEL_UNAVAILABLE Unavailable",
                "KEYS_UNAVAILABLE Unavailable",
                "DEFECT Internal",
                "WRONG_STATE FailedPrecondition",
                "ALREADY_EXISTS AlreadyExists",
                "REQUIREMENT_MISSING FailedPrecondition",
                "NOT_ENTITLED PermissionDenied",
                "TIME_INVALID InvalidArgument",
                "UNKNOWN_REFERENCE InvalidArgument",
            ]
        );
    }

    #[test]
    fn who_is_refused_a_place_is_told_its_own_unit_and_area() {
        let status = out_of_scope("school-1", "430903111");
        let details = status.get_error_details();
        let told = &details.error_info().unwrap().metadata;
        assert_eq!((told["unit"].as_str(), told["area"].as_str()), ("school-1", "430903111"));
        assert!(status.message().contains(r#"the unit "school-1" and the area "430903111""#), "{status:?}");
        let chinese = &details.localized_message().unwrap().message;
        assert!(chinese.contains("所属单位 school-1，区划 430903111"), "{chinese}");
    }

    #[test]
    fn wrong_fields_are_said_up_to_five_and_named_all() {
        let broken =
            |n: usize| Violation::new(format!("field_{n}"), "RPT-1", format!("错{n}"), format!("bad {n}"));
        let status = invalid((1..=6).map(broken).collect());
        let said = "correct this: field_1: bad 1; field_2: bad 2; field_3: bad 3; field_4: bad 4; field_5: bad 5; and 1 more";
        assert_eq!(status.message(), said);
        let details = status.get_error_details();
        let chinese = &details.localized_message().unwrap().message;
        assert!(
            chinese.starts_with("请更正：field_1: 错1；") && chinese.ends_with("field_5: 错5；另有 1 项"),
            "{chinese}"
        );
        assert_eq!(details.bad_request().unwrap().field_violations.len(), 6);
        assert_eq!(invalid(vec![broken(1)]).message(), "correct this: field_1: bad 1");
    }

    #[test]
    fn a_defect_does_not_tell_its_cause() {
        let status = of_defect(&"password hunter2").status();
        assert!(!format!("{status:?}").contains("hunter2"));
        assert!(status.get_error_details().error_info().unwrap().metadata.contains_key("reference"));
    }
}
