//! The departments' read models: each its own schema, projection and gRPC service, folded from the log.
//!
//! One folder a department: `schema.sql`, `rows.rs` (its tables), `projection.rs` (events to rows), `api.rs` (queries).
//! [`each_department`] is the one list of them. What all have alike, the clocks that run and what became of them, is `work`. Beside
//! them, `explain` answers why and why not, without a read model.

mod answers;
pub mod civil_affairs;
pub mod district_leadership;
pub mod education;
pub mod explain;
pub mod health;
pub mod justice;
pub mod public_security;
mod rules;
pub mod township;
pub mod womens_federation;
mod work;
pub mod youth_league;

pub use answers::Answers;
pub use work::{Missed, Outcome, Work};

use kinward_chassis::{Runtime, Service, StartError, Wiring};
use kinward_contracts::r#type::v1::Department;
use kinward_contracts_grpc::departments::v1::explain_service_server::ExplainServiceServer;
use kinward_contracts_grpc::departments::v1::work_service_server::WorkServiceServer;
use kinward_projection::{Error, Live, Projection, ReadModel, provision};
use std::sync::Arc;
use work::{OfOne, Works};

/// A department's read model, and the service that answers from it.
pub trait Office: Projection + Sized {
    /// Departments whose callers it answers, and whose work it lists.
    const SERVES: &'static [Department];

    /// Adds its service.
    fn serve(wiring: Wiring, answers: Answers<Self>) -> Wiring;
}

/// A department's service, on its read model.
pub struct Api<D: Office>(Answers<D>);

/// Something to be done with every department.
pub trait Visit {
    /// Why it stops.
    type Error;

    /// What is done with one.
    fn visit<D: Office>(&mut self) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// Every department, one after the other.
pub async fn each_department<V: Visit>(visitor: &mut V) -> Result<(), V::Error> {
    visitor.visit::<public_security::Model>().await?;
    visitor.visit::<township::Model>().await?;
    visitor.visit::<civil_affairs::Model>().await?;
    visitor.visit::<education::Model>().await?;
    visitor.visit::<health::Model>().await?;
    visitor.visit::<justice::Model>().await?;
    visitor.visit::<womens_federation::Model>().await?;
    visitor.visit::<youth_league::Model>().await?;
    visitor.visit::<district_leadership::Model>().await
}

/// Creates every department's schema. Only the provisioning step does this.
pub async fn provision_all(database: &str) -> Result<(), Error> {
    each_department(&mut Provisioning(database)).await
}

struct Provisioning<'a>(&'a str);

impl Visit for Provisioning<'_> {
    type Error = Error;

    async fn visit<D: Office>(&mut self) -> Result<(), Error> {
        provision::<D>(self.0).await
    }
}

/// Keeps each read model current while the service runs, and answers from it.
struct Serving<'a> {
    runtime: &'a Runtime,
    wiring: Wiring,
    works: Works,
}

impl Visit for Serving<'_> {
    type Error = StartError;

    async fn visit<D: Office>(&mut self) -> Result<(), StartError> {
        let (runtime, name) = (self.runtime, D::NAME);
        let model = ReadModel::<D>::connect(&runtime.settings.database.0, 4)
            .map_err(|error| StartError::Other(format!("the database of {name}: {error}")))?;
        runtime.follow(name, model.reached());
        runtime.parked(name, model.parked());
        runtime.spawn(Live::new(runtime.log.clone(), model.clone()).run(runtime.stop.clone()));
        let answers = Answers::new(runtime, model, D::SERVES);
        let asked = Arc::new(OfOne::new(answers.clone()));
        for office in D::SERVES {
            self.works.insert(*office, asked.clone());
        }
        self.wiring = D::serve(std::mem::take(&mut self.wiring), answers);
        Ok(())
    }
}

/// The departments.
#[derive(Clone, Copy, Debug)]
pub struct Departments;

impl Service for Departments {
    const NAME: &'static str = "departments";

    async fn build(runtime: &Runtime) -> Result<Wiring, StartError> {
        let mut serving = Serving { runtime, wiring: Wiring::default(), works: Works::new() };
        each_department(&mut serving).await?;
        let wiring = serving.wiring.serve(WorkServiceServer::new(work::Api::new(runtime, serving.works)));
        Ok(wiring.serve(ExplainServiceServer::new(explain::Api::new(runtime).await)))
    }
}
