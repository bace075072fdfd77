"""Swedish. The reader is *du*."""

from __future__ import annotations

from gateway.phrases.model import Count, Facing, Phrases

SWEDISH = Phrases(
    language="sv",
    held_subject=Facing(
        agent="Ditt svar väntar: {title}",
        other="Ett svar väntar: {title}",
        automatic="Ett automatiskt mejl väntar: {title}",
    ),
    held_heading=Facing(
        agent="Ditt svar har inte skickats än",
        other="Ett svar har inte skickats än",
        automatic="Ett automatiskt mejl har inte skickats än",
    ),
    held_lead=Facing(
        agent=(
            "Vi lade märke till något som du kanske vill rätta till innan kunden ser det. Svaret finns i säkert "
            "förvar och väntar på ett beslut. Ingen har fått det än."
        ),
        other=(
            "Vi lade märke till något som är bra att rätta till innan kunden ser det. Svaret finns i säkert "
            "förvar och väntar på ett beslut. Ingen har fått det än."
        ),
        automatic=(
            "Vi lade märke till något som är bra att rätta till innan kunden ser det. Mejlet finns i säkert "
            "förvar och väntar på ett beslut. Ingen har fått det än."
        ),
    ),
    told_instead="Vi nådde inte den som skrev svaret, därför berättar vi det för dig.",
    told_of_machine="Det skickades av ett system och inte av en människa, därför berättar vi det för dig.",
    subject="Ämne",
    sender="Från",
    recipient="Till",
    hold="Id",
    and_more=Count("och 1 till", "och {n} till"),
    no_subject="(inget ämne)",
    found="Det här hittade vi",
    found_short="Orsak",
    also_found="Vi lade också märke till",
    also_found_note="Enbart det här hade inte stoppat svaret.",
    in_subject="På ämnesraden",
    in_field="I brevhuvudets fält {name}",
    in_line="Rad {line}",
    in_line_of_part="Rad {line}, del {part}",
    in_part="Del {part}",
    more_places=Count("… och 1 ställe till", "… och {n} ställen till"),
    why="Varför det spelar roll",
    mend="Vad du kan göra",
    next="Vad som händer nu",
    mend_and_resend=Facing(
        agent=(
            "Vill du rätta svaret, gör det i ert ärendesystem och skicka det igen. Det nya svaret granskas "
            "från början, och det som väntar här kan kastas."
        ),
        other=(
            "Den som skrev svaret kan rätta det i ärendesystemet och skicka det igen. Det nya svaret granskas "
            "från början, och det som väntar här kan kastas."
        ),
        automatic=(
            "Rätta mallen eller inställningen som de här mejlen kommer ur och skicka mejlet igen. Det nya "
            "granskas från början, och det som väntar här kan kastas."
        ),
    ),
    release_by_agent="Om svaret är bra som det är, be att det släpps. Då går det i väg oförändrat.",
    release_by_reviewer="Om svaret är bra som det är kan en granskare släppa det. Då går det i väg oförändrat.",
    nothing_happens="Tills någon har bestämt sig skickas ingenting och raderas ingenting.",
    commands="För den som sköter Saate, på servern:",
    show="titta på det",
    release="skicka som det är",
    discard="skicka inte",
    digest_subject=Count("1 svar till väntar", "{n} svar till väntar"),
    digest_heading=Count("1 svar till har inte skickats än", "{n} svar till har inte skickats än"),
    digest_lead=(
        "Många svar stoppades på kort tid, därför får du resten i den här listan. De finns i säkert förvar och "
        "väntar på ett beslut."
    ),
    digest_cause=(
        "När så många stoppas på en gång är orsaken ofta gemensam: en mall, en signatur eller en inställning. "
        "Rätta den, så går de kommande svaren fram."
    ),
    waiting="De här väntar",
    digest_mend=(
        "Vill du rätta svaren, gör det i ert ärendesystem och skicka dem igen. De nya svaren granskas från "
        "början, och de som väntar här kan kastas."
    ),
    more_holds=Count("… och 1 till", "… och {n} till"),
    list_holds="visa alla",
    bounce_heading=Facing(
        agent="Ditt svar kunde inte levereras",
        other="Ett släppt svar kunde inte levereras",
        automatic="Ett släppt automatiskt mejl kunde inte levereras",
    ),
    bounce_lead=Count(
        "Det släpptes, men nästa e-postserver tog inte emot det för den här adressen:",
        "Det släpptes, men nästa e-postserver tog inte emot det för de här adresserna:",
    ),
    bounce_partly="De andra mottagarna har fått det.",
    said="Serverns svar",
    bounce_mend="Kontrollera adressen, rätta den i ert ärendesystem och skicka svaret igen.",
    bounce_kept="Saate har svaret kvar, under id:t ovan.",
    report_failed="Ditt mejl kunde inte levereras",
    report_relayed="Ditt mejl har skickats vidare",
    report_lead="Det gäller ditt mejl ”{subject}”, som Saate höll kvar en tid under id:t {hold}.",
    report_kept="Under varje adress står vad den mottagande servern svarade. Saate försöker inte igen.",
    report_passed_on="Det gick till en server som inte själv rapporterar om leveransen.",
    about="Saate på {hostname} läser utgående svar, så att misstag fångas innan kunden ser dem.",
    no_answer="Du behöver inte svara på det här meddelandet.",
    questions="Frågor? Skriv till {fallback}.",
)
