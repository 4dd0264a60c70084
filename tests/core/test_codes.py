"""Codes for people: random, easy to read out, never a word or a number."""

from thangdee.core.codes import new_code


def test_codes_are_random_can_be_read_out_and_are_never_a_word_or_a_number() -> None:
    codes = [new_code(8) for _ in range(2000)]

    assert len(set(codes)) == 2000
    assert {len(one) for one in codes} == {8}
    assert not set("".join(codes)) & set("AEIOUY01LSZ")
    # Purely random, about 90 of them would be letters alone.
    assert all(any(one.isdigit() for one in code) and any(one.isalpha() for one in code) for code in codes)
