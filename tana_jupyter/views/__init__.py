"""How data is shown: pandas frames, and later the widgets."""
