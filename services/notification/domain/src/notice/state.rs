//! What the events of a notice amount to.

use chrono::{DateTime, Utc};
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::notification::v1::{NoticeEvent, Recipient, notice_event::Event};
use kinward_eventsourcing::Occurrence;
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};

/// A notice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// When it was sent; absent: it does not exist.
    pub sent_at: Option<DateTime<Utc>>,
    /// Department, as a number, and area of everybody who was told: the recipient, then its superiors.
    pub told: Vec<(i32, String)>,
    /// Whether somebody who was told acknowledged.
    pub acknowledged: bool,
    /// Its clocks, one for each level.
    pub clocks: Clocks,
}

impl State {
    pub(super) fn fold(&mut self, event: &NoticeEvent, at: &Occurrence<'_>) {
        if let Some(clock) = event.clock() {
            self.clocks.fold(&clock);
            return;
        }
        match &event.event {
            Some(Event::NoticeSent(sent)) => {
                self.sent_at = Some(at.occurred_at);
                self.tell(sent.recipient.as_ref());
            }
            Some(Event::NoticeEscalated(escalated)) => self.tell(escalated.recipient.as_ref()),
            Some(Event::NoticeAcknowledged(_)) => self.acknowledged = true,
            _ => {}
        }
    }

    fn tell(&mut self, recipient: Option<&Recipient>) {
        let recipient = recipient.cloned().unwrap_or_default();
        self.told.push((recipient.department, recipient.area));
    }
}
