//! Reference data: divisions, calendars, terms, units, clock settings.

use super::outcome;
use kinward_chassis::{Gate, Runtime, receipt_of, status_of_log};
use kinward_contracts::registry::v1::{
    AdoptDivisionsRequest, AdoptDivisionsResponse, ClockSettingSet, DivisionAdopted, DivisionWithdrawn,
    HolidayNoticePublished, PublishHolidayNoticeRequest, PublishHolidayNoticeResponse,
    PublishSchoolTermRequest, PublishSchoolTermResponse, RegisterUnitsRequest, RegisterUnitsResponse,
    SchoolTermPublished, SetClockSettingRequest, SetClockSettingResponse, UnitRegistered,
    WithdrawDivisionRequest, WithdrawDivisionResponse,
};
use kinward_contracts::r#type::v1::{Department, RowOutcome};
use kinward_contracts::{CommandRequest, Validate, Violation};
use kinward_contracts_grpc::registry::v1::reference_service_server::ReferenceService;
use kinward_eventlog::{Call, Error, Handler, Log, Part};
use kinward_eventsourcing::Decider;
use kinward_registry_domain::reference::{
    CalendarYear, ClockSettingOf, Division, DivisionCommand, Term, Unit,
};
use std::collections::BTreeSet;
use tonic::{Request, Response, Status};

/// Who keeps reference data: civil affairs leads, the district's government publishes.
const KEEPERS: [Department; 3] =
    [Department::CivilAffairs, Department::DistrictLeadership, Department::Education];

pub(crate) struct ReferenceData {
    gate: Gate,
    log: Log,
    divisions: Handler<Division>,
    calendars: Handler<CalendarYear>,
    terms: Handler<Term>,
    units: Handler<Unit>,
    clocks: Handler<ClockSettingOf>,
}

impl ReferenceData {
    pub(crate) fn new(runtime: &Runtime) -> Self {
        Self {
            gate: runtime.gate.clone(),
            log: runtime.log.clone(),
            divisions: runtime.handler(),
            calendars: runtime.handler(),
            terms: runtime.handler(),
            units: runtime.handler(),
            clocks: runtime.handler(),
        }
    }

    /// A command of a keeper whose area holds the place; empty: the district's, since what is set here holds everywhere.
    fn let_in<M: CommandRequest + Validate>(
        &self,
        request: &Request<M>,
        place: &str,
    ) -> Result<Call, Status> {
        let (call, principal) = self.gate.command(request, &KEEPERS)?;
        principal.must_cover(place)?;
        Ok(call)
    }

    /// Stores all rows together; if one is refused, each alone, so that each gets its own answer.
    async fn rows<D: Decider>(
        &self,
        call: &Call,
        handler: &Handler<D>,
        rows: Vec<(String, D::Command)>,
    ) -> Result<Vec<RowOutcome>, Status>
    where
        D::Command: Clone,
    {
        let mut ids = BTreeSet::new();
        if let Some(index) = rows.iter().position(|(id, _)| !ids.insert(id)) {
            let (zh, en) = ("与前面的行编号相同", "an earlier row has the same code");
            return Err(Gate::refuse(vec![Violation::new(format!("rows[{index}]"), "unique", zh, en)]));
        }
        let parts: Result<Vec<Part<'_>>, Error> =
            rows.iter().map(|(id, command)| handler.part(id, command.clone())).collect();
        match self.log.transact(call, &parts.map_err(status_of_log)?).await {
            Ok(receipts) => return Ok(receipts.into_iter().map(|done| outcome(Ok(done))).collect()),
            Err(Error::Rejected(_) | Error::Conflict(_)) => {}
            Err(error) => return Err(status_of_log(error)),
        }
        let mut outcomes = Vec::new();
        for (id, command) in &rows {
            outcomes.push(outcome(handler.execute(call, id, command).await));
        }
        Ok(outcomes)
    }
}

#[tonic::async_trait]
impl ReferenceService for ReferenceData {
    async fn adopt_divisions(
        &self,
        request: Request<AdoptDivisionsRequest>,
    ) -> Result<Response<AdoptDivisionsResponse>, Status> {
        let call = self.let_in(&request, "")?;
        let divisions = request.into_inner().divisions.into_iter();
        let rows = divisions
            .map(|division| {
                let code = division.code.clone();
                (code, DivisionCommand::Adopt(DivisionAdopted { division: Some(division) }))
            })
            .collect();
        Ok(Response::new(AdoptDivisionsResponse { rows: self.rows(&call, &self.divisions, rows).await? }))
    }

    async fn withdraw_division(
        &self,
        request: Request<WithdrawDivisionRequest>,
    ) -> Result<Response<WithdrawDivisionResponse>, Status> {
        let call = self.let_in(&request, "")?;
        let WithdrawDivisionRequest { code, valid_until, successor_codes, .. } = request.into_inner();
        let withdrawn = DivisionCommand::Withdraw(DivisionWithdrawn { valid_until, successor_codes });
        let done = self.divisions.execute(&call, &code, &withdrawn).await;
        let receipt = receipt_of(done)?;
        Ok(Response::new(WithdrawDivisionResponse { receipt }))
    }

    async fn publish_holiday_notice(
        &self,
        request: Request<PublishHolidayNoticeRequest>,
    ) -> Result<Response<PublishHolidayNoticeResponse>, Status> {
        let call = self.let_in(&request, "")?;
        let PublishHolidayNoticeRequest { year, papers, days, .. } = request.into_inner();
        let notice = HolidayNoticePublished { year, papers, days };
        let done = self.calendars.execute(&call, &year.to_string(), &notice).await;
        let receipt = receipt_of(done)?;
        Ok(Response::new(PublishHolidayNoticeResponse { receipt }))
    }

    async fn publish_school_term(
        &self,
        request: Request<PublishSchoolTermRequest>,
    ) -> Result<Response<PublishSchoolTermResponse>, Status> {
        let call = self.let_in(&request, &request.get_ref().area)?;
        let PublishSchoolTermRequest { area, stage, school_year, term, starts_on, ends_on, .. } =
            request.into_inner();
        let id = format!("{area}-{stage}-{school_year}-{term}");
        let published = SchoolTermPublished { area, stage, school_year, term, starts_on, ends_on };
        let done = self.terms.execute(&call, &id, &published).await;
        let receipt = receipt_of(done)?;
        Ok(Response::new(PublishSchoolTermResponse { receipt }))
    }

    async fn register_units(
        &self,
        request: Request<RegisterUnitsRequest>,
    ) -> Result<Response<RegisterUnitsResponse>, Status> {
        let call = self.let_in(&request, "")?;
        let units = request.into_inner().units.into_iter();
        let rows = units.map(|unit| (unit.unit_id.clone(), UnitRegistered { unit: Some(unit) })).collect();
        Ok(Response::new(RegisterUnitsResponse { rows: self.rows(&call, &self.units, rows).await? }))
    }

    async fn set_clock_setting(
        &self,
        request: Request<SetClockSettingRequest>,
    ) -> Result<Response<SetClockSettingResponse>, Status> {
        let call = self.let_in(&request, "")?;
        let setting = request.into_inner().setting;
        let id = setting.as_ref().map(|setting| setting.clock.clone()).unwrap_or_default();
        let done = self.clocks.execute(&call, &id, &ClockSettingSet { setting }).await;
        let receipt = receipt_of(done)?;
        Ok(Response::new(SetClockSettingResponse { receipt }))
    }
}
