"""What drawing a back and reading it have in common: where things stand, keys, the cipher, what codes say, the two screens.

Neither PDF, font nor form: whoever reads needs none of them.
"""
