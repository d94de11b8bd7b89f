//! What tests stand on: a real log and a real database each, what must hold of a log, the seed of a random run, a fault
//! proxy, a mail server and an HTTP endpoint that fail when told to.

mod answer;
mod chains;
mod cluster;
mod database;
mod log;
mod mailbox;
mod post_box;
mod proxy;
mod seed;

pub use answer::Answer;
pub use chains::Chains;
pub use cluster::TestCluster;
pub use database::TestDatabase;
pub use log::TestLog;
pub use mailbox::{Mail, Mailbox};
pub use post_box::{Post, PostBox};
pub use proxy::FaultProxy;
pub use seed::seed;
