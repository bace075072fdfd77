"""Swedish. The reader is *du*."""

from __future__ import annotations

from gateway.phrases.model import Count, Facing, Opening, Phrases, Times

SWEDISH = Phrases(
    language="sv",
    times=Times(
        days_on=("måndagen", "tisdagen", "onsdagen", "torsdagen", "fredagen", "lördagen", "söndagen"),
        days_until=("måndagen", "tisdagen", "onsdagen", "torsdagen", "fredagen", "lördagen", "söndagen"),
        months=(
            *("januari", "februari", "mars", "april", "maj", "juni", "juli"),
            *("augusti", "september", "oktober", "november", "december"),
        ),
        moment="{weekday} den {day} {month} kl. {hour}.{minute}",
        date="den {day} {month} {year}",
    ),
    held=Opening(
        subject=Facing(
            agent="Ditt svar väntar: {title}",
            other="Ett svar väntar: {title}",
            automatic="Ett automatiskt mejl väntar: {title}",
        ),
        heading=Facing(
            agent="Ditt svar har inte skickats än",
            other="Ett svar har inte skickats än",
            automatic="Ett automatiskt mejl har inte skickats än",
        ),
        lead=Facing(
            agent=(
                "Vi lade märke till något som du kanske vill rätta till innan kunden ser det. Ingen har fått svaret än."
            ),
            other="Vi lade märke till något som är bra att rätta till innan kunden ser det. Ingen har fått svaret än.",
            automatic=(
                "Vi lade märke till något som är bra att rätta till innan kunden ser det. Ingen har fått mejlet än."
            ),
        ),
    ),
    reminder=Opening(
        subject=Facing(
            agent="Påminnelse: ditt svar väntar fortfarande",
            other="Påminnelse: ett svar väntar fortfarande",
            automatic="Påminnelse: ett automatiskt mejl väntar fortfarande",
        ),
        heading=Facing(
            agent="Ditt svar väntar fortfarande",
            other="Ett svar väntar fortfarande",
            automatic="Ett automatiskt mejl väntar fortfarande",
        ),
        lead=Facing(
            agent="Det stoppades {since} och inget är bestämt om det. Kunden har inte fått något svar än.",
            other="Det stoppades {since} och inget är bestämt om det. Kunden har inte fått något svar än.",
            automatic="Det stoppades {since} och inget är bestämt om det. Ingen har fått det än.",
        ),
    ),
    escalation=Opening(
        subject=Facing(
            agent="Ditt svar väntar på beslut: {title}",
            other="Ett svar väntar på ditt beslut: {title}",
            automatic="Ett automatiskt mejl väntar på ditt beslut: {title}",
        ),
        heading=Facing(
            agent="Ditt svar väntar på beslut",
            other="Ett svar väntar på ditt beslut",
            automatic="Ett automatiskt mejl väntar på ditt beslut",
        ),
        lead=Facing(
            agent="Det stoppades {since} och ingen har fattat något beslut. Kunden har inte fått något svar än.",
            other="Det stoppades {since} och ingen har fattat något beslut. Kunden har inte fått något svar än.",
            automatic="Det stoppades {since} och ingen har fattat något beslut. Ingen har fått det än.",
        ),
    ),
    request=Opening(
        subject=Facing(
            agent="Någon ber att ditt svar släpps: {title}",
            other="Titta på ett svar: {title}",
            automatic="Titta på ett automatiskt mejl: {title}",
        ),
        heading=Facing(
            agent="Någon ber att ditt svar släpps",
            other="Någon ber dig att släppa ett svar",
            automatic="Någon ber dig att släppa ett automatiskt mejl",
        ),
        lead=Facing(
            agent="{who} ber att det släpps. Skälet:",
            other="{who} ber att det släpps. Skälet:",
            automatic="{who} ber att det släpps. Skälet:",
        ),
    ),
    returned=Opening(
        subject=Facing(
            agent="Ditt svar skickades inte: {title}",
            other="Ett svar skickades inte: {title}",
            automatic="Ett automatiskt mejl skickades inte: {title}",
        ),
        heading=Facing(
            agent="Ditt svar skickades inte",
            other="Ett svar skickades inte",
            automatic="Ett automatiskt mejl skickades inte",
        ),
        lead=Facing(
            agent="Ingen fattade något beslut i tid, därför kommer det tillbaka till dig. Kunden har inte fått det.",
            other="Ingen fattade något beslut i tid. Kunden har inte fått det.",
            automatic="Ingen fattade något beslut i tid. Det har inte skickats till någon.",
        ),
    ),
    told_instead="Vi nådde inte den som skrev svaret, därför berättar vi det för dig.",
    told_of_machine="Det skickades av ett system och inte av en människa, därför berättar vi det för dig.",
    subject="Ämne",
    sender="Från",
    recipient="Till",
    agent="Skrivet av",
    ticket="Ärende",
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
    mend="Så kan det rättas till",
    fixed={
        "greeting": "Förslag: börja så här",
        "blank-password": "Förslag: ta bort lösenordet",
        "cover-note": "Förslag: säg vad som är bifogat",
        "dump-list": "Förslag: en kort lista i stället",
    },
    fixed_away="(tas bort)",
    fill_in="Det som står i dubbla hakparenteser fyller du i själv.",
    decide="Du kan fatta beslut fram till {by}. Sedan kommer svaret tillbaka till dig utan att ha skickats.",
    decide_reviewer=Facing(
        agent=(
            "En granskare kan släppa det fram till {by}. Sedan kommer svaret tillbaka till dig utan att ha skickats."
        ),
        other=(
            "Det kan släppas fram till {by}. Sedan går svaret tillbaka till den som skrev det utan att ha skickats."
        ),
        automatic="Det kan släppas fram till {by}. Sedan förblir det oskickat.",
    ),
    decide_or_sent=Facing(
        agent="Om ingen har bestämt sig senast {by} skickas ditt svar som det är.",
        other="Om ingen har bestämt sig senast {by} skickas svaret som det är.",
        automatic="Om ingen har bestämt sig senast {by} skickas mejlet som det är.",
    ),
    next="Det här kan du göra nu",
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
    release_may="Om svaret är bra som det är, släpp det och ange varför. Då går det i väg oförändrat.",
    release_ask="Om svaret är bra som det är, be en granskare att släppa det. Då går det i väg oförändrat.",
    commands="På kommandoraden, på Saates server:",
    orders="Svara på det här mejlet med en av de här raderna:",
    reason="skäl",
    fix="för in förslagen",
    fix_and_send="för in förslagen och skicka, om inget annat stoppar det",
    show="titta på det",
    release="skicka som det är",
    release_each="skicka som det är, med ett skäl för varje punkt",
    discard="skicka inte",
    ask="be en granskare att skicka",
    digest_subject=Count("1 svar till väntar", "{n} svar till väntar"),
    digest_heading=Count("1 svar till har inte skickats än", "{n} svar till har inte skickats än"),
    digest_lead=(
        "Många svar stoppades på kort tid, därför får du resten i den här listan. De väntar på beslut och ingen har "
        "fått dem än."
    ),
    digest_cause=(
        "När så många stoppas på en gång är orsaken ofta gemensam: en mall, en signatur eller en inställning. "
        "Rätta den, så går de kommande svaren fram."
    ),
    digest_automatic_subject=Count("1 automatiskt mejl väntar", "{n} automatiska mejl väntar"),
    digest_automatic_heading=Count(
        "1 automatiskt mejl har inte skickats än", "{n} automatiska mejl har inte skickats än"
    ),
    digest_automatic_lead=(
        "De skickades av system och inte av människor, därför har ingen annan fått veta det. De väntar på beslut och "
        "ingen har fått dem än."
    ),
    waiting="De här väntar",
    digest_mend=(
        "Vill du rätta svaren, gör det i ert ärendesystem och skicka dem igen. De nya svaren granskas från "
        "början, och de som väntar här kan kastas."
    ),
    until="Beslut senast",
    more_holds=Count("… och 1 till", "… och {n} till"),
    list_holds="visa alla",
    returned_mend=Facing(
        agent="Rätta svaret i ert ärendesystem och skicka det igen. Det nya svaret granskas från början.",
        other=(
            "Den som skrev svaret rättar det i ärendesystemet och skickar det igen. Det nya svaret granskas från "
            "början."
        ),
        automatic="Rätta mallen eller inställningen som de här mejlen kommer ur och skicka mejlet igen.",
    ),
    original="Själva svaret",
    returned_kept="Saate har det kvar till {date}. En granskare kan titta på det.",
    answer_heading="Vad som hände med ditt meddelande",
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
