//! Where webhooks may go: not into the network the server stands in, which whoever names an address may not reach themselves.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Networks that are nobody's on the Internet, by their registries of special purposes (RFC 6890 and later).
const SPECIAL_V4: [(Ipv4Addr, u8); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Of IPv6, what is given out to be reached from everywhere; the rest is local, or carries an IPv4 address inside.
const GLOBAL_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
const SPECIAL_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Networks of one's own that webhooks may reach besides the Internet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Networks(Arc<[IpNet]>);

impl Networks {
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks.into())
    }

    pub(super) fn allow(&self, address: IpAddr) -> bool {
        // An IPv4 address stays one when it is written as IPv6.
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address)) || is_global(address)
    }
}

fn is_global(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !SPECIAL_V4.iter().any(|(first, length)| Ipv4Net::new_assert(*first, *length).contains(&v4)),
        IpAddr::V6(v6) => {
            let within = |(first, length): &(Ipv6Addr, u8)| Ipv6Net::new_assert(*first, *length).contains(&v6);
            within(&GLOBAL_V6) && !SPECIAL_V6.iter().any(within)
        }
    }
}

/// Where a webhook may not go.
#[derive(Debug)]
pub(super) struct Forbidden(pub(super) String);

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "'{}' is in a network of one's own: webhooks go there only where --webhook-network (MERIT_WEBHOOK_NETWORKS) allows it",
            self.0
        )
    }
}

impl std::error::Error for Forbidden {}

/// Looks names up and leaves out addresses that are not allowed, so that what was checked is what is connected to.
pub(super) struct GuardedResolver(pub(super) Networks);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let networks = self.0.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let any = !found.is_empty();
            let allowed: Vec<SocketAddr> = found.into_iter().filter(|address| networks.allow(address.ip())).collect();
            if any && allowed.is_empty() {
                return Err(Forbidden(name.as_str().to_owned()).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_internet_are_reached_unless_a_network_is_allowed() {
        let nobody = Networks::default();
        for own in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.31.255.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.100.100.200",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(!nobody.allow(own.parse().unwrap()), "{own}");
        }
        for global in ["1.1.1.1", "172.32.0.1", "192.0.1.1", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(nobody.allow(global.parse().unwrap()), "{global}");
        }
        let some = Networks::new(vec!["10.0.0.0/8".parse().unwrap()]);
        assert!(some.allow("10.1.2.3".parse().unwrap()) && some.allow("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!some.allow("127.0.0.1".parse().unwrap()));
    }
}
