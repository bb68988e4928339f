"""How many meetings a whole plan places, and how soon: ours beside a greedy one and OR-Tools' CP-SAT.

All three get the same caseload, the same seconds and the same two cores, and every result is proved by the checker.
CP-SAT may write its model down before its seconds begin, for as long again; a model that is not whole by then is given
up, and what it places is what was booked before. The bound is found by our own flow and once more by OR-Tools'.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

import click
import numpy as np
from ortools.graph.python import max_flow

from benchmarks import cp_sat, instances
from benchmarks.instances import Caseload
from scheduling.diary.plan import bound, checker, greedy, planner
from scheduling.diary.plan.board import Board
from scheduling.diary.plan.instance import Plan

WORKERS = 2
OWN_BOUND_UP_TO = 10_000


@dataclass(frozen=True, kw_only=True)
class Result:
    """One way's plan for one caseload."""

    cases: int
    variant: str
    seed: int
    way: str
    placed: int
    bound: int
    mean_wait: float
    """Days from telling the authority to the meeting."""
    mean_kilometres: float
    """From the family's home to the venue."""
    seconds: float
    faults: int
    remark: str = ""


@click.command()
@click.option("--cases", multiple=True, default=(1000,), type=int, help="How many there are; may be given again.")
@click.option("--seed", multiple=True, default=(1, 2, 3), type=int, help="Of the caseload and the search.")
@click.option("--seconds", default=60.0, help="For each way.")
@click.option(
    "--variant", multiple=True, default=tuple(instances.VARIANTS), type=click.Choice(list(instances.VARIANTS))
)
@click.option("--without-cp-sat", is_flag=True, help="Ours and the greedy plan alone.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each result.")
def measure(
    cases: Sequence[int],
    seed: Sequence[int],
    seconds: float,
    variant: Sequence[str],
    *,
    without_cp_sat: bool,
    as_json: bool,
) -> None:
    """Print the figures; end with code 1 where a plan is faulty or ours places fewer than another."""
    results: list[Result] = []
    if not as_json:
        click.echo("  cases variant seed way       placed   bound  of it   wait     km  seconds")
    for number, which, one in ((n, v, s) for n in cases for v in variant for s in seed):
        for result in _three_ways(number, which, one, seconds, without_cp_sat=without_cp_sat):
            results.append(result)
            click.echo(json.dumps(asdict(result)) if as_json else _line(result))
    if not _is_as_promised(results):
        click.echo("Not as promised: a plan is faulty, or ours places fewer than another.", err=True)
        raise SystemExit(1)


def _three_ways(cases: int, variant: str, seed: int, seconds: float, *, without_cp_sat: bool) -> Iterable[Result]:
    caseload = instances.make(cases, seed=seed, variant=variant)
    most = _bound(caseload)
    ways: dict[str, Callable[[], tuple[Plan, str]]] = {
        "greedy": lambda: (_greedy(caseload), ""),
        "ours": lambda: (_ours(caseload, seconds, seed), ""),
        "CP-SAT": lambda: _cp_sat(caseload, seconds, seed),
    }
    if without_cp_sat:
        del ways["CP-SAT"]
    for name, way in ways.items():
        begun = time.perf_counter()
        plan, remark = way()
        took = time.perf_counter() - begun
        yield _result(
            caseload,
            plan,
            most=most,
            cases=cases,
            variant=variant,
            seed=seed,
            way=name,
            seconds=took,
            remark=remark,
        )


def _greedy(caseload: Caseload) -> Plan:
    board = Board(caseload.instance)
    greedy.fill(board)
    return planner.as_plan(caseload.instance, board.placed)


def _ours(caseload: Caseload, seconds: float, seed: int) -> Plan:
    with click.progressbar(length=1000, label="ours", item_show_func=lambda n: f"{n} placed", file=sys.stderr) as bar:

        def show(share: float, placed: int) -> None:
            bar.update(max(0, round(share * 1000) - bar.pos), placed)

        return planner.plan(caseload.instance, seconds=seconds, seed=seed, progress=show, processes=WORKERS)


def _cp_sat(caseload: Caseload, seconds: float, seed: int) -> tuple[Plan, str]:
    begun = time.perf_counter()
    try:
        model = cp_sat.Model(caseload.instance, built_by=begun + seconds)
    except cp_sat.TooLarge:
        nothing_new = planner.as_plan(caseload.instance, dict(caseload.instance.kept))
        return nothing_new, f"the model was not written down in {seconds:.0f} s"
    built = time.perf_counter() - begun
    return model.solve(seconds=seconds, seed=seed, workers=WORKERS), f"{built:.0f} s for writing the model down"


def _bound(caseload: Caseload) -> int:
    """By OR-Tools, and by our own flow as well while that takes seconds."""
    net = bound.network(caseload.instance)
    flow = max_flow.SimpleMaxFlow()
    heads, capacities = np.array(net.heads), np.array(net.capacities)
    flow.add_arcs_with_capacity(heads[1::2], heads[::2], capacities[::2])
    flow.solve(bound.SOURCE, bound.SINK)
    if len(caseload.instance.meetings) <= OWN_BOUND_UP_TO and net.greatest_flow() != flow.optimal_flow():
        raise AssertionError
    return len(caseload.instance.kept) + int(flow.optimal_flow())


def _result(
    caseload: Caseload,
    plan: Plan,
    *,
    most: int,
    cases: int,
    variant: str,
    seed: int,
    way: str,
    seconds: float,
    remark: str,
) -> Result:
    instance, number = caseload.instance, len(plan.placements)
    waits = sum((instance.days[p.day] - instance.meetings[p.meeting].told).days for p in plan.placements)
    far = sum(caseload.kilometres(p.meeting, p.room) for p in plan.placements)
    return Result(
        cases=cases,
        variant=variant,
        seed=seed,
        way=way,
        placed=number,
        bound=most,
        mean_wait=round(waits / max(number, 1), 1),
        mean_kilometres=round(far / max(number, 1), 1),
        seconds=round(seconds, 1),
        faults=len(checker.faults(instance, plan)),
        remark=remark,
    )


def _line(result: Result) -> str:
    return (
        f"{result.cases:7,} {result.variant:7} {result.seed:4} {result.way:8} {result.placed:7,} {result.bound:7,} "
        f"{result.placed / max(result.bound, 1):6.1%} {result.mean_wait:6.1f} {result.mean_kilometres:6.1f} "
        f"{result.seconds:8.1f}  {result.remark}{'FAULTY' if result.faults else ''}"
    )


def _is_as_promised(results: Iterable[Result]) -> bool:
    ours = {(r.cases, r.variant, r.seed): r.placed for r in results if r.way == "ours"}
    return all(not r.faults and r.placed <= ours[r.cases, r.variant, r.seed] for r in results)


if __name__ == "__main__":
    measure()
