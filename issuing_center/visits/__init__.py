"""Visits: a challenge, the proof of the card that answers it, and what it entitles to. Knows no register."""
