"""The demo's made-up mother: staff can look for her daughter from the board on, and no alarm rings at the start."""

from tests.casework.outcomes.searching import opened
from thangdee.casework import alerts
from thangdee.casework.outcomes import candidates, enquiry_board
from thangdee.processes.demo_enquiry import plant_enquiry
from thangdee.processes.demo_shelter import plant_residents


async def test_the_made_up_mother_is_on_the_board_and_her_daughter_is_found(installation, clock) -> None:
    now, vault = clock.now(), installation.vault
    async with installation.database.write() as connection:
        await plant_residents(connection, vault, now)
        one = await plant_enquiry(connection, vault, 4242, now)
        [header] = await enquiry_board.headers(connection, set(), now)
        waiting = await alerts.open_alerts(connection)
        await opened(connection, vault, one.id, "tracer", now)
        ranked = await candidates.search(connection, vault, one, now)
        first = await candidates.compare(connection, vault, one, ranked.candidates[0].id, now)

    assert (header.code, waiting) == (one.code, [])
    assert ranked.is_alert
    assert first.record.given_name == "บุนมี"
    assert first.record.is_sample
