//! What an address of each channel looks like. Whether a webhook's host may be reached is the sender's to say, each
//! time, since names change what they point to.

use crate::rules::DSP_4;
use kinward_contracts::notification::v1::{Channel, Endpoint};
use kinward_eventsourcing::Rejection;

/// Refuses an address or secret that the channel cannot use.
pub(super) fn check(endpoint: &Endpoint, address: &str, secret: &str) -> Result<(), Rejection> {
    let fits = match endpoint.channel() {
        Channel::Email => is_mailbox(address),
        Channel::Sms => is_phone(address),
        Channel::Webhook => is_url(address),
        Channel::Unspecified => false,
    };
    if !fits {
        return Err(Rejection::invalid(
            "address",
            DSP_4,
            "地址与渠道不符：邮箱、电话号码或 https 网址",
            "the address does not fit the channel: a mailbox, a phone number or a URL",
        ));
    }
    let webhook = endpoint.channel() == Channel::Webhook;
    if webhook == secret.is_empty() {
        return Err(Rejection::invalid(
            "secret",
            DSP_4,
            "系统回调须有签名密钥，其他渠道不得有",
            "a webhook has a signing key, other channels have none",
        ));
    }
    if webhook && endpoint.names_child {
        return Err(Rejection::invalid(
            "names_child",
            DSP_4,
            "系统回调不含姓名",
            "a webhook names nobody: its system asks with the id",
        ));
    }
    Ok(())
}

fn is_mailbox(text: &str) -> bool {
    let clean = text.chars().all(|letter| !letter.is_whitespace() && !letter.is_control());
    let parts = text.rsplit_once('@');
    clean && text.len() <= 254 && parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let clean = text.chars().all(|letter| letter.is_ascii_graphic());
    // a name and password in the address would end up in other systems' logs
    clean && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !rest.contains('@'))
}
