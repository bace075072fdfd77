"""What we say to somebody who ordered something by mail: what became of it, or what was wrong and how to say it right.

Rules of this file: pure; a language is one `Answers` and one line in `ANSWERS`. A name in braces is put in by
`ordering.py`. Whoever reads may be the agent or somebody who decides in her stead: "the reply", never "your reply".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.hold import HoldState


@dataclass(frozen=True, slots=True)
class Answers:
    """One language."""

    released: str
    """`{to}`: the recipients."""
    discarded: str
    asked: str
    """`{to}`: who was asked."""
    nobody_to_ask: str

    fixed: str
    """`{fixes}`: names."""
    removed: str
    """`{fields}`: header fields that the change made untrue."""
    fixed_released: str
    fixed_open: str
    """It is mended, and holds nothing more, but somebody else must release it."""
    still_held: str
    unfit: str
    """`{fix}` has nothing left to do."""
    unmendable: str
    """`{fix}`, for any other cause."""
    to_fill: str
    """`{fixes}` leave a blank."""
    unknown_fix: str
    """`{name}`; `{fixes}` are those that there are."""
    no_fixes: str
    too_large: str

    nothing_done: str
    empty: str
    unknown: str
    """`{said}`."""
    unclear: str
    """`{said}`."""
    reason: str
    """A reason is wanted."""
    reasons: str
    """For each of `{numbers}`."""
    no_such_finding: str
    """`{numbers}`; there are `{count}`."""
    help: str

    stranger: str
    """`{mailbox}` is not in `people:`."""
    not_hers: str
    needs_reviewer: str

    gone: Mapping[HoldState, str]
    """`{who}`, `{when}`."""
    changed: str
    """`{who}`, `{when}`."""
    by_somebody: str
    """In the place of `{who}` where nobody is known."""


ENGLISH = Answers(
    released="The reply is released as it is and on its way to {to}.",
    discarded="The reply is discarded. Nobody will receive it.",
    asked="{to} has been asked to release the reply, with your reason.",
    nobody_to_ask="There is nobody who could be asked. Please tell your mail administrator to name reviewers.",
    fixed="Put right in the reply: {fixes}.",
    removed="The change made these header fields untrue, so they were taken out: {fields}.",
    fixed_released="Nothing holds the reply any more, so it is on its way to {to}.",
    fixed_open="Nothing holds the reply any more. Somebody who may release it has to do so.",
    still_held="The reply is still held. What is found in it now stands below.",
    unfit="“{fix}” was not done: there is nothing in the reply that it fits any more.",
    unmendable="“{fix}” was not done: this mail cannot be changed there. Correct the reply in your helpdesk instead.",
    to_fill=(
        "“{fixes}” leaves a blank that only you can fill, so it cannot be done by mail. Correct the reply in your "
        "helpdesk and send it again."
    ),
    unknown_fix="There is no suggestion called “{name}” for this reply. There are: {fixes}.",
    no_fixes="There are no suggestions for this reply. Correct it in your helpdesk and send it again.",
    too_large="The reply is too large to be changed by mail. Correct it in your helpdesk and send it again.",
    nothing_done="Nothing was done; the reply is held as before.",
    empty="We found no order in your mail. Write it above the quoted text, on the first line.",
    unknown="We did not understand “{said}”. The first line has to begin with release, discard, fix, ask or help.",
    unclear="We were not sure what “{said}” means. If a reason follows, put a colon between: release: …",
    reason="A reason is needed. Write it behind the word: release: …",
    reasons="Each of these findings needs a reason of its own: {numbers}. Write a line for each: 1: …",
    no_such_finding="There is no finding {numbers}; they are numbered from 1 to {count}.",
    help="Here is the reply once more, and what you can answer.",
    stranger="{mailbox} may not act on held replies. Your mail administrator can name it under people:.",
    not_hers="The reply is somebody else’s; a reviewer can act on it.",
    needs_reviewer="A reviewer has to release this reply. Ask for it by answering: ask: …",
    gone={
        HoldState.RELEASED: "The reply was released already, by {who} on {when}.",
        HoldState.DELIVERED: "The reply was released already, by {who} on {when}, and has been delivered.",
        HoldState.BOUNCED: "The reply was released already, by {who} on {when}, but could not be delivered.",
        HoldState.DISCARDED: "The reply was discarded already, by {who} on {when}.",
        HoldState.RETURNED: "Nobody decided about the reply in time, so it was not sent. Send it anew.",
    },
    changed="The reply was changed by {who} on {when}, after the notice that you answered. This is how it is now.",
    by_somebody="somebody",
)

FINNISH = Answers(
    released="Vastaus on päästetty eteenpäin sellaisenaan ja matkalla: {to}.",
    discarded="Vastaus on hylätty. Kukaan ei saa sitä.",
    asked="Pyyntö päästää vastaus eteenpäin on lähetetty perusteluinesi: {to}.",
    nobody_to_ask="Pyynnölle ei ole vastaanottajaa. Pyydä sähköpostin ylläpitoa nimeämään tarkastajat.",
    fixed="Vastauksesta korjattiin: {fixes}.",
    removed="Muutos teki nämä otsakekentät paikkansapitämättömiksi, joten ne poistettiin: {fields}.",
    fixed_released="Mikään ei enää pidättele vastausta, joten se on matkalla: {to}.",
    fixed_open="Mikään ei enää pidättele vastausta. Sen päästää eteenpäin joku, jolla on siihen oikeus.",
    still_held="Vastaus odottaa edelleen. Alla on se, mitä siitä nyt löytyy.",
    unfit="”{fix}” jäi tekemättä: vastauksessa ei ole enää kohtaa, johon se sopii.",
    unmendable=(
        "”{fix}” jäi tekemättä: tämän viestin sitä kohtaa ei voi muuttaa. Korjaa vastaus asiakaspalvelujärjestelmässä."
    ),
    to_fill=(
        "”{fixes}” jättää kohdan, jonka vain sinä voit täyttää, joten sitä ei voi tehdä sähköpostilla. Korjaa vastaus "
        "asiakaspalvelujärjestelmässä ja lähetä se uudelleen."
    ),
    unknown_fix="Tälle vastaukselle ei ole ehdotusta nimeltä ”{name}”. Ehdotukset ovat: {fixes}.",
    no_fixes="Tälle vastaukselle ei ole ehdotuksia. Korjaa se asiakaspalvelujärjestelmässä ja lähetä uudelleen.",
    too_large=(
        "Vastaus on liian suuri muutettavaksi sähköpostilla. Korjaa se asiakaspalvelujärjestelmässä ja lähetä "
        "uudelleen."
    ),
    nothing_done="Mitään ei tehty; vastaus odottaa kuten ennenkin.",
    empty="Viestissäsi ei ollut käskyä. Kirjoita se lainatun tekstin yläpuolelle ensimmäiselle riville.",
    unknown="Emme ymmärtäneet riviä ”{said}”. Aloita ensimmäinen rivi: vapauta, hylkää, korjaa, pyydä tai ohje.",
    unclear="Emme ole varmoja, mitä ”{said}” tarkoittaa. Jos perässä on syy, kirjoita väliin kaksoispiste: vapauta: …",
    reason="Syy tarvitaan. Kirjoita se sanan perään: vapauta: …",
    reasons="Jokainen näistä löydöistä tarvitsee oman syynsä: {numbers}. Kirjoita kullekin oma rivi: 1: …",
    no_such_finding="Löytöä {numbers} ei ole; numerot ovat 1–{count}.",
    help="Tässä on vastaus vielä kerran ja se, mitä voit vastata.",
    stranger="Osoitteella {mailbox} ei ole oikeutta odottaviin vastauksiin. Ylläpito voi nimetä sen kohtaan people:.",
    not_hers="Vastaus on jonkun toisen; tarkastaja voi päättää siitä.",
    needs_reviewer="Tämän vastauksen päästää eteenpäin tarkastaja. Pyydä sitä vastaamalla: pyydä: …",
    gone={
        HoldState.RELEASED: "Vastaus on jo päästetty eteenpäin: {who}, {when}.",
        HoldState.DELIVERED: "Vastaus on jo päästetty eteenpäin ja toimitettu perille: {who}, {when}.",
        HoldState.BOUNCED: "Vastaus on jo päästetty eteenpäin, mutta sitä ei saatu perille: {who}, {when}.",
        HoldState.DISCARDED: "Vastaus on jo hylätty: {who}, {when}.",
        HoldState.RETURNED: "Kukaan ei päättänyt vastauksesta ajoissa, joten sitä ei lähetetty. Lähetä se uudelleen.",
    },
    changed="Vastausta muutettiin sen ilmoituksen jälkeen, johon vastasit: {who}, {when}. Nyt se on tällainen.",
    by_somebody="joku",
)

SWEDISH = Answers(
    released="Svaret är släppt som det är och på väg till {to}.",
    discarded="Svaret är kastat. Ingen får det.",
    asked="{to} har ombetts att släppa svaret, med ditt skäl.",
    nobody_to_ask="Det finns ingen att fråga. Be e-postens administratör att namnge granskare.",
    fixed="Rättat i svaret: {fixes}.",
    removed="Ändringen gjorde dessa fält i huvudet osanna, så de togs bort: {fields}.",
    fixed_released="Ingenting håller kvar svaret längre, så det är på väg till {to}.",
    fixed_open="Ingenting håller kvar svaret längre. Någon som får släppa det behöver göra det.",
    still_held="Svaret hålls fortfarande kvar. Nedan står vad som hittas i det nu.",
    unfit="”{fix}” gjordes inte: det finns inte längre något i svaret som det passar på.",
    unmendable="”{fix}” gjordes inte: mejlet kan inte ändras där. Rätta svaret i ert ärendesystem i stället.",
    to_fill=(
        "”{fixes}” lämnar en lucka som bara du kan fylla, så det går inte att göra per mejl. Rätta svaret i ert "
        "ärendesystem och skicka det igen."
    ),
    unknown_fix="Det finns inget förslag som heter ”{name}” för svaret. Det finns: {fixes}.",
    no_fixes="Det finns inga förslag för svaret. Rätta det i ert ärendesystem och skicka det igen.",
    too_large="Svaret är för stort för att ändras per mejl. Rätta det i ert ärendesystem och skicka det igen.",
    nothing_done="Ingenting gjordes; svaret hålls kvar som förut.",
    empty="Vi hittade ingen order i ditt mejl. Skriv den ovanför den citerade texten, på första raden.",
    unknown="Vi förstod inte ”{said}”. Första raden ska börja med släpp, kasta, rätta, fråga eller hjälp.",
    unclear="Vi är inte säkra på vad ”{said}” betyder. Om ett skäl följer, sätt ett kolon emellan: släpp: …",
    reason="Det behövs ett skäl. Skriv det efter ordet: släpp: …",
    reasons="Vart och ett av dessa fynd behöver ett eget skäl: {numbers}. Skriv en rad för vart och ett: 1: …",
    no_such_finding="Det finns inget fynd {numbers}; de är numrerade från 1 till {count}.",
    help="Här är svaret en gång till, och vad du kan svara.",
    stranger="{mailbox} får inte besluta om svar som hålls kvar. Administratören kan namnge adressen under people:.",
    not_hers="Svaret är någon annans; en granskare kan besluta om det.",
    needs_reviewer="En granskare måste släppa det här svaret. Be om det genom att svara: fråga: …",
    gone={
        HoldState.RELEASED: "Svaret är redan släppt, av {who} {when}.",
        HoldState.DELIVERED: "Svaret är redan släppt, av {who} {when}, och har levererats.",
        HoldState.BOUNCED: "Svaret är redan släppt, av {who} {when}, men kunde inte levereras.",
        HoldState.DISCARDED: "Svaret är redan kastat, av {who} {when}.",
        HoldState.RETURNED: "Ingen beslutade om svaret i tid, så det skickades inte. Skicka det på nytt.",
    },
    changed="Svaret ändrades av {who} {when}, efter det meddelande som du svarade på. Så här är det nu.",
    by_somebody="någon",
)

ANSWERS: Mapping[str, Answers] = {"en": ENGLISH, "fi": FINNISH, "sv": SWEDISH}
"""By ISO 639-1, as `LANGUAGES`."""
