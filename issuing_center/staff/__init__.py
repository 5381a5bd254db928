"""The clerks' pages: sign-in, console, totals, seal look-up, and the call display on the wall.

What a clerk may do is decided by `issuing_center.counter`; here it is shown, asked for and kept to one municipality. Knows
no table and no rule of the counter.
"""
