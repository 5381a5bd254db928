"""Page printers behind a queue of CUPS."""
