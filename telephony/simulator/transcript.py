"""What of a document is heard, and what can only be said about it: a tone, a ringing, a queue."""

from telephony.simulator import twiml
from telephony.simulator.store import Speaker


def lines(step: twiml.Step) -> list[tuple[Speaker, str]]:
    """What of a step is heard, or can be said about it, and who says it."""
    if isinstance(step, twiml.Gather):
        return [line for prompt in step.prompts for line in lines(prompt)]
    if isinstance(step, twiml.Say):
        return [(Speaker.LINE, step.words)]
    remark = _remark(step)
    return [(Speaker.SIMULATOR, remark)] if remark else []


def _remark(step: twiml.Step) -> str | None:
    match step:
        case twiml.Play():
            return "A recording is played."
        case twiml.Record():
            return "A tone: the line now records what you say."
        case twiml.Dial(whom=whom):
            return f"The line rings {whom}."
        case twiml.Enqueue(queue=queue):
            return f"You wait for a person in the queue “{queue}”."
        case _:
            return None
