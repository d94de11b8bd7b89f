//! Mail over SMTP. The message id is the delivery's, the same in every attempt, so that a mailbox knows a repetition.

use kinward_chassis::{SmtpSettings, SmtpTls};
use kinward_notification_domain::Text;
use kinward_notification_domain::notice::Came;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use std::error::Error as _;
use std::io::ErrorKind;
use tokio::time::{Instant, timeout_at};

/// The mail server.
pub(super) struct Email {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Email {
    pub(super) fn new(settings: &SmtpSettings) -> Result<Self, String> {
        let host = settings.host.as_str();
        let builder = match settings.tls {
            SmtpTls::Tls => AsyncSmtpTransport::<Tokio1Executor>::relay(host),
            SmtpTls::Starttls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(host),
            SmtpTls::None => Ok(AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)),
        };
        let mut builder = builder.map_err(|error| format!("channels.smtp: {error}"))?.port(settings.port);
        if !settings.user.is_empty() {
            builder =
                builder.credentials(Credentials::new(settings.user.clone(), settings.password.0.clone()));
        }
        let from = settings.from.parse().map_err(|error| format!("channels.smtp.from: {error}"))?;
        Ok(Self { transport: builder.build(), from })
    }

    pub(super) async fn send(&self, message_id: &str, to: &str, text: &Text, deadline: Instant) -> Came {
        let Ok(to) = to.parse::<Mailbox>() else { return Came::Impossible("not-a-mailbox".to_owned()) };
        let mail = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&text.subject)
            .message_id(Some(format!("<{message_id}@{}>", self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(text.body.clone());
        let Ok(mail) = mail else { return Came::Impossible("not-a-mail".to_owned()) };
        match timeout_at(deadline, self.transport.send(mail)).await {
            Ok(Ok(response)) => Came::Taken(response.code().to_string()),
            Ok(Err(error)) => came_of(&error),
            Err(_) => Came::NoAnswer("time-out".to_owned()),
        }
    }
}

/// Only a reply, or a connection that was never made, is certain; whatever else went wrong, the mail may be on its way.
fn came_of(error: &Error) -> Came {
    if let Some(code) = error.status() {
        let code = code.to_string();
        return if error.is_permanent() { Came::Impossible(code) } else { Came::Refused(code) };
    }
    if error.is_tls() {
        return Came::Refused("tls".to_owned());
    }
    let cause = error.source().and_then(|cause| cause.downcast_ref::<std::io::Error>());
    match cause.map(std::io::Error::kind) {
        Some(ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => {
            Came::Refused("unreachable".to_owned())
        }
        _ => Came::NoAnswer("connection-lost".to_owned()),
    }
}
