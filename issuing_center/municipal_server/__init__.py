"""The server of a municipality that keeps its own register (証明発行サーバ): answers centers, and nobody else.

It tells what one decision about one person needs, out of one committed version, and decides nothing itself. How a
municipality's own system can take its place is described in register/remote/README.md.
"""
