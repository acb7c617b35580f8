//! Keeps requests away from where a URL that somebody typed, or a callback brought, must not lead: into this server's own
//! network. The addresses that are judged are the very ones that are connected to, so a name that changes its address
//! between two looks gains nothing.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;
use tokio::time::timeout;

use crate::domain::target::{Allowed, Refused};

/// How long a look at a URL that is being saved waits for its host's addresses.
const LOOKUP: Duration = Duration::from_secs(3);

/// Lets requests out to the internet, and to what the operator allows. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allowed: Arc<Allowed>,
    also: Arc<RwLock<Option<SocketAddr>>>,
}

impl Guard {
    /// One that allows this beside the internet.
    pub fn new(allowed: Allowed) -> Self {
        Self {
            allowed: Arc::new(allowed),
            also: Arc::default(),
        }
    }

    /// Lets requests out to this one port as well, and to no other of its machine; or no longer. Host names do not lead
    /// there: it must be given as an address.
    pub fn also(&self, target: Option<SocketAddr>) {
        *self.also.write().unwrap_or_else(PoisonError::into_inner) = target;
    }

    /// Judges what can be told without asking for addresses: the scheme, and a host that is an address already, in
    /// whatever notation. Names are judged when they are connected to.
    ///
    /// # Errors
    /// What stands in the way, in words.
    pub fn judge(&self, url: &Url) -> Result<(), String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!(
                "the URL begins with {}:, and this server speaks only https and http",
                url.scheme()
            ));
        }
        let host = url.host_str().unwrap_or_default();
        match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) if self.is_also(url, address) => Ok(()),
            Ok(address) => self.allowed.judge(host, address).map_err(|r| r.to_string()),
            Err(_) => Ok(()),
        }
    }

    fn is_also(&self, url: &Url, address: IpAddr) -> bool {
        let also = *self.also.read().unwrap_or_else(PoisonError::into_inner);
        also.is_some_and(|also| also.ip() == address && Some(also.port()) == url.port_or_known_default())
    }

    /// The same for a URL that is being saved, with a look at the addresses that its host has now, so that a person
    /// learns at once. A host whose addresses cannot be told now may be known later.
    ///
    /// # Errors
    /// What stands in the way, in words.
    pub async fn foresee(&self, url: &str) -> Result<(), String> {
        // What is no URL at all is told by the check of the field.
        let Ok(url) = Url::parse(url) else { return Ok(()) };
        self.judge(&url)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        if host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
            return Ok(());
        }
        let judged = self.clone().addresses(&host);
        match timeout(LOOKUP, judged).await {
            Ok(Err(error)) => match error.downcast::<Refused>() {
                Ok(refused) => Err(refused.to_string()),
                Err(_) => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Scheme, host and port that requests to this URL would have; nothing for what is no URL.
    pub fn origin(url: &str) -> Option<String> {
        let url = Url::parse(url).ok()?;
        let port = url.port_or_known_default()?;
        Some(format!("{}://{}:{port}", url.scheme(), url.host_str()?))
    }

    /// The addresses of a host that may be connected to; when there are others only, that is an error.
    fn addresses(self, host: &str) -> Resolving {
        let host = host.to_owned();
        Box::pin(async move {
            let (mut good, mut refused) = (Vec::new(), None);
            for address in lookup_host((host.as_str(), 0)).await? {
                match self.allowed.judge(&host, address.ip()) {
                    Ok(()) => good.push(address),
                    Err(why) => refused = Some(why),
                }
            }
            match refused {
                Some(why) if good.is_empty() => Err(why.into()),
                _ => Ok(Box::new(good.into_iter()) as Addrs),
            }
        })
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        self.clone().addresses(name.as_str())
    }
}

/// The refusal inside an error of the client.
pub(super) fn refused<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e Refused> {
    let mut at = Some(error);
    while let Some(error) = at {
        if let Some(refused) = error.downcast_ref::<Refused>() {
            return Some(refused);
        }
        at = error.source();
    }
    None
}
