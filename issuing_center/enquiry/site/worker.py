"""A confined process: `read` turns files into grey pictures, `judge` turns pictures into a verdict.

Two processes, so that what opens the formats of strangers never holds a key; what holds the keys sees bare pixels only.
"""

import sys
from pathlib import Path

from issuing_center.enquiry.site.confinement import confine, limit
from issuing_center.enquiry.site.parts import unpack


def main(step: str, memory_bytes: str, cpu_s: str, keys_file: str = "", signers_file: str = "") -> None:
    """Confine the process, then answer the one message on standard input. Arguments are those of its command line."""
    limit(int(memory_bytes), int(cpu_s))
    # All code and all keys are loaded before; afterwards no file can be opened.
    if step == "read":
        from issuing_center.enquiry.site.reading import prepared_reader

        answer = prepared_reader()
    else:
        from issuing_center.enquiry.site.judging import prepared_judge

        answer = prepared_judge(Path(keys_file), Path(signers_file))
    confine()
    sys.stdout.buffer.write(answer(*unpack(sys.stdin.buffer.read())))
    sys.stdout.buffer.flush()
