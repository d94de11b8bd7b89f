//! What a case learns about a guardian: each fact at its place in the guardian's record.

use super::record::{Convicted, Happened, Harmed, Record, add};
use super::{State, grounds};
use chrono::NaiveDate;
use kinward_contracts::custody::v1::case_event::Event;
use kinward_contracts::r#type::v1::Ground;
use kinward_eventsourcing::Occurrence;
use kinward_statute::day_of;

impl State {
    /// A fact about a guardian.
    pub(super) fn learn(&mut self, event: &Event, at: &Occurrence<'_>) {
        let now = || Happened { at: at.occurred_at, event_id: at.event_id.to_owned() };
        let on = |day: &str| day.parse::<NaiveDate>().ok().map(|day| Happened::on(day, at.event_id));
        match event {
            Event::GuardianCriticised(criticised) if grounds::counts(criticised) => {
                let record = self.of(&criticised.guardian_person_id);
                add(record.criticisms.entry(criticised.conduct).or_default(), now());
            }
            Event::DutyRefused(refused) => {
                let record = self.of(&refused.guardian_person_id);
                record.refusals.extend(on(&refused.since_on));
                record.refusals.sort();
            }
            Event::DutyResumed(resumed) => {
                let record = self.of(&resumed.guardian_person_id);
                record.resumptions.extend(on(&resumed.on_date));
                record.resumptions.sort();
                self.take_back(&resumed.guardian_person_id, day_of(at.recorded_at));
            }
            Event::ConsequenceRecorded(suffered) => {
                let record = self.of(&suffered.guardian_person_id);
                add(record.consequences.entry(suffered.consequence).or_default(), now());
            }
            Event::DutyImpossible(impossible) => {
                add(&mut self.of(&impossible.guardian_person_id).impossible, now());
            }
            Event::DelegationRefused(refused) => {
                add(&mut self.of(&refused.guardian_person_id).delegation_refused, now());
            }
            Event::HarmRecorded(harm) => {
                let since = harm.since_on.as_ref().and_then(|day| day.parse().ok());
                let (at, kind, grave_injury) = (at.occurred_at, harm.harm, harm.grave_injury);
                let record = self.of(&harm.guardian_person_id);
                record.harms.push(Harmed { at, harm: kind, since, grave_injury });
                if harm.serious {
                    add(&mut record.serious_harm, now());
                }
            }
            Event::GuardianConvicted(convicted) => {
                self.of(&convicted.guardian_person_id).convictions.push(Convicted {
                    intentional: convicted.intentional,
                    against_child: convicted.against_child,
                    imprisonment_months: convicted.imprisonment_months,
                });
            }
            Event::LeftUnattended(left) => {
                let record = self.of(&left.guardian_person_id);
                add(&mut record.left_unattended, now());
                if left.in_danger {
                    add(&mut record.left_in_danger, now());
                }
            }
            Event::CrimeIncited(crime) if crime.grave => {
                add(&mut self.of(&crime.guardian_person_id).grave_crime, now());
            }
            _ => {}
        }
    }

    /// A resumed duty is the one fact that takes a ground back (CUS-3c).
    fn take_back(&mut self, guardian: &str, today: NaiveDate) {
        let record = self.guardians.get(guardian);
        let still =
            record.is_some_and(|record| grounds::assess_one(Ground::DutyRefused, record, today).is_met());
        if !still {
            self.met.remove(&(Ground::DutyRefused.into(), guardian.to_owned()));
        }
        if !self.has_ground(guardian) {
            self.must_petition.remove(guardian);
        }
    }

    pub(super) fn of(&mut self, guardian: &str) -> &mut Record {
        self.guardians.entry(guardian.to_owned()).or_default()
    }
}
