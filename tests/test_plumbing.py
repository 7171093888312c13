"""The plumbing of the tests, tried on its own: parts, kernel, browser, servers, CI, README, wheel."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests import conftest, parts

ROOT = Path(__file__).parent.parent

ASKS_FOR_A_BROWSER = """
import pytest

@pytest.mark.needs("browser")
def test_by_mark():
    raise AssertionError("ran")

def test_by_fixture(browser):
    raise AssertionError("ran")
"""

WARNS = """
import warnings

def test_that_warns():
    warnings.warn("old")
"""


def run_pytest(folder: Path, source: str, **environment: str) -> tuple[int, str]:
    """The exit code and the words of a run of one test file under this project's conftest."""
    path = folder / "test_elsewhere.py"
    path.write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    command += ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), str(path)]
    env = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "300", "TANA_TEST_CHROMIUM": "/nowhere/chromium"}
    done = subprocess.run(
        command, cwd=folder, env=env | environment, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


def test_a_missing_part_skips_and_says_what_to_install_and_a_warning_is_an_error(tmp_path):
    code, words = run_pytest(tmp_path, ASKS_FOR_A_BROWSER + WARNS, TANA_TEST_REQUIRE="postgres,redis")
    assert code == 1
    assert "1 failed, 2 skipped" in words
    assert "browser: " in words
    assert "is missing; pip install -e '.[test]' and apt-get install chromium" in words
    assert "UserWarning: old" in words


def test_a_missing_part_that_is_required_fails(tmp_path):
    code, words = run_pytest(tmp_path, ASKS_FOR_A_BROWSER, TANA_TEST_REQUIRE="postgres, browser")
    assert code == 1
    assert "2 errors" in words
    assert "apt-get install chromium" in words
    assert "(TANA_TEST_REQUIRE names it)" in words
    assert "skipped" not in words


def test_a_required_part_that_does_not_exist_ends_the_run(monkeypatch, pytestconfig):
    monkeypatch.setenv(parts.REQUIRE, "browser,browsr")
    with pytest.raises(pytest.UsageError, match="TANA_TEST_REQUIRE names browsr; the parts are kernel, browser, "):
        conftest.pytest_configure(pytestconfig)


def test_a_mark_that_names_no_part_ends_the_run(request):
    request.node.add_marker(pytest.mark.needs("browsr"))
    with pytest.raises(pytest.UsageError, match="ends_the_run needs 'browsr'; the parts are kernel, browser, "):
        conftest.pytest_collection_modifyitems([request.node])


def test_a_kernel_runs_a_cell(kernel):
    cell = kernel.execute("import sys\nprint('out')\nprint('err', file=sys.stderr)\n6 * 7")
    assert (cell.status, cell.stdout, cell.stderr, cell.text) == ("ok", "out\n", "err\n", "42")
    assert cell.errors == []


def test_the_kernel_is_this_interpreter(kernel):
    assert kernel.execute("import sys; sys.executable").text == repr(sys.executable)


def test_a_kernel_keeps_away_from_the_users_settings(kernel):
    assert "tana-tests-" in kernel.execute("get_ipython().ipython_dir").text


def test_an_error_in_a_cell(kernel):
    cell = kernel.execute("print('before')\n1 / 0")
    assert (cell.status, cell.stdout) == ("error", "before\n")
    assert [(error.name, error.text) for error in cell.errors] == [("ZeroDivisionError", "division by zero")]
    assert "1 / 0" in cell.errors[0].traceback


def test_all_outputs_of_a_cell(kernel):
    cell = kernel.execute("from IPython.display import display, HTML\ndisplay(HTML('<b>1</b>'))\n'last'")
    assert [bundle.get("text/html") for bundle in cell.results] == ["<b>1</b>", None]
    assert cell.text == "'last'"


def test_a_cell_is_interrupted_in_the_middle(kernel):
    cell = kernel.begin("print('started', flush=True)\nwhile True: pass")
    cell.wait_for("started")
    kernel.interrupt()
    done = cell.finish()
    assert done.status == "error"
    assert done.errors[0].name == "KeyboardInterrupt"
    assert kernel.execute("1 + 1").text == "2"


def test_completion_and_inspection(kernel):
    kernel.execute("counter_of_visits = 1")
    found = kernel.complete("counter_of")
    assert found["matches"] == ["counter_of_visits"]
    assert (found["cursor_start"], found["cursor_end"]) == (0, 10)
    assert kernel.inspect("len")["found"]


COMM = """
import time
from comm import get_comm_manager
arrived = []
def opened(comm, message):
    @comm.on_msg
    def received(message):
        arrived.append(message["content"]["data"])
        comm.send({"answer": len(arrived)})
get_comm_manager().register_target("plumbing", opened)
"""

WAITS = """
print("waiting", flush=True)
limit = time.monotonic() + SECONDS
while not arrived and time.monotonic() < limit: time.sleep(0.01)
arrived
"""


def test_a_message_waits_for_the_cell_on_the_main_shell(fresh_kernel):
    fresh_kernel.execute(COMM)
    comm = fresh_kernel.open_comm("plumbing", {})
    cell = fresh_kernel.begin(WAITS.replace("SECONDS", "0.3"))
    cell.wait_for("waiting")
    sent = fresh_kernel.send_comm(comm, {"n": 1})
    assert cell.finish().text == "[]"
    answer = sent.until(lambda executed: executed.comm_messages, "answer")
    assert answer.comm_messages == [{"answer": 1}]
    assert fresh_kernel.execute("arrived").text == "[{'n': 1}]"


def test_a_message_arrives_in_the_middle_of_a_cell_on_a_subshell(fresh_kernel):
    subshell = fresh_kernel.subshell()
    if subshell is None:
        pytest.skip("this ipykernel has no subshells: pip install 'ipykernel>=7'")
    fresh_kernel.execute(COMM)
    comm = fresh_kernel.open_comm("plumbing", {})
    cell = fresh_kernel.begin(WAITS.replace("SECONDS", "20"))
    cell.wait_for("waiting")
    sent = fresh_kernel.send_comm(comm, {"n": 1}, subshell=subshell)
    assert cell.finish().text == "[{'n': 1}]"
    answer = sent.until(lambda executed: executed.comm_messages, "answer")
    assert answer.comm_messages == [{"answer": 1}]


def test_a_kernel_that_dies_is_told_from_a_slow_one(fresh_kernel):
    from tests.kernel import KernelDiedError

    with pytest.raises(TimeoutError, match="too slow"):
        fresh_kernel.execute("import time; time.sleep(1)", timeout=0.2)
    with pytest.raises(KernelDiedError, match="farewell"):
        fresh_kernel.execute("import os; os.write(2, b'farewell'); os._exit(1)")


def test_no_kernel_is_left_behind(tmp_path):
    from tests.kernel import running_kernel

    with running_kernel(tmp_path, env={"TANA_PLUMBING": "here"}) as kernel:
        process = int(kernel.execute("import os; os.getpid()").text)
        assert kernel.execute("os.environ['TANA_PLUMBING']").text == "'here'"
    assert not alive(process)


def alive(process: int) -> bool:
    """Whether a process is there and more than a zombie, after a short wait for its end."""
    for _ in range(50):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        stat = Path(f"/proc/{process}/stat")
        if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return False
        time.sleep(0.1)
    return True


def html_cell(html: str) -> str:
    return f"from IPython.display import HTML\nHTML({html!r})"


def check_a_notebook(server, browser, folder: Path) -> None:
    """Run cells of every kind in one page; nothing of it may be left behind."""
    cells = [
        "print(6 * 7)",
        html_cell("<b class=ours>bold</b>"),
        "import os; os.getpid()",
        "1 / 0",
        "'after'",
        {"cell_type": "markdown", "source": "*b*"},
    ]
    server.write("smoke.ipynb", cells)
    with server.open(browser, "smoke.ipynb") as page:
        assert page.outputs(0) == []
        page.run_all()
        assert page.output_text(0).strip() == "42"
        assert page.outputs(0) == [{"output_type": "stream", "name": "stdout", "text": "42\n"}]
        assert '<b class="ours">bold</b>' in page.output_html(1)
        kernel = int(page.outputs(2)[0]["data"]["text/plain"])
        assert "ZeroDivisionError" in page.output_text(3)
        assert "after" in page.output_text(4)
        assert (page.console_errors, page.page_errors, page.dialogs, page.modals()) == ([], [], [], [])
        assert page.pwned() is None
        assert page.screenshot(folder / "smoke.png").stat().st_size > 10_000
    assert not alive(kernel)


def test_a_notebook_in_a_real_lab(lab, browser, tmp_path):
    check_a_notebook(lab, browser, tmp_path)


def test_a_notebook_in_a_real_notebook_7_and_no_server_is_left_behind(browser, tmp_path):
    from tests.lab import running_server

    with running_server("notebook", tmp_path) as server:
        check_a_notebook(server, browser, tmp_path)
        with urlopen(f"{server.url}api/status?token={server.token}") as answer:
            assert answer.status == 200
        (started,) = (tmp_path / "runtime").glob("jpserver-*.json")
        process = json.loads(started.read_text())["pid"]
    assert not alive(process)


def test_what_an_output_does_to_the_page_is_noticed(lab, browser):
    """Jupyter runs the scripts a user's own cell shows; so a test of ours would see ours."""
    hostile = {
        "script": "<script>window.__pwned = (window.__pwned ?? []).concat('script')</script>",
        "image": "<img src=data:no onerror=\"window.__pwned = (window.__pwned ?? []).concat('image')\">",
        "svg": (
            "<svg><animate attributeName=x dur=1s "
            "onbegin=\"window.__pwned = (window.__pwned ?? []).concat('svg')\"></svg>"
        ),
        "alert": "<script>alert('a box')</script>",
        "console": "<script>console.error('a complaint')</script>",
        "throws": "<script>setTimeout(() => { throw new Error('a throw') })</script>",
        "sandboxed": "<iframe sandbox srcdoc=\"<script>window.__pwned = 'sandboxed'</script>\"></iframe>",
        "frame": "<iframe srcdoc=\"<script>window.__pwned = 'frame'</script>\"></iframe>",
    }
    saved = {"text/html": f"<i>saved</i>{hostile['script']}"}
    output = {"output_type": "display_data", "data": saved, "metadata": {}}
    opened = {"source": html_cell("ran"), "execution_count": 1, "outputs": [output]}
    lab.write("hostile.ipynb", [opened, *map(html_cell, hostile.values())])
    with lab.open(browser, "hostile.ipynb") as page:
        assert "saved" in page.output_html(0)
        assert page.pwned() is None, "what a notebook brings with it does not run"
        page.run_all()
        assert sorted(page.pwned()) == ["image", "script", "svg"]
        assert page.dialogs == ["alert: a box"]
        assert [error.split(" (")[0] for error in page.console_errors if "complaint" in error] == ["a complaint"]
        assert page.page_errors == ["a throw"]
        page.page.evaluate("() => { delete window.__pwned }")
        assert page.pwned() == "frame"


def test_a_real_postgres(postgres):
    assert (
        postgres.query("create table visits (n int); insert into visits values (41); select n + 1 from visits") == "42"
    )
    with pytest.raises(RuntimeError, match='relation "nothing" does not exist'):
        postgres.query("select * from nothing")


@pytest.mark.needs("postgres")
def test_no_postgres_is_left_behind():
    from tests.servers import running_postgres

    with running_postgres() as server:
        folder = Path(server.query("show unix_socket_directories"))
        process = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    assert not folder.exists()
    assert not alive(process)


def readme_commands() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^<!-- \w+-command -->\n```sh\n(.*)\n```$", text, re.MULTILINE)


def test_the_readme_has_two_commands_of_one_line():
    opens, tests = readme_commands()
    assert opens.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert opens.endswith(" notebooks/01-quickstart.ipynb")
    assert tests.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert tests.endswith(" --nbval tests notebooks")


def test_ci_runs_the_command_of_the_readme():
    shown = subprocess.run([ROOT / ".ci" / "run", "--show"], capture_output=True, text=True, check=True)
    assert shown.stdout == readme_commands()[1] + "\n"


def test_the_wheel_holds_everything_the_package_reads(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = {name for name in packed.namelist() if name.startswith("tana_jupyter/")}
    package = (
        path for path in (ROOT / "tana_jupyter").rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    assert names == {path.relative_to(ROOT).as_posix() for path in package}
    assert "tana_jupyter/py.typed" in names, "type checkers ignore a package without it"
