//! The launcher of one visit of a peer program: an address on loopback that passes each request on through the recorder of the
//! visit. So each request is known to be of this peer, whatever the client sends.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TE, TRANSFER_ENCODING, UPGRADE};
use http::uri::PathAndQuery;
use http::{HeaderMap, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use signaling::launcher::HttpService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::sleep;

/// The most bytes of a request: a launcher refuses a larger one, and so does this.
const REQUEST_BYTES_MAX: usize = 32 << 20;

/// The most connections at the same time: further ones wait.
const CONNECTIONS_MAX: usize = 64;

/// How long it is until the next connection after one that could not be accepted.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// An open gateway. It closes when it is dropped, and its connections with it.
#[derive(Debug)]
pub(super) struct Gateway {
    port: u16,
    task: AbortHandle,
}

/// Passes requests on.
#[derive(Clone)]
struct Forward {
    service: Arc<dyn HttpService>,
    launcher_url: Arc<str>,
}

impl Gateway {
    /// Opens a gateway to the launcher of this URL.
    ///
    /// # Errors
    /// There is no free port.
    pub(super) async fn open(service: Arc<dyn HttpService>, launcher_url: &str) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let forward = Forward { service, launcher_url: launcher_url.trim_end_matches('/').into() };
        Ok(Self { port, task: tokio::spawn(serve(listener, forward)).abort_handle() })
    }

    /// The URL that a program is given.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, forward: Forward) {
    // They end with this task.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, forward.clone()));
                }
                // It is gone already, or the system has no place for it now.
                Err(_) => sleep(ACCEPT_AGAIN).await,
            },
            Some(_ended) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, forward: Forward) {
    let service = service_fn(move |request| forward.clone().answer(request));
    let served = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // A connection that breaks is for the client to notice.
    let _broken = served.await;
}

/// There is no response: the connection is closed without one, as the launcher's was.
#[derive(Debug, thiserror::Error)]
#[error("the launcher gave no response")]
struct NoResponse;

impl Forward {
    async fn answer(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, NoResponse> {
        let (mut head, body) = request.into_parts();
        let Ok(body) = Limited::new(body, REQUEST_BYTES_MAX).collect().await else {
            return Ok(refused(StatusCode::PAYLOAD_TOO_LARGE));
        };
        let path = head.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        let Ok(uri) = format!("{}{path}", self.launcher_url).parse::<Uri>() else {
            return Ok(refused(StatusCode::BAD_REQUEST));
        };
        head.uri = uri;
        remove_headers_of_the_connection(&mut head.headers);
        let response = self.service.call(Request::from_parts(head, body.to_bytes())).await.map_err(|_| NoResponse)?;
        let (mut head, body) = response.into_parts();
        remove_headers_of_the_connection(&mut head.headers);
        Ok(Response::from_parts(head, Full::new(body)))
    }
}

fn refused(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

/// Headers that are of one connection and not of the request (RFC 9110 §7.6.1), and those that the next connection sets itself.
fn remove_headers_of_the_connection(headers: &mut HeaderMap) {
    for name in [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, TE, UPGRADE, EXPECT] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
}

#[cfg(test)]
mod tests {
    use futures_util::future::BoxFuture;
    use signaling::launcher::HttpError;

    use super::*;

    /// Answers with what it is asked, and gives no response to `/broken`.
    struct Echo;

    impl HttpService for Echo {
        fn call(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, HttpError>> {
            Box::pin(async move {
                if request.uri().path() == "/broken" {
                    return Err(HttpError::Exchange("reset".into()));
                }
                let said = format!("{} {} {:?}", request.method(), request.uri(), request.body());
                Ok(Response::builder().status(404).header("x-kept", "yes").body(Bytes::from(said)).unwrap())
            })
        }
    }

    #[tokio::test]
    async fn a_request_and_its_response_are_passed_on_unchanged() {
        let gateway = Gateway::open(Arc::new(Echo), "http://launcher-1/").await.unwrap();
        let client = crate::environment::client().unwrap();
        let sent = client.post(format!("{}/0.5/auth?a=b", gateway.url())).body("hi").send().await.unwrap();
        assert_eq!((sent.status().as_u16(), sent.headers()["x-kept"].to_str().unwrap()), (404, "yes"));
        assert_eq!(sent.text().await.unwrap(), r#"POST http://launcher-1/0.5/auth?a=b b"hi""#);
    }

    #[tokio::test]
    async fn a_request_without_a_response_gets_none() {
        let gateway = Gateway::open(Arc::new(Echo), "http://launcher-1").await.unwrap();
        let client = crate::environment::client().unwrap();
        assert!(client.get(format!("{}/broken", gateway.url())).send().await.is_err());
    }
}
