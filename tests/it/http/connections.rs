//! How many connections there may be at once, with real sockets.

use std::io::ErrorKind;
use std::time::Duration;

use merit::app::Clock;
use merit::http::{Listening, ServerOptions};
use poem::{Route, get, handler};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

const MOST: usize = 3;
/// Far longer than an answer takes; only a failure waits so long.
const PATIENCE: Duration = Duration::from_secs(20);
const REQUEST: &[u8] = b"GET /hello HTTP/1.1\r\nHost: merit\r\n\r\n";

#[handler]
fn hello() -> &'static str {
    "hello there"
}

async fn listen(head_time: Duration) -> String {
    let options = ServerOptions { most_connections: MOST, head_time, ..ServerOptions::default() };
    let listening = Listening::with("127.0.0.1:0", options).await.unwrap();
    let address = listening.address.clone();
    let routes = Route::new().at("/hello", get(hello));
    tokio::spawn(listening.serve(routes, Clock::System, std::future::pending()));
    address
}

async fn ask(stream: &mut TcpStream) {
    stream.write_all(REQUEST).await.unwrap();
}

/// Reads one answer.
async fn answered(stream: &mut TcpStream) {
    let mut text = String::new();
    while !text.ends_with("hello there") {
        let mut bytes = [0; 1024];
        let read = timeout(PATIENCE, stream.read(&mut bytes)).await.expect("it is answered").unwrap();
        assert_ne!(read, 0, "the connection ended: {text}");
        text += std::str::from_utf8(&bytes[..read]).unwrap();
    }
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
}

async fn served(address: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    ask(&mut stream).await;
    answered(&mut stream).await;
    stream
}

/// Whether nothing has come yet.
fn is_silent(stream: &TcpStream) -> bool {
    let mut bytes = [0; 1];
    matches!(stream.try_read(&mut bytes), Err(error) if error.kind() == ErrorKind::WouldBlock)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_beyond_the_limit_waits_until_another_ends() {
    let address = listen(PATIENCE).await;
    let mut inside = Vec::new();
    for _ in 0..MOST {
        inside.push(served(&address).await);
    }
    let mut waiting = TcpStream::connect(&address).await.unwrap();
    let mut behind = TcpStream::connect(&address).await.unwrap();
    ask(&mut waiting).await;
    ask(&mut behind).await;
    // Who is inside goes on; by the time all of them got two answers, who waits would have had one long since.
    for _ in 0..2 {
        for stream in &mut inside {
            ask(stream).await;
            answered(stream).await;
        }
    }
    assert!(is_silent(&waiting) && is_silent(&behind));
    drop(inside.pop());
    answered(&mut waiting).await;
    assert!(is_silent(&behind), "one place is for one");
    drop(waiting);
    answered(&mut behind).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_connections_make_room() {
    let address = listen(Duration::from_millis(300)).await;
    // Two never say anything; one asked and then stays.
    let mut silent = Vec::new();
    for _ in 0..MOST - 1 {
        silent.push(TcpStream::connect(&address).await.unwrap());
    }
    let idle = served(&address).await;
    let mut waiting = TcpStream::connect(&address).await.unwrap();
    ask(&mut waiting).await;
    answered(&mut waiting).await;
    drop((silent, idle));
}
