//! Clients of every service, with a caller's token on each call.

use kinward_chassis::{DevelopmentIssuer, Principal};
use kinward_contracts_grpc::assessment::v1::assessment_service_client::AssessmentServiceClient;
use kinward_contracts_grpc::assessment::v1::relief_service_client::ReliefServiceClient;
use kinward_contracts_grpc::custody::v1::case_service_client::CaseServiceClient;
use kinward_contracts_grpc::custody::v1::order_service_client::OrderServiceClient;
use kinward_contracts_grpc::custody::v1::temporary_guardianship_service_client::TemporaryGuardianshipServiceClient;
use kinward_contracts_grpc::departments::v1::civil_affairs_service_client::CivilAffairsServiceClient;
use kinward_contracts_grpc::departments::v1::district_leadership_service_client::DistrictLeadershipServiceClient;
use kinward_contracts_grpc::departments::v1::education_service_client::EducationServiceClient;
use kinward_contracts_grpc::departments::v1::explain_service_client::ExplainServiceClient;
use kinward_contracts_grpc::departments::v1::health_service_client::HealthServiceClient;
use kinward_contracts_grpc::departments::v1::justice_service_client::JusticeServiceClient;
use kinward_contracts_grpc::departments::v1::public_security_service_client::PublicSecurityServiceClient;
use kinward_contracts_grpc::departments::v1::township_service_client::TownshipServiceClient;
use kinward_contracts_grpc::departments::v1::womens_federation_service_client::WomensFederationServiceClient;
use kinward_contracts_grpc::departments::v1::work_service_client::WorkServiceClient;
use kinward_contracts_grpc::departments::v1::youth_league_service_client::YouthLeagueServiceClient;
use kinward_contracts_grpc::dispatch::v1::incident_service_client::IncidentServiceClient;
use kinward_contracts_grpc::dispatch::v1::inquiry_service_client::InquiryServiceClient;
use kinward_contracts_grpc::dispatch::v1::register_service_client::RegisterServiceClient;
use kinward_contracts_grpc::dispatch::v1::setting_service_client::SettingServiceClient;
use kinward_contracts_grpc::dispatch::v1::warning_service_client::WarningServiceClient;
use kinward_contracts_grpc::dispatch::v1::worklist_service_client::WorklistServiceClient;
use kinward_contracts_grpc::notification::v1::delivery_service_client::DeliveryServiceClient;
use kinward_contracts_grpc::notification::v1::endpoint_service_client::EndpointServiceClient;
use kinward_contracts_grpc::notification::v1::notice_service_client::NoticeServiceClient;
use kinward_contracts_grpc::registry::v1::care_service_client::CareServiceClient;
use kinward_contracts_grpc::registry::v1::child_service_client::ChildServiceClient;
use kinward_contracts_grpc::registry::v1::duplicate_service_client::DuplicateServiceClient;
use kinward_contracts_grpc::registry::v1::family_service_client::FamilyServiceClient;
use kinward_contracts_grpc::registry::v1::reference_service_client::ReferenceServiceClient;
use kinward_contracts_grpc::registry::v1::schooling_service_client::SchoolingServiceClient;
use kinward_contracts_grpc::registry::v1::village_service_client::VillageServiceClient;
use kinward_contracts_grpc::reporting::v1::call_service_client::CallServiceClient;
use kinward_contracts_grpc::reporting::v1::commendation_service_client::CommendationServiceClient;
use kinward_contracts_grpc::reporting::v1::omission_service_client::OmissionServiceClient;
use kinward_contracts_grpc::reporting::v1::report_service_client::ReportServiceClient;
use std::collections::BTreeMap;
use std::sync::Arc;
use tonic::metadata::MetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

/// Puts a caller's token on every call.
#[derive(Clone, Debug)]
pub struct Bearer(MetadataValue<tonic::metadata::Ascii>);

impl Bearer {
    /// A token.
    pub fn of(token: &str) -> anyhow::Result<Self> {
        let text = format!("Bearer {}", token.trim());
        Ok(Self(text.parse().map_err(|_| {
            anyhow::anyhow!("令牌含有不允许的字符  the token has characters that no token has")
        })?))
    }
}

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

/// A channel that carries a caller's token.
pub type Authorised = InterceptedService<Channel, Bearer>;

/// Where the services are, and who signs tokens.
#[derive(Clone)]
pub struct Clients {
    channels: BTreeMap<String, Channel>,
    issuer: Arc<DevelopmentIssuer>,
    expires: i64,
}

impl Clients {
    /// Services by name with their addresses (`http://…`); tokens expire at a moment, seconds since 1970.
    pub fn new(
        addresses: &BTreeMap<String, String>,
        issuer: Arc<DevelopmentIssuer>,
        expires: i64,
    ) -> anyhow::Result<Self> {
        let mut channels = BTreeMap::new();
        for (name, address) in addresses {
            channels.insert(name.clone(), Endpoint::from_shared(address.clone())?.connect_lazy());
        }
        Ok(Self { channels, issuer, expires })
    }

    /// The channel of a service, as a caller.
    pub fn channel(&self, service: &str, caller: &Principal) -> anyhow::Result<Authorised> {
        let channel = self.channels.get(service).cloned();
        let channel = channel.ok_or_else(|| anyhow::anyhow!("no address of {service}"))?;
        let token = self.issuer.issue(caller, self.expires)?;
        Ok(InterceptedService::new(channel, Bearer::of(&token)?))
    }

    /// Children's files.
    pub fn children(&self, caller: &Principal) -> anyhow::Result<ChildServiceClient<Authorised>> {
        Ok(ChildServiceClient::new(self.channel("registry", caller)?))
    }

    /// Household, guardians, delegation.
    pub fn families(&self, caller: &Principal) -> anyhow::Result<FamilyServiceClient<Authorised>> {
        Ok(FamilyServiceClient::new(self.channel("registry", caller)?))
    }

    /// Contact, visits and the other care for a child on file.
    pub fn care(&self, caller: &Principal) -> anyhow::Result<CareServiceClient<Authorised>> {
        Ok(CareServiceClient::new(self.channel("registry", caller)?))
    }

    /// Schooling.
    pub fn schooling(&self, caller: &Principal) -> anyhow::Result<SchoolingServiceClient<Authorised>> {
        Ok(SchoolingServiceClient::new(self.channel("registry", caller)?))
    }

    /// Duplicate files and unknown children.
    pub fn duplicates(&self, caller: &Principal) -> anyhow::Result<DuplicateServiceClient<Authorised>> {
        Ok(DuplicateServiceClient::new(self.channel("registry", caller)?))
    }

    /// Village rules.
    pub fn villages(&self, caller: &Principal) -> anyhow::Result<VillageServiceClient<Authorised>> {
        Ok(VillageServiceClient::new(self.channel("registry", caller)?))
    }

    /// Reference data.
    pub fn reference(&self, caller: &Principal) -> anyhow::Result<ReferenceServiceClient<Authorised>> {
        Ok(ReferenceServiceClient::new(self.channel("registry", caller)?))
    }

    /// Reports.
    pub fn reports(&self, caller: &Principal) -> anyhow::Result<ReportServiceClient<Authorised>> {
        Ok(ReportServiceClient::new(self.channel("reporting", caller)?))
    }

    /// Commendations of voluntary reporters.
    pub fn commendations(&self, caller: &Principal) -> anyhow::Result<CommendationServiceClient<Authorised>> {
        Ok(CommendationServiceClient::new(self.channel("reporting", caller)?))
    }

    /// Cases of failure to report.
    pub fn omissions(&self, caller: &Principal) -> anyhow::Result<OmissionServiceClient<Authorised>> {
        Ok(OmissionServiceClient::new(self.channel("reporting", caller)?))
    }

    /// Calls of the hotline.
    pub fn calls(&self, caller: &Principal) -> anyhow::Result<CallServiceClient<Authorised>> {
        Ok(CallServiceClient::new(self.channel("reporting", caller)?))
    }

    /// Incidents.
    pub fn incidents(&self, caller: &Principal) -> anyhow::Result<IncidentServiceClient<Authorised>> {
        Ok(IncidentServiceClient::new(self.channel("dispatch", caller)?))
    }

    /// What goes on around incidents.
    pub fn inquiries(&self, caller: &Principal) -> anyhow::Result<InquiryServiceClient<Authorised>> {
        Ok(InquiryServiceClient::new(self.channel("dispatch", caller)?))
    }

    /// What is on record of incidents.
    pub fn registers(&self, caller: &Principal) -> anyhow::Result<RegisterServiceClient<Authorised>> {
        Ok(RegisterServiceClient::new(self.channel("dispatch", caller)?))
    }

    /// Warning letters.
    pub fn warnings(&self, caller: &Principal) -> anyhow::Result<WarningServiceClient<Authorised>> {
        Ok(WarningServiceClient::new(self.channel("dispatch", caller)?))
    }

    /// How the district's police read the policy.
    pub fn dispatch_settings(&self, caller: &Principal) -> anyhow::Result<SettingServiceClient<Authorised>> {
        Ok(SettingServiceClient::new(self.channel("dispatch", caller)?))
    }

    /// The emergency worklist.
    pub fn worklist(&self, caller: &Principal) -> anyhow::Result<WorklistServiceClient<Authorised>> {
        Ok(WorklistServiceClient::new(self.channel("dispatch", caller)?))
    }

    /// Assessments.
    pub fn assessments(&self, caller: &Principal) -> anyhow::Result<AssessmentServiceClient<Authorised>> {
        Ok(AssessmentServiceClient::new(self.channel("assessment", caller)?))
    }

    /// Referrals to social relief.
    pub fn relief(&self, caller: &Principal) -> anyhow::Result<ReliefServiceClient<Authorised>> {
        Ok(ReliefServiceClient::new(self.channel("assessment", caller)?))
    }

    /// Custody cases.
    pub fn cases(&self, caller: &Principal) -> anyhow::Result<CaseServiceClient<Authorised>> {
        Ok(CaseServiceClient::new(self.channel("custody", caller)?))
    }

    /// Protection orders.
    pub fn orders(&self, caller: &Principal) -> anyhow::Result<OrderServiceClient<Authorised>> {
        Ok(OrderServiceClient::new(self.channel("custody", caller)?))
    }

    /// Temporary guardianship.
    pub fn stays(
        &self,
        caller: &Principal,
    ) -> anyhow::Result<TemporaryGuardianshipServiceClient<Authorised>> {
        Ok(TemporaryGuardianshipServiceClient::new(self.channel("custody", caller)?))
    }

    /// Notices.
    pub fn notices(&self, caller: &Principal) -> anyhow::Result<NoticeServiceClient<Authorised>> {
        Ok(NoticeServiceClient::new(self.channel("notification", caller)?))
    }

    /// Where units are told.
    pub fn endpoints(&self, caller: &Principal) -> anyhow::Result<EndpointServiceClient<Authorised>> {
        Ok(EndpointServiceClient::new(self.channel("notification", caller)?))
    }

    /// What became of notices on their channels.
    pub fn deliveries(&self, caller: &Principal) -> anyhow::Result<DeliveryServiceClient<Authorised>> {
        Ok(DeliveryServiceClient::new(self.channel("notification", caller)?))
    }

    /// Public security's read model.
    pub fn public_security(
        &self,
        caller: &Principal,
    ) -> anyhow::Result<PublicSecurityServiceClient<Authorised>> {
        Ok(PublicSecurityServiceClient::new(self.channel("departments", caller)?))
    }

    /// Why and why not.
    pub fn explain(&self, caller: &Principal) -> anyhow::Result<ExplainServiceClient<Authorised>> {
        Ok(ExplainServiceClient::new(self.channel("departments", caller)?))
    }

    /// A township's read model.
    pub fn township(&self, caller: &Principal) -> anyhow::Result<TownshipServiceClient<Authorised>> {
        Ok(TownshipServiceClient::new(self.channel("departments", caller)?))
    }

    /// Civil affairs' read model.
    pub fn civil_affairs(&self, caller: &Principal) -> anyhow::Result<CivilAffairsServiceClient<Authorised>> {
        Ok(CivilAffairsServiceClient::new(self.channel("departments", caller)?))
    }

    /// Education's read model.
    pub fn education(&self, caller: &Principal) -> anyhow::Result<EducationServiceClient<Authorised>> {
        Ok(EducationServiceClient::new(self.channel("departments", caller)?))
    }

    /// Health's read model.
    pub fn health(&self, caller: &Principal) -> anyhow::Result<HealthServiceClient<Authorised>> {
        Ok(HealthServiceClient::new(self.channel("departments", caller)?))
    }

    /// Justice's read model.
    pub fn justice(&self, caller: &Principal) -> anyhow::Result<JusticeServiceClient<Authorised>> {
        Ok(JusticeServiceClient::new(self.channel("departments", caller)?))
    }

    /// The women's federation's read model.
    pub fn womens_federation(
        &self,
        caller: &Principal,
    ) -> anyhow::Result<WomensFederationServiceClient<Authorised>> {
        Ok(WomensFederationServiceClient::new(self.channel("departments", caller)?))
    }

    /// The youth league's read model.
    pub fn youth_league(&self, caller: &Principal) -> anyhow::Result<YouthLeagueServiceClient<Authorised>> {
        Ok(YouthLeagueServiceClient::new(self.channel("departments", caller)?))
    }

    /// The district leadership's read model.
    pub fn leadership(
        &self,
        caller: &Principal,
    ) -> anyhow::Result<DistrictLeadershipServiceClient<Authorised>> {
        Ok(DistrictLeadershipServiceClient::new(self.channel("departments", caller)?))
    }

    /// What is due in the read model of the caller.
    pub fn work(&self, caller: &Principal) -> anyhow::Result<WorkServiceClient<Authorised>> {
        Ok(WorkServiceClient::new(self.channel("departments", caller)?))
    }
}
