"""Lines that belong together and become one Markdown text."""

from dataclasses import dataclass, field

from andante.content.document import Place
from andante.content.parsing.text import Line


@dataclass
class Paragraph:
    """Collects the lines of a text and remembers where its first one stands."""

    place: Place | None = None
    parts: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.place is not None

    @property
    def open(self) -> bool:
        """Whether the last line has words, so that the next one can go on with them."""
        return bool(self.parts) and bool(self.parts[-1].strip())

    def add(self, line: Line, text: str) -> None:
        """Append a line; blank ones before the first are left out."""
        if self.place is None and not text.strip():
            return
        self.place = self.place or line.place()
        self.parts.append(text)

    @property
    def text(self) -> str:
        """The lines as one text, without blank ones at its end."""
        return "\n".join(self.parts).rstrip()


def unquoted(text: str) -> str:
    """A line of a quotation without its mark."""
    return text.removeprefix(">").removeprefix(" ").rstrip()
