//! One delivery: record the attempt, make it, record what came of it.

use super::{NAME, Sender, Work};
use crate::channels::Signed;
use kinward_contracts::EventMessage as _;
use kinward_contracts::notification::v1::{Channel, Endpoint, NoticeSent};
use kinward_contracts::registry::v1::{ChildEvent, child_event};
use kinward_eventlog::{Call, Error, Receipt};
use kinward_eventsourcing::{CommandId, Position, Subject};
use kinward_notification_domain::endpoint::State;
use kinward_notification_domain::notice::{Attempt, Came, Command, Phase, message_id};
use kinward_notification_domain::{Text, text};
use kinward_privacy::OpenError;
use serde_json::json;
use std::time::Duration;

impl Sender {
    /// Takes a delivery one step on; answers the position after which the index knows of it.
    pub(super) async fn deliver(&self, work: Work) -> Position {
        match self.try_deliver(&work).await {
            Ok(position) => position,
            Err(error) => {
                // another sender was first, or the log is damaged: the index tells which
                tracing::warn!(%error, notice = work.notice_id, "a delivery waits");
                tokio::time::sleep(Duration::from_secs(1)).await;
                Position::default()
            }
        }
    }

    async fn try_deliver(&self, work: &Work) -> Result<Position, Error> {
        let Work { notice_id, endpoint_id, position, .. } = work;
        let which = format!("{endpoint_id}/{position}");
        if let Phase::Attempting { attempt_id } = &work.phase {
            return self.settle(work, attempt_id, Came::Interrupted).await;
        }
        let endpoint = self.endpoints.state(endpoint_id).await?;
        let Some(written) = endpoint.state.endpoint.clone().filter(|_| !endpoint.state.withdrawn) else {
            let code = "endpoint-withdrawn".to_owned();
            let give_up = Command::GiveUp { endpoint_id: endpoint_id.clone(), code };
            return self.execute(notice_id, "give-up", &which, &give_up).await;
        };
        let notice = self.notices.state(notice_id).await?;
        let sent = notice.state.notice.clone();
        let begun = notice.state.deliveries.get(endpoint_id);
        self.infringers.wait_for(notice.position).await;
        let about = sent.about.clone().unwrap_or_default();
        let child_id = about.child.as_ref().and_then(|child| child.child_id.clone());
        let child_id = child_id.filter(|_| written.names_child && written.channel() != Channel::Webhook);
        let attempt = Attempt {
            endpoint_id: endpoint_id.clone(),
            endpoint: written.clone(),
            number: begun.map_or(1, |delivery| delivery.attempts + 1),
            infringers: self.infringers.read(|infringers| infringers.of(&about)).0,
            child_named: child_id.is_some(),
        };
        let attempt = Command::Attempt(Box::new(attempt));
        let recorded = self.execute(notice_id, "attempt", &which, &attempt).await?;
        let notice = self.notices.state(notice_id).await?;
        let attempt_id = match notice.state.deliveries.get(endpoint_id).map(|delivery| &delivery.phase) {
            Some(Phase::Attempting { attempt_id }) => attempt_id.clone(),
            // put off, or withheld
            _ => return Ok(recorded),
        };
        let came = self.make(work, &sent, &written, &endpoint.state, child_id.as_deref()).await;
        self.settle(work, &attempt_id, came).await
    }

    /// Makes the attempt.
    async fn make(
        &self,
        work: &Work,
        sent: &NoticeSent,
        endpoint: &Endpoint,
        state: &State,
        child_id: Option<&str>,
    ) -> Came {
        let address = match self.clear(state.address.as_ref()).await {
            Ok(address) => address,
            Err(came) => return came,
        };
        let name = match child_id {
            Some(child_id) => match self.name_of(child_id).await {
                Ok(name) => Some(name),
                Err(came) => return came,
            },
            None => None,
        };
        let (reference, _) = self.reference.read(|index| index.0.clone());
        let text = text(&work.notice_id, sent, endpoint.language(), &reference, name.as_deref());
        let id = message_id(&work.notice_id, &work.endpoint_id);
        match endpoint.channel() {
            Channel::Email => self.channels.email(&id, &address, &text).await,
            Channel::Sms => self.channels.sms(&id, &address, &text).await,
            Channel::Webhook => match self.clear(state.secret.as_ref()).await {
                Ok(secret) => {
                    let body = body(&work.notice_id, sent, &text);
                    let signed = Signed { secret: &secret, at: self.clock.now().timestamp(), body };
                    self.channels.webhook(&id, &address, signed).await
                }
                Err(came) => came,
            },
            Channel::Unspecified => Came::Impossible("no-channel".to_owned()),
        }
    }

    /// An address or secret in clear.
    async fn clear(&self, sealed: Option<&kinward_contracts::r#type::v1::Sealed>) -> Result<String, Came> {
        let Some(sealed) = sealed else { return Err(Came::Impossible("no-address".to_owned())) };
        match self.opener.open(sealed).await {
            Ok(text) => Ok(text.as_str().to_owned()),
            Err(OpenError::KeyUnavailable(_)) => Err(Came::Refused("keys-unavailable".to_owned())),
            Err(OpenError::Erased) => Err(Came::Impossible("address-erased".to_owned())),
            Err(OpenError::Escrowed) => Err(Came::Refused("address-in-escrow".to_owned())),
            Err(OpenError::Lost) => Err(Came::Refused("address-key-lost".to_owned())),
            Err(OpenError::Tampered) => Err(Came::Impossible("address-unreadable".to_owned())),
        }
    }

    /// The child's name, opened for this one text; empty where it is erased.
    async fn name_of(&self, child_id: &str) -> Result<String, Came> {
        let unavailable = || Came::Refused("file-unavailable".to_owned());
        let subject = Subject::new(ChildEvent::AGGREGATE, child_id);
        let Ok(subject) = subject else { return Ok(String::new()) };
        let history = self.log.history(&subject).await.map_err(|_| unavailable())?;
        let name = history.iter().rev().find_map(|event| match event.decode::<ChildEvent>().ok()??.event? {
            child_event::Event::ChildRegistered(registered) => registered.name,
            _ => None,
        });
        self.opener.text(name.as_ref()).await.map_err(|_| Came::Refused("keys-unavailable".to_owned()))
    }

    async fn settle(&self, work: &Work, attempt_id: &str, came: Came) -> Result<Position, Error> {
        let endpoint_id = work.endpoint_id.clone();
        let settle = Command::Settle { endpoint_id, attempt_id: attempt_id.to_owned(), came };
        self.execute(&work.notice_id, "settle", attempt_id, &settle).await
    }

    /// Executes a command until its outcome is known.
    async fn execute(
        &self,
        notice_id: &str,
        what: &str,
        which: &str,
        command: &Command,
    ) -> Result<Position, Error> {
        let source = format!("{notice_id}/{what}/{which}/{}", self.instance);
        let mut backoff = Duration::from_millis(20);
        loop {
            let id = CommandId::of_reaction(NAME, &source, 0);
            let call = Call::of_kinward(id, NAME, &self.log.settings().log_id);
            match self.notices.execute(&call, notice_id, command).await {
                Ok(Receipt { position, .. }) => return Ok(position),
                Err(error) if error.passes() => {
                    tracing::warn!(%error, notice = notice_id, what, "trying again");
                    tokio::time::sleep(backoff).await;
                    backoff = (backoff * 2).min(Duration::from_secs(2));
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// What a unit's own system gets: ids and words, nothing personal.
fn body(notice_id: &str, sent: &NoticeSent, text: &Text) -> String {
    let about = sent.about.clone().unwrap_or_default();
    let recipient = sent.recipient.clone().unwrap_or_default();
    json!({
        "notice_id": notice_id,
        "template": sent.template().as_str_name().trim_start_matches("TEMPLATE_"),
        "department": recipient.department().as_str_name().trim_start_matches("DEPARTMENT_"),
        "area": recipient.area,
        "role": recipient.role,
        "incident_id": about.incident_id,
        "child_id": about.child.and_then(|child| child.child_id),
        "village_code": about.village_code,
        "immediate": about.immediate,
        "subject": about.subject,
        "clock": about.clock,
        "title": text.subject,
        "text": text.body,
    })
    .to_string()
}
