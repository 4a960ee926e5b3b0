"""The few errors that a reader sees; each carries a catalogue key, to be said in any language."""

from vision.catalogue import Language, say


class OphError(Exception):
    """Something a person can act on: `key` names a catalogue sentence, `values` fill it in."""

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(say(key, "en", **values))

    def text(self, language: Language) -> str:
        """The sentence for the reader: what is wrong and what to do."""
        return say(self.key, language, **self.values)


class InputError(OphError):
    """The file, image or text that was given cannot be used."""


class ModelError(OphError):
    """A model's files are missing, altered or do not fit, or a model failed while running."""


class ResourceError(OphError):
    """The machine lacks something: disk, memory, a free port, the network during set-up."""
