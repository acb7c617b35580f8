//! What a sign-in asks of people, and how long it makes those wait who guess.

use core::net::IpAddr;

use super::problem::FieldProblem;
use super::target::Net;
use crate::clock::{DAY, MINUTE, Millis, SECOND};

/// Characters of a password at least and at most. Length is the only thing that helps; no other rule is made.
pub const PASSWORD: std::ops::RangeInclusive<usize> = 10..=200;

/// An e-mail address as it is kept: in small letters.
pub fn email(text: &str, pointer: &str) -> Result<String, FieldProblem> {
    let email = text.trim().to_lowercase();
    let fits = email.len() <= 254
        && !email.contains(|c: char| c.is_whitespace() || c.is_control() || ",;<>\"".contains(c))
        && email
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    fits.then_some(email).ok_or_else(|| {
        FieldProblem::new(
            pointer,
            "email",
            "Write an e-mail address, such as asha@shop.example.",
        )
    })
}

/// A person's name as it is kept.
pub fn name(text: &str, pointer: &str) -> Result<String, FieldProblem> {
    let name = text.trim();
    let fits = !name.is_empty() && name.chars().count() <= 100 && !name.contains(char::is_control);
    fits.then(|| name.to_owned())
        .ok_or_else(|| FieldProblem::new(pointer, "name", "Write a name of 1 to 100 characters."))
}

/// Is it long enough?
pub fn password(text: &str, pointer: &str) -> Result<(), FieldProblem> {
    let length = text.chars().count();
    if PASSWORD.contains(&length) {
        return Ok(());
    }
    let detail = if length < *PASSWORD.start() {
        format!(
            "The password has {length} characters; give it at least {}. Several words are easy to remember.",
            PASSWORD.start()
        )
    } else {
        format!("The password has more than {} characters.", PASSWORD.end())
    };
    Err(FieldProblem::new(pointer, "password", detail))
}

/// After how many failures one has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience(pub i64);

/// Of one account.
pub const OF_ACCOUNT: Patience = Patience(5);
/// Of one address, from which many people may come.
pub const OF_ADDRESS: Patience = Patience(30);

const FIRST_WAIT: Millis = 30 * SECOND;
const LONGEST_WAIT: Millis = 15 * MINUTE;

/// Failures older than this are forgotten.
pub const FORGOTTEN_AFTER: Millis = DAY;

impl Patience {
    /// How long one still has to wait after so many failures, the last of them at `last_at`; `None`: not at all. Twice as
    /// long after each further one.
    pub fn wait(self, failures: i64, last_at: Millis, now: Millis) -> Option<Millis> {
        let over = failures - self.0;
        if over < 0 || now - last_at >= FORGOTTEN_AFTER {
            return None;
        }
        let long = FIRST_WAIT << over.min(10);
        let left = last_at + long.min(LONGEST_WAIT) - now;
        (left > 0).then_some(left)
    }
}

/// A waiting time in words.
pub fn in_words(wait: Millis) -> String {
    let seconds = (wait + SECOND - 1) / SECOND;
    match seconds {
        1 => "1 second".into(),
        0..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", (seconds + 59) / 60),
    }
}

/// Where a request comes from: the peer, or when that is a proxy we trust, the last address that the proxies in front of
/// us name and that is not one of them.
pub fn client(peer: IpAddr, forwarded: &str, trusted: &[Net]) -> IpAddr {
    let mut client = peer.to_canonical();
    for hop in forwarded.rsplit(',') {
        if !trusted.iter().any(|net| net.has(client)) {
            break;
        }
        // Some proxies add the port.
        let hop = hop.trim();
        let bare = hop
            .strip_prefix('[')
            .and_then(|h| h.split_once(']'))
            .map(|(ip, _)| ip);
        let parsed = bare.unwrap_or(hop).parse::<IpAddr>();
        let parsed = parsed.or_else(|_| hop.parse().map(|socket: core::net::SocketAddr| socket.ip()));
        match parsed {
            Ok(address) => client = address.to_canonical(),
            Err(_) => break,
        }
    }
    client
}

/// What failures are counted by: one IPv4 address, or the network of an IPv6 one, which one person has for himself.
pub fn counted_as(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let network = core::net::Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64);
            format!("{network}/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_in_small_letters() {
        assert_eq!(
            email(" Asha@Shop.Example ", "/email").unwrap(),
            "asha@shop.example"
        );
        for wrong in ["", "asha", "@shop", "asha@", "a b@shop", "a@b@c", "<a@b>"] {
            assert_eq!(email(wrong, "/email").unwrap_err().code, "email", "{wrong}");
        }
    }

    #[test]
    fn length_is_the_only_rule_of_passwords() {
        assert!(password("aaaaaaaaaa", "/p").is_ok());
        assert!(password("चाय चाय चाय", "/p").is_ok());
        let short = password("Tr0ub4d&r", "/p").unwrap_err();
        assert!(short.detail.contains("9 characters"), "{}", short.detail);
        assert!(password(&"a".repeat(201), "/p").is_err());
    }

    #[test]
    fn who_guesses_waits_twice_as_long_each_time() {
        let of = OF_ACCOUNT;
        assert_eq!(of.wait(4, 0, 0), None);
        assert_eq!(of.wait(5, 0, 0), Some(30 * SECOND));
        assert_eq!(of.wait(6, 0, 10 * SECOND), Some(50 * SECOND));
        assert_eq!(of.wait(6, 0, MINUTE), None);
        assert_eq!(of.wait(500, 0, 0), Some(15 * MINUTE));
        assert_eq!(of.wait(500, 0, DAY), None);
    }

    #[test]
    fn waiting_is_told_in_words() {
        assert_eq!(in_words(1), "1 second");
        assert_eq!(in_words(30 * SECOND), "30 seconds");
        assert_eq!(in_words(91 * SECOND), "2 minutes");
        assert_eq!(in_words(15 * MINUTE), "15 minutes");
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let from = |peer, forwarded| client(ip(peer), forwarded, &trusted).to_string();
        assert_eq!(from("203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(from("10.0.0.1", "192.0.2.66, 198.51.100.1"), "198.51.100.1");
        assert_eq!(
            from("10.0.0.1", "192.0.2.66, 198.51.100.1, 10.0.0.2"),
            "198.51.100.1"
        );
        assert_eq!(from("::ffff:10.0.0.1", "[2001:db8::1]:99"), "2001:db8::1");
        assert_eq!(from("10.0.0.1", "198.51.100.1:4433"), "198.51.100.1");
        assert_eq!(from("10.0.0.1", "nonsense"), "10.0.0.1");
        assert_eq!(from("10.0.0.1", ""), "10.0.0.1");
    }

    #[test]
    fn an_ipv6_network_counts_as_one() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(counted_as(ip("2001:db8:1:2:3::4")), "2001:db8:1:2::/64");
        assert_eq!(counted_as(ip("::ffff:192.0.2.1")), "192.0.2.1");
    }
}
