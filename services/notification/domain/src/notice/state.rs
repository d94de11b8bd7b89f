//! What the events of a notice amount to.

use super::Delivery;
use chrono::{DateTime, Utc};
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::notification::v1::{NoticeEvent, NoticeSent, Recipient, notice_event::Event};
use kinward_eventsourcing::Occurrence;
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A notice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// When it was sent; absent: it does not exist.
    pub sent_at: Option<DateTime<Utc>>,
    /// What it says.
    pub notice: NoticeSent,
    /// Department, as a number, and area of everybody who was told: the recipient, then its superiors.
    pub told: Vec<(i32, String)>,
    /// Whether somebody who was told acknowledged.
    pub acknowledged: bool,
    /// Its clocks, one for each level.
    pub clocks: Clocks,
    /// Its deliveries that were begun, by endpoint.
    pub deliveries: BTreeMap<String, Delivery>,
}

impl State {
    /// Whether it is an emergency.
    pub fn immediate(&self) -> bool {
        self.notice.about.as_ref().is_some_and(|about| about.immediate)
    }

    pub(super) fn evolve(&mut self, event: &NoticeEvent, at: &Occurrence<'_>) {
        if let Some(clock) = event.clock() {
            self.clocks.fold(&clock);
            return;
        }
        match &event.event {
            Some(Event::NoticeSent(sent)) => {
                self.sent_at = Some(at.occurred_at);
                self.notice = sent.clone();
                self.tell(sent.recipient.as_ref());
            }
            Some(Event::NoticeEscalated(escalated)) => self.tell(escalated.recipient.as_ref()),
            Some(Event::NoticeAcknowledged(_)) => self.acknowledged = true,
            Some(event) => {
                let Some(endpoint_id) = Delivery::endpoint_of(event) else { return };
                self.deliveries.entry(endpoint_id.to_owned()).or_default().evolve(event, at.recorded_at);
            }
            None => {}
        }
    }

    fn tell(&mut self, recipient: Option<&Recipient>) {
        let recipient = recipient.cloned().unwrap_or_default();
        self.told.push((recipient.department, recipient.area));
    }
}
