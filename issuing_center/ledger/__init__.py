"""What was ordered, drawn, delivered, paid, printed and voided.

Holds no personal data in clear: a keyed hash stands for the person, and documents are there only in their sealed form.
"""
