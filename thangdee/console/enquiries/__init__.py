"""Pages of staff about families' enquiries: the board, vetting, proof talk, search, candidates; telling a family."""
