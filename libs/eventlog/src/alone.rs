//! Runs something in one instance of a service at a time: what reaches outside of the log, such as sending, and so
//! cannot be guarded by it. It keeps no checkpoint; what it has to do it reads from an index.

use crate::Log;
use crate::checkpoints::{Lease, RENEW};
use kinward_eventsourcing::Position;
use tokio_util::sync::CancellationToken;

/// Runs `work` while this instance holds the lease `name`; it is dropped when the lease is lost, and begun again when it
/// ends. `instance` is this service instance's own, lasting name.
pub async fn run_alone<W, F>(log: Log, name: &'static str, instance: String, stop: CancellationToken, work: W)
where
    W: Fn(CancellationToken) -> F + Send,
    F: Future<Output = ()> + Send,
{
    while !stop.is_cancelled() {
        let lease = tokio::select! {
            lease = Lease::acquire(&log, name, &instance) => lease,
            () = stop.cancelled() => return,
        };
        match lease {
            Ok(mut lease) => {
                tokio::select! {
                    () = work(stop.clone()) => {}
                    () = until_lost(&mut lease, name) => tracing::info!(name, "another instance acts now"),
                }
                if stop.is_cancelled() {
                    lease.release().await;
                    return;
                }
            }
            Err(error) => tracing::warn!(name, %error, "no lease yet; trying again"),
        }
        tokio::time::sleep(RENEW).await;
    }
}

async fn until_lost(lease: &mut Lease, name: &str) {
    loop {
        tokio::time::sleep(RENEW).await;
        match lease.save(Position::default()).await {
            Ok(true) => {}
            Ok(false) => return,
            // the log is away: nobody else can take the lease either, and the fence holds
            Err(error) => tracing::debug!(name, %error, "the lease was not renewed"),
        }
    }
}
