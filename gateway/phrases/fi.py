"""Finnish. The reader is *sinä*; the name bends as the word does: Saate, Saatteen."""

from __future__ import annotations

from gateway.phrases.model import Count, Facing, Phrases

FINNISH = Phrases(
    language="fi",
    held_subject=Facing(
        agent="Vastauksesi odottaa: {title}",
        other="Vastaus odottaa: {title}",
        automatic="Automaattinen viesti odottaa: {title}",
    ),
    held_heading=Facing(
        agent="Vastaustasi ei ole vielä lähetetty",
        other="Vastausta ei ole vielä lähetetty",
        automatic="Automaattista viestiä ei ole vielä lähetetty",
    ),
    held_lead=Facing(
        agent=(
            "Huomasimme siinä jotain, minkä ehkä haluat korjata, ennen kuin asiakas näkee sen. Vastaus on "
            "tallessa ja odottaa päätöstä. Kukaan ei ole vielä saanut sitä."
        ),
        other=(
            "Huomasimme siinä jotain, mikä on hyvä korjata, ennen kuin asiakas näkee sen. Vastaus on tallessa "
            "ja odottaa päätöstä. Kukaan ei ole vielä saanut sitä."
        ),
        automatic=(
            "Huomasimme siinä jotain, mikä on hyvä korjata, ennen kuin asiakas näkee sen. Viesti on tallessa ja "
            "odottaa päätöstä. Kukaan ei ole vielä saanut sitä."
        ),
    ),
    told_instead="Emme tavoittaneet vastauksen kirjoittajaa, joten kerromme asiasta sinulle.",
    told_of_machine="Viestin lähetti järjestelmä eikä ihminen, joten kerromme asiasta sinulle.",
    subject="Aihe",
    sender="Lähettäjä",
    recipient="Vastaanottaja",
    hold="Tunnus",
    and_more=Count("ja 1 muu", "ja {n} muuta"),
    no_subject="(ei aihetta)",
    found="Mitä huomasimme",
    found_short="Syy",
    also_found="Huomasimme myös",
    also_found_note="Vastaus ei olisi pysähtynyt pelkästään tämän vuoksi.",
    in_subject="Aiherivillä",
    in_field="Otsakekentässä {name}",
    in_line="Rivi {line}",
    in_line_of_part="Rivi {line}, osa {part}",
    in_part="Osa {part}",
    more_places=Count("… ja vielä 1 kohta", "… ja vielä {n} kohtaa"),
    why="Miksi sillä on merkitystä",
    mend="Mitä voit tehdä",
    next="Mitä seuraavaksi tapahtuu",
    mend_and_resend=Facing(
        agent=(
            "Jos haluat korjata vastauksen, tee se asiakaspalvelujärjestelmässä ja lähetä vastaus uudelleen. "
            "Uusi vastaus tarkistetaan alusta alkaen, ja täällä odottavan voi hylätä."
        ),
        other=(
            "Vastauksen kirjoittaja voi korjata sen asiakaspalvelujärjestelmässä ja lähettää uudelleen. Uusi "
            "vastaus tarkistetaan alusta alkaen, ja täällä odottavan voi hylätä."
        ),
        automatic=(
            "Korjaa mallipohja tai asetus, josta nämä viestit syntyvät, ja lähetä viesti uudelleen. Uusi "
            "viesti tarkistetaan alusta alkaen, ja täällä odottavan voi hylätä."
        ),
    ),
    release_by_agent=(
        "Jos vastaus on hyvä tällaisenaan, pyydä päästämään se eteenpäin. Silloin se lähtee muuttamattomana."
    ),
    release_by_reviewer=(
        "Jos vastaus on hyvä tällaisenaan, tarkastaja voi päästää sen eteenpäin. Silloin se lähtee muuttamattomana."
    ),
    nothing_happens="Ennen kuin joku päättää asiasta, mitään ei lähetetä eikä mitään poisteta.",
    commands="Saatteen ylläpitäjälle, palvelimen komentorivillä:",
    show="katso viestiä",
    release="lähetä sellaisenaan",
    discard="älä lähetä",
    digest_subject=Count("Vielä 1 vastaus odottaa", "Vielä {n} vastausta odottaa"),
    digest_heading=Count("Vielä 1 vastausta ei ole lähetetty", "Vielä {n} vastausta on lähettämättä"),
    digest_lead=(
        "Lyhyessä ajassa pysähtyi monta vastausta, joten kerromme lopuista yhdellä listalla. Ne ovat tallessa "
        "ja odottavat päätöstä."
    ),
    digest_cause=(
        "Kun viestejä pysähtyy näin monta, syy on usein yhteinen: mallipohja, allekirjoitus tai asetus. Kun se "
        "on korjattu, seuraavat vastaukset pääsevät perille."
    ),
    waiting="Nämä odottavat",
    digest_mend=(
        "Jos haluat korjata vastaukset, tee se asiakaspalvelujärjestelmässä ja lähetä ne uudelleen. Uudet "
        "vastaukset tarkistetaan alusta alkaen, ja täällä odottavat voi hylätä."
    ),
    more_holds=Count("… ja vielä 1", "… ja vielä {n}"),
    list_holds="näytä ne kaikki",
    bounce_heading=Facing(
        agent="Vastaustasi ei saatu perille",
        other="Eteenpäin päästettyä vastausta ei saatu perille",
        automatic="Eteenpäin päästettyä automaattista viestiä ei saatu perille",
    ),
    bounce_lead=Count(
        (
            "Viesti päästettiin eteenpäin, mutta seuraava sähköpostipalvelin ei ottanut sitä vastaan tälle "
            "vastaanottajalle:"
        ),
        (
            "Viesti päästettiin eteenpäin, mutta seuraava sähköpostipalvelin ei ottanut sitä vastaan näille "
            "vastaanottajille:"
        ),
    ),
    bounce_partly="Muut vastaanottajat ovat saaneet viestin.",
    said="Palvelimen vastaus",
    bounce_mend="Tarkista osoite, korjaa se asiakaspalvelujärjestelmään ja lähetä vastaus uudelleen.",
    bounce_kept="Viesti on yhä tallessa Saatteessa yllä olevalla tunnuksella.",
    report_failed="Viestiäsi ei voitu toimittaa perille",
    report_relayed="Viestisi on lähetetty eteenpäin",
    report_lead="Tämä koskee viestiäsi ”{subject}”, joka oli hetken pidätettynä Saatteessa tunnuksella {hold}.",
    report_kept="Osoitteen alla on se, mitä vastaanottava palvelin sanoi. Saate ei yritä uudelleen.",
    report_passed_on="Se meni palvelimelle, joka ei itse ilmoita toimituksesta.",
    about="Saate palvelimella {hostname} lukee lähtevät vastaukset, jotta lipsahdukset huomataan ennen asiakasta.",
    no_answer="Tähän viestiin ei tarvitse vastata.",
    questions="Kysyttävää? Kirjoita osoitteeseen {fallback}.",
)
