"""Records on their way in: flat, by table and id, each with the place where it was read."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from thangdee.referral_directory.checks import Fault, check, remarks
from thangdee.referral_directory.hsds import RECORDS, Kind, Record
from thangdee.referral_directory.taxonomy import records as own_terms


@dataclass
class Entry:
    """One record: the fields that were given, None where one was given empty."""

    values: dict[str, Any]
    file: str
    row: str
    as_table: bool


@dataclass
class Batch:
    """Everything of one import. `faults` stop it; `notes` do not."""

    entries: dict[str, dict[str, Entry]] = field(default_factory=lambda: {name: {} for name in RECORDS})
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def add(self, record: Record, entry: Entry) -> None:
        """Take a record in; one that is there already is completed, and must not contradict."""
        found = len(self.faults)
        problems = check(record, entry.values, as_table=entry.as_table)
        self.faults.extend(Fault(entry.file, entry.row, name, problem) for name, problem in problems)
        self.notes.extend(Fault(entry.file, entry.row, *one) for one in remarks(record, entry.values))
        if len(self.faults) > found:
            self.refused.add(str(entry.values.get("id")).lower())  # what links to it has no fault of its own
            return
        for one in record.fields:
            if one.kind is Kind.UUID and entry.values.get(one.name):
                entry.values[one.name] = entry.values[one.name].lower()
        there = self.entries[record.name].setdefault(entry.values["id"], entry)
        if there is entry:
            return
        if entry.as_table:
            self.faults.append(Fault(entry.file, entry.row, "id", f"is there already, in {there.row}"))
        else:
            self._complete(record, there, entry)

    def _complete(self, record: Record, there: Entry, entry: Entry) -> None:
        for name, value in entry.values.items():
            known = there.values.get(name)
            if known is None:
                there.values[name] = value
            elif value is not None and known != value:
                is_link = any(one.name == name and one.links_to for one in record.fields)
                problem = "hangs on two records; give each copy its own id" if is_link else "is said differently"
                self.faults.append(Fault(entry.file, entry.row, name, f"{problem} (see {there.file}, {there.row})"))

    def wanted(self) -> dict[str, set[str]]:
        """Return, by table, the ids that are linked to and not in the batch."""
        wanted: dict[str, set[str]] = {}
        for _, name, target, entry in self._links():
            if entry.values[name] not in self.entries[target]:
                wanted.setdefault(target, set()).add(entry.values[name])
        return wanted

    def check_links(self, known: Mapping[str, Collection[str]]) -> None:
        """Report links that lead nowhere: a fault where a table cannot do without, else a note."""
        ours = {table: {row["id"] for row in rows} for table, rows in own_terms().items()}
        for record, name, target, entry in self._links():
            value = entry.values[name]
            if any(value in some for some in (self.entries[target], known.get(target, ()), ours.get(target, ()))):
                continue
            if value in self.refused:
                continue
            is_needed = next(one for one in record.fields if one.name == name).in_tables
            fault = Fault(entry.file, entry.row, name, f"no such {target} here or in the directory")
            (self.faults if is_needed else self.notes).append(fault)

    def _links(self) -> Iterator[tuple[Record, str, str, Entry]]:
        for table, entries in self.entries.items():
            links = [(one.name, one.links_to) for one in RECORDS[table].fields if one.links_to]
            for entry in entries.values() if links else ():
                for name, target in links:
                    if entry.values.get(name):
                        yield RECORDS[table], name, target, entry
