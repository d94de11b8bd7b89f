//! Open notices, by who was told: what `ListNotices` and `WatchNotices` show.

use chrono::{DateTime, Utc};
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::notification::v1::{About, NoticeEvent, NoticeSent, Recipient, notice_event::Event};
use kinward_eventsourcing::{DecodeError, Index, Recorded};
use kinward_statute::Clocks;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An open notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Department, as a number, and area of everybody who was told: the recipient, then its superiors.
    pub told: Vec<(i32, String)>,
    /// Role inside the department that was told last; empty: whoever is on duty.
    pub role: String,
    /// Of what, as a number.
    pub template: i32,
    /// Incident it is about.
    pub incident_id: Option<String>,
    /// File of the child it is about.
    pub child_id: Option<String>,
    /// Village it is about.
    pub village_code: Option<String>,
    /// Whether it is an emergency.
    pub immediate: bool,
    /// Aggregate whose clock was missed.
    pub subject: String,
    /// That clock.
    pub clock: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// Its clocks.
    pub clocks: Clocks,
    /// Position of its last change.
    pub position: u64,
}

/// Acknowledgements remembered for those who watch.
const REMEMBERED: usize = 10_000;

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OpenNotices {
    open: BTreeMap<String, Entry>,
    /// By the position of the acknowledgement.
    acknowledged: BTreeMap<u64, (String, Entry)>,
}

impl OpenNotices {
    /// Open notices to a department inside an area, emergencies first, then the oldest.
    pub fn of(&self, department: i32, area: &str) -> Vec<(&str, &Entry)> {
        let told = self.open.iter().filter(|(_, entry)| is_told(&entry.told, department, area));
        let mut all: Vec<(&str, &Entry)> = told.map(|(id, entry)| (id.as_str(), entry)).collect();
        all.sort_by_key(|(_, entry)| (!entry.immediate, entry.sent_at));
        all
    }

    /// Notices to a department inside an area that were acknowledged after a position.
    pub fn acknowledged(&self, department: i32, area: &str, after: u64) -> Vec<(&str, &Entry)> {
        let since = self.acknowledged.range(after + 1..).map(|(_, (id, entry))| (id.as_str(), entry));
        since.filter(|(_, entry)| is_told(&entry.told, department, area)).collect()
    }
}

fn is_told(told: &[(i32, String)], department: i32, area: &str) -> bool {
    told.iter().any(|(to, at)| *to == department && at.starts_with(area))
}

impl Index for OpenNotices {
    const NAME: &'static str = "notification-open-notices";
    const SCHEMA: u32 = 3;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        let Some(notice) = event.decode::<NoticeEvent>()? else { return Ok(()) };
        let clock = notice.clock();
        let id = event.subject.id();
        match notice.event {
            Some(Event::NoticeSent(sent)) => {
                self.open.insert(id.to_owned(), Entry::of(sent, event));
            }
            Some(Event::NoticeAcknowledged(_)) => {
                let Some(entry) = self.open.remove(id) else { return Ok(()) };
                self.acknowledged.insert(event.position.0, (id.to_owned(), entry));
                if self.acknowledged.len() > REMEMBERED {
                    self.acknowledged.pop_first();
                }
            }
            other => {
                let Some(entry) = self.open.get_mut(id) else { return Ok(()) };
                entry.position = event.position.0;
                if let Some(Event::NoticeEscalated(escalated)) = other {
                    entry.tell(escalated.recipient.unwrap_or_default());
                }
                if let Some(clock) = clock {
                    entry.clocks.fold(&clock);
                }
            }
        }
        Ok(())
    }
}

impl Entry {
    fn of(sent: NoticeSent, event: &Recorded) -> Self {
        let About { incident_id, child, village_code, immediate, subject, clock } =
            sent.about.unwrap_or_default();
        let mut entry = Self {
            told: Vec::new(),
            role: String::new(),
            template: sent.template,
            incident_id,
            child_id: child.and_then(|child| child.child_id),
            village_code,
            immediate,
            subject,
            clock,
            sent_at: event.recorded_at(),
            clocks: Clocks::default(),
            position: event.position.0,
        };
        entry.tell(sent.recipient.unwrap_or_default());
        entry
    }

    fn tell(&mut self, recipient: Recipient) {
        self.told.push((recipient.department, recipient.area));
        self.role = recipient.role;
    }
}
