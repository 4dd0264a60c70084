"""From the directory's matches to whom is asked: no match means a person decides, police is never asked (R11, R43)."""

import pytest

from tests.casework.referrals.matters import NOW, a_matter, a_yes
from tests.referral_directory.listings import TODAY
from tests.referral_directory.test_nearest_eligibility import DIRECTORY, PERSONS, named, the_person
from thangdee.casework.referrals import steps
from thangdee.casework.referrals.model import ADULTS, POLICE, MatterState
from thangdee.flows.referral_whom import receiver_of
from thangdee.referral_directory.nearest import nearest


@pytest.mark.parametrize("row", PERSONS, ids=named)
def test_referral_matching_matrix(row) -> None:
    """Every person of the matrix says yes to all who fit, in the directory's order; each of them declines."""
    wanted = the_person(row)
    fitting = [receiver_of(one.listing) for one in nearest(DIRECTORY, wanted, TODAY, limit=99).matches]
    police = [receiver_of(one) for one in DIRECTORY.listings if one.kind == POLICE]
    yeses = [a_yes(one, rank=rank) for rank, one in enumerate([*police, *fitting])]

    matter, asked = steps.submit(a_matter(age_band=wanted.age_band.value), yeses, NOW)[0], []
    while matter.current:
        asked.append(matter.current.receiver)
        matter = steps.decline(matter, matter.current.id, "full", NOW)[0]

    assert asked == (fitting if wanted.age_band.value in ADULTS else [])
    assert matter.state is MatterState.WITH_STAFF
