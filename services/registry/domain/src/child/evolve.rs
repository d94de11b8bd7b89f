//! Events into the file's state.

use super::care::{Difficulty, KeyCase, Pairing, tracks_key_cases};
use super::carer::since;
use super::delegation::Delegation;
use super::residence::OpenMove;
use super::schooling::{Absence, Dropout};
use super::{Carer, Gap, State};
use chrono::Days;
use kinward_contracts::CarriesClocks as _;
use kinward_contracts::registry::v1::{
    ChildEvent, ChildRegistered, DelegationEnd, DelegationEnded, DelegationMade, Facilitator, Guardian,
    GuardianshipBasis, Household, KeyCaseVisitor, Parent, SchoolingStage as Stage, VisitRecorded,
    child_event::Event,
};
use kinward_contracts::r#type::v1::Capacity;
use kinward_eventsourcing::Occurrence;
use kinward_statute::day_of;

impl State {
    pub(super) fn evolve(&mut self, event: &ChildEvent, at: &Occurrence<'_>) {
        if let Some(clock) = event.clock() {
            self.clocks.fold(&clock);
            return;
        }
        let Some(event) = &event.event else { return };
        match event {
            Event::ChildRegistered(registered) => self.register(registered, at),
            Event::UnknownChildRegistered(unknown) => {
                self.registered = true;
                self.temporary = true;
                self.live_in(unknown.found.as_ref(), &day_of(at.occurred_at).to_string());
                self.search_tokens.clone_from(&unknown.search_tokens);
            }
            Event::ParentWhereaboutsRecorded(recorded) => {
                if let (Some(facts), Some(carer)) =
                    (&recorded.facts, self.carers.get_mut(&recorded.person_id))
                {
                    let held_from = since(facts).unwrap_or_else(|| day_of(at.occurred_at));
                    carer.record(facts, Some(held_from));
                }
            }
            Event::StatusChanged(changed) => {
                self.status = changed.to_status;
                self.status_reason = changed.reason;
                self.status_since = changed.on_date.parse().ok();
            }
            Event::GuardianshipGapRaised(raised) => {
                let (gap_id, kind) = (raised.gap_id.clone(), raised.kind);
                self.gap = Some(Gap { gap_id, kind, since: at.occurred_at });
                self.gaps += 1;
            }
            Event::GuardianshipGapClosed(_) => self.gap = None,
            Event::GuardianRevoked(revoked) => {
                self.rulings.insert((revoked.case_id.clone(), revoked.person_id.clone()));
                if let Some(carer) = self.carers.get_mut(&revoked.person_id) {
                    carer.revoked = true;
                    carer.designated = false;
                }
            }
            Event::GuardianDesignated(designated) => {
                if let Some(guardian) = &designated.guardian {
                    self.designate(guardian);
                }
            }
            Event::GuardianRestored(restored) => {
                self.rulings.remove(&(restored.case_id.clone(), restored.person_id.clone()));
                if let Some(carer) = self.carers.get_mut(&restored.person_id) {
                    carer.revoked = false;
                }
                if let Some(carer) = self.carers.get_mut(&restored.ended_person_id) {
                    carer.designated = false;
                }
            }
            Event::DuplicateLinked(linked) => self.duplicate_of = Some(linked.of_child_id.clone()),
            Event::DuplicateUnlinked(_) => self.duplicate_of = None,
            Event::DuplicateAttached(attached) => {
                self.duplicates.insert(attached.duplicate_child_id.clone());
            }
            Event::DuplicateDetached(detached) => {
                self.duplicates.remove(&detached.duplicate_child_id);
            }
            event => {
                self.fold_family(event, at);
                self.fold_care(event, at);
                self.fold_schooling(event);
            }
        }
    }

    fn register(&mut self, registered: &ChildRegistered, at: &Occurrence<'_>) {
        self.registered = true;
        self.live_in(registered.household.as_ref(), &day_of(at.occurred_at).to_string());
        self.name.clone_from(&registered.name);
        self.birth_date.clone_from(&registered.birth_date);
        self.search_tokens.clone_from(&registered.search_tokens);
        for Parent { person_id, relation, name, facts, .. } in &registered.parents {
            let mut carer = Carer {
                relation: *relation,
                basis: GuardianshipBasis::Parent.into(),
                name: name.clone(),
                ..Carer::default()
            };
            if let Some(facts) = facts {
                carer.record(facts, since(facts));
            }
            self.carers.insert(person_id.clone(), carer);
        }
        for guardian in &registered.guardians {
            self.carers.insert(guardian.person_id.clone(), Carer::of(guardian));
        }
        if let Some(school) = &registered.schooling {
            self.schooling.attend(school);
        }
    }

    fn live_in(&mut self, household: Option<&Household>, day: &str) {
        let Some(home) = household else { return };
        self.village_code.clone_from(&home.village_code);
        self.address.clone_from(&home.address);
        if let Ok(day) = day.parse() {
            self.home.settle(&home.village_code, day);
        }
    }

    /// Somebody on file stays what the file says, and is guardian by the court from now on.
    fn designate(&mut self, guardian: &Guardian) {
        let carer = self.carers.entry(guardian.person_id.clone()).or_insert_with(|| Carer::of(guardian));
        carer.capacity = guardian.capacity;
        carer.revoked = false;
        carer.designated = true;
    }

    fn fold_family(&mut self, event: &Event, at: &Occurrence<'_>) {
        match event {
            Event::HouseholdMoveRequested(asked) => {
                if let (Some(household), Ok(moved_on)) = (&asked.household, asked.moved_on.parse()) {
                    self.home.open_move = Some(OpenMove {
                        move_id: asked.move_id.clone(),
                        village_code: household.village_code.clone(),
                        address: household.address.clone(),
                        moved_on,
                        side: asked.side_village_code.clone(),
                        unit: at.actor.unit_id.clone(),
                        asked_at: at.occurred_at,
                    });
                }
            }
            Event::HouseholdMoveRefused(_) => self.home.open_move = None,
            Event::HouseholdMoved(moved) => self.live_in(moved.household.as_ref(), &moved.moved_on),
            Event::GuardianRecorded(recorded) => {
                if let Some(guardian) = &recorded.guardian {
                    let carer =
                        self.carers.entry(guardian.person_id.clone()).or_insert_with(|| Carer::of(guardian));
                    carer.capacity = guardian.capacity;
                    carer.lives_with_child = guardian.lives_with_child;
                }
            }
            Event::DelegationMade(made) => self.entrust(made),
            Event::DelegationReviewed(_) => self.reviewed_at = self.reviewed_at.max(Some(at.occurred_at)),
            Event::DelegationEnded(ended) => self.end_delegation(ended),
            _ => {}
        }
    }

    fn entrust(&mut self, made: &DelegationMade) {
        let (Some(trustee), Ok(from)) = (&made.trustee, made.from_on.parse()) else { return };
        let until: Option<chrono::NaiveDate> = made.until_on.as_deref().and_then(|day| day.parse().ok());
        self.delegations.push(Delegation {
            delegation_id: made.delegation_id.clone(),
            trustee: trustee.person_id.clone(),
            from,
            before: until.map(|until| until + Days::new(1)),
            ended: false,
        });
        self.reviewed_at = None;
        let carer = self.carers.entry(trustee.person_id.clone()).or_insert_with(|| Carer::of(trustee));
        carer.capacity = Capacity::Full.into();
        carer.lives_with_child = trustee.lives_with_child;
    }

    fn end_delegation(&mut self, ended: &DelegationEnded) {
        let known = self.delegations.iter_mut().find(|one| one.delegation_id == ended.delegation_id);
        let Some(delegation) = known else { return };
        delegation.ended = true;
        if ended.end() != DelegationEnd::Expired {
            delegation.before = ended.on_date.parse().ok().or(delegation.before);
        }
        if let Some(carer) = self.carers.get_mut(&delegation.trustee) {
            carer.lives_with_child = ended.trustee_stays;
        }
    }

    fn fold_care(&mut self, event: &Event, at: &Occurrence<'_>) {
        let care = &mut self.care;
        let when = at.occurred_at;
        match event {
            Event::ContactRecorded(contact) => {
                care.contacts += 1;
                care.facilitated += u32::from(contact.facilitated_by() != Facilitator::Unspecified);
                care.last_contact = care.last_contact.max(Some(when));
            }
            Event::VisitRecorded(visit) => Self::visited(care, visit, when),
            Event::KeyCaseFlagged(flagged) => {
                care.key_case = flagged.visitor.as_ref().map(|visitor| KeyCase {
                    key_case_id: flagged.key_case_id.clone(),
                    role: visitor.role,
                    unit_id: visitor.unit_id.clone(),
                    since: when,
                });
            }
            Event::KeyCaseAssigned(assigned) => {
                if let (Some(open), Some(KeyCaseVisitor { role, unit_id, .. })) =
                    (&mut care.key_case, &assigned.visitor)
                {
                    open.role = *role;
                    open.unit_id.clone_from(unit_id);
                }
            }
            Event::KeyCaseEnded(_) => care.key_case = None,
            Event::DifficultyOpened(opened) => {
                let difficulty = Difficulty {
                    kind: opened.kind,
                    opened_at: when,
                    unit_id: String::new(),
                    resolved: false,
                };
                care.difficulties.insert(opened.difficulty_id.clone(), difficulty);
            }
            Event::DifficultyAssigned(assigned) => {
                if let Some(difficulty) = care.difficulties.get_mut(&assigned.difficulty_id) {
                    difficulty.unit_id.clone_from(&assigned.unit_id);
                }
            }
            Event::DifficultyResolved(resolved) => {
                if let Some(difficulty) = care.difficulties.get_mut(&resolved.difficulty_id) {
                    difficulty.resolved = true;
                }
            }
            Event::GuardianAdmonished(said) => *care.words.entry(said.person_id.clone()).or_default() += 1,
            Event::GuardianStopped(said) => *care.words.entry(said.person_id.clone()).or_default() += 1,
            Event::GuardianUrgedToCorrect(said) => {
                *care.words.entry(said.person_id.clone()).or_default() += 1;
            }
            Event::PsychologicalConcernRaised(_) => care.concerns += 1,
            Event::CaringAdultPaired(paired) => {
                if let Ok(from) = paired.from_on.parse() {
                    let pairing = Pairing { role: paired.role, from, until: None, visits: 0 };
                    care.pairings.insert(paired.pairing_id.clone(), pairing);
                }
            }
            Event::PairingVisitRecorded(visited) => {
                if let Some(pairing) = care.pairings.get_mut(&visited.pairing_id) {
                    pairing.visits += 1;
                }
            }
            Event::PairingEnded(ended) => {
                if let Some(pairing) = care.pairings.get_mut(&ended.pairing_id) {
                    pairing.until = ended.on_date.parse().ok();
                }
            }
            Event::HealthRecorded(_) => care.health = true,
            _ => {}
        }
    }

    fn visited(care: &mut super::Care, visit: &VisitRecorded, when: chrono::DateTime<chrono::Utc>) {
        care.visits += 1;
        care.last_visit = care.last_visit.max(Some(when));
        if tracks_key_cases(visit.role()) {
            care.last_key_visit = care.last_key_visit.max(Some(when));
        }
    }

    fn fold_schooling(&mut self, event: &Event) {
        let schooling = &mut self.schooling;
        match event {
            Event::SchoolEnrolled(enrolled) => {
                if let Some(school) = &enrolled.schooling {
                    schooling.attend(school);
                }
            }
            Event::AbsenceRecorded(absence) => {
                schooling.stage = Stage::Absent.into();
                schooling.absence = Some(Absence {
                    absence_id: absence.absence_id.clone(),
                    from: absence.on_date.parse().ok(),
                    cause: absence.cause,
                });
            }
            Event::AbsenceFollowedUp(followed) => {
                if let Some(absence) = &mut schooling.absence {
                    absence.cause = followed.cause;
                }
            }
            Event::DropoutRegistered(registered) => {
                schooling.stage = Stage::DroppedOut.into();
                schooling.absence = None;
                let dropout_id = registered.dropout_id.clone();
                schooling.dropout = Some(Dropout { dropout_id, ..Dropout::default() });
            }
            Event::PersuasionAttempted(_) => {
                if let Some(dropout) = &mut schooling.dropout {
                    dropout.attempts += 1;
                }
            }
            Event::PersuasionFailed(_) => schooling.stage = Stage::PersuasionFailed.into(),
            Event::DropoutReportWritten(_) => schooling.stage = Stage::Reported.into(),
            Event::DropoutReportAcknowledged(acknowledged) => {
                if let Some(dropout) = &mut schooling.dropout {
                    dropout.acknowledged.insert(acknowledged.recipient);
                }
            }
            Event::ChildReturnedToSchool(_) => {
                schooling.stage = Stage::Enrolled.into();
                schooling.absence = None;
                schooling.dropout = None;
            }
            Event::ContactCardIssued(_) => schooling.contact_card = true,
            Event::EducationReliefReferred(referred) => {
                schooling.relief_for.insert(referred.because_of_id.clone());
            }
            _ => {}
        }
    }
}
