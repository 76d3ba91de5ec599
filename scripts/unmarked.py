"""Names every sentence for a person that is not marked for translation, in templates and in code.

In a template a sentence is marked by `{% translate %}`, `{% blocktranslate %}` or `_("…")`; in code by `_()`, `ngettext()`
and their lazy kin. What is stored, what machines read and what operators read stays English: such files are left out
below, and a single line says so in a comment, `# English: ` and why.
"""

import ast
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Pages for developers, and what whoever wrote it sent.
TEMPLATES_LEFT_OUT = ("api/", "styleguide/", "letters/as_written", "account/email/", "mfa/messages")
READ_BY_PEOPLE = (
    "doors/shop",
    "doors/portal",
    "doors/desk",
    "ground",
    "accounts",
    "credits",
    "storefront",
    "refunds",
    "outbox",
)
# Operators' messages, statements of SQL, findings of the proof, documents and memos that are stored.
CODE_LEFT_OUT = re.compile(
    r"/(management|migrations)/|ground/(checks|rows|laws|guards|logs|limits|prepared)\.py|proofs?\.py|credits/wallets\.py|portal/verify\.py|/styleguide\.py|/replay\.py|/backtest\.py|/serial\.py"
)
MARKING = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "_lazy"}
FOR_DEVELOPERS = {
    "law",
    "given",
    "LawBroken",
    "ImproperlyConfigured",
    "CommandError",
    "compile",
    "RuntimeError",
    "ValueError",
}
FOR_DEVELOPERS |= {
    "TypeError",
    "AssertionError",
    "warn",
    "info",
    "warning",
    "error",
    "exception",
    "debug",
    "Error",
    "WrongLine",
    "execute",
}
SHOWN_BY_KEYWORD = {
    "label",
    "help_text",
    "title",
    "description",
    "empty_label",
    "sentence",
    "search_help_text",
}
SENTENCE = re.compile(r"^[^\w<]*[A-Z][\w’'-]*[,:]? [\w“(]|^[^<>{}/=]*[a-z] [a-z][^<>{}/=]*[.?:]$")
WORD = re.compile(r"[^\W\d_]{2,}")
SHOWN_ATTRIBUTES = {
    "alt",
    "title",
    "aria-label",
    "placeholder",
    "aria-description",
    "data-confirm",
    "data-label",
}
TAG = re.compile(r"{%-?\s*(\w+)(.*?)%}|{{(.*?)}}|{#.*?#}", re.DOTALL)
LITERAL = re.compile(r"""(_\()?(["'])([A-Z][^"']*[a-z][^"']*)\2""")
GAP = "\x1a"


class Text(HTMLParser):
    """The text that a page shows."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[int, str]] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"script", "style"}
        for name, value in attrs:
            if name in SHOWN_ATTRIBUTES and value:
                self.shown.append((self.getpos()[0], value))

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            line = self.getpos()[0]
            self.shown += [(line + place, text) for place, text in enumerate(data.split("\n"))]


def in_template(text: str, *, html: bool) -> Iterator[tuple[int, str]]:
    text = re.sub(r"{%-?\s*comment.*?endcomment\s*%}", _blank, text, flags=re.DOTALL)
    # Names of classes and the shapes of dates are no words.
    text = re.sub(r"{% block \w+_class %}.*?{% endblock %}", _blank, text)
    text = re.sub(r"""(\|date:)(["']).*?\2""", r"\1x", text)
    marked = re.compile(r"{%-?\s*(blocktranslate|blocktrans)\b.*?{%\s*end\1\s*%}", re.DOTALL)
    text = marked.sub(_blank, text)
    for tag in TAG.finditer(text):
        if tag[1] in {"translate", "trans", "load", "extends", "url", "static", "block"}:
            continue
        for literal in LITERAL.finditer(tag[2] or tag[3] or ""):
            if not literal[1]:
                yield text.count("\n", 0, tag.start()) + 1, literal[3]
    bare = TAG.sub(_blank, text)
    if html:
        reader = Text()
        reader.feed(bare)
        reader.close()
        shown = reader.shown
    else:
        shown = list(enumerate(bare.split("\n"), start=1))
    yield from ((line, words.replace(GAP, "").strip()) for line, words in shown if WORD.search(words))


def _blank(found: re.Match[str]) -> str:
    return GAP + "\n" * found[0].count("\n")


def in_code(source: str) -> Iterator[tuple[int, str]]:
    tree, lines = ast.parse(source), source.split("\n")
    for node in ast.walk(tree):
        for name, children in ast.iter_fields(node):
            for child in children if isinstance(children, list) else [children]:
                if isinstance(child, ast.AST):
                    child.parent, child.within = node, name  # type: ignore[attr-defined] # the way up
    for node in ast.walk(tree):
        words = _words(node)
        if words and not _excused(node) and "# English: " not in lines[node.end_lineno - 1]:  # type: ignore[attr-defined]
            yield node.lineno, words  # type: ignore[attr-defined] # a string stands on a line


def _words(node: ast.AST) -> str:
    """The words of a string that a person is likely to read."""
    parent = getattr(node, "parent", None)
    if isinstance(parent, ast.JoinedStr | ast.FormattedValue | ast.Expr):
        return ""
    if isinstance(node, ast.JoinedStr):
        words = "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)  # type: ignore[misc]
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        words = node.value
    else:
        return ""
    by_keyword = isinstance(parent, ast.keyword) and parent.arg in SHOWN_BY_KEYWORD and WORD.search(words)
    return words if by_keyword or (SENTENCE.search(words) and WORD.search(words)) else ""


def _excused(node: ast.AST) -> bool:
    while (parent := getattr(node, "parent", None)) is not None:
        if isinstance(parent, ast.Call):
            called = (
                parent.func.attr if isinstance(parent.func, ast.Attribute) else getattr(parent.func, "id", "")
            )
            if called in MARKING | FOR_DEVELOPERS:
                return True
        if isinstance(parent, ast.Subscript | ast.Assert) or (
            isinstance(parent, ast.arg | ast.AnnAssign) and node.within == "annotation"
        ):  # type: ignore[attr-defined]
            return True
        node = parent
    return False


def main(folders: list[str]) -> int:
    found = 0
    for path in sorted((ROOT / "templates").rglob("*")):
        name = str(path.relative_to(ROOT / "templates"))
        if path.suffix in {".html", ".txt"} and not name.startswith(TEMPLATES_LEFT_OUT):
            found += _tell(path, in_template(path.read_text(), html=path.suffix == ".html"), folders)
    for room in READ_BY_PEOPLE:
        for path in sorted((ROOT / room).rglob("*.py")):
            if not CODE_LEFT_OUT.search(str(path.relative_to(ROOT))):
                found += _tell(path, in_code(path.read_text()), folders)
    if found:
        print(f"{found} sentences are not marked for translation.")
    return 1 if found else 0


def _tell(path: Path, unmarked: Iterator[tuple[int, str]], folders: list[str]) -> int:
    name = str(path.relative_to(ROOT))
    if folders and not name.startswith(tuple(folders)):
        return 0
    lines = list(unmarked)
    for line, words in lines:
        print(f"{name}:{line}: {words[:100]!r}")
    return len(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
