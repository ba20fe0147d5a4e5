"""What the ports Imports and Files promise, in memory, in DynamoDB and in S3."""

from dataclasses import replace

import pytest
import requests

from haat.business.memory.imports import MemoryFiles
from haat.business.model.sheet import Fault, Progress, Write
from haat.business.ports.products import Files
from haat.kernel.errors import Changed, Conflict
from tests.contract.business.goods import MADE, Goods, id_of, in_bucket, in_memory, on_tables, once, product
from tests.contract.tables import Tables
from tests.invented import MERCHANT, NOW, OTHER_MERCHANT

FIRST = Progress(id=id_of(1), merchant=MERCHANT, asked="a", at=NOW, next=1, added=1, rows=3, version=1)


@pytest.fixture(params=["memory", "dynamodb"])
def goods(request: pytest.FixtureRequest) -> Goods:
    """Return a shop without goods."""
    if request.param == "memory":
        return in_memory()
    tables = request.getfixturevalue("tables")
    assert isinstance(tables, Tables)
    return on_tables(tables)


@pytest.fixture(params=["memory", "s3"])
def files(request: pytest.FixtureRequest) -> Files:
    """Return a place without files."""
    if request.param == "memory":
        return MemoryFiles()
    tables = request.getfixturevalue("tables")
    assert isinstance(tables, Tables)
    return in_bucket(tables)


def posted(files: Files, key: str, content: bytes) -> None:
    """Do what a browser does with a form."""
    form = files.form(key, "image/png", 100, 60)
    if isinstance(files, MemoryFiles):
        files.post(form.fields["key"], content)
    else:
        assert requests.post(form.url, dict(form.fields), files={"file": content}, timeout=5).status_code == 204


def test_step_and_its_products_are_written_together(goods: Goods) -> None:
    """How far an import has come and what it has made are known as one."""
    shelf = goods.with_collection(1)
    writes = [Write(before=None, after=product(number, collections=(shelf.id,))) for number in (1, 2)]
    step = replace(FIRST, late=(Fault(row=4, column="id", message="m"),))
    goods.imports.advance(step, writes, None)
    assert goods.imports.get(MERCHANT, FIRST.id) == step
    assert goods.imports.get(OTHER_MERCHANT, FIRST.id) is None
    assert goods.products.within(MERCHANT, shelf.id, None, 10)[0] == [write.after for write in writes]


def test_step_is_taken_once(goods: Goods) -> None:
    """Of two requests that carry one import on, one takes the step; the other writes nothing."""
    goods.imports.advance(FIRST, [], None)
    for late in (FIRST, replace(FIRST, version=3)):
        with pytest.raises(Changed):
            goods.imports.advance(late, [Write(before=None, after=product(1))], None)
    assert goods.products.list(MERCHANT, None, 10) == ([], None)


def test_step_over_a_changed_product_writes_nothing(goods: Goods) -> None:
    """What somebody else changed meanwhile is not overwritten, and no other product of the step is written."""
    made = goods.with_product(1)
    goods.products.change(made, replace(made, name="by hand", version=2))
    over = Write(before=made, after=replace(made, name="by import", version=2))
    with pytest.raises(Conflict) as refused:
        goods.imports.advance(FIRST, [Write(before=None, after=product(2)), over], None)
    assert not isinstance(refused.value, Changed)
    assert goods.imports.get(MERCHANT, FIRST.id) is None
    assert [one.name for one in goods.products.list(MERCHANT, None, 10)[0]] == ["by hand"]


def test_last_step_leaves_the_answer(goods: Goods) -> None:
    """Who asks again after the end gets the report."""
    goods.imports.advance(replace(FIRST, finished=True), [], (once("k"), MADE))
    assert goods.answers.given(once("k")) == MADE


def test_file_is_posted_looked_at_and_kept(files: Files) -> None:
    """A form leads to its place; a copy stays what it was when somebody posts anew."""
    assert files.look("uploads/1", 4) is None
    posted(files, "uploads/1", b"abcdefgh")
    seen = files.look("uploads/1", 4)
    assert seen is not None
    assert (seen.size, seen.start) == (8, b"abcd")
    files.keep("uploads/1", "pictures/1", seen.tag, "image/png")
    posted(files, "uploads/1", b"other")
    kept = files.look("pictures/1", 100)
    assert kept is not None
    assert kept.start == b"abcdefgh"
    with pytest.raises(Changed):
        files.keep("uploads/1", "pictures/1", seen.tag, "image/png")
    assert "pictures/1" in files.link("pictures/1", 60)
    files.drop("pictures/1")
    files.drop("pictures/1")
    assert files.look("pictures/1", 4) is None


def test_form_in_s3_bounds_type_and_size(tables: Tables) -> None:
    """What is signed says the one key, the one media type, and from one byte to the most."""
    import base64  # noqa: PLC0415  # of this test alone
    import json  # noqa: PLC0415  # as above

    form = in_bucket(tables).form("uploads/1", "image/png", 100, 60)
    signed = json.loads(base64.b64decode(form.fields["policy"]))["conditions"]
    for condition in ({"key": "uploads/1"}, {"Content-Type": "image/png"}, ["content-length-range", 1, 100]):
        assert condition in signed
