"""From the register's records to sheets: what stands on each certificate, under which sentence. Pure, one module a kind.

An entry that was not asked for becomes a mark that says so; an entry the register does not have becomes another, so that
nobody can read the one as the other. Knows no order, no clock and no drawing.
"""
