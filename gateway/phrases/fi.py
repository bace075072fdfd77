"""Finnish. The reader is *sinä*; the name bends as the word does: Saate, Saatteen."""

from __future__ import annotations

from gateway.phrases.model import Count, Facing, Opening, Phrases, Times

FINNISH = Phrases(
    language="fi",
    times=Times(
        days_on=(
            *("maanantaina", "tiistaina", "keskiviikkona", "torstaina", "perjantaina"),
            *("lauantaina", "sunnuntaina"),
        ),
        days_until=(
            *("maanantaihin", "tiistaihin", "keskiviikkoon", "torstaihin", "perjantaihin"),
            *("lauantaihin", "sunnuntaihin"),
        ),
        months=(
            *("tammikuuta", "helmikuuta", "maaliskuuta", "huhtikuuta", "toukokuuta", "kesäkuuta", "heinäkuuta"),
            *("elokuuta", "syyskuuta", "lokakuuta", "marraskuuta", "joulukuuta"),
        ),
        moment="{weekday} {day}. {month} klo {hour}.{minute}",
        date="{day}. {month} {year}",
    ),
    held=Opening(
        subject=Facing(
            agent="Vastauksesi odottaa: {title}",
            other="Vastaus odottaa: {title}",
            automatic="Automaattinen viesti odottaa: {title}",
        ),
        heading=Facing(
            agent="Vastaustasi ei ole vielä lähetetty",
            other="Vastausta ei ole vielä lähetetty",
            automatic="Automaattista viestiä ei ole vielä lähetetty",
        ),
        lead=Facing(
            agent=(
                "Huomasimme siinä jotain, minkä ehkä haluat korjata, ennen kuin asiakas näkee sen. Kukaan ei ole vielä "
                "saanut vastausta."
            ),
            other=(
                "Huomasimme siinä jotain, mikä on hyvä korjata, ennen kuin asiakas näkee sen. Kukaan ei ole vielä "
                "saanut vastausta."
            ),
            automatic=(
                "Huomasimme siinä jotain, mikä on hyvä korjata, ennen kuin asiakas näkee sen. Kukaan ei ole vielä "
                "saanut viestiä."
            ),
        ),
    ),
    reminder=Opening(
        subject=Facing(
            agent="Muistutus: vastauksesi odottaa yhä",
            other="Muistutus: vastaus odottaa yhä",
            automatic="Muistutus: automaattinen viesti odottaa yhä",
        ),
        heading=Facing(
            agent="Vastauksesi odottaa yhä",
            other="Vastaus odottaa yhä",
            automatic="Automaattinen viesti odottaa yhä",
        ),
        lead=Facing(
            agent="Se pysähtyi {since}, eikä siitä ole vielä päätetty. Asiakas ei ole saanut vastausta.",
            other="Se pysähtyi {since}, eikä siitä ole vielä päätetty. Asiakas ei ole saanut vastausta.",
            automatic="Se pysähtyi {since}, eikä siitä ole vielä päätetty. Kukaan ei ole saanut sitä.",
        ),
    ),
    escalation=Opening(
        subject=Facing(
            agent="Vastauksestasi pitää päättää: {title}",
            other="Vastaus odottaa päätöstäsi: {title}",
            automatic="Automaattinen viesti odottaa päätöstäsi: {title}",
        ),
        heading=Facing(
            agent="Vastauksestasi pitää päättää",
            other="Vastaus odottaa päätöstäsi",
            automatic="Automaattinen viesti odottaa päätöstäsi",
        ),
        lead=Facing(
            agent="Se pysähtyi {since}, eikä kukaan ole päättänyt siitä. Asiakas ei ole saanut vastausta.",
            other="Se pysähtyi {since}, eikä kukaan ole päättänyt siitä. Asiakas ei ole saanut vastausta.",
            automatic="Se pysähtyi {since}, eikä kukaan ole päättänyt siitä. Kukaan ei ole saanut sitä.",
        ),
    ),
    request=Opening(
        subject=Facing(
            agent="Vastauksellesi pyydetään lupaa: {title}",
            other="Katsotko tämän vastauksen: {title}",
            automatic="Katsotko tämän automaattisen viestin: {title}",
        ),
        heading=Facing(
            agent="Vastauksesi pyydetään päästämään eteenpäin",
            other="Vastaus pyydetään päästämään eteenpäin",
            automatic="Automaattinen viesti pyydetään päästämään eteenpäin",
        ),
        lead=Facing(
            agent="Pyytäjä: {who}. Perustelu:",
            other="Pyytäjä: {who}. Perustelu:",
            automatic="Pyytäjä: {who}. Perustelu:",
        ),
    ),
    returned=Opening(
        subject=Facing(
            agent="Vastauksesi jäi lähettämättä: {title}",
            other="Vastaus jäi lähettämättä: {title}",
            automatic="Automaattinen viesti jäi lähettämättä: {title}",
        ),
        heading=Facing(
            agent="Vastauksesi jäi lähettämättä",
            other="Vastaus jäi lähettämättä",
            automatic="Automaattinen viesti jäi lähettämättä",
        ),
        lead=Facing(
            agent="Kukaan ei päättänyt siitä ajoissa, joten se palautuu sinulle. Asiakas ei ole saanut sitä.",
            other="Kukaan ei päättänyt siitä ajoissa. Asiakas ei ole saanut sitä.",
            automatic="Kukaan ei päättänyt siitä ajoissa. Sitä ei ole lähetetty kenellekään.",
        ),
    ),
    told_instead="Emme tavoittaneet vastauksen kirjoittajaa, joten kerromme asiasta sinulle.",
    told_of_machine="Viestin lähetti järjestelmä eikä ihminen, joten kerromme asiasta sinulle.",
    subject="Aihe",
    sender="Lähettäjä",
    recipient="Vastaanottaja",
    agent="Kirjoittaja",
    ticket="Tiketti",
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
    mend="Näin sen voi korjata",
    fixed={
        "greeting": "Ehdotus: aloita näin",
        "blank-password": "Ehdotus: salasana pois",
        "cover-note": "Ehdotus: kerro, mitä liitteenä on",
        "dump-list": "Ehdotus: tilalle lyhyt luettelo",
    },
    fixed_away="(poistetaan)",
    fill_in="Kaksinkertaisissa hakasulkeissa oleva kohta jää sinun kirjoitettavaksesi.",
    decide="Voit päättää siitä {by} asti. Sen jälkeen vastaus palautuu sinulle lähettämättömänä.",
    decide_reviewer=Facing(
        agent=(
            "Tarkastaja voi päästää vastauksen eteenpäin {by} asti. Sen jälkeen se palautuu sinulle lähettämättömänä."
        ),
        other="Vastauksen voi päästää eteenpäin {by} asti. Sen jälkeen se palautuu kirjoittajalleen lähettämättömänä.",
        automatic="Viestin voi päästää eteenpäin {by} asti. Sen jälkeen se jää lähettämättä.",
    ),
    decide_or_sent=Facing(
        agent="Ellei kukaan päätä siitä {by} mennessä, vastauksesi lähtee sellaisenaan.",
        other="Ellei kukaan päätä siitä {by} mennessä, vastaus lähtee sellaisenaan.",
        automatic="Ellei kukaan päätä siitä {by} mennessä, viesti lähtee sellaisenaan.",
    ),
    next="Mitä voit tehdä nyt",
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
    release_may=(
        "Jos vastaus on hyvä tällaisenaan, päästä se eteenpäin ja kerro, miksi. Silloin se lähtee muuttamattomana."
    ),
    release_ask=(
        "Jos vastaus on hyvä tällaisenaan, pyydä tarkastajaa päästämään se eteenpäin. Silloin se lähtee "
        "muuttamattomana."
    ),
    commands="Komentorivillä, Saatteen palvelimella:",
    orders="Vastaa tähän viestiin yhdellä näistä riveistä:",
    reason="syy",
    fix="korjaa ehdotusten mukaan",
    fix_and_send="korjaa ehdotusten mukaan ja lähetä, jos muuta ei jää",
    show="katso viestiä",
    release="lähetä sellaisenaan",
    release_each="lähetä sellaisenaan; jokaiselle kohdalle oma syy",
    discard="älä lähetä",
    ask="pyydä tarkastajaa lähettämään",
    digest_subject=Count("Vielä 1 vastaus odottaa", "Vielä {n} vastausta odottaa"),
    digest_heading=Count("Vielä 1 vastausta ei ole lähetetty", "Vielä {n} vastausta on lähettämättä"),
    digest_lead=(
        "Lyhyessä ajassa pysähtyi monta vastausta, joten kerromme lopuista yhdellä listalla. Ne odottavat päätöstä, "
        "eikä kukaan ole vielä saanut niitä."
    ),
    digest_cause=(
        "Kun viestejä pysähtyy näin monta, syy on usein yhteinen: mallipohja, allekirjoitus tai asetus. Kun se "
        "on korjattu, seuraavat vastaukset pääsevät perille."
    ),
    digest_automatic_subject=Count("1 automaattinen viesti odottaa", "{n} automaattista viestiä odottaa"),
    digest_automatic_heading=Count(
        "1 automaattista viestiä ei ole vielä lähetetty", "{n} automaattista viestiä on lähettämättä"
    ),
    digest_automatic_lead=(
        "Ne lähetti järjestelmä eikä ihminen, joten niistä ei ole kerrottu muille. Ne odottavat päätöstä, eikä kukaan "
        "ole vielä saanut niitä."
    ),
    waiting="Nämä odottavat",
    digest_mend=(
        "Jos haluat korjata vastaukset, tee se asiakaspalvelujärjestelmässä ja lähetä ne uudelleen. Uudet "
        "vastaukset tarkistetaan alusta alkaen, ja täällä odottavat voi hylätä."
    ),
    until="Määräaika",
    more_holds=Count("… ja vielä 1", "… ja vielä {n}"),
    list_holds="näytä ne kaikki",
    returned_mend=Facing(
        agent=(
            "Korjaa vastaus asiakaspalvelujärjestelmässä ja lähetä se uudelleen. Uusi vastaus tarkistetaan alusta "
            "alkaen."
        ),
        other=(
            "Vastauksen kirjoittaja korjaa sen asiakaspalvelujärjestelmässä ja lähettää uudelleen. Uusi vastaus "
            "tarkistetaan alusta alkaen."
        ),
        automatic="Korjaa mallipohja tai asetus, josta nämä viestit syntyvät, ja lähetä viesti uudelleen.",
    ),
    original="Alkuperäinen vastaus",
    returned_kept="Saate säilyttää sen {date} asti. Tarkastaja voi katsoa sitä.",
    answer_heading="Mitä viestillesi tapahtui",
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
