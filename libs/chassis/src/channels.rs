//! Settings of the channels beside the worklist. They stand here, and not in the notification service, because one loader
//! refuses unknown keys and hides secrets by their type.

use crate::Secret;
use serde::{Deserialize, Serialize};

/// How notices leave the house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelSettings {
    /// Milliseconds until an attempt without an answer counts as of unknown outcome.
    pub attempt_timeout_ms: u64,
    /// Webhooks may go to internal addresses and without TLS. For development and tests; refused in production.
    pub allow_internal: bool,
    /// Mail.
    pub smtp: SmtpSettings,
    /// Short messages.
    pub sms: SmsSettings,
}

impl Default for ChannelSettings {
    fn default() -> Self {
        Self {
            attempt_timeout_ms: 10_000,
            allow_internal: false,
            smtp: SmtpSettings::default(),
            sms: SmsSettings::default(),
        }
    }
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmtpTls {
    /// TLS from the first byte (port 465).
    #[default]
    Tls,
    /// STARTTLS, insisted on (port 587).
    Starttls,
    /// None. For tests; refused in production.
    None,
}

/// The mail server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmtpSettings {
    /// Its name; empty: no mail is sent, and what should be is dead-lettered.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Protection.
    pub tls: SmtpTls,
    /// User; empty: none.
    pub user: String,
    /// Password.
    pub password: Secret,
    /// Sender's mailbox.
    pub from: String,
}

impl Default for SmtpSettings {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 465,
            tls: SmtpTls::default(),
            user: String::new(),
            password: Secret::default(),
            from: "kinward@localhost".to_owned(),
        }
    }
}

/// The gateway that sends short messages: it takes `{"id", "to", "text"}` by POST and knows a repetition by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmsSettings {
    /// Its URL; empty: no short message is sent, and what should be is dead-lettered.
    pub url: String,
    /// Sent as `authorization: Bearer …`; empty: none.
    pub token: Secret,
}
