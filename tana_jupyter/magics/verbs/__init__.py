"""The verbs of ``%tana``, one file each: ``arguments(parser)``, ``run(session, options)`` and ``EXAMPLE``."""
