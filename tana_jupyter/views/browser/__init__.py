"""The key browser and the staged view: two widgets that hold a query, never a table.

``panel`` is what every widget of ours has, ``widget`` are these two; ``messages`` says which words there are,
``answers`` finds who answers which: ``pages`` and ``detail`` read, ``edits`` writes, ``staged`` shows what waits for a
commit. ``keyspace`` knows how keys are read, searched and put into a tree, ``values`` what a value is without reading
all of it.
"""
