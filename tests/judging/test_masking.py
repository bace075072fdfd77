"""A secret leaves no trace in a masked text."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.checks.mask import EXCERPT, Mask, excerpt
from gateway.verdict import MASK
from judging import look, reply

PRINTED = st.characters(max_codepoint=0x24F, categories=["L", "N", "P", "S"])
SECRETS = st.text(PRINTED, min_size=4, max_size=24)


@given(SECRETS, st.text(max_size=40), st.text(max_size=40))
def test_a_secret_is_gone_wherever_it_stands(secret: str, before: str, after: str) -> None:
    masked = Mask([secret])(before + secret + after)
    assert secret not in masked
    assert MASK in masked


@given(SECRETS, st.integers(1, 3), st.sampled_from([" ", "\n", "\r\n\t", "\u00ad", "\u200b"]))
def test_a_secret_that_is_broken_is_gone_too(secret: str, at: int, gap: str) -> None:
    assert Mask([secret])(f"{secret[:at]}{gap}{secret[at:]}") == MASK


@given(st.text(st.sampled_from("abcdefghijkmnpqrstuvwxyz23456789"), min_size=4, max_size=24))
def test_large_and_small_letters_hide_nothing(secret: str) -> None:
    assert Mask([secret])(f"so {secret.upper()} it is") == f"so {MASK} it is"


@given(SECRETS, SECRETS)
def test_the_mask_tells_neither_length_nor_number(one: str, two: str) -> None:
    assert Mask([one, two])(one + two) == MASK
    assert Mask([one])(one) == Mask([two])(two)


def test_the_spaces_of_a_passphrase_are_masked_however_they_are_written() -> None:
    mask = Mask(["blue moon rising"])
    for written in ("blue%20moon%20rising", "blue+moon+rising", "blue&nbsp;moon rising", "blue\n moon\u00a0rising"):
        assert mask(f"?k={written}&x") == f"?k={MASK}&x"


def test_the_longer_secret_goes_first() -> None:
    assert Mask(["Kesa", "Kesa2024"])("Kesa2024") == MASK


def test_no_secret_no_change() -> None:
    assert Mask([])("as it is") == "as it is"
    assert Mask(["", "  "])("as it is") == "as it is"


@given(st.text())
def test_an_excerpt_is_one_short_line_without_control_characters(text: str) -> None:
    short = excerpt(text)
    assert len(short) <= EXCERPT
    assert short.isprintable()


@given(SECRETS.filter(lambda secret: secret.strip(".,;:!?…=\"'“”„‟«»‹›‘’`´)]}>*_~|([{<") == secret))
def test_whatever_a_field_holds_its_excerpt_hides(secret: str) -> None:
    for sight in look("plaintext-password", reply(f"Username: maija\nPassword: {secret}\n")):
        assert secret not in sight.excerpt


def test_a_long_line_is_shown_around_the_value_and_every_value_in_it_is_masked() -> None:
    line = "word " * 60 + "the password is Kuura-41 and later " + "word " * 60 + "the password is Halla-52."
    seen = look("plaintext-password", reply(line))
    assert len(seen) == 2
    for sight in seen:
        assert "the password is ••••••" in excerpt(sight.excerpt)
        assert not {"Kuura-41", "Halla-52"} & set(sight.excerpt.split())


def test_the_punctuation_at_a_value_s_end_is_masked_with_it() -> None:
    (sight,) = look("plaintext-password", reply("Your password is Kuura41!?"))
    assert sight.excerpt == "Your password is ••••••"
