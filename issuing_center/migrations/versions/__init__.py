"""One file a version, oldest first by number; never edited once released."""
