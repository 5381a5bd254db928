"""The things pages are made of: text, buttons, header, footer, warning. None of them knows what it says."""
