"""All talks through all systems, in rounds: what any of them still needs is generated together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.engine import Prompt
from assistant.proof.systems import Given, Missing, System
from assistant.proof.talks import Shown, Talk, session_of
from assistant.proof.voices import Voice
from assistant.session import Session


@dataclass
class _Run:
    """One talk through one system, as far as it has come."""

    system: System
    talk: Talk
    session: Session
    given: list[Given] = field(default_factory=list)

    def go_on(self) -> Missing | None:
        """As many questions as can be answered; what the next one needs, or None at the end."""
        for ask in self.talk.asks[len(self.given) :]:
            try:
                self.given.append(self.system.ask(self.session, ask.text, ask.language))
            except Missing as missing:
                return missing
        return None


Answers = dict[str, dict[str, tuple[Given, ...]]]  # system -> talk name -> an answer a question


def drive(systems: Sequence[System], talks: Sequence[Talk], shown: Mapping[str, Shown]) -> Answers:
    """Every system's answers to every talk, each with a history of its own."""
    runs = [_Run(system, talk, session_of(talk, shown)) for system in systems for talk in talks]
    waiting, number = runs, 1
    while waiting:
        missing = [(run, found) for run in waiting if (found := run.go_on()) is not None]
        wanted: dict[tuple[Voice, int], list[Prompt]] = {}
        for _, one in missing:
            wanted.setdefault((one.voice, one.limit), []).append(one.prompt)
        for (voice, limit), prompts in wanted.items():
            voice.answer(prompts, f"round {number}", limit)
        waiting, number = [run for run, _ in missing], number + 1
    answers: Answers = {system.name: {} for system in systems}
    for run in runs:
        answers[run.system.name][run.talk.name] = tuple(run.given)
    return answers
