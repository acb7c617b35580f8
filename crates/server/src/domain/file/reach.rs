//! Can anybody outside fetch what stands below the public address?

use core::net::IpAddr;

use crate::domain::target::not_public;

/// Endings of names that no name server of the internet knows.
const INSIDE: [&str; 8] = [
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "test",
];

/// Why providers cannot fetch files from an address, and what to do; `None` when nothing speaks against it.
pub fn unreachable(base: &str) -> Option<String> {
    let rest = base.split_once("://").map_or(base, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(inside) => inside.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let public = match host.parse::<IpAddr>() {
        Ok(address) => not_public(address).is_none(),
        Err(_) => {
            let host = host.trim_end_matches('.').to_ascii_lowercase();
            let last = host.rsplit('.').next().unwrap_or_default();
            host.contains('.') && !INSIDE.contains(&last)
        }
    };
    (!public).then(|| {
        format!(
            "Providers cannot fetch files from {host}: only this machine, or its own network, knows that address. Set public_url \
             (HARKARA_PUBLIC_URL) to one that the internet knows. The simulated phones of the demo show them all the same."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_ones_own_network_are_told_from_those_of_the_internet() {
        for base in [
            "http://127.0.0.1:8080",
            "http://localhost:8080",
            "http://10.1.2.3",
            "https://192.168.1.5/wa",
            "http://[::1]:8080",
            "http://harkara",
            "http://shop.local",
            "http://0.0.0.0:80",
        ] {
            let told = unreachable(base).unwrap();
            assert!(told.contains("HARKARA_PUBLIC_URL"), "{base}");
        }
        for base in [
            "https://wa.shop.example",
            "https://shop.example:8443/wa",
            "http://8.8.8.8",
            "https://[2606:4700::1]",
        ] {
            assert_eq!(unreachable(base), None, "{base}");
        }
    }
}
