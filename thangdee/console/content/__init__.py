"""Pages of content: texts and their editions, figures, the work list, what was not understood."""
