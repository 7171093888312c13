"""The export widget: where to, what of it, what would happen, and then all of that or nothing.

``work`` is one export from its plan to its result, on a thread of its own; ``answers`` speaks with the page in the
words of ``messages``; ``interrupts`` brings the kernel's Stop to the work; ``widget`` is the view. The key browser
holds the same work behind a button.
"""
