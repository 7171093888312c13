"""performance: modules/web/performance.js."""

from tests.web_harness import evaluate


def test_time_since_the_origin() -> None:
    assert evaluate(
        """
        const start = performance.now();
        await elapse(250);
        return [performance.now() - start,
          Math.abs(performance.timeOrigin + performance.now() - Date.now()) >= 0,
          typeof performance.timeOrigin];
        """
    ) == [250, True, "number"]


def test_json() -> None:
    assert evaluate("return JSON.parse(JSON.stringify(performance)).timeOrigin === performance.timeOrigin") is True


def test_there_is_one_performance_only() -> None:
    assert evaluate("new Performance()") == "!TypeError: Illegal constructor"
    assert evaluate("performance.now.call({})").startswith("!TypeError")
    assert evaluate("return [performance instanceof Performance, `${performance}`]") == [
        True,
        "[object Performance]",
    ]
