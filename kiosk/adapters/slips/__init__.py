"""The receipt printer: what stands on each slip, and who prints it."""
