//! Three real NATS servers for one test, whose links to each other can be cut.

use crate::FaultProxy;
use kinward_eventlog::{Log, LogSettings};
use kinward_local::NatsCluster;
use std::net::SocketAddr;
use std::time::Duration;

/// Servers of a cluster.
const SERVERS: usize = 3;

/// Three servers with the streams of a log, three replicas each. Dropping it ends them.
#[derive(Debug)]
pub struct TestCluster {
    cluster: NatsCluster,
    /// `links[from][to]`: what `from` dials to reach `to`.
    links: Vec<Vec<Option<FaultProxy>>>,
    _folder: tempfile::TempDir,
}

impl TestCluster {
    /// Servers that sync every write.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ports = NatsCluster::ports(SERVERS);
        let mut links = Vec::new();
        for from in 0..SERVERS {
            let mut row = Vec::new();
            for (to, port) in ports.iter().enumerate() {
                let target = SocketAddr::from(([127, 0, 0, 1], *port));
                let link = FaultProxy::start(target);
                row.push(if from == to { None } else { Some(link.await.expect("a proxy starts")) });
            }
            links.push(row);
        }
        let routes: Vec<Vec<u16>> = links
            .iter()
            .map(|row| row.iter().flatten().map(|link| link.address().port()).collect())
            .collect();
        let cluster =
            NatsCluster::start(folder.path(), &ports, &routes, false).await.expect("three servers start");
        let test = Self { cluster, links, _folder: folder };
        test.whole().await;
        Log::provision(test.settings(0)).await.expect("the streams are as they must be");
        test
    }

    /// How to reach them, one server first.
    pub fn settings(&self, first: usize) -> LogSettings {
        let servers = &self.cluster.servers;
        LogSettings {
            servers: (0..SERVERS).map(|index| servers[(first + index) % SERVERS].url()).collect(),
            monitors: servers.iter().map(kinward_local::Nats::monitor_url).collect(),
            replicas: SERVERS,
            ..LogSettings::default()
        }
    }

    /// The server that leads the log, once there is one that says so.
    pub async fn leader(&self) -> usize {
        loop {
            for (index, server) in self.cluster.servers.iter().enumerate() {
                if server.leads("EVENTS").await {
                    return index;
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until every server has what the others have.
    pub async fn whole(&self) {
        for server in &self.cluster.servers {
            while !server.is_current().await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    /// Kills a server as a crash does.
    pub async fn kill(&mut self, index: usize) {
        self.cluster.servers[index].kill9().await.expect("it was alive");
    }

    /// Starts it again on the same files and ports.
    pub async fn restart(&mut self, index: usize) {
        self.cluster.servers[index].restart().await.expect("it starts again");
    }

    /// Stops a server from running; its connections stay open.
    pub fn pause(&self, index: usize) {
        self.cluster.servers[index].pause().expect("it was alive");
    }

    /// Lets it run on.
    pub fn resume(&self, index: usize) {
        self.cluster.servers[index].resume().expect("it was alive");
    }

    /// Cuts a server off from the others; clients still reach it.
    pub fn cut_off(&self, index: usize) {
        for link in self.links_of(index) {
            link.refuse(true);
            link.cut();
        }
    }

    /// Lets it reach the others again.
    pub fn rejoin(&self, index: usize) {
        for link in self.links_of(index) {
            link.refuse(false);
        }
    }

    fn links_of(&self, index: usize) -> impl Iterator<Item = &FaultProxy> {
        let touches = move |from: usize, to: usize| from == index || to == index;
        self.links.iter().enumerate().flat_map(move |(from, row)| {
            let touched = row.iter().enumerate().filter(move |(to, _)| touches(from, *to));
            touched.filter_map(|(_, link)| link.as_ref())
        })
    }
}
