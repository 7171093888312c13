"""The key browser and the staged view: two widgets that hold a query, never a table.

``panel`` is what every widget of ours has, ``widget`` are these two, ``static_form`` stands for them where no widget
runs. ``messages`` says which words there are, ``answers`` finds who answers which, ``exporting`` also those of an
export: ``pages`` and ``detail`` read, ``edits`` writes, ``copying`` is for the clipboard, ``staged`` and ``diff`` show
what waits for a commit. ``scene`` is what they see of a session, ``entries`` its rows with what is staged over them;
``keyspace`` knows how keys are read, searched and put into a tree, ``literals`` and ``program`` how values and rows are
written in TypeScript.
"""
