//! Configuration: defaults, then a TOML file, then `KINWARD__SECTION__KEY` from the environment. Unknown keys are
//! refused; secrets are never printed.

use crate::ChannelSettings;
use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use kinward_eventlog::LogSettings;
use serde::{Deserialize, Serialize, Serializer};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// A value that is never printed.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("***")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0.is_empty() { "" } else { "***" })
    }
}

/// Settings of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Address of the gRPC port; port 0: a free one.
    pub listen: String,
    /// Address of the admin port (metrics, health); port 0: a free one.
    pub admin: String,
    /// This instance's own, lasting name: what a process lease is held under.
    pub instance: String,
    /// Production: development identity and unsafe logs are refused.
    pub production: bool,
    /// The log.
    pub log: LogSettings,
    /// How notices leave the house.
    pub channels: ChannelSettings,
    /// Database of the keyring.
    pub keyring: Secret,
    /// Database of the read models.
    pub database: Secret,
    /// Folder of the secrets.
    pub secrets: PathBuf,
    /// Folder of this instance's own files: the key pool.
    pub state: PathBuf,
    /// Keys in the pool when it is full.
    pub pool_capacity: usize,
    /// File with the public key of the development issuer.
    pub development_public_key: PathBuf,
    /// Calls served at a time; more are refused with RESOURCE_EXHAUSTED.
    pub max_in_flight: usize,
    /// Of them, calls of one connection.
    pub max_in_flight_per_connection: usize,
    /// Streams listened to at a time; more are refused with RESOURCE_EXHAUSTED.
    pub max_streams: usize,
    /// Milliseconds a call may take that names no deadline.
    pub default_deadline_ms: u64,
    /// Milliseconds a call may take at most.
    pub max_deadline_ms: u64,
    /// Milliseconds that calls in flight get to end when the service stops.
    pub drain_ms: u64,
    /// OTLP endpoint for traces; empty: none.
    pub otlp: String,
    /// What is logged, as `info,kinward=debug`.
    pub log_filter: String,
    /// Log lines as JSON.
    pub log_json: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:0".to_owned(),
            admin: "127.0.0.1:0".to_owned(),
            instance: "one".to_owned(),
            production: false,
            log: LogSettings::default(),
            channels: ChannelSettings::default(),
            keyring: Secret::default(),
            database: Secret::default(),
            secrets: PathBuf::from("secrets"),
            state: PathBuf::from("state"),
            pool_capacity: 2_000,
            development_public_key: PathBuf::from("secrets/development-public.pem"),
            max_in_flight: 2_048,
            max_in_flight_per_connection: 1_024,
            max_streams: 1_024,
            default_deadline_ms: 10_000,
            max_deadline_ms: 60_000,
            drain_ms: 10_000,
            otlp: String::new(),
            log_filter: "info".to_owned(),
            log_json: false,
        }
    }
}

impl Settings {
    /// Where the log is, for one that connects under this name.
    pub fn log_for(&self, client: &str) -> LogSettings {
        LogSettings {
            production: self.production,
            client_name: format!("kinward-{client}"),
            ..self.log.clone()
        }
    }

    /// The settings of the `index`-th service of one process: its ports lie so far behind those of the first. A free
    /// port stays a free one.
    pub fn moved_by(&self, index: u16) -> Result<Self, ConfigError> {
        if index == 0 {
            return Ok(self.clone());
        }
        let moved = |address: &str| {
            let mut at: SocketAddr = address.parse().map_err(|_| ConfigError::Address(address.to_owned()))?;
            if at.port() > 0 {
                at.set_port(at.port().saturating_add(index));
            }
            Ok::<_, ConfigError>(at.to_string())
        };
        Ok(Self { listen: moved(&self.listen)?, admin: moved(&self.admin)?, ..self.clone() })
    }
}

/// A configuration that is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A key is unknown, or a value is not of its type.
    #[error(
        "配置有误：请按下文更正配置文件或环境变量  the configuration is refused, correct the file or variable that is named: {0}"
    )]
    Invalid(Box<figment::Error>),
    /// Not an address and port.
    #[error(
        "{0:?} 不是地址和端口：应如 127.0.0.1:7001  {0:?} is no address with a port: give one as 127.0.0.1:7001"
    )]
    Address(String),
    /// Not a filter of log lines.
    #[error(
        "log_filter {0:?} 无效：应如 info,kinward=debug  log_filter {0:?} is no filter: give one as info,kinward=debug ({1})"
    )]
    LogFilter(String, String),
    /// Not the address of a collector of traces.
    #[error(
        "otlp {0:?} 无效：应如 http://127.0.0.1:4317，或留空  otlp {0:?} is no address: give one as http://127.0.0.1:4317, or none ({1})"
    )]
    Otlp(String, String),
    /// The file is not there.
    #[error("配置文件 {0} 不存在：请核对路径  the configuration file {0} is not there: check its path")]
    NoFile(PathBuf),
}

/// The effective settings.
pub fn load(file: Option<&Path>) -> Result<Settings, ConfigError> {
    let mut figment = Figment::from(Serialized::defaults(Settings::default()));
    if let Some(file) = file {
        if !file.exists() {
            return Err(ConfigError::NoFile(file.to_owned()));
        }
        figment = figment.merge(Toml::file(file));
    }
    // what is made of digits is a text all the same where a text is asked for
    let (environment, defaults) = (Env::prefixed("KINWARD__").split("__"), figment.clone());
    figment = figment.merge(environment.clone());
    let read = Figment::from(environment.clone());
    let is_text =
        |of: &Figment, key: &str| matches!(of.find_value(key), Ok(figment::value::Value::String(..)));
    for (key, value) in environment.iter() {
        if is_text(&defaults, key.as_str()) && !is_text(&read, key.as_str()) {
            figment = figment.merge((key.as_str(), value));
        }
    }
    figment.extract().map_err(|error| ConfigError::Invalid(Box::new(error)))
}

/// The effective settings as TOML, secrets hidden.
pub fn print(settings: &Settings) -> String {
    toml::to_string_pretty(settings).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, ConfigError> {
        let file = std::env::temp_dir().join(format!("kinward-config-{}.toml", rand::random::<u64>()));
        std::fs::write(&file, text).unwrap();
        let read = load(Some(&file));
        std::fs::remove_file(&file).unwrap();
        read
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let error = read("listen = \"127.0.0.1:1\"\nlisten_adress = 3").unwrap_err();
        assert!(error.to_string().contains("listen_adress"), "{error}");
        let error = read("[log]\nserver = []").unwrap_err();
        assert!(error.to_string().contains("server"), "{error}");
    }

    #[test]
    fn what_is_printed_reads_again_and_hides_secrets() {
        let text = "keyring = \"postgres://u:hunter2@h/db\"\n[channels.smtp]\npassword = \"hunter2\"\n\
                    [channels.sms]\ntoken = \"hunter2\"";
        let settings = read(text).unwrap();
        assert_eq!(settings.channels.smtp.password.0, "hunter2");
        let printed = print(&settings);
        assert!(!printed.contains("hunter2") && !format!("{settings:?}").contains("hunter2"));
        assert_eq!(read(&printed).unwrap().listen, settings.listen);
    }

    #[test]
    fn services_of_one_process_listen_on_consecutive_ports() {
        let settings = Settings { listen: "127.0.0.1:7001".to_owned(), ..Settings::default() };
        let third = settings.moved_by(2).unwrap();
        assert_eq!((third.listen.as_str(), third.admin.as_str()), ("127.0.0.1:7003", "127.0.0.1:0"));
        let nowhere = Settings { listen: "here".to_owned(), ..Settings::default() };
        assert!(nowhere.moved_by(1).unwrap_err().to_string().contains("here"));
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = load(Some(Path::new("/nowhere/kinward.toml"))).unwrap_err();
        assert!(error.to_string().contains("/nowhere/kinward.toml"));
    }

    #[test]
    fn the_example_is_a_configuration() {
        assert!(read(include_str!("../examples/kinward.toml")).is_ok());
    }
}
