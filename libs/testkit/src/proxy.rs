//! A TCP proxy that breaks on purpose: swallows answers, cuts connections, refuses new ones.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A proxy in front of a server. Dropping it ends it.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    faults: Arc<Faults>,
    stop: CancellationToken,
}

#[derive(Debug)]
struct Faults {
    swallow: AtomicBool,
    refuse: AtomicBool,
    swallowed: AtomicU64,
    /// Raised to cut every connection made before.
    cut: watch::Sender<u64>,
}

impl FaultProxy {
    /// Listens on a free loopback port and forwards to `target`.
    pub async fn start(target: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let faults = Arc::new(Faults {
            swallow: AtomicBool::new(false),
            refuse: AtomicBool::new(false),
            swallowed: AtomicU64::new(0),
            cut: watch::Sender::new(0),
        });
        let stop = CancellationToken::new();
        let connections = TaskTracker::new();
        let (accepting, stopping, shared) = (connections.clone(), stop.clone(), Arc::clone(&faults));
        connections.spawn(async move {
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    () = stopping.cancelled() => return,
                };
                let Ok((client, _)) = accepted else { continue };
                if shared.refuse.load(Ordering::SeqCst) {
                    continue;
                }
                let (faults, stop) = (Arc::clone(&shared), stopping.clone());
                accepting.spawn(async move { forward(client, target, &faults, &stop).await });
            }
        });
        Ok(Self { address, faults, stop })
    }

    /// Where to connect instead of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets requests through and swallows answers, until told otherwise.
    pub fn swallow_answers(&self, swallow: bool) {
        self.faults.swallow.store(swallow, Ordering::SeqCst);
    }

    /// Answers swallowed so far, in chunks as they came.
    pub fn swallowed(&self) -> u64 {
        self.faults.swallowed.load(Ordering::SeqCst)
    }

    /// Cuts every connection; new ones are accepted.
    pub fn cut(&self) {
        self.faults.cut.send_modify(|cuts| *cuts += 1);
    }

    /// Refuses new connections, until told otherwise.
    pub fn refuse(&self, refuse: bool) {
        self.faults.refuse.store(refuse, Ordering::SeqCst);
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn forward(mut client: TcpStream, target: SocketAddr, faults: &Faults, stop: &CancellationToken) {
    let mut cut = faults.cut.subscribe();
    let Ok(mut server) = TcpStream::connect(target).await else { return };
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let requests = async {
        let mut buffer = vec![0_u8; 64 * 1024];
        loop {
            match from_client.read(&mut buffer).await {
                Ok(count) if count > 0 => to_server.write_all(&buffer[..count]).await?,
                _ => return std::io::Result::Ok(()),
            }
        }
    };
    let answers = async {
        let mut buffer = vec![0_u8; 64 * 1024];
        loop {
            match from_server.read(&mut buffer).await {
                Ok(count) if count > 0 => {
                    if faults.swallow.load(Ordering::SeqCst) {
                        faults.swallowed.fetch_add(1, Ordering::SeqCst);
                    } else {
                        to_client.write_all(&buffer[..count]).await?;
                    }
                }
                _ => return std::io::Result::Ok(()),
            }
        }
    };
    tokio::select! {
        _ = requests => {}
        _ = answers => {}
        _ = cut.changed() => {}
        () = stop.cancelled() => {}
    }
}
