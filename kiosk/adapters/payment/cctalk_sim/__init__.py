"""Coin and note units that are not there, at the byte level of their bus. For tests, and for a declared demonstration."""
