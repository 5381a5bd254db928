"""The back of a sheet: what makes plain paper prove itself. Data and keys in, PDF out; no clock, no network, no register."""
