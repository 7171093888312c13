"""A real Jupyter kernel for tests: run cells, stop them, and speak to it in the middle of a cell.

The kernel is this interpreter's own, whatever kernels the machine has installed.

    with running_kernel(folder) as kernel:
        assert kernel.execute("6 * 7").text == "42"
        cell = kernel.begin("while True: pass")
        kernel.interrupt()
        assert cell.finish().errors[0].name == "KeyboardInterrupt"
"""

from __future__ import annotations

import os
import re
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

Message = dict[str, Any]
Bundle = dict[str, Any]

TIMEOUT = 30.0

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class KernelDiedError(RuntimeError):
    """The kernel's process ended although nobody asked it to."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An error message of the kernel: its name, its text, and every line shown, without colours."""

    name: str
    text: str
    traceback: str


@dataclass(slots=True)
class Executed:
    """What a cell left: the reply's status, its streams, its outputs and its errors."""

    status: str = ""
    stdout: str = ""
    stderr: str = ""
    results: list[Bundle] = field(default_factory=list)
    errors: list[Failure] = field(default_factory=list)
    comm_messages: list[dict[str, Any]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The ``text/plain`` of the last output."""
        return str(self.results[-1]["text/plain"])

    def read(self, message: Message) -> None:
        """Take in one message that the cell caused."""
        self.messages.append(message)
        content = message["content"]
        match message["msg_type"]:
            case "stream" if content["name"] == "stdout":
                self.stdout += content["text"]
            case "stream":
                self.stderr += content["text"]
            case "execute_result" | "display_data":
                self.results.append(content["data"])
            case "comm_msg":
                self.comm_messages.append(content["data"])
            case "error":
                traceback = _COLOUR.sub("", "\n".join(content["traceback"]))
                self.errors.append(Failure(content["ename"], content["evalue"], traceback))


class Running:
    """A request on its way: what it has printed so far, and its end."""

    def __init__(self, kernel: Kernel, request: str) -> None:
        self.request = request
        self._kernel = kernel

    def so_far(self) -> Executed:
        """What has come back up to now, without waiting."""
        executed = Executed()
        for message in self._kernel.caused_by(self.request):
            executed.read(message)
        return executed

    def wait_for(self, text: str, timeout: float = TIMEOUT) -> None:
        """Wait until the cell has printed ``text`` on stdout."""
        self.until(lambda executed: text in executed.stdout, f"print {text!r}", timeout)

    def until(self, done: Callable[[Executed], object], what: str, timeout: float = TIMEOUT) -> Executed:
        """Wait until ``done`` of what came back is true."""
        limit = time.monotonic() + timeout
        while not done(executed := self.so_far()):
            self._kernel.pump(limit, f"for the cell to {what}; it did: {executed}")
        return executed

    def finish(self, timeout: float = TIMEOUT) -> Executed:
        """Wait for the end, and give back everything."""
        executed = self.until(_is_idle, "end", timeout)
        executed.status = self._kernel.reply(self.request, timeout)["content"]["status"]
        return executed


def _is_idle(executed: Executed) -> bool:
    last = executed.messages[-1] if executed.messages else None
    return last is not None and last["content"].get("execution_state") == "idle"


class Kernel:
    """A running kernel and the one client that listens to it."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient, log: Path) -> None:
        self.manager = manager
        self.client = client
        self.log = log
        self._caused: dict[str, list[Message]] = defaultdict(list)
        self._replies: dict[str, Message] = {}

    def execute(self, code: str, timeout: float = TIMEOUT) -> Executed:
        """Run a cell to its end."""
        return self.begin(code).finish(timeout)

    def begin(self, code: str) -> Running:
        """Send a cell and return while it runs."""
        # An ipykernel before 7 would for a moment after an error drop the next cell too.
        return Running(self, self.client.execute(code, allow_stdin=False, stop_on_error=False))

    def interrupt(self) -> None:
        """What the Stop button does: a SIGINT to the kernel's process."""
        self.manager.interrupt_kernel()

    def restart(self) -> None:
        """What Restart Kernel does: a new process, everything forgotten."""
        self.manager.restart_kernel(now=True)
        self.client.wait_for_ready(timeout=TIMEOUT)

    def complete(self, code: str, cursor: int | None = None) -> Mapping[str, Any]:
        """What Tab offers: ``matches``, ``cursor_start``, ``cursor_end`` and ``metadata``."""
        return self._ask(self.client.complete(code, cursor))

    def inspect(self, code: str, cursor: int | None = None) -> Mapping[str, Any]:
        """What Shift-Tab shows: ``found`` and ``data``."""
        return self._ask(self.client.inspect(code, cursor))

    def open_comm(self, target: str, data: Mapping[str, Any], *, subshell: str | None = None) -> str:
        """Open a comm from the page's side and give back its id."""
        comm = uuid.uuid4().hex
        content = {"comm_id": comm, "target_name": target, "data": dict(data)}
        self._send("comm_open", content, subshell)
        return comm

    def send_comm(self, comm: str, data: Mapping[str, Any], *, subshell: str | None = None) -> Running:
        """Send a comm message, also while a cell runs; its ``so_far`` holds what it caused.

        On the main shell it waits for the running cell. On a subshell (see ``subshell``) it arrives on a
        thread in the middle of the cell, as JupyterLab sends the messages of widgets.
        """
        return Running(self, self._send("comm_msg", {"comm_id": comm, "data": dict(data)}, subshell))

    def subshell(self) -> str | None:
        """The id of a new subshell, or None of a kernel that has none (ipykernel before 7)."""
        if "kernel subshells" not in self._ask(self.client.kernel_info()).get("supported_features", ()):
            return None
        message = self.client.session.msg("create_subshell_request", {})
        self.client.control_channel.send(message)
        return str(self._control_reply(message["header"]["msg_id"])["content"]["subshell_id"])

    def caused_by(self, request: str) -> list[Message]:
        """The published messages that a request has caused so far."""
        self._drain()
        return self._caused[request]

    def pump(self, limit: float, waiting: str) -> None:
        """Wait for one published message; TimeoutError past the ``time.monotonic`` limit."""
        left = limit - time.monotonic()
        if not self.manager.is_alive():
            raise KernelDiedError(f"the kernel died, we waited {waiting}\n{self.log.read_text()[-3000:]}")
        if left <= 0:
            raise TimeoutError(f"the kernel was too slow, we waited {waiting}")
        try:
            self._file(self.client.get_iopub_msg(timeout=min(left, 1.0)))
        except Empty:
            return

    def reply(self, request: str, timeout: float = TIMEOUT) -> Message:
        """The reply to a request; those of other requests are kept for who asks."""
        limit = time.monotonic() + timeout
        while request not in self._replies:
            message = self.client.get_shell_msg(timeout=max(limit - time.monotonic(), 0.001))
            self._replies[message["parent_header"]["msg_id"]] = message
        return self._replies.pop(request)

    def _ask(self, request: str) -> Mapping[str, Any]:
        content: Mapping[str, Any] = self.reply(request)["content"]
        return content

    def _send(self, kind: str, content: Mapping[str, Any], subshell: str | None) -> str:
        message = self.client.session.msg(kind, dict(content))
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def _control_reply(self, request: str) -> Message:
        while True:
            message: Message = self.client.get_control_msg(timeout=TIMEOUT)
            if message["parent_header"]["msg_id"] == request:
                return message

    def _drain(self) -> None:
        while self.client.iopub_channel.msg_ready():
            self._file(self.client.get_iopub_msg(timeout=1.0))

    def _file(self, message: Message) -> None:
        self._caused[message["parent_header"].get("msg_id", "")].append(message)


class _ThisInterpreter(KernelSpecManager):
    """Knows one kernel, the interpreter that runs the tests."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name=kernel_name, language="python")


@contextmanager
def running_kernel(folder: Path, env: Mapping[str, str] | None = None) -> Iterator[Kernel]:
    """A kernel of this interpreter that works in ``folder``, ended at the end of the block.

    ``env`` adds to the environment. What the process itself writes is in ``kernel.log`` of the folder.
    """
    manager = KernelManager(kernel_spec_manager=_ThisInterpreter())
    log = folder / "kernel.log"
    # Open to the end: a restarted kernel writes on.
    with log.open("wb") as output:
        manager.start_kernel(cwd=str(folder), env=os.environ | dict(env or {}), stdout=output, stderr=output)
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=TIMEOUT)
            yield Kernel(manager, client, log)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
