"""Which wordings have words in common with a text, and typos in it."""

from helpers.word_index import WordIndex
import pytest

SAID = [
    (0, {"no gradients": 1.0, "gradients provided": 1.0}),
    (1, {"no minimize": 2.0}),
]


@pytest.fixture
def index():
    return WordIndex(SAID, typo=[5, 30])


def test_a_pair_that_fewer_entries_have_is_rarer():
    shared = [(0, {"no loss": 1.0, "a tape": 1.0}), (1, {"no loss": 1.0})]
    rare = WordIndex(shared, typo=[5, 30]).rare
    assert rare["a tape"] > rare["no loss"]


def test_the_weight_of_a_wording_is_that_of_all_its_pairs(index):
    weights = [wording.weight for wording in index.wordings]
    rare = index.rare["no minimize"]
    assert weights == pytest.approx([2 * rare, 2 * rare])


def test_common_tells_weight_rarity_and_number(index):
    rare = index.rare["no minimize"]
    found = index.common(["no gradients", "gradients provided", "something else"])
    assert list(found) == [0]
    assert found[0] == pytest.approx((2 * rare, 2 * rare, 2))


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("gradints", ["gradients"]),
        ("gradientts", ["gradients"]),
        ("gradiemts", ["gradients"]),
        ("nogradients", ["no", "gradients"]),
        ("on", ["on"]),
        ("something", ["something"]),
    ],
)
def test_a_word_with_a_typo_is_read_as_a_known_one(index, word, read):
    assert index.corrected(word) == read


def test_typos_are_sought_in_so_many_unknown_words_only(index):
    known = index.reader(1)
    assert known("gradints") == ["gradients"]
    assert known("minimise") == ["minimise"]


def test_a_cut_word_is_completed_if_only_one_begins_so(index):
    assert index.completed("prov") == "provided"
    both = WordIndex([(0, {"tape tapes": 1.0})], typo=[5, 30])
    assert both.completed("tap") == "tap"
