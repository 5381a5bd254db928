"""Slip printers that speak ESC/POS, over USB, a serial line or the network."""
