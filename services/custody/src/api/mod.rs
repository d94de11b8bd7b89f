//! From requests to commands and back. No rules, no storage. A step that only records a fact is one line of a table: the
//! request becomes the fact it asks to record.

mod cases;
mod desk;
mod orders;
mod temporary;

pub(crate) use cases::Cases;
pub(crate) use orders::Orders;
pub(crate) use temporary::Temporaries;

/// The rpcs of a service: a line for each step that only records a fact, then whatever answers more.
macro_rules! service {
    ($service:ident for $api:ty {
        $($rpc:ident: $request:ident => $response:ident, $fact:expr;)*
    } $($more:tt)*) => {
        #[tonic::async_trait]
        impl $service for $api {
            $(async fn $rpc(
                &self,
                request: tonic::Request<$request>,
            ) -> Result<tonic::Response<$response>, tonic::Status> {
                let receipt = self.step(request, $fact).await?;
                Ok(tonic::Response::new($response { receipt }))
            })*
            $($more)*
        }
    };
}
use service;
