"""The enquiry room: a scan of a sheet in, what the back carries and where the front differs out."""
