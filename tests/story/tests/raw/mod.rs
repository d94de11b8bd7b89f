//! Calls of any rpc with an empty message, found in the descriptors: an rpc that comes later is among them.

use kinward_contracts_grpc::DESCRIPTORS;
use prost::Message as _;
use prost_types::FileDescriptorSet;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
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
            }));
        }
    }
    rpcs
}

/// Calls an rpc with an empty message; `Ok`: it was obeyed.
pub(crate) async fn call<T>(channel: T, path: &str) -> Result<(), Status>
where
    T: GrpcService<tonic::body::Body>,
    T::ResponseBody: http_body::Body<Data = bytes::Bytes> + Send + 'static,
    <T::ResponseBody as http_body::Body>::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    T::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut client = Grpc::new(channel);
    client.ready().await.map_err(|error| Status::unknown(error.into().to_string()))?;
    let path = path.parse().unwrap();
    client.server_streaming(Request::new(Empty), path, EmptyCodec).await?.into_inner().message().await?;
    Ok(())
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

/// What an admin port answers.
pub(crate) async fn get(admin: SocketAddr, path: &str) -> String {
    let mut socket = tokio::net::TcpStream::connect(admin).await.unwrap();
    socket.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

#[derive(Clone, Copy)]
struct Empty;

struct EmptyCodec;

impl Codec for EmptyCodec {
    type Encode = Empty;
    type Decode = Empty;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for EmptyCodec {
    type Item = Empty;
    type Error = Status;

    fn encode(&mut self, _: Empty, _: &mut EncodeBuf<'_>) -> Result<(), Status> {
        Ok(())
    }
}

impl Decoder for EmptyCodec {
    type Item = Empty;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Empty>, Status> {
        use bytes::Buf as _;
        buffer.advance(buffer.remaining());
        Ok(Some(Empty))
    }
}
