"""Pages of receivers: the inbox, one referral, its deeds, one-time links. They see no other page of ours."""
