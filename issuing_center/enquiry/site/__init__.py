"""The enquiry site: anybody uploads the scans of a sheet and is shown what its back carries.

Knows no register, no database and no key but those of the backs. What is uploaded is opened by confined processes only,
and forgotten with the answer.
"""
