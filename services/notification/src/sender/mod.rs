//! Sends what is due. It follows an index of the log, so that after a crash it knows what was begun: an attempt that is
//! recorded and has no outcome is of unknown outcome, and is made again under the same message id. One instance at a time.

mod deliver;

use crate::channels::Channels;
use kinward_chassis::Runtime;
use kinward_eventlog::{Handler, Live, Log};
use kinward_eventsourcing::{Clock, Position};
use kinward_notification_domain::endpoint::Endpoint;
use kinward_notification_domain::indexes::{Deliveries, Infringers};
use kinward_notification_domain::notice::{Notice, Phase};
use kinward_privacy::Opener;
use kinward_statute::ReferenceIndex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Name of the lease.
pub(crate) const NAME: &str = "notification-sender";
/// Deliveries under way at the same time.
const IN_PARALLEL: usize = 32;
/// Of these to one endpoint, so that one that hangs leaves room for the others.
const TO_ONE: usize = 4;
/// How long what is under way may go on when the service stops.
const GRACE: Duration = Duration::from_secs(2);

/// The sender.
pub(crate) struct Sender {
    pub(crate) log: Log,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) instance: String,
    pub(crate) opener: Opener,
    pub(crate) reference: Live<ReferenceIndex>,
    pub(crate) notices: Handler<Notice>,
    pub(crate) endpoints: Handler<Endpoint>,
    pub(crate) deliveries: Live<Deliveries>,
    pub(crate) infringers: Live<Infringers>,
    pub(crate) channels: Channels,
}

/// One delivery that is due, or whose outcome is unknown.
#[derive(Clone, Debug)]
struct Work {
    notice_id: String,
    endpoint_id: String,
    phase: Phase,
    /// Position of the event that made it so: each is acted on once.
    position: u64,
}

type Key = (String, String);

impl Sender {
    pub(crate) fn new(
        runtime: &Runtime,
        notices: Handler<Notice>,
        endpoints: Handler<Endpoint>,
        deliveries: Live<Deliveries>,
        infringers: Live<Infringers>,
        channels: Channels,
    ) -> Self {
        Self {
            log: runtime.log.clone(),
            clock: Arc::clone(&runtime.clock),
            instance: runtime.settings.instance.clone(),
            opener: runtime.opener.clone(),
            reference: runtime.reference.clone(),
            notices,
            endpoints,
            deliveries,
            infringers,
            channels,
        }
    }

    /// Sends until it is stopped.
    pub(crate) async fn run(self: Arc<Self>, stop: CancellationToken) {
        // an attempt that another instance recorded before us must be known before it can be called unknown
        match self.log.last_position().await {
            Ok(last) => self.deliveries.wait_for(last).await,
            Err(error) => return tracing::warn!(%error, "the sender waits for the log"),
        }
        let mut reached = self.deliveries.reached();
        // what is under way, and what has ended at a position that the index has not seen
        let mut in_hand: BTreeMap<Key, Option<Position>> = BTreeMap::new();
        let mut under_way: JoinSet<(Key, Position)> = JoinSet::new();
        loop {
            reached.borrow_and_update();
            let (open, position) = self.open();
            in_hand.retain(|_, ended| ended.is_none_or(|at| at > position));
            for work in open {
                let key = (work.notice_id.clone(), work.endpoint_id.clone());
                let to_one =
                    in_hand.iter().filter(|((_, to), ended)| *to == key.1 && ended.is_none()).count();
                if under_way.len() < IN_PARALLEL && to_one < TO_ONE && !in_hand.contains_key(&key) {
                    in_hand.insert(key.clone(), None);
                    let sender = Arc::clone(&self);
                    under_way.spawn(async move { (key, sender.deliver(work).await) });
                }
            }
            tokio::select! {
                changed = reached.changed() => if changed.is_err() { return },
                Some(ended) = under_way.join_next() => match ended {
                    Ok((key, position)) => {
                        in_hand.insert(key, Some(position));
                    }
                    Err(error) => return tracing::error!(%error, "a delivery failed; the sender starts again"),
                },
                () = stop.cancelled() => break,
            }
        }
        let _ = tokio::time::timeout(GRACE, async { while under_way.join_next().await.is_some() {} }).await;
    }

    fn open(&self) -> (Vec<Work>, Position) {
        self.deliveries.read(|index| {
            let open = index.open().into_iter().map(|(notice, endpoint, entry)| Work {
                notice_id: notice.to_owned(),
                endpoint_id: endpoint.to_owned(),
                phase: entry.delivery.phase.clone(),
                position: entry.position,
            });
            open.collect()
        })
    }
}
