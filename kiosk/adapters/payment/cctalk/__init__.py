"""Coin and note units on a ccTalk bus."""
