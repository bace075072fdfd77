"""English."""

from __future__ import annotations

from gateway.phrases.model import Count, Facing, Phrases

ENGLISH = Phrases(
    language="en",
    held_subject=Facing(
        agent="Your reply is waiting: {title}",
        other="A reply is waiting: {title}",
        automatic="An automatic mail is waiting: {title}",
    ),
    held_heading=Facing(
        agent="Your reply has not been sent yet",
        other="A reply has not been sent yet",
        automatic="An automatic mail has not been sent yet",
    ),
    held_lead=Facing(
        agent=(
            "We noticed something in it that you may want to put right before your customer sees it. The reply "
            "is safe and waits for a decision. Nobody has received it yet."
        ),
        other=(
            "We noticed something in it that is better put right before the customer sees it. The reply is safe "
            "and waits for a decision. Nobody has received it yet."
        ),
        automatic=(
            "We noticed something in it that is better put right before the customer sees it. The mail is safe "
            "and waits for a decision. Nobody has received it yet."
        ),
    ),
    told_instead="We could not reach the person who wrote it, so we are telling you.",
    told_of_machine="It was sent by a system, not by a person, so we are telling you.",
    subject="Subject",
    sender="From",
    recipient="To",
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
    mend="What you can do",
    next="What happens next",
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
    release_by_agent="If it is fine as it stands, ask for it to be released. It then goes out unchanged.",
    release_by_reviewer="If it is fine as it stands, a reviewer can release it. It then goes out unchanged.",
    nothing_happens="Until somebody decides, nothing is sent and nothing is deleted.",
    commands="For whoever looks after Saate, on its server:",
    show="look at it",
    release="send it as it is",
    discard="do not send it",
    digest_subject=Count("1 more reply is waiting", "{n} more replies are waiting"),
    digest_heading=Count("1 more reply has not been sent yet", "{n} more replies have not been sent yet"),
    digest_lead=(
        "Many replies were held within a short time, so the rest of them come to you in this one list. They are "
        "safe and wait for a decision."
    ),
    digest_cause=(
        "So many at once often share one cause: a template, a signature or a setting. Put that right, and the "
        "replies to come are free of it."
    ),
    waiting="What is waiting",
    digest_mend=(
        "To put them right, correct the replies in your helpdesk and send them again. The new ones are "
        "checked afresh, and those that wait here can be discarded."
    ),
    more_holds=Count("… and 1 more", "… and {n} more"),
    list_holds="list them all",
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
