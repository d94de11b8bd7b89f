//! The services, by name.

use kinward_chassis::{Running, Service, Settings, StartError, TimeSource, start};

/// The one list of services.
macro_rules! services {
    ($($service:ty),+ $(,)?) => {
        /// Every service, in the order in which they are started.
        pub const ALL: &[&str] = &[$(<$service as Service>::NAME),+];

        /// Starts the service with this name.
        pub async fn start_by_name(
            name: &str,
            settings: Settings,
            time: TimeSource,
        ) -> Result<Running, StartError> {
            $(if name == <$service as Service>::NAME {
                return start::<$service>(settings, time).await;
            })+
            Err(StartError::Other(format!("there is no service {name:?}; choose of {}", ALL.join(", "))))
        }
    };
}

services!(
    kinward_registry::Registry,
    kinward_reporting::Reporting,
    kinward_dispatch::Dispatch,
    kinward_assessment::AssessmentAndHelp,
    kinward_custody::Custody,
    kinward_notification::Notification,
    kinward_departments::Departments,
);

/// Creates what is missing: streams of the log, the keyring, every department's schema.
pub async fn provision(settings: &Settings) -> anyhow::Result<()> {
    kinward_eventlog::Log::provision(settings.log_for("provision")).await?;
    kinward_privacy::Keyring::provision(&settings.keyring.0).await?;
    kinward_departments::provision_all(&settings.database.0).await?;
    Ok(())
}
