//! The departments' read models: each its own schema, projection and gRPC service, rebuilt from the log.
//!
//! One folder a department: `schema.sql`, `rows.rs` (its tables), `projection.rs` (events to rows), `api.rs` (queries).
//! Beside them, `explain` answers why and why not, without a read model.

mod answers;
pub mod civil_affairs;
pub mod explain;
pub mod public_security;
pub mod township;

use kinward_chassis::{Runtime, Service, StartError, Wiring};
use kinward_contracts_grpc::departments::v1::civil_affairs_service_server::CivilAffairsServiceServer;
use kinward_contracts_grpc::departments::v1::explain_service_server::ExplainServiceServer;
use kinward_contracts_grpc::departments::v1::public_security_service_server::PublicSecurityServiceServer;
use kinward_contracts_grpc::departments::v1::township_service_server::TownshipServiceServer;
use kinward_projection::{Error, Live, Projection, ReadModel, provision};

/// The departments.
#[derive(Clone, Copy, Debug)]
pub struct Departments;

/// Creates every department's schema. Only the provisioning step does this.
pub async fn provision_all(database: &str) -> Result<(), Error> {
    provision::<public_security::Model>(database).await?;
    provision::<township::Model>(database).await?;
    provision::<civil_affairs::Model>(database).await
}

/// A read model that is kept current while the service runs.
fn keep<P: Projection>(runtime: &Runtime) -> Result<ReadModel<P>, StartError> {
    let model = ReadModel::connect(&runtime.settings.database.0, 8)
        .map_err(|error| StartError::Other(format!("the database of {}: {error}", P::NAME)))?;
    runtime.follow(P::NAME, model.reached());
    runtime.parked(P::NAME, model.parked());
    runtime.spawn(Live::new(runtime.log.clone(), model.clone()).run(runtime.stop.clone()));
    Ok(model)
}

impl Service for Departments {
    const NAME: &'static str = "departments";

    async fn build(runtime: &Runtime) -> Result<Wiring, StartError> {
        Ok(Wiring::default()
            .serve(PublicSecurityServiceServer::new(public_security::Api::new(runtime, keep(runtime)?)))
            .serve(TownshipServiceServer::new(township::Api::new(runtime, keep(runtime)?)))
            .serve(CivilAffairsServiceServer::new(civil_affairs::Api::new(runtime, keep(runtime)?)))
            .serve(ExplainServiceServer::new(explain::Api::new(runtime).await)))
    }
}
