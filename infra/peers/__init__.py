"""The outside world on loopback: a website, its name server, a registry and a mail server.

They speak the real protocols, so that the demonstration and the tests go through the same code as
production. Everything they serve is invented and harmless.
"""
