"""Which IP addresses are public.

The standard library is not asked: `ipaddress.is_global` of Python 3.11 says yes to multicast, to
site-local addresses and to IPv4 hidden inside IPv6.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

# source: IANA IPv4 Special-Purpose Address Registry, RFC 6890 and its updates; RFC 5771.
SPECIAL_V4: tuple[IPv4Network, ...] = tuple(
    IPv4Network(prefix)
    for prefix in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, metadata services of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relay anycast
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, limited broadcast
    )
)

# Everything outside 2000::/3 is refused: unspecified, loopback, IPv4-compatible and IPv4-mapped,
# NAT64 (64:ff9b::/96 and 64:ff9b:1::/48), discard 100::/64, segment routing 5f00::/16,
# unique local fc00::/7, link-local fe80::/10, site-local fec0::/10 and multicast ff00::/8.
# source: RFC 4291 §2.4, IANA IPv6 Global Unicast Address Assignments.
GLOBAL_UNICAST = IPv6Network("2000::/3")

# source: IANA IPv6 Special-Purpose Address Registry.
SPECIAL_V6: tuple[IPv6Network, ...] = tuple(
    IPv6Network(prefix)
    for prefix in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, carries an IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # former 6bone
        "3fff::/20",  # documentation
    )
)

# The interface part of ISATAP carries an IPv4 address too. source: RFC 5214 §6.1
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether a stranger's machine on the internet may answer at this address."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in SPECIAL_V4)
    if address not in GLOBAL_UNICAST or address.scope_id is not None:
        return False
    if any(address in network for network in SPECIAL_V6):
        return False
    return (int(address) >> 32) & 0xFFFF_FFFF not in _ISATAP
