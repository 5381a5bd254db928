"""The issuing center over HTTPS with mutual TLS."""
