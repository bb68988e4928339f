"""Mails as they come from the world: answers from Outlook, Gmail and Apple, reports of mail servers, people."""

import base64
from email.message import EmailMessage

UID = "b-7d0c@common-ground.example"
OFFICER = "olu@camden.example"

OUTLOOK_ZONE = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0700
TZOFFSETTO:-0800
END:STANDARD
END:VTIMEZONE
"""


def outlook(
    who: str = OFFICER, *, partstat: str = "ACCEPTED", uid: str = UID, sequence: int = 0, comment: str = ""
) -> bytes:
    """Exchange leaves ORGANIZER out, encodes in base64, folds the UID and describes a zone of its own making."""
    calendar = f"""BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
{OUTLOOK_ZONE}BEGIN:VEVENT
ATTENDEE;PARTSTAT={partstat};CN="Olu, the officer":MAILTO:{who.title()}
COMMENT;LANGUAGE=en-GB:{comment}\\n
UID:{uid[:9]}
 {uid[9:]}
SUMMARY;LANGUAGE=en-GB:Accepted: Meeting
DTSTART;TZID=Customized Time Zone:20261210T100000
DTEND;TZID=Customized Time Zone:20261210T120000
CLASS:PRIVATE
DTSTAMP:20261124T101500Z
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:{sequence}
X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY
END:VEVENT
END:VCALENDAR
"""
    encoded = base64.encodebytes(calendar.replace("\n", "\r\n").encode()).decode()
    return crlf(f"""From: "Olu, the officer" <{who.title()}>
To: Common Ground <meetings@common-ground.example>
Subject: Accepted: Meeting (reference 1234 5674)
Message-ID: <outlook-{partstat}-{sequence}-{who}>
Date: Tue, 24 Nov 2026 10:15:00 +0000
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="_000_LO"

--_000_LO
Content-Type: text/plain; charset="us-ascii"


--_000_LO
Content-Type: text/calendar; charset="utf-8"; method=REPLY
Content-Transfer-Encoding: base64

{encoded}
--_000_LO--
""")


def gmail(who: str, *, partstat: str = "DECLINED", uid: str = UID, sequence: int = 0) -> bytes:
    """Google answers three times in one mail: in words, as a page and as a calendar, and once more attached."""
    calendar = f"""BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20261210T100000Z
DTEND:20261210T120000Z
DTSTAMP:20261124T101500Z
ORGANIZER;CN=Common Ground:mailto:meetings@common-ground.example
UID:{uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};CN={who};X-NUM-GUESTS=0:mailto:{who}
SEQUENCE:{sequence}
STATUS:CONFIRMED
SUMMARY:Meeting
END:VEVENT
END:VCALENDAR
"""
    return crlf(f"""From: Sam <{who}>
Sender: Google Calendar <calendar-notification@google.com>
Reply-To: {who}
To: meetings@common-ground.example
Subject: =?UTF-8?Q?Declined=3A_Meeting_=40_Thu_10_Dec_2026_10am_=2D_midday_=28GMT=29?=
Message-ID: <gmail-{partstat}-{sequence}-{who}>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="g1"

--g1
Content-Type: multipart/alternative; boundary="g2"

--g2
Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes
Content-Transfer-Encoding: base64

{base64.b64encode(b"Sam has declined this invitation.").decode()}
--g2
Content-Type: text/calendar; charset="UTF-8"; method=REPLY
Content-Transfer-Encoding: 7bit

{calendar}
--g2--

--g1
Content-Type: application/ics; name="invite.ics"
Content-Disposition: attachment; filename="invite.ics"
Content-Transfer-Encoding: base64

{base64.encodebytes(calendar.encode()).decode()}
--g1--
""")


def apple(who: str, *, partstat: str = "TENTATIVE", uid: str = UID) -> bytes:
    """Apple Mail attaches the answer, in Latin-1 here, with no word in the body."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = who, "meetings@common-ground.example", f"<apple-{who}>"
    mail["Subject"] = "Re: Meeting"
    calendar = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nSEQUENCE:0\r\nATTENDEE;CN=Zo\xeb;PARTSTAT={partstat}:mailto:{who}\r\n"
        "ORGANIZER:mailto:meetings@common-ground.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    mail.set_content(calendar.encode("latin-1"), maintype="text", subtype="calendar", filename="iCal.ics")
    mail.replace_header("Content-Type", 'text/calendar; charset="iso-8859-1"; method=REPLY; name="iCal.ics"')
    return mail.as_bytes()


def counter(who: str = OFFICER, *, starts: str = ";TZID=GMT Standard Time:20261211T140000", sequence: int = 0) -> bytes:
    """Outlook's "propose new time", which sends the whole list of attendees back as it knew it."""
    return crlf(f"""From: {who}
To: meetings@common-ground.example
Subject: New Time Proposed: Meeting
Message-ID: <counter-{starts[-16:].strip(":")}-{who}>
MIME-Version: 1.0
Content-Type: text/calendar; charset="utf-8"; method=COUNTER

BEGIN:VCALENDAR
METHOD:COUNTER
VERSION:2.0
BEGIN:VTIMEZONE
TZID:GMT Standard Time
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0700
TZOFFSETTO:-0800
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT=TENTATIVE:mailto:{who}
UID:{UID}
DTSTART{starts}
SEQUENCE:{sequence}
X-MS-OLK-ORIGINALSTART;TZID=GMT Standard Time:20261210T100000
END:VEVENT
END:VCALENDAR
""")


def letter(
    who: str, *, subject: str = "About our meeting", said: str = "Can I bring my sister?", headers: str = ""
) -> bytes:
    return crlf(f"""From: {who}
To: meetings@common-ground.example
Subject: {subject}
Message-ID: <letter-{abs(hash((who, subject, said)))}@mail.example>
{headers}MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

{said}
""")


def bounce(token: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """A report as Postfix sends it, with the head of the mail that it gives back."""
    return crlf(f"""From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: meetings@common-ground.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <bounce-{action}-{token}@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example. The mail could not be delivered.
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Tue, 24 Nov 2026 10:00:05 +0000

Final-Recipient: rfc822; olu@camden.example
Original-Recipient: rfc822;olu@camden.example
Action: {action}
Status: {status}
Remote-MTA: dns; mx.camden.example
Diagnostic-Code: smtp; 550 5.1.1 <olu@camden.example>: Recipient address rejected

--b1
Content-Type: text/rfc822-headers

From: Common Ground <meetings@common-ground.example>
To: olu@camden.example
Message-ID: <{token}@common-ground.example>
--b1--
""")


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()
