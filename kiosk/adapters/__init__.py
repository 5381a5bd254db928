"""Where the ports meet technology: one folder a port, each with its one library."""
