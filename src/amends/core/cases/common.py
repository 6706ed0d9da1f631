"""Rows that every kind of case has: claims, notes, talk, calls for help, and money that is on its way (ST-7, SO-24, MO-3)."""

from amends.core import calls
from amends.core import effects as e
from amends.core import rules as r
from amends.core import rules_marks as rm
from amends.core.actor import Party
from amends.core.machine import Choice, Step
from amends.core.verbs import desk as d
from amends.core.verbs import marks
from amends.core.verbs import outside as o

BUYER, MERCHANT, PLATFORM, CLOCK, CARRIER, PROVIDER = (
    (Party.BUYER,), (Party.MERCHANT,), (Party.PLATFORM,), (Party.CLOCK,), (Party.CARRIER,), (Party.PROVIDER,),
)
EITHER = (Party.BUYER, Party.MERCHANT)


def stays(name: str) -> tuple[Step, ...]:
    """What leaves an open case where it is: claims, notes, talk, calls for help, alerts."""
    return (
        Step(d.Claim, MERCHANT, name, (r.claimed_by_nobody_else,), (), (e.note_claim,)),
        Step(d.Release, MERCHANT, name, (r.claimed_by_oneself,), (), (e.note_release,)),
        Step(d.Assign, MERCHANT, name, (r.person_is_staff,), (), (e.note_assignment,)),
        Step(d.Note, MERCHANT, name),
        Step(d.Say, EITHER, name, (r.photos_are_known,), (e.tell_both,)),
        Step(d.CallPlatform, MERCHANT, name, (calls.cause_fits, r.photos_are_known), (e.tell_platform,), (calls.note_call,)),
        *calls.answered(name),
        Step(d.SetPriority, MERCHANT, name, (), (), (e.note_priority,)),
        Step(marks.MarkUnreasonable, MERCHANT, name, (rm.marked_once, rm.other_is_said), (), (rm.note_mark,)),
        Step(d.RaiseAlert, (Party.CLOCK, Party.MERCHANT), name, (r.no_open_alert,), (), (e.note_alert,)),
        Step(d.AcknowledgeAlert, MERCHANT, name, (r.has_alert,), (), (e.close_alert,)),
    )


def pays(name: str, moved_to: str | Choice | None = None) -> tuple[Step, ...]:
    """Where money may have been granted: the provider, or finance by hand, says that it moved; what failed is asked again (MO-3, SO-35).

    `moved_to`: where a moved request leads; the case stays where it is when none is given.
    """
    to = moved_to or name
    return (
        Step(d.RecordTransfer, MERCHANT, to, (r.request_waits, r.request_is_by_hand), (e.tell_buyer,), (e.note_transfer,)),
        Step(o.RefundMoved, PROVIDER, to, (r.request_waits, r.request_has_not_failed), (e.tell_buyer,), (e.note_transfer,)),
        Step(o.RefundFailed, PROVIDER, name, (r.request_waits, r.request_has_not_failed), (e.tell_merchant,), (e.note_failure,)),
        Step(o.RetryRefund, MERCHANT, name, (r.request_failed,)),
    )
