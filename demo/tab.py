"""What a tab of the page beside the conversation is made of."""

from typing import TYPE_CHECKING, Any, Protocol

from demo.views import View
from demo.visit import Visit

if TYPE_CHECKING:
    from demo.app import Page


class Tab(Protocol):
    """Its label is the catalogue's `demo.tab.NAME`; its parts bear names that begin with NAME_."""

    name: str

    def lay_out(self, parts: dict[str, Any]) -> None:
        """Make the components and put those that views name into `parts`."""

    def wire(self, page: "Page") -> None:
        """Say which event calls which handler, with `page.on`."""

    def everything(self, visit: Visit) -> View:
        """All of it in the visit's language, when the page opens or the language changes."""
