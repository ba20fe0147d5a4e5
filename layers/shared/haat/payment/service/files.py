"""Settlement files as operators bring them, and as they are read into lines."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from haat.facts.settlement import ReportAnswered, ReportsWanted, SettlementFileGiven
from haat.kernel.errors import Changed, Conflict, NotFound, Rejected, Unavailable
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant, later, rfc3339
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Rows
from haat.payment.model.files import FORM_MS, Meaning, SettlementFile
from haat.payment.model.outbox import Row
from haat.payment.ports import Accounts, Listed
from haat.payment.ports.banks import Bank
from haat.payment.ports.files import Files, SameFile, Shelf
from haat.payment.rules import files as rules
from haat.payment.rules import files_shown, reports

PAGE = 50
HOPELESS = ("too_many_lines", "page_too_large")  # of a report: asking again brings the same
SHOWN, FOUND = 2, 20  # parts of one answer: of all lines, and of those that have a meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementFiles:
    """What operators do with files: announce one, post it, let it be read or fetched, and look at what it told."""

    files: Files
    accounts: Accounts
    shelf: Shelf
    banks: Callable[[str], Bank]

    def begin(self, id: str, account_id: str, first: str, last: str, once: Once, *, fetch: bool) -> Answer:
        """One more file, to be posted by the form in the answer; or the one that is fetched from the bank for that day.

        Raises NotFound (account), Rejected, Conflict (no-settlement-file, settlement-not-fetched), Unavailable.
        """
        if (given := self.files.given(once)) is not None:
            return self._posted(given, once)
        account = self.accounts.get(account_id)
        if account is None:
            raise NotFound("payee account")
        caps = self.banks(account.bank.provider).CAPS
        if not caps.settlement_format:
            raise Conflict("this bank writes no settlement file that is known here", word="no-settlement-file")
        late = caps.settles_within_days
        if not fetch:
            file = rules.begun(id, account, first, last, "upload", once.at, late)
            answer = Answer(status=201, body=files_shown.shown(file))
            return self._posted(self.files.begin(file, (once, answer)) or answer, once)
        if not caps.fetches_settlement:
            raise Conflict("this bank's file can not be fetched: upload it", word="settlement-not-fetched")
        file = rules.begun(rules.of_day(account.id, first), account, first, last, "fetch", once.at, late)
        reports.fetchable(file, once.at)
        return self._fetched(file, once)

    def _fetched(self, file: SettlementFile, once: Once) -> Answer:
        """The file of that day, which may be there; one that was refused is asked for once more."""
        there = self.files.get(file.id)
        if there is None:
            answer = Answer(status=202, body=files_shown.shown(file))
            return self.files.begin(file, (once, answer), rules.first_page(file)) or answer
        if there.state == "refused":
            after, rows = reports.once_more(there)
            answer = Answer(status=202, body=files_shown.shown(after))
            with suppress(Changed):  # somebody was faster, and wanted the same
                return self.files.save(after, rows, once=(once, answer)) or answer
        return Answer(status=202, body=self.show(file.id))

    def read(self, id: str, once: Once) -> Answer:
        """It was posted: read it. Raises NotFound, Conflict (file-not-waiting), Unavailable."""
        if (given := self.files.given(once)) is not None:
            return given
        after, rows = rules.given(self._there(id))
        answer = Answer(status=202, body=files_shown.shown(after))
        try:
            return self.files.save(after, rows, once=(once, answer)) or answer
        except Changed:
            raise Conflict("the file is being read", word="file-not-waiting") from None

    def show(self, id: str) -> dict[str, Any]:
        """A file. Raises NotFound, Unavailable."""
        return files_shown.shown(self._there(id))

    def list(self, after: str | None, limit: int) -> Listed[dict[str, Any]]:
        """One page of all files, newest first. Raises Unavailable."""
        found, rest = self.files.list(after, limit)
        return [files_shown.shown(file) for file in found], rest

    def lines(self, id: str, meanings: frozenset[Meaning], after: str | None) -> Listed[dict[str, Any]]:
        """One page of a file's lines, those of some meanings where any are named. Raises NotFound, Unavailable."""
        self._there(id)
        parts, rest = self.files.parts(id, after, FOUND if meanings else SHOWN)
        lines = [line for part in parts for line in part.lines if not meanings or line.meaning in meanings]
        return [files_shown.shown_line(line) for line in lines], rest

    def _there(self, id: str) -> SettlementFile:
        if (found := self.files.get(id)) is None:
            raise NotFound("settlement file")
        return found

    def accounts_of(self, merchant: MerchantId) -> Sequence[dict[str, Any]]:
        """A merchant's payee accounts, and what files their banks write. Nothing secret. Raises Unavailable."""
        return [
            files_shown.shown_account(one, self.banks(one.bank.provider).CAPS) for one in self.accounts.list(merchant)
        ]

    def _posted(self, answer: Answer, once: Once) -> Answer:
        """With the form, where one is due: signed anew each time, so that what opens the bucket is kept nowhere."""
        if answer.status != 201:
            return answer
        url, fields = self.shelf.form(self._there(answer.body["id"]))
        upload = {"url": url, "fields": fields, "expires_at": rfc3339(later(once.at, FORM_MS))}
        return replace(answer, body=answer.body | {"upload": upload})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Reads files and reports into lines, which others hold against our books."""

    files: Files
    accounts: Accounts
    shelf: Shelf
    banks: Callable[[str], Bank]

    def given(self, fact: SettlementFileGiven) -> str:
        """A file that was posted -> one word. Raises Unavailable, Rejected."""
        file = self.files.get(fact.file)
        if file is None or file.state != "reading":
            return "file_read_before"
        raw = self.shelf.read(file)
        if raw is None:
            self._save(rules.not_there(file))
            return "file_not_there"
        rows, sha256 = self._bank(file)(raw), hashlib.sha256(raw).hexdigest()
        if (
            file.sha256 and file.sha256 != sha256
        ):  # posted once more after we had begun: whose lines are kept nobody could say
            self._save(rules.refused(file, "changed_while_read"))
            return "file_refused"
        if reason := rules.unusable(file, rows):
            self._save(rules.refused(file, reason))
            return "file_refused"
        if not file.sha256:
            known, content = rules.held(file, sha256, rows)
            try:
                self._save(known, content=content)
            except SameFile as same:
                self._save(rules.refused(file, "same_file", same.id))
                return "file_known"
            file = known
        after, parts = rules.read(file, rows)
        for part in parts:
            self.files.keep(part)
        settling, news = rules.settles(after)
        self._save(settling, news)
        strange = any(line.meaning == "other_merchant" for part in parts for line in part.lines)
        return "file_of_others" if strange else "file_read"

    def answered(self, fact: ReportAnswered) -> str:
        """A page of a report -> one word. Raises Unavailable, Rejected."""
        file = self.files.get(fact.file)
        # Of a page that was read before, or of an earlier call for this one.
        if file is None or file.state != "fetching" or (fact.skip, fact.number) != (file.lines, file.calls):
            return "page_read_before"
        raw = base64.b64decode(fact.raw)
        came = fact.status == 200 and not fact.reason
        rows = self._bank(file)(raw) if came else ((), ())
        whole = fact.reason or rules.unusable(file, rows)
        if not came or whole:
            if file.calls % rules.MOST_CALLS == 0 or whole in HOPELESS:
                reason = whole or f"http_{fact.status}"
                self._save(rules.refused(file, reason))
                return "file_refused"
            self._save(*rules.wanted(file, fact.skip, again=True))
            return "page_missed"
        after, parts = rules.read(file, rows, self._named(file) if rows[0] else {})
        for part in parts:
            self.files.keep(part)
        if after.lines == file.lines:  # a page without lines is behind the last
            self._save(*rules.settles(file))
            return "file_read"
        self._save(*rules.wanted(after, after.lines))
        return "page_read"

    def morning(self, now: Instant) -> None:
        """It is time for the reports of the days before: said once for each day of India's. Raises Unavailable."""
        self.files.wants(ReportsWanted(day=reports.today(now)), now)

    def wanted(self, fact: ReportsWanted, now: Instant) -> int:
        """Let the reports of one page of accounts be fetched, and the next page begin -> how many of them were asked for.

        What was begun before stays as it is, but for what a bank did not give: that is asked for once more. Raises Unavailable.
        """
        ids, rest = self.accounts.fetched(fact.after or None, PAGE)
        if rest is not None:  # first, as an account that can't be done here must not stop those behind it
            self.files.wants(ReportsWanted(day=fact.day, after=rest), now)
        count, failed = 0, list[Exception]()
        for id in ids:
            try:
                count += self._asked_for(id, fact.day, now)
            except (NotFound, Rejected, Unavailable) as error:  # of one account, which must not be the others'
                failed.append(error)
        if failed:
            raise failed[0]
        return count

    def _asked_for(self, id: str, morning: str, now: Instant) -> int:
        account = self.accounts.get(id, fresh=True)
        if account is None or not account.is_reported:
            return 0
        if reports.is_at_rest(morning, account):
            with suppress(Changed):  # the next morning finds it again
                self.accounts.save(reports.at_rest(account))
            return 0
        caps, days = self.banks(account.bank.provider).CAPS, reports.before(morning, account)
        return sum(self._begun(account, day, caps.settles_within_days, now) for day in days)

    def _begun(self, account: PayeeAccount, day: str, late_days: int, now: Instant) -> bool:
        there = self.files.get(rules.of_day(account.id, day))
        if there is None:
            file = rules.begun(rules.of_day(account.id, day), account, day, day, "fetch", now, late_days)
            self.files.begin(file, None, rules.first_page(file))
            return True
        if not reports.is_given_up(there):
            return False
        self._save(*reports.once_more(there))
        return True

    def _bank(self, file: SettlementFile) -> Callable[[bytes], Rows]:
        account = self.accounts.get(file.account)
        if account is None:
            raise Rejected("a file of an account that is not there")
        bank = self.banks(account.bank.provider)
        return lambda raw: bank.read_settlement(account.bank, raw)

    def _named(self, file: SettlementFile) -> dict[rules.Name, int]:
        """The money that the pages before have named; what lies behind them is of one that was begun and not finished."""
        found: dict[rules.Name, int] = {}
        after = None
        while file.parts:
            parts, after = self.files.parts(file.id, after, PAGE)
            found |= rules.named(part for part in parts if part.number <= file.parts)
            if after is None:
                break
        return found

    def _save(self, after: SettlementFile, news: Sequence[Row] = (), content: str = "") -> None:
        try:
            self.files.save(after, news, content=content)
        except Changed:
            raise Unavailable("the file changed in between: take it again") from None
