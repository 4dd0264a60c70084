"""The records that ship with the program: who the sources name, unverified; for the demo also made-up services."""

from thangdee.referral_directory.seed.lists import listed_records, sample_records
from thangdee.referral_directory.seed.planting import seed_directory

__all__ = ["listed_records", "sample_records", "seed_directory"]
