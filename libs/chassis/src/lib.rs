//! What every service is: configuration, telemetry, identity, the gate every call passes, the one error table,
//! serving and draining. A service itself is its domain, its api and a [`Service`].

mod admin;
mod calls;
mod channels;
mod config;
mod desk;
mod gate;
mod identity;
mod metrics;
mod pages;
mod runtime;
mod serve;
mod status;
mod telemetry;
mod watch;

pub use channels::{ChannelSettings, SmsSettings, SmtpSettings, SmtpTls};
pub use config::{ConfigError, Secret, Settings, load, print};
pub use desk::{Desk, Done, New};
pub use gate::{ANYBODY, Caller, Gate, occurred_at, receipt, receipt_of};
pub use identity::{DevelopmentIssuer, DevelopmentTokens, IdentityError, Principal};
pub use pages::Page;
pub use runtime::{Runtime, Service, Wiring};
pub use serve::{Running, StartError, TimeSource, start, until_asked};
pub use status::{
    being_rebuilt, deadline_exceeded, denied_to, not_fresh, outside, refusal_of_log, status_of_keyring,
    status_of_log, status_of_rejection, too_many_past, unavailable_read_model, wrong_fields,
};
pub use telemetry::Telemetry;
pub use watch::{Stream, Watched, Watching};
