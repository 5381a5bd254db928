"""Words and rules of the service, free of every device, library and screen."""
