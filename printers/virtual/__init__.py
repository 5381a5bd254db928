"""Printers that are not there: strict devices for tests and demonstrations, unkind on demand."""
