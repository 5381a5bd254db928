"""A municipality's records as the center may read them; never draws and never decides."""
