"""HTML to PDF with the shipped font, and nothing from outside the project."""

import functools
from pathlib import Path
from urllib.parse import unquote, urlparse

from fontTools.ttLib import TTFont

try:
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
except OSError as missing_library:  # Pango is not installed: everything but papers runs.
    weasyprint, MISSING = None, str(missing_library)

FONTS = Path(__file__).parent / "fonts"
FONT = FONTS / "NotoSerifSC-subset.otf"
SYSTEM_FONTS = (
    Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"),
    Path("/usr/share/fonts/google-noto-serif-cjk-fonts/NotoSerifCJK-Regular.ttc"),
)


class PapersUnavailable(RuntimeError):
    """PDFs can't be made on this machine; the message has the one line that mends it."""


class MissingGlyphs(ValueError):
    """The text has characters that the font does not have: an empty box in a decision is worse than an error."""


@functools.cache
def _characters() -> frozenset[int]:
    with TTFont(FONT) as font:
        return frozenset(font.getBestCmap())


@functools.cache
def _system_characters() -> frozenset[int]:
    """What the system's Noto CJK adds for rare characters, where it is installed."""
    found: set[int] = set()
    for path in filter(Path.exists, SYSTEM_FONTS):
        with TTFont(path, fontNumber=2, lazy=True) as font:
            found |= set(font.getBestCmap())
    return frozenset(found)


def missing_characters(text: str) -> str:
    """The characters of a text that neither the shipped font nor the system's Noto CJK can print."""
    missing = {sign for sign in text if not sign.isspace() and ord(sign) not in _characters()}
    return "".join(sorted(sign for sign in missing if ord(sign) not in _system_characters()))


def _fetcher():
    """Serves the fonts folder and pictures that stand in the page itself; refuses everything else."""
    allowed = weasyprint.urls.URLFetcher(allowed_protocols=["data", "file"], allow_redirects=False, fail_on_errors=True)

    def fetch(url: str):
        path = Path(unquote(urlparse(url).path))
        if not url.startswith("data:image/svg+xml") and FONTS not in path.resolve().parents:
            raise ValueError(f"{url[:80]} is not a file of the project")
        return allowed(url)

    return fetch


def render(html: str, text: str) -> bytes:
    """The PDF of a page. `text` is what stands on it, to be checked against the font.

    Raises:
        PapersUnavailable: where Pango is missing.
        MissingGlyphs: naming the characters that can't be printed.
    """
    if weasyprint is None:
        raise PapersUnavailable(f"Install Pango (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0). {MISSING}")
    if missing := missing_characters(text):
        raise MissingGlyphs(missing)
    fonts = FontConfiguration()
    fetch = _fetcher()
    face = weasyprint.CSS(
        string=f"@font-face {{ font-family: 'Portal Serif'; src: url('{FONT.as_uri()}'); }}",
        font_config=fonts, url_fetcher=fetch,
    )  # fmt: skip
    return weasyprint.HTML(string=html, url_fetcher=fetch).write_pdf(stylesheets=[face], font_config=fonts)
