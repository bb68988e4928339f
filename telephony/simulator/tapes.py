"""The provider's recordings in the demo: nobody speaks into the simulator, so every tape is a short hum."""

import io
import math
import wave

from scheduling.cases.voicemails import Sound

RATE, SECONDS, PITCH, LOUDNESS = 8_000, 1, 220, 8_000


class SimulatorTapes:
    """Has every recording that it is asked for, and keeps none."""

    def fetch(self, recording_id: str) -> Sound:  # noqa: ARG002 - as Twilio's
        """A second of sound."""
        return Sound(media_type="audio/wav", content=_hum())

    def remove(self, recording_id: str) -> None:
        """There is nothing to delete."""


def _hum() -> bytes:
    samples = (int(LOUDNESS * math.sin(2 * math.pi * PITCH * at / RATE)) for at in range(RATE * SECONDS))
    kept = io.BytesIO()
    with wave.open(kept, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))
    return kept.getvalue()
