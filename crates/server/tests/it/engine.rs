//! The engine against a listener that behaves badly.

use std::net::SocketAddr;
use std::time::Duration;

use harkara::engine::{ANSWER_LIMIT, Engine, MAX_STEPS, Transport};
use harkara_provider::{Request, SendError, SendErrorKind, Step};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::guard::loopback;

const SECRET: &str = "s3cr3t-password";

/// Takes one connection after the other, reads the head of a request, answers with `bytes` and closes; `None` hangs.
pub async fn listener(bytes: Option<Vec<u8>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let bytes = bytes.clone();
            tokio::spawn(async move {
                read_head(&mut stream).await;
                match bytes {
                    Some(bytes) => {
                        let _ = stream.write_all(&bytes).await;
                        let _ = stream.shutdown().await;
                    }
                    None => std::future::pending().await,
                }
            });
        }
    });
    address
}

async fn read_head(stream: &mut TcpStream) -> Vec<u8> {
    let mut head = Vec::new();
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => break,
            Ok(n) => head.extend_from_slice(&buffer[..n]),
        }
    }
    head
}

fn request(address: SocketAddr) -> Request {
    Request::post_form(
        format!("http://{address}/GatewayAPI/rest?token={SECRET}"),
        vec![("password".into(), SECRET.into())],
    )
}

fn engine() -> Engine {
    Engine::new(Duration::from_secs(20), loopback())
}

pub fn answer(body: &[u8]) -> Vec<u8> {
    let mut out = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nX-Id: 7\r\nconnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    out.extend_from_slice(body);
    out
}

#[tokio::test]
async fn an_answer_comes_back_whole_with_status_and_lower_case_headers() {
    let reply = engine()
        .exchange(&request(listener(Some(answer(b"ok\xff"))).await))
        .await
        .unwrap();
    assert_eq!((reply.status, reply.body.as_slice()), (200, &b"ok\xff"[..]));
    assert_eq!(reply.header("x-id"), Some("7"));
}

#[tokio::test]
async fn a_refused_connection_was_not_sent() {
    let gone = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let error = engine().exchange(&request(gone)).await.unwrap_err();
    assert!(matches!(error, Transport::NotSent { .. }), "{error:?}");
    assert!(!error.to_string().contains(SECRET), "{error}");
    let error = SendError::from(error);
    assert_eq!(error.kind, SendErrorKind::Unavailable);
    assert!(error.help.contains("firewall") && error.help.contains("base URL"));
}

#[tokio::test]
async fn a_bad_url_or_header_was_not_sent() {
    for url in ["not a url", "https://"] {
        let error = engine().exchange(&Request::get(url)).await.unwrap_err();
        assert!(matches!(error, Transport::NotSent { .. }), "{url}: {error:?}");
    }
    let mut bad = request(listener(None).await);
    bad.headers.push(("authorization".into(), format!("{SECRET}\n")));
    let error = engine().exchange(&bad).await.unwrap_err();
    assert!(
        matches!(&error, Transport::NotSent { why } if !why.contains(SECRET)),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_failed_tls_handshake_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let plain = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"this is not TLS at all").await.unwrap();
        std::future::pending::<()>().await;
    });
    let error = engine()
        .exchange(&Request::get(format!("https://{plain}/")))
        .await
        .unwrap_err();
    assert!(matches!(error, Transport::NotSent { .. }), "{error:?}");
}

#[tokio::test]
async fn silence_after_the_request_is_unknown() {
    let short = Engine::new(Duration::from_millis(1200), loopback());
    let error = short.exchange(&request(listener(None).await)).await.unwrap_err();
    assert!(
        matches!(&error, Transport::NoAnswer { why } if why.contains("1200 ms")),
        "{error:?}"
    );
    assert_eq!(SendError::from(error).kind, SendErrorKind::Unknown);
}

#[tokio::test]
async fn a_lost_connection_and_garbage_are_unknown() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec();
    for bytes in [vec![], b"\x00\x01garbage\r\n\r\n".to_vec(), half] {
        let error = engine()
            .exchange(&request(listener(Some(bytes)).await))
            .await
            .unwrap_err();
        assert!(matches!(error, Transport::NoAnswer { .. }), "{error:?}");
        assert!(!error.to_string().contains(SECRET), "{error}");
    }
}

#[tokio::test]
async fn a_kept_connection_that_closes_on_the_second_request_is_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_head(&mut stream).await;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
            .await
            .unwrap();
        read_head(&mut stream).await;
        drop(stream);
        std::future::pending::<()>().await;
    });
    let engine = engine();
    let get = Request::get(format!("http://{address}/"));
    assert_eq!(engine.exchange(&get).await.unwrap().body, b"ok");
    let error = engine.exchange(&get).await.unwrap_err();
    assert!(matches!(error, Transport::NoAnswer { .. }), "{error:?}");
}

#[tokio::test]
async fn a_huge_answer_is_not_kept() {
    let body = vec![b'x'; ANSWER_LIMIT + 1];
    let error = engine()
        .exchange(&request(listener(Some(answer(&body))).await))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Transport::NoAnswer { why } if why.contains("larger")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let to = listener(None).await;
    let moved = format!("HTTP/1.1 302 Found\r\nlocation: http://{to}/\r\ncontent-length: 0\r\n\r\n");
    let reply = engine()
        .exchange(&request(listener(Some(moved.into_bytes())).await))
        .await
        .unwrap();
    assert_eq!(reply.status, 302);
}

#[tokio::test]
async fn a_call_of_steps_sees_all_replies_and_ends() {
    let address = listener(Some(answer(b"one"))).await;
    let get = || Request::get(format!("http://{address}/"));
    let two = |prior: &[harkara_provider::Reply]| {
        Ok(if prior.len() < 2 {
            Step::Call(get())
        } else {
            Step::Done(prior.len())
        })
    };
    let (seen, replies) = engine().run(two).await.unwrap();
    assert_eq!((seen, replies.len()), (2, 2));
    let error = engine().run::<()>(|_| Ok(Step::Call(get()))).await.unwrap_err();
    assert!(error.detail.contains(&MAX_STEPS.to_string()));
}
