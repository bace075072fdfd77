"""One mail through a pool to a real server on loopback."""

from fakehop import FakeHop
from hopclient import LETTER, MakePool, envelope, send, yes


async def test_a_mail_arrives_octet_by_octet_with_its_envelope(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop)
        transaction = await pool.transaction()
        assert (await transaction.mail("ossi@example.com", ("SIZE=90", "BODY=8BITMIME", "ENVID=a+2B"))).code == 250
        assert (await transaction.rcpt("maija@example.org", ("NOTIFY=NEVER",))).text == "2.1.5 Ok"
        answer = await transaction.data((b"Received: x\r\n", LETTER), yes())
        assert (answer.code, answer.text) == (250, "2.0.0 Ok: filed as 1")
        [mail] = hop.mails
        assert mail.octets == b"Received: x\r\n" + LETTER
        assert mail.reverse_path == "ossi@example.com"
        assert mail.parameters == ("SIZE=90", "BODY=8BITMIME", "ENVID=a+2B")
        assert mail.recipients == [("maija@example.org", ("NOTIFY=NEVER",))]


async def test_a_session_is_used_again_for_the_next_mail(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop)
        for _ in range(3):
            assert (await send(pool)).code == 250
        assert len(hop.sessions) == 1
        assert hop.sessions[0].verbs == ["EHLO", *["MAIL", "RCPT", "DATA"] * 3]


async def test_a_held_mail_is_reset_and_its_session_used_again(pool_for: MakePool) -> None:
    async with FakeHop() as hop:
        pool = pool_for(hop)
        await (await envelope(pool)).hold()
        await hop.until(lambda: hop.sessions[0].verbs[-1] == "RSET")
        assert (await send(pool)).code == 250
        assert len(hop.sessions) == 1
