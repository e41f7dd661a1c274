"""What is said of files, words and places that were sent beside the question: that they are here, and where."""

from collections.abc import Sequence

from bot.i18n import _, n_
from bot.incoming import Incoming


def received(incoming: Incoming, kinds: Sequence[str]) -> str:
    """That the files of a message are here, with how many there are now; ``kinds`` are those of all of them."""
    kind, count = str(incoming.files[0]["kind"]), len(kinds)
    if kind == "photo" and set(kinds) == {"photo"}:
        said = n_("Photo received, {n} in all.", "Photo received, {n} in all.", count)
        return said.format(n=count)
    said = n_("{what} received, {n} file in all.", "{what} received, {n} files in all.", count)
    return said.format(what=name_of(kind), n=count)


def name_of(kind: str) -> str:
    """What people call a kind of file, at the beginning of a sentence."""
    names = {
        "photo": _("Photo"),
        "voice": _("Voice message"),
        "video": _("Video"),
        "video_note": _("Video"),
    }
    return names.get(kind) or _("File")


def what_came(incoming: Incoming) -> str:
    """What a message is, at the beginning of a sentence."""
    if incoming.files:
        return name_of(str(incoming.files[0]["kind"]))
    return _("Location") if incoming.place else _("Message")
