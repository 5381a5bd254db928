"""A municipality's own register, asked over HTTP with mutual TLS: an adapter of the register's port.

The municipality keeps its records; the center learns what one decision needs, in one answer of one version, and forgets it.
"""
