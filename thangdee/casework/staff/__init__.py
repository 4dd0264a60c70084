"""Staff: who they are, what they may do, how they sign in (R32-R38)."""
