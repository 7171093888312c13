"""How a run that went wrong becomes an error that people can read: positions, guest stack, advice."""

import re
from collections.abc import Iterator, Mapping, Sequence

from tana_jupyter.compiler import Compiled, Import, diagnose
from tana_jupyter.compiler.callsite import call_site
from tana_jupyter.engine.isolate import Isolate, Report
from tana_jupyter.engine.stack import EngineError
from tana_jupyter.errors import (
    ContractError,
    ContractStopped,
    ContractStuck,
    ContractSyntaxError,
    ContractTimeout,
    Frame,
    SyntaxProblem,
)

VARIABLES_GONE = "The contract's variables are gone, its data is not: run its cells again."
OWN_FILE = "A JavaScript file of your own: %tana add FILE --as NAME"
STUCK = (
    "Look for a promise whose resolve function is never called.",
    "An object with a method named then is awaited too, where it is the last line: a router, say.",
)
MOST_FRAMES = 10
MACHINE = frozenset({"require", "process", "window", "document", "localStorage", "sessionStorage", "Bun", "module"})
# Where a name is from that works elsewhere.
ELSEWHERE = {
    "addEventListener": "A Worker's handler is exported: export default { fetch(request, env) {} }",
    "print": "Print with console.log()",
}
# A message of the engine, the text it points into, and what was probably meant.
MEANT = (
    (
        re.compile(r"not a function|not a constructor|cannot read property '.*' of undefined"),
        re.compile(r"(?<![\w$.])Deno\.(?!openKv\b|Kv|AtomicOperation\b|errors\b|jupyter\b)[\w.]+"),
        "Of Deno there is only its KV here; a contract is called through export function get(request) or post()",
    ),
    (
        re.compile(r"value is not iterable"),
        re.compile(r"\bfor\s*\([^()]*\bof\b.*?\.list\("),
        "A list of Deno is read with for await (const entry of ...), one of tana/kv with (await kv.list()).keys",
    ),
    (
        re.compile(r".*parameter 1 is not of type 'ListOptions'\."),
        re.compile(r".+"),
        "Options stand in braces: kv.list({ prefix: 'user:' })",
    ),
    (
        re.compile(r"not a function"),
        re.compile(r"(?<![\w$.])console\.(?!log\b|info\b|debug\b|warn\b|error\b)\w"),
        "The console has log, info, debug, warn and error; a table is what a cell ends with",
    ),
    (
        re.compile(r"Bad resource ID"),
        re.compile(r".+"),
        "The handle was closed, or the data moved with %tana store: open it again, await Deno.openKv()",
    ),
)
UNNAMED = frozenset({"<anonymous>", "<eval>", "anonymous", "body"})
OUT_OF_ROLE = re.compile(r"context\.\w+\(\) can only be used in .*")
# The engine's texts that name what could not be read, written or found.
NAMED = re.compile(
    r"cannot (?:read|set) property '([\w$]{1,100})' of |^'?([A-Za-z_$][\w$]{0,100})'? is (?:not defined|read-only)"
)
UNKNOWN = re.compile(r"'?([A-Za-z_$][\w$]{0,100})'? is not defined")
CALLED = re.compile(r"#?[\w$]+(?=\s*[(<`])")


class Failures:
    """Explains the failures of one contract, whose compiled cells it may look at; exports are those of all modules."""

    def __init__(self, contract: str, compiled: Mapping[int, Compiled], exports: Mapping[str, Sequence[str]]) -> None:
        self._contract = contract
        self._compiled = compiled
        self._exports = exports

    def of(
        self, number: int, cell: str, source: str, report: Report, isolate: Isolate, limit: float | None
    ) -> ContractError | None:
        """The error of a run, None where it went well."""
        helps = [VARIABLES_GONE] if report.lost else []
        if report.cancelled:
            helps.append(f"{report.cancelled} waiting timer{'s were' if report.cancelled > 1 else ' was'} cancelled.")
        if report.dropped:
            helps.append(f"{report.dropped} listener{'s were' if report.dropped > 1 else ' was'} dropped.")
        if report.unheard is not None:
            helps.append(f"{report.unheard}.")
        if report.aborted == "timed out":
            text = f"{cell} ran longer than {limit:g} s"
            return ContractTimeout("", text, helps=[*helps, "A longer limit: %%tana --timeout SECONDS"])
        if report.aborted == "stopped":
            return ContractStopped("", f"{cell} was stopped", helps=helps)
        if report.refused is not None:
            return self._refused(number, cell, source, report.refused, isolate)
        if report.error is not None:
            if report.error.out_of_memory:
                return ContractError("", "The contract used up its memory (128 MiB)", helps=helps, kind="Out Of Memory")
            if report.error == ("Uncaught", "null", ""):
                helps.append("The engine also throws null where the contract's memory (128 MiB) is used up.")
            return self._thrown(report.error, report.causes, isolate, helps)
        if report.deadlock:
            text = f"{cell} awaits something that nothing can resolve: no timer and no operation is left that could"
            return ContractStuck("", text, helps=[*helps, *STUCK])
        return None

    def unstarted(self, cell: str) -> ContractStopped:
        """A cell that was stopped before any of it ran."""
        return ContractStopped("", f"{cell} was stopped", helps=["It was being compiled: nothing of it ran."])

    def syntax(self, cell: str, source: str, problem: SyntaxProblem) -> ContractSyntaxError:
        """A cell that the compiler could not read."""
        problem = _inside(source, problem)
        text = _line(source, problem.line)
        length = max(1, min(problem.length, len(text) - problem.column + 1))
        frame = Frame("", cell, problem.line, problem.column, text)
        return ContractSyntaxError("SyntaxError", problem.message, frames=[frame], length=length)

    def unknown_module(self, cell: str, source: str, entry: Import, exists: Sequence[str]) -> ContractSyntaxError:
        """An import of a module that does not exist."""
        return self._import(
            cell,
            source,
            entry,
            f"Module '{entry.specifier}' not found",
            f"Available modules: {', '.join(exists)}",
            *(() if entry.specifier.startswith("tana") else (OWN_FILE,)),
        )

    def unknown_export(
        self, cell: str, source: str, entry: Import, missing: Sequence[str], exists: Sequence[str]
    ) -> ContractSyntaxError:
        """An import of a name that the module does not have."""
        names = ", ".join(f"'{name}'" for name in missing)
        helps = [f"{entry.specifier} exports: {', '.join(exists)}"]
        if "default" in missing:
            helps.append(f"Names stand in braces: import {{ {exists[0]} }} from '{entry.specifier}'")
        return self._import(cell, source, entry, f"Module '{entry.specifier}' has no export {names}", *helps)

    def broken_module(self, cell: str, source: str, entry: Import, error: EngineError) -> ContractSyntaxError:
        """An added file that fails while it loads."""
        text = f"Module '{entry.specifier}' cannot be loaded: {error.name}: {error.message}"
        return self._import(
            cell, source, entry, text, "The file was brought in with %tana add; add a mended one again."
        )

    def _import(self, cell: str, source: str, entry: Import, message: str, *helps: str) -> ContractSyntaxError:
        frame = Frame("", cell, entry.line, entry.column, _line(source, entry.line))
        length = len(entry.specifier) + 2
        return ContractSyntaxError("", message, frames=[frame], helps=helps, length=length, kind="Invalid Import")

    def _refused(self, number: int, cell: str, source: str, error: EngineError, isolate: Isolate) -> ContractError:
        """The engine could not read what the compiler let pass: TypeScript's own words, if it has some."""
        problem = diagnose(source)
        if problem is None:
            places = [place for place in map(isolate.locate, error.frames) if place is not None]
            line, column = self._position(number, *places[0][1:]) if places else (1, 1)
            problem = SyntaxProblem(error.message, line, column)
        return self.syntax(cell, source, problem)

    def _thrown(
        self, error: EngineError, causes: Sequence[EngineError], isolate: Isolate, helps: Sequence[str]
    ) -> ContractError:
        told = [f"{cause.name}: {cause.message}" for cause in causes]
        frames, length = _pointed(self._frames(error, isolate), error.message)
        kind = None
        if OUT_OF_ROLE.fullmatch(error.message):
            kind, helps = "Context Error", [*helps, "HTTP handlers (get/post) cannot access execution context"]
        if error.name == "ReferenceError" and (unknown := UNKNOWN.fullmatch(error.message)):
            helps = [*helps, *self._forgotten(unknown[1])]
        helps = [*helps, *_meant(error.message, frames)]
        return ContractError(
            error.name, error.message, frames=frames, causes=told, helps=helps, length=length, kind=kind
        )

    def _forgotten(self, name: str) -> list[str]:
        """Where a name that a cell uses could have come from."""
        homes = (specifier for specifier, names in self._exports.items() if name in names)
        found = [specifier for specifier in homes if specifier.startswith("tana/")]
        if name in MACHINE:
            return ["A contract has no machine: keep data with tana/kv, print with console, fetch with tana/utils"]
        if name in ELSEWHERE:
            return [ELSEWHERE[name]]
        return [f"Import it first: import {{ {name} }} from '{specifier}'" for specifier in found[:1]]

    def _frames(self, error: EngineError, isolate: Isolate) -> list[Frame]:
        """The frames of the guest's own cells; those of our prelude lie on lines no cell has."""
        found = []
        # The engine's position may be that of a call in the arguments; the frame above says which call it was.
        called = error.name
        for frame in error.frames:
            place = isolate.locate(frame)
            if place is not None and place[0] in self._compiled:
                number, line, column = place
                line, column = self._position(number, line, column)
                source = self._compiled[number].source
                site = call_site(source, line, column, called, new_only=called is error.name)
                if site is not None:
                    line, column = site[:2]
                function = "" if frame.function in UNNAMED else frame.function
                found.append(Frame(function, f"{self._contract}#{number}", line, column, _line(source, line)))
            called = frame.function
        return found[:MOST_FRAMES]

    def _position(self, number: int, line: int, column: int) -> tuple[int, int]:
        """A position of the body, column in bytes, as a position of the cell in characters."""
        compiled = self._compiled[number]
        text = _line(compiled.body, line)
        characters = len(text.encode("utf-8", "surrogatepass")[: column - 1].decode("utf-8", "ignore")) + 1
        return compiled.locate(line, characters)


def _pointed(frames: list[Frame], message: str) -> tuple[list[Frame], int]:
    """Move the first frame to the name that the message speaks of: the engine knows only where the statement begins."""
    if not frames:
        return frames, 1
    if message == "not a function":
        # There the engine points at the name that was called, and does not say it.
        called = CALLED.match(frames[0].text, frames[0].column - 1)
        return frames, len(called[0]) if called else 1
    named = NAMED.search(message)
    if named is None:
        return frames, 1
    name = named[1] or named[2]
    place = frames[0]
    found = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])").search(place.text, max(place.column - 1, 0))
    if found is None:
        return frames, 1
    return [place._replace(column=found.start() + 1), *frames[1:]], len(name)


def _meant(message: str, frames: Sequence[Frame]) -> Iterator[str]:
    """What was probably meant; a comment or a text further along the line means nothing."""
    if frames:
        place = frames[0]
        for said, written, advice in MEANT:
            if said.fullmatch(message) and any(
                found.start() < place.column <= found.end() for found in written.finditer(place.text)
            ):
                yield advice


def _inside(source: str, problem: SyntaxProblem) -> SyntaxProblem:
    """A problem behind the cell's last word belongs to that word: an empty line would show nothing."""
    lines = source.rstrip().split("\n")
    if problem.line <= len(lines) or not lines[-1]:
        return problem
    return SyntaxProblem(problem.message, len(lines), len(lines[-1]) + 1)


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""
