//! Where the log is and how it must be.

use serde::{Deserialize, Serialize};

/// Settings of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    /// Addresses of the NATS servers, such as `nats://127.0.0.1:4222`.
    pub servers: Vec<String>,
    /// Monitoring addresses of the servers, `http://host:port`: asked whether each syncs every write.
    pub monitors: Vec<String>,
    /// Name of the log: the district, such as `430903`.
    pub log_id: String,
    /// Replicas of the stream: 1 embedded, 3 in production.
    pub replicas: usize,
    /// Accept a server that does not sync every write. For benches; refused in production.
    pub unsafe_sync: bool,
    /// Production: unsafe settings are refused. Not set here: it is the whole deployment's.
    #[serde(skip)]
    pub production: bool,
    /// Name shown in the server's connection list: whoever connects says it.
    #[serde(skip)]
    pub client_name: String,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            servers: vec!["nats://127.0.0.1:4222".to_owned()],
            monitors: vec!["http://127.0.0.1:8222".to_owned()],
            log_id: "430903".to_owned(),
            replicas: 1,
            unsafe_sync: false,
            production: false,
            client_name: "kinward".to_owned(),
        }
    }
}
