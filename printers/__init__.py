"""Paper: jobs and what became of them, for every printer that a kiosk or a counter can have."""
