"""Pages of staff about matters: the board, one matter, filling one on a person's behalf, deciding, calling offices."""
