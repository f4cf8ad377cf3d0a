"""Measures the sentiment engine on a file of labelled texts: `python -m bench.sentiment FILE.csv`.

Columns `text`, `label` and, if there is one, `rating` (1–5; 0–10 when one is higher); separator, quoting and
encoding are found out. Labels are positive, negative and neutral in any usual spelling: `pos`, `-1`, `1` and
`0`, `0`, `2` and `4`, stars from 1 to 5, the words of seven languages. A row whose label is none of them, or
without text, is skipped and counted. Prints accuracy, macro-F1 and the confusion table; where the file knows
two classes, the engine has to choose one of the two, as its score leans, and `negative` where it does not
lean. Prints, last, a line of JSON. The exit code is 2 when the file has no such columns.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.csv_file import reading
from chalicelib.feedback.understanding.model import Label, Sentiment
from chalicelib.feedback.understanding.reading import understand
from chalicelib.kernel.errors import Invalid

LABELS: tuple[Label, ...] = ("positive", "neutral", "negative")
_SPELLINGS: dict[Label, str] = {
    "positive": "positive pos positiv positif positivo positiva positief good happy + +1 p",
    "negative": "negative neg negativ négatif negatif negativo negativa negatief bad sad - -1 n",
    "neutral": "neutral neu neutre neutro neutra neutraal neutrale mixed none = 0",
}
SPELLED = {spelling: label for label, spellings in _SPELLINGS.items() for spelling in spellings.split()}
NUMBERED: tuple[tuple[frozenset[str], dict[str, Label]], ...] = (
    (frozenset({"0", "1"}), {"0": "negative", "1": "positive"}),
    (frozenset({"1", "2"}), {"1": "negative", "2": "positive"}),
    (frozenset({"0", "1", "2"}), {"0": "negative", "1": "neutral", "2": "positive"}),
    (frozenset({"-1", "0", "1"}), {"-1": "negative", "0": "neutral", "1": "positive"}),
    (frozenset({"0", "2", "4"}), {"0": "negative", "2": "neutral", "4": "positive"}),
    (
        frozenset("12345"),
        {"1": "negative", "2": "negative", "3": "neutral", "4": "positive", "5": "positive"},
    ),
)
"""What numbers mean, by which of them there are."""
NAMES = {
    "text": ("text", "comment", "review", "tweet", "content", "sentence", "message", "body"),
    "label": ("label", "sentiment", "class", "polarity", "target", "airline_sentiment"),
    "rating": ("rating", "stars", "score", "overall"),
}
"""What a column may be called; the first is the one that is documented."""


class Row(NamedTuple):
    text: str
    label: str
    rating: str


class Case(NamedTuple):
    """A labelled text, and what the engine says of its words, and of its rating too."""

    label: Label
    words: Sentiment
    whole: Sentiment


def rows(path: Path) -> Iterator[Row]:
    """The rows of a file. Raises Invalid when text or label is missing."""
    with reading(path) as (columns, found):
        places = [_place(columns, name) for name in NAMES]
        if places[0] is None or places[1] is None:
            raise Invalid(f"Columns text and label are needed; there are {', '.join(columns)}.")
        for cells in found:
            yield Row(*("" if at is None or at >= len(cells) else cells[at].strip() for at in places))


def _place(columns: list[str], name: str) -> int | None:
    plain = [column.strip().casefold() for column in columns]
    return next((plain.index(known) for known in NAMES[name] if known in plain), None)


def meanings(labels: Counter[str]) -> dict[str, Label]:
    """What each spelling in the file stands for; those that stand for nothing are left out."""
    plain = {spelling: _plain(spelling) for spelling in labels}
    numbers = {text for text in plain.values() if text.lstrip("-").isdecimal()}
    numbered = next((meant for known, meant in NUMBERED if numbers and numbers <= known), {})
    found = {spelling: numbered.get(text) or SPELLED.get(text) for spelling, text in plain.items()}
    return {spelling: meant for spelling, meant in found.items() if meant is not None}


def _plain(label: str) -> str:
    """A label in small letters; spreadsheets write 1 as `1.0`, fastText as `__label__1`."""
    text = label.strip().casefold().removeprefix("__label__").removesuffix(".0")
    return text.removeprefix("very ").removeprefix("extremely ").strip()


def cases(found: Sequence[Row]) -> list[Case]:
    """The labelled texts, and what the engine says of them."""
    meant = meanings(Counter(row.label for row in found))
    ratings = [_rating(row.rating) for row in found]
    scale = "nps" if max((one for one in ratings if one is not None), default=0) > 5 else "csat"
    result = []
    for row, rating in zip(found, ratings, strict=True):
        label = meant.get(row.label)
        words = understand("comment", None, row.text, None).sentiment
        if label is None or words is None:
            continue
        rated = rating is not None and (scale == "nps" or rating >= 1)
        whole = understand(scale, rating, row.text, None).sentiment if rated else words
        result.append(Case(label, words, whole or words))
    return result


def _rating(cell: str) -> int | None:
    try:
        number = round(float(cell.replace(",", ".")))
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number <= 10 else None


def chosen(sentiment: Sentiment, classes: Sequence[Label]) -> Label:
    """The label, or of two classes the one that the score leans to."""
    if "neutral" in classes:
        return sentiment.label
    return "positive" if sentiment.score > 0 else "negative"


def figures(pairs: Counter[tuple[Label, Label]], classes: Sequence[Label]) -> tuple[float, float]:
    """Accuracy, and the mean of the classes' F1, from pairs of what is and what was said."""
    whole = sum(pairs.values())
    right = sum(pairs[label, label] for label in classes)
    each = []
    for label in classes:
        is_, said = (sum(n for pair, n in pairs.items() if pair[side] == label) for side in (0, 1))
        each.append(2 * pairs[label, label] / (is_ + said) if is_ + said else 0.0)
    return right / whole, sum(each) / len(each)


def table(pairs: Counter[tuple[Label, Label]], classes: Sequence[Label]) -> str:
    """The confusion table: a row for what is, a column for what was said."""
    lines = [" " * 18 + "".join(f"{'said ' + said:>16}" for said in classes)]
    for is_ in classes:
        lines.append(f"{'is ' + is_:<18}" + "".join(f"{pairs[is_, said]:>16,}" for said in classes))
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.sentiment", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE")
    given = parser.parse_args(arguments)
    began = time.perf_counter()
    try:
        found = list(rows(given.file))
    except (Invalid, OSError) as error:
        parser.error(getattr(error, "detail", str(error)))
    measured = cases(found)
    seconds = time.perf_counter() - began
    if not measured:
        parser.error("No row has a text and a label that is positive, negative or neutral.")
    classes = [label for label in LABELS if any(case.label == label for case in measured)]
    print(f"{given.file.name}: {len(found):,} rows, {len(found) - len(measured):,} of them skipped")
    print(f"{len(measured) / seconds:,.0f} texts a second")
    told: dict[str, float] = {}
    rated = any(case.whole is not case.words for case in measured)
    for name in ("words", "whole") if rated else ("words",):
        pairs = Counter((case.label, chosen(getattr(case, name), classes)) for case in measured)
        accuracy, macro = figures(pairs, classes)
        print(f"\n{'words and rating' if name == 'whole' else 'words alone'}:", end=" ")
        print(f"accuracy {accuracy:.3f}, macro-F1 {macro:.3f}\n{table(pairs, classes)}")
        told |= {"accuracy": round(accuracy, 4), "macro_f1": round(macro, 4)}
        if name == "words" and rated:
            told |= {"accuracy_of_words": round(accuracy, 4), "macro_f1_of_words": round(macro, 4)}
    print(json.dumps({"rows": len(found), "measured": len(measured), "classes": classes, **told}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
