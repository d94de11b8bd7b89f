//! One POST to an address that was checked: the name is resolved once, every address of it is looked at, and the
//! connection goes to one of those, so that a name cannot point inside after the check. No redirect is followed, no
//! answer is read beyond its status.

use super::internal::is_internal;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use kinward_notification_domain::notice::Came;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};

/// Headers and body of a post; the body is JSON.
pub(super) struct Post {
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

/// Posts.
pub(super) struct Http {
    tls: TlsConnector,
    allow_internal: bool,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

fn impossible(code: &str) -> Came {
    Came::Impossible(code.to_owned())
}

fn refused(code: &str) -> Came {
    Came::Refused(code.to_owned())
}

impl Http {
    pub(super) fn new(allow_internal: bool) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("TLS: {error}"))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), allow_internal })
    }

    /// Posts once. A `trusted` address is the operator's own choice and may be internal.
    pub(super) async fn post(&self, address: &str, trusted: bool, post: Post, deadline: Instant) -> Came {
        let trusted = trusted || self.allow_internal;
        let Ok(url) = Url::parse(address) else { return impossible("not-a-url") };
        match url.scheme() {
            "https" => {}
            "http" if trusted => {}
            _ => return impossible("not-https"),
        }
        // until the request is on its way, nothing has arrived
        let stream = match timeout_at(deadline, self.connect(&url, trusted)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(came)) => return came,
            Err(_) => return refused("unreachable"),
        };
        match timeout_at(deadline, exchange(stream, &url, post)).await {
            Ok(came) => came,
            Err(_) => Came::NoAnswer("time-out".to_owned()),
        }
    }

    async fn connect(&self, url: &Url, trusted: bool) -> Result<Box<dyn Stream>, Came> {
        let port = url.port_or_known_default().ok_or_else(|| impossible("not-a-url"))?;
        let addresses = resolve(url, port).await?;
        if !trusted && addresses.iter().any(|address| is_internal(address.ip())) {
            return Err(impossible("internal-address"));
        }
        let stream = TcpStream::connect(addresses.as_slice()).await.map_err(|_| refused("unreachable"))?;
        if url.scheme() == "http" {
            return Ok(Box::new(stream));
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host).map_err(|_| impossible("not-a-url"))?;
        let stream = self.tls.connect(name, stream).await.map_err(|_| refused("tls"))?;
        Ok(Box::new(stream))
    }
}

async fn resolve(url: &Url, port: u16) -> Result<Vec<SocketAddr>, Came> {
    let one = |address: IpAddr| vec![SocketAddr::new(address, port)];
    let addresses = match url.host() {
        Some(Host::Ipv4(address)) => one(address.into()),
        Some(Host::Ipv6(address)) => one(address.into()),
        Some(Host::Domain(name)) => {
            let found = tokio::net::lookup_host((name, port)).await;
            found.map_err(|_| refused("name-not-found"))?.collect()
        }
        None => return Err(impossible("not-a-url")),
    };
    if addresses.is_empty() { Err(refused("name-not-found")) } else { Ok(addresses) }
}

async fn exchange(stream: Box<dyn Stream>, url: &Url, post: Post) -> Came {
    let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let host = url.port().map_or_else(
        || url.host_str().unwrap_or_default().to_owned(),
        |port| format!("{}:{port}", url.host_str().unwrap_or_default()),
    );
    let mut request =
        hyper::Request::post(target).header("host", host).header("content-type", "application/json");
    for (name, value) in post.headers {
        request = request.header(name, value);
    }
    let Ok(request) = request.body(Full::new(Bytes::from(post.body))) else { return impossible("not-a-url") };
    let Ok((mut sender, connection)) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await
    else {
        return refused("unreachable");
    };
    let mut answer = std::pin::pin!(sender.send_request(request));
    let answer = tokio::select! {
        answer = &mut answer => answer,
        _ = connection => answer.await,
    };
    let Ok(answer) = answer else { return Came::NoAnswer("connection-lost".to_owned()) };
    let status = answer.status();
    let code = status.as_str().to_owned();
    match status.as_u16() {
        200..=299 => Came::Taken(code),
        408 | 425 | 429 | 500..=599 => Came::Refused(code),
        _ => Came::Impossible(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    async fn post(http: &Http, address: &str, trusted: bool) -> Came {
        let post = Post { headers: Vec::new(), body: "{}".to_owned() };
        http.post(address, trusted, post, Instant::now() + Duration::from_secs(5)).await
    }

    #[tokio::test]
    async fn a_webhook_reaches_no_internal_address_however_it_is_spelled() {
        let http = Http::new(false).unwrap();
        for address in [
            "https://127.0.0.1/",
            "https://localhost/",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://169.254.169.254/latest",
            "https://10.0.0.1:8080/",
            "https://[::ffff:127.0.0.1]/",
        ] {
            assert_eq!(post(&http, address, false).await, impossible("internal-address"), "{address}");
        }
        assert_eq!(post(&http, "http://1.1.1.1/", false).await, impossible("not-https"));
        assert_eq!(post(&http, "ftp://1.1.1.1/", true).await, impossible("not-https"));
        assert_eq!(post(&http, "https:", false).await, impossible("not-a-url"));
    }

    #[tokio::test]
    async fn a_port_where_nobody_listens_is_certain_not_unknown() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let http = Http::new(false).unwrap();
        assert_eq!(post(&http, &format!("http://127.0.0.1:{port}/"), true).await, refused("unreachable"));
    }
}
