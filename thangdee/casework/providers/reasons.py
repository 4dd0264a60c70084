"""The codes by which receivers say why, how and what came of it; their words are `provider.<group>.<code>`."""

DECLINE = ("full", "not_our_area", "wrong_need", "language", "age_gender", "closed", "other")
CONTACTED = ("phone", "chat", "visit", "came")
GIVE_BACK = ("not_reached", "needs_other", "no_capacity", "did_not_want", "went_elsewhere", "other")
OUTCOMES = ("got_it", "partly", "went_elsewhere", "did_not_want", "lost")
