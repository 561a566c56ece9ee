//! Headers: none that opens the API to other sites, none made of what a client sends, and methods that behave.

use reqwest::{Method, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::company::Company;
use crate::support::server::{Server, client};

#[tokio::test(flavor = "multi_thread")]
async fn other_sites_may_read_nothing() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let server = Server::start(&app).await;
    for method in [Method::GET, Method::OPTIONS, Method::POST] {
        for path in ["/api/v1/agents", "/api/v1/openapi.yaml", "/", "/health/live"] {
            let request = client().request(method.clone(), server.url(path)).bearer_auth(&server.token);
            let request = request
                .header("origin", "https://elsewhere.example")
                .header("access-control-request-method", "GET")
                .header("access-control-request-headers", "authorization");
            let answer = request.send().await.unwrap();
            let cors = answer.headers().keys().find(|name| name.as_str().starts_with("access-control-"));
            assert_eq!(cors, None, "{method} {path}");
            if method == Method::OPTIONS {
                // Pages refuse whatever comes from another site before they look at the method.
                let refused = if path == "/" { StatusCode::FORBIDDEN } else { StatusCode::METHOD_NOT_ALLOWED };
                assert_eq!(answer.status(), refused, "{path}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_get_without_the_body() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let server = Server::start(&app).await;
    for path in ["/", "/health/live", "/health/ready", "/assets/merit.css"] {
        let get = server.bare(Method::GET, path).await;
        let head = server.bare(Method::HEAD, path).await;
        assert_eq!(head.status(), StatusCode::OK, "{path}");
        assert_eq!(head.headers().get("content-type"), get.headers().get("content-type"), "{path}");
        assert!(head.text().await.unwrap().is_empty(), "{path}");
    }
}

/// The status line and headers of an answer to bytes sent as they are.
async fn raw(server: &Server, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).split("\r\n\r\n").next().unwrap().to_lowercase()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_clients_send_never_becomes_a_header() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let server = Server::start(&app).await;
    let theirs = "X-Request-Id: chosen-by-client\r\n";
    for target in
        ["/?lang=en%0d%0aset-cookie:%20a=b", "/api/v1/%0d%0aset-cookie:%20a=b", "/docs%0d%0aset-cookie:%20a=b"]
    {
        let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{theirs}\r\n");
        let answer = raw(&server, request.as_bytes()).await;
        assert!(!answer.contains("set-cookie") && !answer.contains("chosen-by-client"), "{answer}");
        assert!(answer.contains("\r\nx-request-id: "), "{answer}");
    }
    // A line end in a header is the end of it, or the end of the request.
    let request = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: a\rset-cookie: a=b\r\n\r\n";
    assert!(raw(&server, request).await.starts_with("http/1.1 400 "));
    // Two lengths, or a length beside pieces: somebody between might see another request than we do.
    for double in ["Content-Length: 3\r\nContent-Length: 5\r\n", "Content-Length: 3, 5\r\n"] {
        let request = format!("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{double}\r\nabcde");
        assert!(raw(&server, request.as_bytes()).await.starts_with("http/1.1 400 "), "{double}");
    }
}
