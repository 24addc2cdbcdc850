"""The table of public addresses, against every special range and every embedded form."""

from ipaddress import ip_address

import pytest
from hotline.fetching.address_table import is_public

NOT_PUBLIC = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254
169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.8 192.0.0.170 192.0.2.1
192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.175.48.1 198.18.0.1 198.19.255.255
198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1
::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808
64:ff9b:1::7f00:1 100::1 2001::1 2001:0:7f00:1::1 2001:2::1 2001:10::1 2001:20::1 2001:db8::1
2002:7f00:1:: 2002:808:808:: 2620:4f:8000::1 3ffe::1 3fff::1 3fff:fff::1 4000::1 5f00::1 fc00::1
fd00::1 fe80::1 fe80::1%1 febf::1 fec0::1 ff02::1 ff0e::1 2a00:1450::5efe:7f00:1
2a00:1450::200:5efe:7f00:1
"""

PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1
169.253.255.255 172.15.255.255 172.32.0.1 192.0.1.1 192.167.255.255 198.17.255.255 198.20.0.1
223.255.255.255 2001:200::1 2001:4860:4860::8888 2003::1 2a00:1450::1 2606:4700::1111
"""


@pytest.mark.requirement("UR-8", "SEC-S4")
@pytest.mark.parametrize("text", NOT_PUBLIC.split())
def test_a_special_or_embedded_address_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.requirement("UR-8", "SEC-S4")
@pytest.mark.parametrize("text", PUBLIC.split())
def test_an_ordinary_address_is_public(text: str) -> None:
    assert is_public(ip_address(text))
