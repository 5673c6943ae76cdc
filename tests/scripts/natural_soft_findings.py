#!/usr/bin/env python3
"""Prints the soft findings of a natural file as `record,rule` lines, in order of record and rule.

Written from the logic of the soft edits alone, to be compared with what kenpyo finds: it shares no code and no data
with the program, knows only codes (1 yes, 2 no; else the place in the list of options), and expects a file without
errors: every question that applies is answered, no other is. Beds, identifiers, dates and contacts of such a file are
clean by construction, so their soft edits are not looked at.

Usage: natural_soft_findings.py FILE [--profile three-two-one]
"""

import csv
import re
import sys

YES, NO = "1", "2"
LISTED = re.compile("ベンダー|業者|メーカー|保守会社|自院|当院|院内|法人本部|他院|病院")
# Codes of copies, methods and generations fall as the number rises: 1 is three or more.
COUNT = {"1": 3, "2": 2, "3": 1}
STRAIGHT = [1, 2, 4, 5, 6, 7, 8, 10, 17]


def soft_findings(row, advice):
    """The ids of the soft edits that the record gives; `row[n]` is the answer to question n, `row[0]` the text of 3."""
    found = []
    if row[11] == YES:
        frequency, copies, methods, generations, offline = row[12:17]
        if COUNT[methods] > COUNT[copies]:
            found.append("HCS-X005")
        if copies == "3" and generations == "1":
            found.append("HCS-X006")
        if copies == "3" and frequency == "1" and offline == YES:
            found.append("HCS-X007")
        if frequency in "45" and generations == "1":
            found.append("HCS-X008")
        if frequency == "4":
            found.append("HCS-X009")
        if advice and methods == "1" and offline == NO:
            found.append("HCS-X016")
    if row[4] == NO and row[10] == YES:
        found.append("HCS-X010")
    if row[3] == "2" and row[2] == NO:
        found.append("HCS-X011")
    if row[3] == "4" and not row[0]:
        found.append("HCS-X012/q03_other_text")
    if row[3] == "4" and LISTED.search(row[0]):
        found.append("HCS-X013")
    if row[17] == YES and row[18] == YES and row[5] == YES and row[7] == YES and row[1] == NO:
        found.append("HCS-X014")
    if len({row[number] for number in STRAIGHT}) == 1:
        found.append("HCS-X017")
    return sorted(found)


def main(path, *options):
    advice = list(options) == ["--profile", "three-two-one"]
    with open(path, encoding="utf-8", newline="") as file:
        records = csv.reader(file)
        header = next(records)
        text = header.index("問3_その他の相談先")
        columns = [text] + [next(at for at, name in enumerate(header) if name.startswith(f"問{n}_") and at != text)
                            for n in range(1, 19)]
        for number, record in enumerate(records, 1):
            for rule in soft_findings([record[column] for column in columns], advice):
                print(f"{number},{rule}")


if __name__ == "__main__":
    main(*sys.argv[1:])
