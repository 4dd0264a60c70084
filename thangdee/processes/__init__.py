"""The command line and the processes: the one place that wires the rooms together."""
