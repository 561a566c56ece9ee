//! One connection: requests answered in turn, the slow and the silent let go.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use poem::Endpoint;
use poem::http::uri::Scheme;
use poem::http::{Request, Response};
use poem::web::{LocalAddr, RemoteAddr};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::Instant;

/// Bytes the head of a request may have.
const MOST_HEAD_BYTES: usize = 64 << 10;
const MOST_HTTP2_STREAMS: u32 = 100;
/// How often an HTTP/2 client has to show that it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// How long a first request may still take to arrive when the server stops.
const LAST_WORD: Duration = Duration::from_secs(1);

/// Where a connection comes from and arrives.
#[derive(Clone)]
pub(super) struct Ends {
    pub local: LocalAddr,
    pub remote: RemoteAddr,
    pub scheme: Scheme,
}

/// Answers until the client goes, is too slow with a request's head, or `stopping` says that this is the last request.
pub(super) async fn serve<E: Endpoint + 'static>(
    io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    ends: Ends,
    endpoint: Arc<E>,
    head_time: Duration,
    mut stopping: watch::Receiver<bool>,
) {
    let asked = Arc::new(AtomicBool::new(false));
    let noted = asked.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        noted.store(true, Ordering::Relaxed);
        let (endpoint, ends) = (endpoint.clone(), ends.clone());
        async move {
            let request = poem::Request::from((request, ends.local, ends.remote, ends.scheme));
            Ok::<Response<_>, Infallible>(endpoint.get_response(request).await.into())
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head_time).max_buf_size(MOST_HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE)
        .max_concurrent_streams(MOST_HTTP2_STREAMS)
        .max_header_list_size(u32::try_from(MOST_HEAD_BYTES).unwrap_or(u32::MAX));
    let mut connection = pin!(builder.serve_connection(TokioIo::new(io), service));
    // Until the first bytes say which HTTP this is, the builder itself waits for ever.
    let mut silence = pin!(tokio::time::sleep(head_time));
    let mut listening = true;
    let mut told = false;
    loop {
        tokio::select! {
            // An error is the client's: it went away, or spoke no HTTP.
            _ = connection.as_mut() => return,
            () = silence.as_mut(), if listening => {
                listening = false;
                if !asked.load(Ordering::Relaxed) {
                    return;
                }
            }
            _ = stopping.wait_for(|stopping| *stopping), if !told => {
                told = true;
                if listening {
                    // Whoever has just come in may still be sending; whoever only stands there is not waited for.
                    silence.as_mut().reset(Instant::now() + LAST_WORD);
                }
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
