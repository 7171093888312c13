"""How fast it is, against the bars it has to stay under.

    python -m benchmarks             everything, one table
    python -m benchmarks kv cells    some subjects
    python -m benchmarks --peers     Deno beside it, if `pip install deno` has been run
    python -m benchmarks --quick     a look at whether it runs; its times say nothing

A subject is a file of ``subjects`` with a function ``rows(effort)`` that yields the rows of the table.
Times are medians; what is compared with each other runs in turns, and what state would spoil runs in a
process of its own. What is missing here (a server, a browser, a driver) has a row that says what to install.

A bar is the most that a figure may be. Its verdict is ``met``, ``thin`` (met, but within a quarter of the bar) or
``MISSED``; a figure without a bar stands there for comparison.
"""
