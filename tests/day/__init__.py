"""A day with one notebook, in less than an hour: what grows while people work, and what is left behind.

``story`` is what is done, cell by cell; ``places`` are the stores it goes through; ``kernel`` and ``lab`` do it, one
in a bare kernel, one in JupyterLab with two pages open. ``look`` runs inside the kernel and counts what lives there,
``servers`` ask the database the same; ``verdict`` says what grew and draws the table.

    python -m tests.day           # all of it, in JupyterLab; ends non-zero where something grew
    python -m tests.day --short   # what tests/test_day.py does
"""
