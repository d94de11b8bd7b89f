//! The services, by name.

use kinward_chassis::{Running, Settings, StartError, TimeSource, start};

/// Every service, in the order in which they are started.
pub const ALL: [&str; 7] =
    ["registry", "reporting", "dispatch", "assessment", "custody", "notification", "departments"];

/// Starts the service with this name.
pub async fn start_by_name(name: &str, settings: Settings, time: TimeSource) -> Result<Running, StartError> {
    match name {
        "registry" => start::<kinward_registry::Registry>(settings, time).await,
        "reporting" => start::<kinward_reporting::Reporting>(settings, time).await,
        "dispatch" => start::<kinward_dispatch::Dispatch>(settings, time).await,
        "assessment" => start::<kinward_assessment::AssessmentAndHelp>(settings, time).await,
        "custody" => start::<kinward_custody::Custody>(settings, time).await,
        "notification" => start::<kinward_notification::Notification>(settings, time).await,
        "departments" => start::<kinward_departments::Departments>(settings, time).await,
        other => {
            Err(StartError::Other(format!("there is no service {other:?}; choose of {}", ALL.join(", "))))
        }
    }
}

/// Creates what is missing: streams of the log, the keyring, every department's schema.
pub async fn provision(settings: &Settings) -> anyhow::Result<()> {
    kinward_eventlog::Log::provision(settings.log.clone()).await?;
    kinward_privacy::Keyring::provision(&settings.keyring.0).await?;
    kinward_departments::provision_all(&settings.database.0).await?;
    Ok(())
}
