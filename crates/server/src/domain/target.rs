//! Where this server may connect to when somebody else chose the URL: the internet, and what the operator allows beside
//! it. The ranges are those of the special-purpose registries of IANA.

// `core::net` is addresses alone: nothing in it can connect.
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::fmt;
use std::str::FromStr;

/// Networks that are not the internet: (first address, length of the prefix, what is there).
const V4: &[(Ipv4Addr, u8, &str)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8, "an address of this machine"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "a private address"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "a shared address of a carrier"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "a loopback address"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "a link-local address"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "a private address"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, RESERVED),
    (Ipv4Addr::new(192, 0, 2, 0), 24, RESERVED),
    (Ipv4Addr::new(192, 88, 99, 0), 24, RESERVED),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "a private address"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, RESERVED),
    (Ipv4Addr::new(198, 51, 100, 0), 24, RESERVED),
    (Ipv4Addr::new(203, 0, 113, 0), 24, RESERVED),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "a multicast address"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, RESERVED),
    // Azure answers its machines here, on an address that looks public.
    (Ipv4Addr::new(168, 63, 129, 16), 32, "a metadata service"),
];

/// Of IPv6 only 2000::/3 is the internet; these parts of it are not, and the rest is named where it can be.
const V6: &[(Ipv6Addr, u8, &str)] = &[
    (Ipv6Addr::UNSPECIFIED, 128, "an address of this machine"),
    (Ipv6Addr::LOCALHOST, 128, "a loopback address"),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "a private address"),
    (
        Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0),
        10,
        "a link-local address",
    ),
    (
        Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0),
        8,
        "a multicast address",
    ),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, RESERVED),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, RESERVED),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, RESERVED),
];

const RESERVED: &str = "a reserved address";

/// A network: every address that begins with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Net {
    first: IpAddr,
    prefix: u8,
}

impl Net {
    /// Is the address one of it?
    pub fn has(&self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                same_bits(first.to_bits().into(), address.to_bits().into(), 32, self.prefix)
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                same_bits(first.to_bits(), address.to_bits(), 128, self.prefix)
            }
            _ => false,
        }
    }
}

fn same_bits(a: u128, b: u128, width: u8, prefix: u8) -> bool {
    (a ^ b).checked_shr(u32::from(width - prefix)).unwrap_or(0) == 0
}

impl FromStr for Net {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().map_err(|_| ())?)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().map_err(|_| ())?;
        let width = if first.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(width);
        (prefix <= width).then_some(Self { first, prefix }).ok_or(())
    }
}

/// What is at an address that is not on the internet, in words; `None` for a public one. An IPv4 address that is
/// written inside an IPv6 one is judged as what it is.
pub fn not_public(address: IpAddr) -> Option<&'static str> {
    let v6 = match address {
        IpAddr::V4(v4) => return not_public_v4(v4),
        IpAddr::V6(v6) => v6,
    };
    if let Some(v4) = inside(v6) {
        return not_public_v4(v4);
    }
    let named = V6.iter().find(|(first, prefix, _)| {
        let first = IpAddr::V6(*first);
        let prefix = *prefix;
        Net { first, prefix }.has(address)
    });
    match named {
        Some((.., what)) => Some(what),
        None if v6.segments()[0] & 0xe000 == 0x2000 => None,
        None => Some(RESERVED),
    }
}

fn not_public_v4(address: Ipv4Addr) -> Option<&'static str> {
    let found = V4.iter().find(|(first, prefix, _)| {
        let first = IpAddr::V4(*first);
        let prefix = *prefix;
        Net { first, prefix }.has(IpAddr::V4(address))
    });
    found.map(|(.., what)| *what)
}

/// The IPv4 address that an IPv6 address stands for: mapped, 6to4 or NAT64.
fn inside(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let part = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(part(high, low)),
        [0x2002, high, low, ..] => Some(part(high, low)),
        _ => None,
    }
}

/// What the operator allows beside the internet: the setting `allowed_targets`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    nets: Vec<Net>,
    hosts: Vec<String>,
}

impl Allowed {
    /// Reads the setting: addresses, networks such as `10.1.0.0/16`, and host names.
    ///
    /// # Errors
    /// The entry that is none of these.
    pub fn read(entries: &[String]) -> Result<Self, String> {
        let mut allowed = Self::default();
        for entry in entries {
            let text = entry.trim();
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
            if let Ok(net) = text.trim_matches(['[', ']']).parse() {
                allowed.nets.push(net);
            } else if text.chars().all(plain) && text.contains(|c: char| c.is_ascii_alphabetic()) {
                allowed.hosts.push(host_name(text));
            } else {
                return Err(entry.clone());
            }
        }
        Ok(allowed)
    }

    /// May we connect to whatever addresses this host name has?
    pub fn has_host(&self, host: &str) -> bool {
        self.hosts.contains(&host_name(host))
    }

    /// May we connect to this address, which `host` has?
    ///
    /// # Errors
    /// What stands in the way.
    pub fn judge(&self, host: &str, address: IpAddr) -> Result<(), Refused> {
        let Some(what) = not_public(address) else {
            return Ok(());
        };
        let meant = match address {
            IpAddr::V6(v6) => inside(v6).map_or(address, IpAddr::V4),
            IpAddr::V4(_) => address,
        };
        let allowed = self.nets.iter().any(|net| net.has(address) || net.has(meant));
        if allowed || self.has_host(host) {
            return Ok(());
        }
        Err(Refused {
            host: host.to_owned(),
            address,
            what,
        })
    }
}

fn host_name(text: &str) -> String {
    text.trim_end_matches('.').to_ascii_lowercase()
}

/// A target that is not on the internet, and not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// As the URL names it.
    pub host: String,
    /// One of its addresses.
    pub address: IpAddr,
    /// What is there.
    pub what: &'static str,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, address, what } = self;
        if host.trim_matches(['[', ']']) == address.to_string() {
            write!(
                f,
                "{host} is {what}, and this server connects only to the internet"
            )
        } else {
            write!(
                f,
                "{host} leads to {address}, {what}, and this server connects only to the internet"
            )
        }
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_the_internet_is_public() {
        for text in [
            "8.8.8.8",
            "1.1.1.1",
            "172.15.255.255",
            "172.32.0.0",
            "100.63.0.1",
            "100.128.0.1",
        ] {
            assert_eq!(not_public(ip(text)), None, "{text}");
        }
        for text in [
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
        ] {
            assert_eq!(not_public(ip(text)), None, "{text}");
        }
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.1.1",
            "198.19.0.1",
            "203.0.113.7",
            "224.0.0.1",
            "239.1.1.1",
            "255.255.255.255",
            "168.63.129.16",
        ] {
            assert!(not_public(ip(text)).is_some(), "{text}");
            let mapped = IpAddr::V6(text.parse::<Ipv4Addr>().unwrap().to_ipv6_mapped());
            assert_eq!(not_public(mapped), not_public(ip(text)), "{mapped}");
        }
        for text in [
            "::",
            "::1",
            "::7f00:1",
            "fe80::1",
            "fec0::1",
            "fd00:ec2::254",
            "fc00::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "100::1",
            "3fff::1",
            "5f00::1",
            "4000::1",
        ] {
            assert!(not_public(ip(text)).is_some(), "{text}");
        }
    }

    #[test]
    fn the_operator_allows_addresses_networks_and_hosts() {
        let entries = ["127.0.0.1", "10.1.0.0/16", "[fd00::1]", "Gateway.Internal."].map(str::to_owned);
        let allowed = Allowed::read(&entries).unwrap();
        for (host, address) in [
            ("127.0.0.1", "127.0.0.1"),
            ("localhost", "127.0.0.1"),
            ("x.example", "::ffff:127.0.0.1"),
            ("x.example", "10.1.255.1"),
            ("x.example", "fd00::1"),
            ("gateway.internal", "192.168.1.1"),
            ("x.example", "8.8.8.8"),
        ] {
            assert_eq!(allowed.judge(host, ip(address)), Ok(()), "{host} {address}");
        }
        for (host, address) in [
            ("127.0.0.2", "127.0.0.2"),
            ("x.example", "10.2.0.1"),
            ("evil.gateway.internal", "192.168.1.1"),
            ("x.example", "fd00::2"),
        ] {
            let refused = allowed.judge(host, ip(address)).unwrap_err();
            assert!(refused.to_string().contains(address), "{refused}");
        }
        for bad in ["10.0.0.0/33", "http://h", "a b", "", "10.1", "*"] {
            assert_eq!(Allowed::read(&[bad.to_owned()]), Err(bad.to_owned()));
        }
    }

    proptest! {
        #[test]
        fn a_network_has_exactly_the_addresses_with_its_bits(first: u32, other: u32, prefix in 0u8..=32) {
            let net = Net { first: IpAddr::V4(Ipv4Addr::from_bits(first)), prefix };
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            let inside = first & mask == other & mask;
            prop_assert_eq!(net.has(IpAddr::V4(Ipv4Addr::from_bits(other))), inside);
        }

        #[test]
        fn whatever_is_allowed_or_public_passes_and_nothing_else(bits: u128, allow: u128, prefix in 0u8..=128) {
            let address = IpAddr::V6(Ipv6Addr::from_bits(bits));
            let text = format!("{}/{prefix}", Ipv6Addr::from_bits(allow));
            let allowed = Allowed::read(std::slice::from_ref(&text)).unwrap();
            let net: Net = text.parse().unwrap();
            let passes = allowed.judge("h.example", address).is_ok();
            prop_assert!(passes == (not_public(address).is_none() || net.has(address)));
        }
    }
}
