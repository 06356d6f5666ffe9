"""From figures to pages in docs/: tables, and each goal with what was measured."""

from collections.abc import Iterable, Sequence

from bench import report_app, report_outbox
from bench.imports import BUYERLINE, SP_API
from bench.results import Calls, Imports, Machine, Results, Throughput, Uploads
from bench.tables import goal, goals, number, spread, table

BARE = "pyreqwest"
PEER = "python_amazon_sp_api"
OURS = "buyerline"

MOST_OVER_BARE = 1.5
LEAST_UNDER_PEER = 3.0
MOST_OF_SP_API_IMPORT = 0.25
LEAST_ANSWERS = 1500

_INTRODUCTION = """\
# Benchmarks

Written by `make bench` from [{name}.json]({name}.json); do not edit. Figures are as measured, goals are
marked reached or not. Each figure is the median of its rounds, with the lowest and the highest in brackets.
"""


_CORES = "The sandbox has a process and a core of its own; what is measured runs on the others.\n"


def render(results: Results, name: str = "benchmarks") -> str:
    """The page, ending in a newline. It has a section for each part that was measured.

    `name` is that of the page, and of the file with its figures.
    """
    all_cores = [*report_outbox.sections(results), *report_app.sections(results)]
    sections = [_INTRODUCTION.format(name=name), _machine(results.machine, "" if all_cores else _CORES)]
    if results.calls is not None:
        sections.append(_calls(results.calls))
    if results.imports is not None:
        sections.append(_imports(results.imports))
    if results.uploads is not None:
        sections.append(_uploads(results.uploads))
    if results.throughput is not None:
        sections.append(_throughput(results.throughput))
    sections += all_cores
    return "\n".join(sections)


def _machine(machine: Machine, placing: str) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    return (
        f"Measured {machine.measured_at} on {machine.cpu}, {machine.cores} cores, {machine.memory} GiB of memory, "
        f"Linux {machine.kernel}, {machine.python}, curl {machine.curl}.\n"
        f"Versions: {versions}.\n{placing}"
    )


def _calls(calls: Calls) -> str:
    rows = [
        (
            f"{each.client.replace('_', '-')}, {each.mode}",
            each.operation,
            spread(each.cpu),
            spread(each.rate),
            _times(each.cpu.median, calls.cpu(BARE, each.mode, each.operation)),
        )
        for each in sorted(calls.figures, key=lambda each: (each.operation, each.mode, each.cpu.median), reverse=True)
    ]
    notes = "".join(f"- {client.replace('_', '-')}: {note}\n" for client, note in calls.notes.items())
    return (
        "## Calls\n\n"
        "CPU is user and system time of the client's process alone, for a call. Sync makes one call after another, "
        f"async {calls.at_once} at once; {calls.rounds} rounds of {number(calls.seconds)} s each, in which the clients "
        "take turns, each in a fresh process. Calls per second are bounded by the sandbox. Every answer was a success "
        "by the sandbox's own count.\n\n"
        + table(["client", "operation", "CPU, ms", "calls/s", "CPU, times bare pyreqwest"], rows)
        + f"\n{notes}\n"
        + goals(_call_goals(calls))
    )


def _call_goals(calls: Calls) -> Iterable[Sequence[str]]:
    for ours in calls.figures:
        if ours.client != OURS:
            continue
        bare = calls.cpu(BARE, ours.mode, ours.operation)
        peer = calls.cpu(PEER, ours.mode, ours.operation)
        what = f"{ours.operation}, {ours.mode}: CPU"
        if bare is not None:
            ratio = ours.cpu.median / bare
            words = f"{what} at most {MOST_OVER_BARE} times bare pyreqwest's"
            yield goal(words, f"{number(ratio)} times", reached=ratio <= MOST_OVER_BARE)
        if peer is not None:
            ratio = peer / ours.cpu.median
            words = f"{what} at least {number(LEAST_UNDER_PEER)} times less than python-amazon-sp-api's"
            yield goal(words, f"{number(ratio)} times less", reached=ratio >= LEAST_UNDER_PEER)


def _times(value: float, of: float | None) -> str:
    return "-" if of is None else number(value / of)


def _imports(imports: Imports) -> str:
    share = imports.statements[BUYERLINE].median / imports.statements[SP_API].median
    rows = [(f"`{statement}`", spread(taken)) for statement, taken in imports.statements.items()]
    return (
        "## Import\n\n"
        f"The statement alone, in a fresh interpreter, compiled and cached; {imports.rounds} rounds in turn. A bare "
        f"interpreter's whole run (`python -c pass`), not in the figures, takes {spread(imports.bare)} ms.\n\n"
        + table(["statement", "ms"], rows)
        + "\n`import buyerline` loads names when they are first used; the second line is what a program pays.\n\n"
        + goals(
            [
                goal(
                    f"`{BUYERLINE}` at most a quarter of `{SP_API}`",
                    f"{share:.1%}",
                    reached=share <= MOST_OF_SP_API_IMPORT,
                )
            ]
        )
    )


def _uploads(uploads: Uploads) -> str:
    rows = [
        (name, spread(each.put), "-" if each.total is None else spread(each.total), spread(each.memory))
        for name, each in uploads.uploaders.items()
    ]
    return (
        "## Upload\n\n"
        f"A file of {uploads.size:,} bytes put to the sandbox, in a fresh process each time; {uploads.rounds} rounds "
        "in turn. curl gets a presigned URL made beforehand and streams the file; buyerline reads it, digests it, "
        "asks for the destination and puts it (the second column). Memory is the process's peak beyond the peak of the "
        "same process with a file of 1 kB.\n\n"
        + table(["uploader", "PUT, ms", "digest, destination and PUT, ms", "memory, MiB"], rows)
    )


def _throughput(throughput: Throughput) -> str:
    busy = throughput.rate.median * throughput.cpu.median / 1000
    rows = [(spread(throughput.rate), spread(throughput.cpu), f"{min(busy, 1):.0%}")]
    rate = throughput.rate.median
    return (
        "## Sandbox\n\n"
        f"getMessagingActionsForOrder from a sandbox on one core, {throughput.at_once} at once by bare pyreqwest on "
        f"the other cores; {throughput.rounds} rounds of {number(throughput.seconds)} s.\n\n"
        + table(["answers/s", "CPU of the sandbox for an answer, ms", "core busy"], rows)
        + "\n"
        + goals([goal(f"at least {LEAST_ANSWERS:,}/s", f"{number(rate)}/s", reached=rate >= LEAST_ANSWERS)])
    )
