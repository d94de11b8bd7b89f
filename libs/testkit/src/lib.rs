//! What tests stand on: a real log and a real database each, a fault proxy, a clock to set.

mod cluster;
mod database;
mod log;
mod proxy;

pub use cluster::TestCluster;
pub use database::TestDatabase;
pub use log::TestLog;
pub use proxy::FaultProxy;
