"""Staff pages of the directory: list, map, one record, edit with preview, checks, history, what is to be checked."""
