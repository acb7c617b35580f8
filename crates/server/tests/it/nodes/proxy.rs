//! A way between two programs that the test can cut, and a door to whichever server lives.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

#[derive(Default)]
struct Inner {
    targets: Vec<String>,
    turn: usize,
    cut: bool,
    open: Vec<AbortHandle>,
}

/// Passes connections on, each to the next target that answers.
#[derive(Clone)]
pub struct Proxy {
    pub addr: SocketAddr,
    inner: Arc<Mutex<Inner>>,
}

impl Proxy {
    pub async fn to(targets: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            addr: listener.local_addr().unwrap(),
            inner: Arc::new(Mutex::new(Inner {
                targets,
                ..Inner::default()
            })),
        };
        let accepting = proxy.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepting.pass_on(stream);
            }
        });
        proxy
    }

    fn pass_on(&self, mut stream: TcpStream) {
        let mut inner = self.inner.lock().unwrap();
        if inner.cut {
            return;
        }
        inner.turn += 1;
        let mut targets = inner.targets.clone();
        let first = inner.turn % targets.len().max(1);
        targets.rotate_left(first);
        let task = tokio::spawn(async move {
            for target in targets {
                if let Ok(mut to) = TcpStream::connect(&target).await {
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut to).await;
                    return;
                }
            }
        });
        inner.open.push(task.abort_handle());
    }

    /// Other targets for new connections.
    pub fn set(&self, targets: Vec<String>) {
        self.inner.lock().unwrap().targets = targets;
    }

    /// Drops all connections, and refuses new ones until it is mended.
    pub fn cut(&self) {
        let mut inner = self.inner.lock().unwrap();
        inner.cut = true;
        for task in inner.open.drain(..) {
            task.abort();
        }
    }

    pub fn mend(&self) {
        self.inner.lock().unwrap().cut = false;
    }
}
