"""Positions of generated JavaScript back to the text it was made from, by a source map."""

from bisect import bisect_right

_DIGITS = {
    digit: value for value, digit in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}


def _numbers(segment: str) -> list[int]:
    """The signed numbers of one base64 VLQ segment: ``_numbers("IAAM") == [4, 0, 0, 6]``."""
    numbers, value, shift = [], 0, 0
    for character in segment:
        digit = _DIGITS[character]
        value |= (digit & 31) << shift
        if digit & 32:
            shift += 5
            continue
        numbers.append(-(value >> 1) if value & 1 else value >> 1)
        value = shift = 0
    return numbers


def _units(text: str) -> int:
    """Length in UTF-16 units, which is what a source map counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _points(line: str, units: int) -> int:
    """UTF-16 units into a line as code points."""
    if line.isascii():
        return units
    return len(line.encode("utf-16-le", "surrogatepass")[: units * 2].decode("utf-16-le", "replace"))


class SourceMap:
    """One source map of one source: 1-based lines and columns, in code points."""

    __slots__ = ("_code", "_segments", "_source")

    def __init__(self, mappings: str, code: str, source: str) -> None:
        self._code = code.split("\n")
        self._source = source.split("\n")
        # By line of the code: (column, line of the source, column of the source), from 0.
        self._segments: list[list[tuple[int, int, int]]] = []
        line = column = 0
        for text in mappings.split(";"):
            segments = []
            at = 0
            for segment in text.split(",") if text else ():
                numbers = _numbers(segment)
                at += numbers[0]
                if len(numbers) > 1:
                    line += numbers[2]
                    column += numbers[3]
                    segments.append((at, line, column))
            self._segments.append(segments)

    def original(self, line: int, column: int) -> tuple[int, int]:
        """Where a position of the code comes from; what TypeScript added belongs to what precedes it."""
        if line > len(self._segments):
            return len(self._source), len(self._source[-1]) + 1
        code = self._code[line - 1]
        units = _units(code[: column - 1])
        segments = self._segments[line - 1]
        index = bisect_right(segments, (units, 1 << 60, 0)) - 1
        if index < 0:
            for earlier in reversed(self._segments[: line - 1]):
                if earlier:
                    segments, index = earlier, len(earlier) - 1
                    break
            else:
                return 1, 1
            at, origin, start = segments[index]
            return origin + 1, _points(self._source[origin], start) + 1
        at, origin, start = segments[index]
        text = self._source[origin]
        found = _points(text, start)
        begin = _points(code, at)
        gap = column - 1 - begin
        # Inside a stretch both sides share, the exact place; otherwise where the stretch began.
        if gap and text[found : found + gap] == code[begin : begin + gap]:
            found += gap
        return origin + 1, found + 1
