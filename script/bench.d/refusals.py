"""How long a private refusal takes, reason by reason: nobody with a stopwatch may tell one from another.

Each reason is put on one resident of the sandbox's register, whose card asks for a visit, in turns with all the others. The
ratio is that of the slowest median to the fastest; beside it, in the JSON, stands the chance that times so different come of
one distribution (the statistic of Kruskal and Wallis, its labels shuffled). tests/unit/issuing_center/test_equal_refusals.py
shows the same by the statements, without a clock.

The target is held against the time that the answering thread had the processor: what a reason costs, whatever else the machine does.
The time by the wall is told beside it; on a machine that is not quiet its medians differ by chance alone.
"""

import statistics
import tempfile
import time
from pathlib import Path
from random import Random

from issuing_center.problems import No, Refusal
from issuing_center.visits.protocol import prove
from tests.support.center import running_center
from tests.support.private_reasons import REASONS, put_on
from tests.support.proofs import KIOSK, challenged, proof_of

ROUNDS = 150


SHUFFLES = 500


def _spread(ranks: list[float], groups: int) -> float:
    """Give the spread of the groups' mean ranks; the groups lie one after another and are equally large."""
    size, middle = len(ranks) // groups, statistics.fmean(ranks)
    return sum((statistics.fmean(ranks[at * size : (at + 1) * size]) - middle) ** 2 for at in range(groups))


def one_distribution(times: list[list[float]], chance: Random) -> float:
    """Give the chance that groups at least as different come about when nothing but chance makes them."""
    together = [each for group in times for each in group]
    place = {at: float(rank) for rank, at in enumerate(sorted(range(len(together)), key=together.__getitem__))}
    ranks = [place[at] for at in range(len(together))]
    seen = _spread(ranks, len(times))
    more = sum(_spread(chance.sample(ranks, len(ranks)), len(times)) >= seen for _ in range(SHUFFLES))
    return (more + 1) / (SHUFFLES + 1)


def run() -> dict[str, object]:
    """Measure refusals at the menu."""
    times: dict[str, list[float]] = {reason: [] for reason in REASONS}
    by_wall: dict[str, list[float]] = {reason: [] for reason in REASONS}
    chance = Random(1)  # noqa: S311  an order of turns, not a secret
    # Late: the import above declares this process a sandbox, without which there is none.
    from issuing_center.sandbox.jpki import ensure_sandbox

    with tempfile.TemporaryDirectory() as name:
        folder = ensure_sandbox(Path(name) / "sandbox")
        with running_center(folder, f"sqlite:///{Path(name) / 'center.db'}") as center:
            for number in range(ROUNDS + 10):
                for reason in chance.sample(list(REASONS), len(REASONS)):
                    with put_on(center, reason):
                        challenge = challenged(center)
                        proof = proof_of(center, challenge)
                        start, start_cpu = time.perf_counter(), time.thread_time()
                        answer = prove(center.service, KIOSK, challenge.visit, proof)
                        taken_cpu, taken = time.thread_time() - start_cpu, time.perf_counter() - start
                    if not isinstance(answer, Refusal) or answer.no is not No.COUNTER_ONLY:
                        raise TypeError(f"{reason} was not refused privately")
                    if number >= 10:
                        times[reason].append(taken_cpu * 1000)
                        by_wall[reason].append(taken * 1000)
    medians = {reason: statistics.median(taken) for reason, taken in times.items()}
    wall = {reason: statistics.median(taken) for reason, taken in by_wall.items()}
    return {
        "rounds": ROUNDS,
        "medians_ms": medians,
        "medians_by_wall_ms": wall,
        "chance_of_one_distribution": one_distribution(list(times.values()), chance),
        "chance_of_one_distribution_by_wall": one_distribution(list(by_wall.values()), chance),
        "figures": [
            _figure("CPU of the answering thread", medians, "<= 1.05"),
            _figure("by the wall", wall, None),
        ],
    }


def _figure(what: str, medians: dict[str, float], target: str | None) -> dict[str, object]:
    slowest, fastest = max(medians.values()), min(medians.values())
    return {
        "name": f"private refusals, slowest of {len(medians)} reasons against the fastest (medians), {what}",
        "unit": "ms",
        "ours": slowest,
        "floor": fastest,
        "ratio": slowest / fastest,
        "target": target,
    }
