"""English."""

from __future__ import annotations

from gateway.phrases.model import Count, Facing, Opening, Phrases, Times

ENGLISH = Phrases(
    language="en",
    times=Times(
        days_on=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        days_until=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        months=(
            *("January", "February", "March", "April", "May", "June", "July"),
            *("August", "September", "October", "November", "December"),
        ),
        moment="{weekday} {day} {month}, {hour}:{minute}",
        date="{day} {month} {year}",
    ),
    held=Opening(
        subject=Facing(
            agent="Your reply is waiting: {title}",
            other="A reply is waiting: {title}",
            automatic="An automatic mail is waiting: {title}",
        ),
        heading=Facing(
            agent="Your reply has not been sent yet",
            other="A reply has not been sent yet",
            automatic="An automatic mail has not been sent yet",
        ),
        lead=Facing(
            agent=(
                "We noticed something in it that you may want to put right before your customer sees it. Nobody has "
                "received the reply yet."
            ),
            other=(
                "We noticed something in it that is better put right before the customer sees it. Nobody has received "
                "the reply yet."
            ),
            automatic=(
                "We noticed something in it that is better put right before the customer sees it. Nobody has received "
                "the mail yet."
            ),
        ),
    ),
    reminder=Opening(
        subject=Facing(
            agent="Reminder: your reply is still waiting",
            other="Reminder: a reply is still waiting",
            automatic="Reminder: an automatic mail is still waiting",
        ),
        heading=Facing(
            agent="Your reply is still waiting",
            other="A reply is still waiting",
            automatic="An automatic mail is still waiting",
        ),
        lead=Facing(
            agent="It was held on {since}, and nothing has been decided about it. Your customer has no reply yet.",
            other="It was held on {since}, and nothing has been decided about it. The customer has no reply yet.",
            automatic="It was held on {since}, and nothing has been decided about it. Nobody has received it yet.",
        ),
    ),
    escalation=Opening(
        subject=Facing(
            agent="Your reply needs a decision: {title}",
            other="A reply needs your decision: {title}",
            automatic="An automatic mail needs your decision: {title}",
        ),
        heading=Facing(
            agent="Your reply needs a decision",
            other="A reply needs your decision",
            automatic="An automatic mail needs your decision",
        ),
        lead=Facing(
            agent="It was held on {since}, and nobody has decided about it. Your customer has no reply yet.",
            other="It was held on {since}, and nobody has decided about it. The customer has no reply yet.",
            automatic="It was held on {since}, and nobody has decided about it. Nobody has received it yet.",
        ),
    ),
    request=Opening(
        subject=Facing(
            agent="Your reply is to be released: {title}",
            other="Please look at a reply: {title}",
            automatic="Please look at an automatic mail: {title}",
        ),
        heading=Facing(
            agent="Somebody asks for your reply to be released",
            other="Somebody asks you to release a reply",
            automatic="Somebody asks you to release an automatic mail",
        ),
        lead=Facing(
            agent="{who} asks for it to be released. The reason given:",
            other="{who} asks for it to be released. The reason given:",
            automatic="{who} asks for it to be released. The reason given:",
        ),
    ),
    returned=Opening(
        subject=Facing(
            agent="Your reply was not sent: {title}",
            other="A reply was not sent: {title}",
            automatic="An automatic mail was not sent: {title}",
        ),
        heading=Facing(
            agent="Your reply was not sent and is yours again",
            other="A reply was not sent",
            automatic="An automatic mail was not sent",
        ),
        lead=Facing(
            agent="Nobody decided about it in time, so it comes back to you. Your customer has not received it.",
            other="Nobody decided about it in time. The customer has not received it.",
            automatic="Nobody decided about it in time. It has not been sent to anybody.",
        ),
    ),
    told_instead="We could not reach the person who wrote it, so we are telling you.",
    told_of_machine="It was sent by a system, not by a person, so we are telling you.",
    subject="Subject",
    sender="From",
    recipient="To",
    agent="Written by",
    ticket="Ticket",
    hold="Id",
    and_more=Count("and 1 more", "and {n} more"),
    no_subject="(no subject)",
    found="What we found",
    found_short="Found",
    also_found="We also noticed",
    also_found_note="This alone would not have stopped the reply.",
    in_subject="In the subject",
    in_field="In the header field {name}",
    in_line="Line {line}",
    in_line_of_part="Line {line}, part {part}",
    in_part="Part {part}",
    more_places=Count("… and 1 more place", "… and {n} more places"),
    why="Why it matters",
    mend="How to put it right",
    fixed={
        "greeting": "Suggestion: begin like this",
        "blank-password": "Suggestion: take the password out",
        "cover-note": "Suggestion: say what is attached",
        "dump-list": "Suggestion: a short list instead",
    },
    fixed_away="(taken out)",
    fill_in="What stands in double brackets is for you to write.",
    decide="You can decide until {by}. After that it comes back to you unsent.",
    decide_reviewer=Facing(
        agent="A reviewer can release it until {by}. After that it comes back to you unsent.",
        other="It can be released until {by}. After that it goes back unsent to whoever wrote it.",
        automatic="It can be released until {by}. After that it stays unsent.",
    ),
    decide_or_sent=Facing(
        agent="Unless somebody decides by {by}, your reply goes out as it is.",
        other="Unless somebody decides by {by}, the reply goes out as it is.",
        automatic="Unless somebody decides by {by}, the mail goes out as it is.",
    ),
    next="What you can do now",
    mend_and_resend=Facing(
        agent=(
            "To put it right, correct the reply in your helpdesk and send it again. The new one is checked "
            "afresh, and the one that waits here can be discarded."
        ),
        other=(
            "To put it right, whoever wrote the reply corrects it in the helpdesk and sends it again. The new "
            "one is checked afresh, and the one that waits here can be discarded."
        ),
        automatic=(
            "To put it right, mend the template or the setting that makes these mails and have it sent again. "
            "The new one is checked afresh, and the one that waits here can be discarded."
        ),
    ),
    release_may="If it is fine as it stands, release it and say why. It then goes out unchanged.",
    release_ask="If it is fine as it stands, ask a reviewer to release it. It then goes out unchanged.",
    commands="With the command line, on Saate’s server:",
    orders="Answer this mail with one of these lines:",
    reason="reason",
    fix="put the suggestions into it",
    fix_and_send="put the suggestions into it, and send it if nothing else holds it",
    show="look at it",
    release="send it as it is",
    release_each="send it as it is, with a reason for each finding",
    discard="do not send it",
    ask="ask a reviewer to send it",
    digest_subject=Count("1 more reply is waiting", "{n} more replies are waiting"),
    digest_heading=Count("1 more reply has not been sent yet", "{n} more replies have not been sent yet"),
    digest_lead=(
        "Many replies were held within a short time, so the rest of them come to you in this one list. They wait for a "
        "decision. Nobody has received them yet."
    ),
    digest_cause=(
        "So many at once often share one cause: a template, a signature or a setting. Put that right, and the "
        "replies to come are free of it."
    ),
    digest_automatic_subject=Count("1 automatic mail is waiting", "{n} automatic mails are waiting"),
    digest_automatic_heading=Count(
        "1 automatic mail has not been sent yet", "{n} automatic mails have not been sent yet"
    ),
    digest_automatic_lead=(
        "They were sent by systems, not by people, so nobody else has been told of them. They wait for a decision. "
        "Nobody has received them yet."
    ),
    waiting="What is waiting",
    digest_mend=(
        "To put them right, correct the replies in your helpdesk and send them again. The new ones are "
        "checked afresh, and those that wait here can be discarded."
    ),
    until="Decide by",
    more_holds=Count("… and 1 more", "… and {n} more"),
    list_holds="list them all",
    returned_mend=Facing(
        agent="Correct the reply in your helpdesk and send it again. The new one is checked afresh.",
        other="Whoever wrote the reply corrects it in the helpdesk and sends it again. The new one is checked afresh.",
        automatic="Mend the template or the setting that makes these mails, and have the mail sent again.",
    ),
    original="The reply itself",
    returned_kept="Saate keeps the reply as it was until {date}. A reviewer can look at it.",
    answer_heading="What became of your message",
    bounce_heading=Facing(
        agent="Your reply could not be delivered",
        other="A released reply could not be delivered",
        automatic="A released automatic mail could not be delivered",
    ),
    bounce_lead=Count(
        "It was released, but the next mail server did not take it for this address:",
        "It was released, but the next mail server did not take it for these addresses:",
    ),
    bounce_partly="The other recipients have received it.",
    said="The server's answer",
    bounce_mend="Check the address, correct it in your helpdesk and send the reply again.",
    bounce_kept="Saate still has the reply, under the id above.",
    report_failed="Your mail could not be delivered",
    report_relayed="Your mail was passed on",
    report_lead="This is about your mail “{subject}”, which Saate held for a while under the id {hold}.",
    report_kept="The lines under each address are what the receiving server said. Saate does not try again.",
    report_passed_on="It went to a server that gives no report of its own.",
    about="Saate on {hostname} reads outgoing replies, so that slips are caught before the customer sees them.",
    no_answer="There is no need to answer this note.",
    questions="Questions? Write to {fallback}.",
)
