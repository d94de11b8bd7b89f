//! One command over several aggregates: all of its commits are stored, or none.

use crate::handler::{Decided, Decision};
use crate::log::Append;
use crate::{Call, Error, Handler, Log, Receipt};
use async_trait::async_trait;
use futures::{StreamExt as _, TryStreamExt as _};
use kinward_eventsourcing::{Decider, Folded, Position, Subject};

/// Decisions before giving up against other writers.
const ATTEMPTS: u32 = 3;

/// Parts decided at the same time.
const IN_PARALLEL: usize = 32;

/// A command on one of the aggregates of a batch.
pub struct Part<'a>(Box<dyn Decide + 'a>);

/// What a part came to.
struct Prepared<'a> {
    append: Option<Append>,
    finish: Box<dyn FnOnce(Option<Position>) -> Result<Receipt, Error> + Send + 'a>,
}

#[async_trait]
trait Decide: Send + Sync {
    async fn decide<'b>(&'b self, call: &Call, first: bool) -> Result<Prepared<'b>, Error>;
    fn forget(&self);
}

struct Command<'a, D: Decider> {
    handler: &'a Handler<D>,
    subject: Subject,
    command: D::Command,
    most_likely_new: bool,
    /// The command's own circumstances, in a batch of many commands.
    own: Option<Call>,
}

#[async_trait]
impl<D: Decider> Decide for Command<'_, D> {
    async fn decide<'b>(&'b self, call: &Call, first: bool) -> Result<Prepared<'b>, Error> {
        let assume_new = self.most_likely_new && first;
        let call = self.own.as_ref().unwrap_or(call);
        Ok(match self.handler.decide(call, &self.subject, &self.command, assume_new).await? {
            Decision::Done(receipt) => Prepared { append: None, finish: Box::new(move |_| Ok(receipt)) },
            Decision::Append(decided) => Prepared {
                append: Some(decided.append.clone()),
                finish: Box::new(move |position| finish(self.handler, decided, position)),
            },
        })
    }

    fn forget(&self) {
        self.handler.forget(&self.subject);
    }
}

fn finish<D: Decider>(
    handler: &Handler<D>,
    decided: Decided<D>,
    position: Option<Position>,
) -> Result<Receipt, Error> {
    handler.appended(decided, position.unwrap_or_default())
}

impl<D: Decider> Handler<D> {
    /// A part of a batch, on an aggregate that may exist.
    pub fn part<'a>(&'a self, id: &str, command: D::Command) -> Result<Part<'a>, Error> {
        self.make_part(id, command, false, None)
    }

    /// A part of a batch, on an aggregate that most likely does not exist: the first attempt does not look.
    pub fn new_part<'a>(&'a self, id: &str, command: D::Command) -> Result<Part<'a>, Error> {
        self.make_part(id, command, true, None)
    }

    /// The same, for one command of many that are stored together.
    pub fn new_row<'a>(&'a self, call: Call, id: &str, command: D::Command) -> Result<Part<'a>, Error> {
        self.make_part(id, command, true, Some(call))
    }

    /// One command of many that are stored together, on an aggregate that exists.
    pub fn row<'a>(&'a self, call: Call, id: &str, command: D::Command) -> Result<Part<'a>, Error> {
        self.make_part(id, command, false, Some(call))
    }

    fn make_part<'a>(
        &'a self,
        id: &str,
        command: D::Command,
        most_likely_new: bool,
        own: Option<Call>,
    ) -> Result<Part<'a>, Error> {
        let subject = Folded::<D>::subject(id)?;
        Ok(Part(Box::new(Command { handler: self, subject, command, most_likely_new, own })))
    }
}

impl Log {
    /// Decides every part and appends them together; on a conflict decides again, at most three times.
    /// Answers a receipt for each part, in order. Parts are of different aggregates.
    pub async fn transact(&self, call: &Call, parts: &[Part<'_>]) -> Result<Vec<Receipt>, Error> {
        for attempt in 0..ATTEMPTS {
            // side by side: each may have to be loaded
            let mut deciding = Vec::with_capacity(parts.len());
            for part in parts {
                deciding.push(part.0.decide(call, attempt == 0));
            }
            let prepared: Vec<Prepared<'_>> =
                futures::stream::iter(deciding).buffered(IN_PARALLEL).try_collect().await?;
            let appends: Vec<Append> = prepared.iter().filter_map(|part| part.append.clone()).collect();
            let appended = if appends.is_empty() {
                Some(Vec::new())
            } else {
                self.append(&appends, &call.headers(), call.deadline).await?
            };
            if let Some(positions) = appended {
                let mut positions = positions.into_iter();
                let mut receipts = Vec::with_capacity(parts.len());
                for part in prepared {
                    let position = if part.append.is_some() { positions.next() } else { None };
                    receipts.push((part.finish)(position)?);
                }
                return Ok(receipts);
            }
            for part in parts {
                part.0.forget();
            }
        }
        Err(Error::Conflict(ATTEMPTS))
    }
}
