"""The machine's memory across power cuts."""
