"""The commands of `python -m model`, a module each: `add` describes its options, `run` does it and gives the exit status."""
