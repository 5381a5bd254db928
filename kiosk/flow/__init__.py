"""One visit as a pure state machine: no clock, no random, no device, no toolkit."""
