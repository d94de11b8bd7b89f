//! How notices leave the house. Each channel makes one attempt and says what came of it: taken, refused for now, never
//! possible, or no answer. It retries nothing and logs no address.

mod email;
mod http;
mod internal;
mod sms;
mod webhook;

use email::Email;
use http::Http;
use kinward_chassis::{ChannelSettings, Settings, SmtpTls, StartError};
use kinward_notification_domain::Text;
use kinward_notification_domain::notice::Came;
use std::time::Duration;
use tokio::time::Instant;

/// The channels as they are configured.
pub(crate) struct Channels {
    settings: ChannelSettings,
    email: Option<Email>,
    http: Http,
}

/// What a webhook is told, and when.
pub(crate) struct Signed<'a> {
    pub(crate) secret: &'a str,
    /// Seconds since 1970.
    pub(crate) at: i64,
    pub(crate) body: String,
}

impl Channels {
    pub(crate) fn new(settings: &Settings) -> Result<Self, StartError> {
        let channels = settings.channels.clone();
        let bare_mail = !channels.smtp.host.is_empty() && channels.smtp.tls == SmtpTls::None;
        if settings.production && (channels.allow_internal || bare_mail) {
            let refused =
                "channels.allow_internal and channels.smtp.tls = \"none\" are refused in production";
            return Err(StartError::Settings(refused.to_owned()));
        }
        let email = match channels.smtp.host.as_str() {
            "" => None,
            _ => Some(Email::new(&channels.smtp).map_err(StartError::Settings)?),
        };
        let http = Http::new(channels.allow_internal).map_err(StartError::Settings)?;
        Ok(Self { settings: channels, email, http })
    }

    fn deadline(&self) -> Instant {
        Instant::now() + Duration::from_millis(self.settings.attempt_timeout_ms)
    }

    /// A mail.
    pub(crate) async fn email(&self, message_id: &str, to: &str, text: &Text) -> Came {
        match &self.email {
            None => Came::Impossible("no-mail-server-configured".to_owned()),
            Some(email) => email.send(message_id, to, text, self.deadline()).await,
        }
    }

    /// A short message.
    pub(crate) async fn sms(&self, message_id: &str, to: &str, text: &Text) -> Came {
        match self.settings.sms.url.as_str() {
            "" => Came::Impossible("no-sms-gateway-configured".to_owned()),
            url => {
                let post = sms::post(message_id, to, text, &self.settings.sms.token);
                self.http.post(url, true, post, self.deadline()).await
            }
        }
    }

    /// A signed post to a unit's own system.
    pub(crate) async fn webhook(&self, message_id: &str, url: &str, signed: Signed<'_>) -> Came {
        match webhook::post(message_id, signed) {
            Some(post) => self.http.post(url, false, post, self.deadline()).await,
            None => Came::Impossible("unusable-secret".to_owned()),
        }
    }
}
