//! Every notice's deliveries: what the sender has to do, and what `ListDeliveries` shows. Which endpoints a notice goes
//! to follows from the log alone: those that were configured when it was told.

use crate::notice::{Delivery, Phase};
use kinward_contracts::notification::v1::{
    Endpoint, EndpointEvent, NoticeEvent, Recipient, endpoint_event::Event as EndpointFact,
    notice_event::Event,
};
use kinward_eventsourcing::{DecodeError, Index, Recorded};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Notices remembered after everything about them is settled.
const REMEMBERED: usize = 50_000;

/// An endpoint as the log has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// What it is.
    pub endpoint: Endpoint,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
}

/// A delivery as the log has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// How far it is.
    pub delivery: Delivery,
    /// Whether its notice is an emergency.
    pub immediate: bool,
    /// Position of its last change.
    pub position: u64,
}

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Deliveries {
    endpoints: BTreeMap<String, Known>,
    notices: BTreeMap<String, BTreeMap<String, Entry>>,
    /// Notices, the oldest first, to forget them in this order.
    order: VecDeque<String>,
    /// Emergencies among those remembered.
    immediate: BTreeSet<String>,
    /// Notice and endpoint of what is due or of unknown outcome.
    open: BTreeSet<(String, String)>,
}

impl Deliveries {
    /// What is due, or has an attempt without an outcome: emergencies first, then the oldest.
    pub fn open(&self) -> Vec<(&str, &str, &Entry)> {
        let mut all: Vec<(&str, &str, &Entry)> = self
            .open
            .iter()
            .filter_map(|(notice, endpoint)| {
                Some((notice.as_str(), endpoint.as_str(), self.notices.get(notice)?.get(endpoint)?))
            })
            .collect();
        all.sort_by_key(|(_, _, entry)| (!entry.immediate, entry.position));
        all
    }

    /// Every delivery, the last change first.
    pub fn all(&self) -> Vec<(&str, &str, &Entry)> {
        let of_notice = |(notice, entries)| {
            let entries: &BTreeMap<String, Entry> = entries;
            let notice: &String = notice;
            entries.iter().map(move |(endpoint, entry)| (notice.as_str(), endpoint.as_str(), entry))
        };
        let mut all: Vec<(&str, &str, &Entry)> = self.notices.iter().flat_map(of_notice).collect();
        all.sort_by_key(|(_, _, entry)| std::cmp::Reverse(entry.position));
        all
    }

    /// An endpoint.
    pub fn endpoint(&self, id: &str) -> Option<&Known> {
        self.endpoints.get(id)
    }

    /// Every endpoint, by id.
    pub fn endpoints(&self) -> impl Iterator<Item = (&str, &Known)> {
        self.endpoints.iter().map(|(id, known)| (id.as_str(), known))
    }

    /// A delivery to every endpoint of whoever is told.
    fn tell(&mut self, notice: &str, recipient: &Recipient, position: u64) {
        let immediate = self.immediate.contains(notice);
        let told = self.endpoints.iter().filter(|(_, known)| !known.withdrawn && concerns(known, recipient));
        let told: Vec<String> = told.map(|(id, _)| id.clone()).collect();
        for id in told {
            self.open.insert((notice.to_owned(), id.clone()));
            let entry = Entry { immediate, position, ..Entry::default() };
            self.notices.entry(notice.to_owned()).or_default().entry(id).or_insert(entry);
        }
    }

    fn change(&mut self, notice: &str, endpoint: &str, event: &Event, at: &Recorded) {
        let immediate = self.immediate.contains(notice);
        let entries = self.notices.entry(notice.to_owned()).or_default();
        let entry = entries.entry(endpoint.to_owned()).or_default();
        entry.delivery.evolve(event, at.recorded_at());
        (entry.immediate, entry.position) = (immediate, at.position.0);
        let key = (notice.to_owned(), endpoint.to_owned());
        if matches!(entry.delivery.phase, Phase::Due | Phase::Attempting { .. }) {
            self.open.insert(key);
        } else {
            self.open.remove(&key);
        }
    }

    /// Forgets the oldest notices of which everything is settled.
    fn forget(&mut self) {
        while self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            let settled = |entry: &Entry| matches!(entry.delivery.phase, Phase::Delivered | Phase::Withheld);
            if self.notices.get(&oldest).is_none_or(|entries| entries.values().all(settled)) {
                self.notices.remove(&oldest);
                self.immediate.remove(&oldest);
            } else {
                self.order.push_back(oldest);
                return;
            }
        }
    }
}

/// Whether an endpoint's unit is told when a recipient is.
fn concerns(known: &Known, recipient: &Recipient) -> bool {
    let Endpoint { department, area, role, .. } = &known.endpoint;
    *department == recipient.department
        && !area.is_empty()
        && recipient.area.starts_with(area.as_str())
        && (role.is_empty() || *role == recipient.role)
}

impl Index for Deliveries {
    const NAME: &'static str = "notification-deliveries";
    const SCHEMA: u32 = 1;

    fn fold(&mut self, event: &Recorded) -> Result<(), DecodeError> {
        let id = event.subject.id();
        match event.decode::<EndpointEvent>()?.and_then(|endpoint| endpoint.event) {
            Some(EndpointFact::EndpointConfigured(configured)) => {
                let endpoint = configured.endpoint.unwrap_or_default();
                self.endpoints.insert(id.to_owned(), Known { endpoint, withdrawn: false });
            }
            Some(EndpointFact::EndpointWithdrawn(_)) => {
                if let Some(known) = self.endpoints.get_mut(id) {
                    known.withdrawn = true;
                }
            }
            None => {}
        }
        match event.decode::<NoticeEvent>()?.and_then(|notice| notice.event) {
            Some(Event::NoticeSent(sent)) => {
                if sent.about.as_ref().is_some_and(|about| about.immediate) {
                    self.immediate.insert(id.to_owned());
                }
                self.order.push_back(id.to_owned());
                self.tell(id, &sent.recipient.unwrap_or_default(), event.position.0);
                self.forget();
            }
            Some(Event::NoticeEscalated(escalated)) => {
                self.tell(id, &escalated.recipient.unwrap_or_default(), event.position.0);
            }
            Some(other) => {
                if let Some(endpoint) = Delivery::endpoint_of(&other) {
                    self.change(id, endpoint, &other, event);
                }
            }
            None => {}
        }
        Ok(())
    }
}
