//! Clients of every service, with a caller's token on each call.

use kinward_chassis::{DevelopmentIssuer, Principal};
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
        let channel = channel.ok_or_else(|| anyhow::anyhow!("没有服务 {service} 的地址：请启动该服务  no address of {service} is known: start that service"))?;
        let token = self.issuer.issue(caller, self.expires)?;
        Ok(InterceptedService::new(channel, Bearer::of(&token)?))
    }
}

/// One method for each gRPC service: its client, on the channel of the service of that package.
macro_rules! clients {
    ($($(#[$doc:meta])+ $name:ident: $package:ident::$module:ident::$client:ident,)+) => {
        impl Clients {
            $(
                $(#[$doc])+
                pub fn $name(
                    &self,
                    caller: &Principal,
                ) -> anyhow::Result<kinward_contracts_grpc::$package::v1::$module::$client<Authorised>> {
                    let channel = self.channel(stringify!($package), caller)?;
                    Ok(kinward_contracts_grpc::$package::v1::$module::$client::new(channel))
                }
            )+
        }
    };
}

clients! {
    /// Children's files.
    children: registry::child_service_client::ChildServiceClient,
    /// Household, guardians, delegation.
    families: registry::family_service_client::FamilyServiceClient,
    /// Contact, visits and the other care for a child on file.
    care: registry::care_service_client::CareServiceClient,
    /// Schooling.
    schooling: registry::schooling_service_client::SchoolingServiceClient,
    /// Duplicate files and unknown children.
    duplicates: registry::duplicate_service_client::DuplicateServiceClient,
    /// Village rules.
    villages: registry::village_service_client::VillageServiceClient,
    /// Reference data.
    reference: registry::reference_service_client::ReferenceServiceClient,
    /// Reports.
    reports: reporting::report_service_client::ReportServiceClient,
    /// Commendations of voluntary reporters.
    commendations: reporting::commendation_service_client::CommendationServiceClient,
    /// Cases of failure to report.
    omissions: reporting::omission_service_client::OmissionServiceClient,
    /// Calls of the hotline.
    calls: reporting::call_service_client::CallServiceClient,
    /// Incidents.
    incidents: dispatch::incident_service_client::IncidentServiceClient,
    /// What goes on around incidents.
    inquiries: dispatch::inquiry_service_client::InquiryServiceClient,
    /// What is on record of incidents.
    registers: dispatch::register_service_client::RegisterServiceClient,
    /// Warning letters.
    warnings: dispatch::warning_service_client::WarningServiceClient,
    /// How the district's police read the policy.
    dispatch_settings: dispatch::setting_service_client::SettingServiceClient,
    /// The emergency worklist.
    worklist: dispatch::worklist_service_client::WorklistServiceClient,
    /// Assessments.
    assessments: assessment::assessment_service_client::AssessmentServiceClient,
    /// Referrals to social relief.
    relief: assessment::relief_service_client::ReliefServiceClient,
    /// Custody cases.
    cases: custody::case_service_client::CaseServiceClient,
    /// Protection orders.
    orders: custody::order_service_client::OrderServiceClient,
    /// Temporary guardianship.
    stays: custody::temporary_guardianship_service_client::TemporaryGuardianshipServiceClient,
    /// Notices.
    notices: notification::notice_service_client::NoticeServiceClient,
    /// Where units are told.
    endpoints: notification::endpoint_service_client::EndpointServiceClient,
    /// What became of notices on their channels.
    deliveries: notification::delivery_service_client::DeliveryServiceClient,
    /// Public security's read model.
    public_security: departments::public_security_service_client::PublicSecurityServiceClient,
    /// Why and why not.
    explain: departments::explain_service_client::ExplainServiceClient,
    /// A township's read model.
    township: departments::township_service_client::TownshipServiceClient,
    /// Civil affairs' read model.
    civil_affairs: departments::civil_affairs_service_client::CivilAffairsServiceClient,
    /// Education's read model.
    education: departments::education_service_client::EducationServiceClient,
    /// Health's read model.
    health: departments::health_service_client::HealthServiceClient,
    /// Justice's read model.
    justice: departments::justice_service_client::JusticeServiceClient,
    /// The women's federation's read model.
    womens_federation: departments::womens_federation_service_client::WomensFederationServiceClient,
    /// The youth league's read model.
    youth_league: departments::youth_league_service_client::YouthLeagueServiceClient,
    /// The district leadership's read model.
    leadership: departments::district_leadership_service_client::DistrictLeadershipServiceClient,
    /// What is due in the read model of the caller.
    work: departments::work_service_client::WorkServiceClient,
}
