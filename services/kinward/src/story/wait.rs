//! Waiting for what other services do of their own accord: on streams and positions, never by the clock.

use crate::clients::Clients;
use crate::people;
use anyhow::Context as _;
use kinward_chassis::Principal;
use kinward_contracts::departments::v1::{
    ListAssessmentsRequest, ListCasesRequest, ListNoticeStatesRequest, NoticeState,
};
use kinward_contracts::dispatch::v1::{
    WatchOpenIncidentsRequest, watch_open_incidents_response::Change as IncidentChange,
};
use kinward_contracts::notification::v1::Template;
use kinward_contracts::r#type::v1::Freshness;

/// The incident that a report opened, as the emergency worklist shows it.
pub async fn incident_of(clients: &Clients, report_id: &str) -> anyhow::Result<String> {
    let mut worklist = clients.worklist(&people::police())?;
    let request = WatchOpenIncidentsRequest { after_position: 0, area: None };
    let mut changes = worklist.watch_open_incidents(long(request)).await?.into_inner();
    while let Some(message) = changes.message().await? {
        if let Some(IncidentChange::Changed(incident)) = message.change
            && incident.report_id == report_id
        {
            return Ok(incident.incident_id);
        }
    }
    anyhow::bail!(
        "警情未到而工作清单已断开：请重新运行  the worklist ended before the incident came: run it again"
    )
}

/// The notice about an incident's conclusion to a department, acknowledged or not; asks at one position after the
/// other.
pub async fn notice_to(
    clients: &Clients,
    recipient: &Principal,
    incident_id: &str,
    mut position: u64,
) -> anyhow::Result<String> {
    let mut reading = clients.civil_affairs(&people::civil_affairs())?;
    loop {
        let request = ListNoticeStatesRequest {
            freshness: Some(Freshness::at_least(position)),
            page_size: 200,
            page_token: String::new(),
            incident_id: Some(incident_id.to_owned()),
        };
        let answer = reading
            .list_notice_states(long(request))
            .await
            .context("读取通知  reading notices")?
            .into_inner();
        let mine = |notice: &NoticeState| {
            notice.department() == recipient.department() && notice.template() == Template::IncidentConcluded
        };
        if let Some(found) = answer.notices.into_iter().find(mine) {
            return Ok(found.notice_id);
        }
        position = answer.position + 1;
    }
}

/// The assessment that an incident's notice opened; asks at one position after the other.
pub async fn assessment_of(
    clients: &Clients,
    township: &Principal,
    incident_id: &str,
    mut position: u64,
) -> anyhow::Result<String> {
    let mut reading = clients.township(township)?;
    loop {
        let request = ListAssessmentsRequest {
            freshness: Some(Freshness::at_least(position)),
            page_size: 200,
            page_token: String::new(),
            incident_id: Some(incident_id.to_owned()),
        };
        let answer = reading.list_assessments(long(request)).await?.into_inner();
        if let Some(found) = answer.assessments.into_iter().next() {
            return Ok(found.assessment_id);
        }
        position = answer.position + 1;
    }
}

/// The custody case of a child; asks at one position after the other.
pub async fn case_of(clients: &Clients, child_id: &str, mut position: u64) -> anyhow::Result<String> {
    let mut reading = clients.civil_affairs(&people::civil_affairs())?;
    loop {
        let request = ListCasesRequest {
            freshness: Some(Freshness::at_least(position)),
            page_size: 200,
            page_token: String::new(),
            child_id: Some(child_id.to_owned()),
        };
        let answer = reading
            .list_cases(long(request))
            .await
            .context("读取监护案件  reading custody cases")?
            .into_inner();
        if let Some(found) = answer.cases.into_iter().next() {
            return Ok(found.case_id);
        }
        position = answer.position + 1;
    }
}

/// A request that waits as long as a call may.
pub(crate) fn long<T>(message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request.set_timeout(std::time::Duration::from_secs(60));
    request
}
