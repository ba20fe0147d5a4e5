"""What the ports Products and Collections promise, in memory and in DynamoDB."""

from dataclasses import replace

import pytest

from haat.business.model.product import Picture
from haat.kernel.errors import Changed, Conflict, NotFound, Rejected
from haat.kernel.ids import CollectionId, PictureId, ProductId
from haat.kernel.once import Answer
from tests.contract.business.goods import MADE, Goods, id_of, in_memory, on_tables, once, product
from tests.contract.tables import Tables
from tests.invented import MERCHANT, NOW, OTHER_MERCHANT


@pytest.fixture(params=["memory", "dynamodb"])
def goods(request: pytest.FixtureRequest) -> Goods:
    """Return a shop without goods."""
    if request.param == "memory":
        return in_memory()
    tables = request.getfixturevalue("tables")
    assert isinstance(tables, Tables)
    return on_tables(tables)


def test_product_is_read_back_whole(goods: Goods) -> None:
    """Everything that is said of a product comes back as it was said."""
    shelf = goods.with_collection(1)
    picture = Picture(id=PictureId(id_of(5)), type="image/png", bytes=70)
    made = goods.with_product(
        1,
        description="ছানা ও চিনি",
        stock=0,
        tax=500,
        hsn="2106",
        sku="R 1",
        names={"bn": "রসগোল্লা"},
        collections=(shelf.id,),
        active=False,
        pictures=(picture,),
    )
    assert goods.products.get(MERCHANT, made.id) == made
    assert goods.products.get(OTHER_MERCHANT, made.id) is None


def test_second_request_of_one_name_makes_nothing(goods: Goods) -> None:
    """The answer of the first request comes back, and only its product is there."""
    first = Answer(status=201, body={"first": True})
    assert goods.products.add(product(1), once("k"), first) == first
    assert goods.products.add(product(2), once("k"), MADE) == first
    assert goods.products.get(MERCHANT, product(2).id) is None


def test_number_of_the_shop_is_one_products(goods: Goods) -> None:
    """No two products of a shop have one sku; a freed one may be taken; another shop's are its own."""
    first = goods.with_product(1, sku="A")
    second = goods.with_product(2, sku="B")
    with pytest.raises(Conflict) as taken:
        goods.products.add(product(3, sku="A"), once("k"), MADE)
    assert taken.value.word == "sku-taken"
    with pytest.raises(Conflict):
        goods.products.change(second, replace(second, sku="A", version=2))
    assert goods.products.get(MERCHANT, second.id) == second
    goods.products.add(product(3, sku="A", merchant=OTHER_MERCHANT), once("other"), MADE)
    goods.products.change(first, replace(first, sku="C", version=2))
    goods.products.change(second, replace(second, sku="A", version=2))
    assert goods.products.by_sku(MERCHANT, ["A", "B", "C"]) == {"A": second.id, "C": first.id}


def test_change_of_what_was_changed_in_between_is_refused(goods: Goods) -> None:
    """Of two who read the same product one changes it, the other is told."""
    made = goods.with_product(1)
    goods.products.change(made, replace(made, name="first", version=2))
    with pytest.raises(Changed):
        goods.products.change(made, replace(made, name="second", version=2))
    with pytest.raises(Changed):
        goods.products.remove(made, [], NOW)
    found = goods.products.get(MERCHANT, made.id)
    assert found is not None
    assert found.name == "first"


def test_products_are_listed_in_pages(goods: Goods) -> None:
    """A page holds so many, the next one begins behind it, and a place of nobody's making is one, too."""
    made = [goods.with_product(number) for number in range(5)]
    goods.products.add(product(9, merchant=OTHER_MERCHANT), once("other"), MADE)
    first, after = goods.products.list(MERCHANT, None, 2)
    second, rest = goods.products.list(MERCHANT, after, 3)
    assert [*first, *second] == made
    assert not rest or goods.products.list(MERCHANT, rest, 3) == ([], None)
    assert goods.products.list(MERCHANT, "zzz", 3) == ([], None)
    assert goods.products.many(MERCHANT, [made[1].id, product(77).id]) == {made[1].id: made[1]}


def test_collection_lists_its_products(goods: Goods) -> None:
    """A product is in the collections that it names, until it names them no more or is gone."""
    one, two = goods.with_collection(1), goods.with_collection(2)
    first = goods.with_product(1, collections=(one.id,))
    second = goods.with_product(2, collections=(one.id, two.id))
    assert goods.products.within(MERCHANT, one.id, None, 10) == ([first, second], None)
    moved = replace(first, collections=(two.id,), version=2)
    goods.products.change(first, moved)
    assert goods.products.within(MERCHANT, one.id, None, 10) == ([second], None)
    goods.products.remove(second, [], NOW)
    assert goods.products.within(MERCHANT, two.id, None, 10) == ([moved], None)
    assert goods.products.within(OTHER_MERCHANT, two.id, None, 10) == ([], None)


def test_collection_that_is_not_there_takes_nothing(goods: Goods) -> None:
    """A product can't be put into what is unknown, or closing."""
    closing = goods.with_collection(1)
    goods.collections.close(closing)
    for id in (closing.id, CollectionId(id_of(9))):
        with pytest.raises(Rejected) as refused:
            goods.products.add(product(1, collections=(id,)), once(f"k {id}"), MADE)
        assert refused.value.fields == {"collections": "there is no such collection"}
    assert goods.products.list(MERCHANT, None, 10) == ([], None)


def test_name_is_one_collections(goods: Goods) -> None:
    """No two collections of a shop have one name, whatever its capitals; a closed one's is free."""
    first = goods.with_collection(1, "Sweets")
    second = goods.with_collection(2, "Salty")
    with pytest.raises(Conflict) as taken:
        goods.collections.change(second, replace(second, name="SWEETS", version=2))
    assert taken.value.word == "name-taken"
    goods.collections.change(first, replace(first, name="SWEETS", version=2))
    assert goods.collections.by_name(MERCHANT, ["sweets", "salty", "sour"]) == {"sweets": first.id, "salty": second.id}
    with pytest.raises(Changed):
        goods.collections.close(first)
    goods.collections.close(replace(first, name="SWEETS", version=2))
    assert goods.collections.by_name(MERCHANT, ["sweets"]) == {}
    third = goods.with_collection(3, "Sweets")
    found, _ = goods.collections.list(MERCHANT, None, 10)
    assert [(one.id, one.closing) for one in found] == [(first.id, 2), (second.id, None), (third.id, None)]


def test_closed_collection_is_emptied_step_by_step(goods: Goods) -> None:
    """Each step takes some products out, which stay as they are; then it can be forgotten."""
    shelf, other = goods.with_collection(1), goods.with_collection(2)
    made = [goods.with_product(number, collections=(shelf.id, other.id)) for number in range(5)]
    goods.collections.close(shelf)
    steps = 0
    while goods.collections.empty(shelf, 2):
        steps += 1
    assert steps == 3
    goods.collections.drop(shelf)
    assert goods.collections.get(MERCHANT, shelf.id) is None
    assert goods.products.within(MERCHANT, shelf.id, None, 10) == ([], None)
    expected = [replace(one, collections=(other.id,), version=2) for one in made]
    assert goods.products.within(MERCHANT, other.id, None, 10) == (expected, None)


def test_removed_product_leaves_a_note_of_its_files(goods: Goods) -> None:
    """What is still to be thrown away is known, with the version that its remover saw, until it is done."""
    made = goods.with_product(1, sku="A")
    goods.products.remove(made, ["pictures/1"], NOW)
    assert goods.products.get(MERCHANT, made.id) is None
    left = goods.products.leftovers(MERCHANT, made.id)
    assert left is not None
    assert (left.version, left.files) == (1, ("pictures/1",))
    goods.products.cleared(MERCHANT, made.id)
    left = goods.products.leftovers(MERCHANT, made.id)
    assert left is not None
    assert left.files == ()
    goods.with_product(2, sku="A")


def test_picture_that_is_taken_away_leaves_a_note(goods: Goods) -> None:
    """The product is without it, and its file is noted, both or neither."""
    made = goods.with_product(1, pictures=(Picture(id=PictureId("p"), type="image/png", bytes=1),))
    after = replace(made, pictures=(), version=2)
    goods.products.leave(made, after, "p", ["pictures/p"])
    assert goods.products.get(MERCHANT, made.id) == after
    with pytest.raises(Changed):
        goods.products.leave(made, after, "q", ["pictures/q"])
    assert goods.products.leftovers(MERCHANT, "q") is None


def test_answer_is_remembered_only_for_what_is_there(goods: Goods) -> None:
    """A product that is gone can't be offered a picture."""
    made = goods.with_product(1)
    assert goods.products.check(made, once("k"), MADE) == MADE
    assert goods.answers.given(once("k")) == MADE
    with pytest.raises(NotFound):
        goods.products.check(replace(made, id=ProductId(id_of(7))), once("l"), MADE)
    assert goods.answers.given(once("l")) is None
