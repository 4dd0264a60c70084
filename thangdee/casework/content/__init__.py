"""Content: what people read and hear, how old it is, who read it over, and how it changes by two people."""
