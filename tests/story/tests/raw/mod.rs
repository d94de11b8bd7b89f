//! Calls of any rpc with a message as bytes, found in the descriptors: an rpc that comes later is among them.

#![allow(dead_code, reason = "each test that includes this uses its part of it")]

use bytes::{Buf as _, BufMut as _};
use kinward_contracts_grpc::DESCRIPTORS;
use prost::Message as _;
use prost_types::FileDescriptorSet;
use std::collections::BTreeSet;
use tonic::client::{Grpc, GrpcService};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Status};
use tonic_reflection::pb::v1 as reflection;

/// An rpc of ours.
pub(crate) struct Rpc {
    /// Service that serves it.
    pub(crate) context: String,
    /// As `/kinward.registry.v1.ChildService/RegisterChild`.
    pub(crate) path: String,
    /// Whether it is a command.
    pub(crate) is_command: bool,
    /// Full name of its request.
    pub(crate) input: String,
    /// Full name of its answer.
    pub(crate) output: String,
    /// Whether it answers with a stream.
    pub(crate) streams: bool,
}

impl Rpc {
    /// As `kinward.registry.v1.ChildService`.
    pub(crate) fn service(&self) -> &str {
        self.path.split('/').nth(1).unwrap()
    }
}

/// Every rpc.
pub(crate) fn rpcs() -> Vec<Rpc> {
    let files = FileDescriptorSet::decode(DESCRIPTORS).unwrap().file;
    let commands: BTreeSet<String> = files
        .iter()
        .flat_map(|file| file.message_type.iter().map(move |message| (file.package().to_owned(), message)))
        .filter(|(_, message)| message.field.iter().any(|field| field.name() == "request_id"))
        .map(|(package, message)| format!(".{package}.{}", message.name()))
        .collect();
    let mut rpcs = Vec::new();
    for file in files.iter().filter(|file| file.package().starts_with("kinward.")) {
        let context = file.package().split('.').nth(1).unwrap();
        for service in &file.service {
            rpcs.extend(service.method.iter().map(|method| Rpc {
                context: context.to_owned(),
                path: format!("/{}.{}/{}", file.package(), service.name(), method.name()),
                is_command: commands.contains(method.input_type()),
                input: method.input_type().trim_start_matches('.').to_owned(),
                output: method.output_type().trim_start_matches('.').to_owned(),
                streams: method.server_streaming(),
            }));
        }
    }
    rpcs
}

/// Calls an rpc with a message; answers the first message that comes.
pub(crate) async fn call<T>(channel: T, path: &str, request: Vec<u8>) -> Result<Vec<u8>, Status>
where
    T: GrpcService<tonic::body::Body>,
    T::ResponseBody: http_body::Body<Data = bytes::Bytes> + Send + 'static,
    <T::ResponseBody as http_body::Body>::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    T::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut client = Grpc::new(channel).max_decoding_message_size(64 << 20);
    client.ready().await.map_err(|error| Status::unknown(error.into().to_string()))?;
    let path = path.parse().unwrap();
    let mut answers = client.server_streaming(Request::new(request), path, AsItIs).await?.into_inner();
    Ok(answers.message().await?.unwrap_or_default())
}

/// Names of the services that reflection tells.
pub(crate) async fn reflected(channel: tonic::transport::Channel) -> BTreeSet<String> {
    use reflection::server_reflection_request::MessageRequest;
    use reflection::server_reflection_response::MessageResponse;
    let mut client = reflection::server_reflection_client::ServerReflectionClient::new(channel);
    let request = reflection::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut answers =
        client.server_reflection_info(futures::stream::iter([request])).await.unwrap().into_inner();
    match answers.message().await.unwrap().unwrap().message_response {
        Some(MessageResponse::ListServicesResponse(list)) => {
            list.service.into_iter().map(|service| service.name).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[derive(Clone, Copy)]
struct AsItIs;

impl Codec for AsItIs {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for AsItIs {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, message: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&message);
        Ok(())
    }
}

impl Decoder for AsItIs {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining()).to_vec()))
    }
}
