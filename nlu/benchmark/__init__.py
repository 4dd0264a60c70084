"""The comparison of ways to read a message, on the development set: `make bench-nlu`."""
