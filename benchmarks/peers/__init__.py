"""Other programs that do the same: measured in the same run, in turns, where they are installed."""
