//! What tests stand on: a real log and a real database each, a fault proxy, a mail server and an HTTP endpoint that
//! fail when told to.

mod answer;
mod cluster;
mod database;
mod log;
mod mailbox;
mod post_box;
mod proxy;

pub use answer::Answer;
pub use cluster::TestCluster;
pub use database::TestDatabase;
pub use log::TestLog;
pub use mailbox::{Mail, Mailbox};
pub use post_box::{Post, PostBox};
pub use proxy::FaultProxy;
