"""Datasets of frames, matrices and files."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

import monet
from monet import Dataset

LETTERS = list("abcd")
PARTS = ("train", "validation", "test")


def pairs(data, split):
    frame = data.interactions(split)
    return set(zip(frame["user"].tolist(), frame["item"].tolist()))


def assert_same(left, right):
    assert left.hash == right.hash
    for split in PARTS:
        a, b = left.matrix(split), right.matrix(split)
        assert a.shape == b.shape
        assert (a != b).nnz == 0


# ---- ids ----


@pytest.mark.parametrize(
    ("users", "expected"),
    [
        (["x", "x", "x", "y", "y", "y", "z", "z", "z", "z"], ["x", "y", "z"]),
        (np.array([7, 7, 7, -2, -2, -2, 0, 0, 0, 0], dtype=np.int8), [7, -2, 0]),
        (np.array([7] * 3 + [2**64 - 1] * 3 + [0] * 4, dtype=np.uint64), [7, 2**64 - 1, 0]),
        (np.array([7.0, 7, 7, -2, -2, -2, 0, 0, 0, 0]), [7, -2, 0]),
        (pd.array([7, 7, 7, 2, 2, 2, 0, 0, 0, 0], dtype="Int64"), [7, 2, 0]),
        (pd.array(list("xxxyyyzzzz"), dtype="string"), ["x", "y", "z"]),
        (pd.Categorical(list("xxxyyyzzzz"), categories=list("zyxw")), ["x", "y", "z"]),
        (pd.Categorical([7, 7, 7, 2, 2, 2, 0, 0, 0, 0]), [7, 2, 0]),
        (pd.Series([7, 7, 7, 2, 2, 2, 0, 0, 0, 0], dtype=object), [7, 2, 0]),
        ([7, 7, 7, "y", "y", "y", 2.0, 2.0, 2.0, 2.0], [7, "y", 2.0]),
        ([(1, 2)] * 3 + [(3, 4)] * 3 + [(5, 6)] * 4, [(1, 2), (3, 4), (5, 6)]),
        (["tab\there"] * 3 + [""] * 3 + ["日本"] * 4, ["tab\there", "", "日本"]),
    ],
    ids=lambda value: str(getattr(value, "dtype", ""))[:20],
)
def test_ids_are_kept_as_they_come(few, users, expected):
    data = Dataset.from_pandas(few.assign(user_id=pd.Series(users)))
    assert data.users.tolist() == expected
    assert data.items.tolist() == LETTERS
    model = monet.Popularity(threads=1).fit(data)
    found = model.recommend(data.users, k=1, repeat=True)
    assert found["user"].tolist() == expected


def test_ids_may_be_times(few):
    days = pd.to_datetime(["2020-01-01"] * 3 + ["2020-01-02 03:00"] * 3 + ["2020-01-03"] * 4)
    data = Dataset.from_pandas(few.assign(user_id=days))
    assert data.users.dtype == "datetime64[ns]"
    model = monet.Popularity(threads=1).fit(data)
    midnight = pd.Timestamp("2020-01-01")
    for asked in ([midnight], midnight, data.users[:1], [midnight.to_numpy()], [midnight.to_pydatetime()]):
        assert len(model.recommend(asked, k=4)) == 3  # but what she had
    with pytest.raises(KeyError, match="2020-01-02 00:00:00"):
        model.recommend(pd.DatetimeIndex(["2020-01-02"]))


def test_times_may_be_items_and_have_zones(few):
    days = pd.to_datetime([f"2020-01-0{1 + LETTERS.index(item)}" for item in few["item_id"]])
    assert Dataset.from_pandas(few.assign(item_id=days)).items.tolist() == np.unique(days).tolist()
    zoned = Dataset.from_pandas(few.assign(item_id=days.tz_localize("Europe/Berlin")))
    assert zoned.items[0] == pd.Timestamp("2020-01-01", tz="Europe/Berlin")


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
@pytest.mark.parametrize("column", ["user_id", "item_id"])
def test_an_event_without_an_id_is_refused_with_its_row(few, column, missing):
    few[column] = few[column].astype(object)
    few.loc[2, column] = missing
    with pytest.raises(ValueError, match=f"^{column}: row 2 has no id$"):
        Dataset.from_pandas(few)
    if column == "item_id":
        with pytest.raises(ValueError, match="^item_id: row 2 has no id$"):
            Dataset.from_pandas(few, items=LETTERS)


def test_missing_numbers_are_refused_with_their_row(few):
    with pytest.raises(ValueError, match="^user_id: row 1 has no id$"):
        Dataset.from_pandas(few.assign(user_id=[1, np.nan] + [2] * 8))
    with pytest.raises(ValueError, match="^user_id: row 0 has no id$"):
        Dataset.from_pandas(few.assign(user_id=pd.array([None] + [2] * 9, dtype="Int64")))


@pytest.mark.parametrize("value", [1.5, np.inf, -np.inf])
def test_numbers_that_are_not_whole_are_no_ids(few, value):
    for kind in (float, object):
        with pytest.raises(ValueError, match=f"^user_id: ids are numbers that are not whole, as {value}$"):
            Dataset.from_pandas(few.assign(user_id=pd.Series([1.0, value] + [2.0] * 8, dtype=kind)))
    with pytest.raises(ValueError, match="not whole"):
        Dataset.from_pandas(few, items=[1.0, value])


def test_large_numbers_are_told_apart(few):
    large = [2**53, 2**53 + 1, 2**64 - 1]
    data = Dataset.from_pandas(few.assign(user_id=np.repeat(np.array(large, dtype=np.uint64), [3, 3, 4])))
    assert data.users.tolist() == large
    model = monet.Popularity(threads=1).fit(data)
    for user in large:
        assert model.recommend([user], k=1, repeat=True)["user"].tolist() == [user]
    assert model.recommend(large, k=1, repeat=True)["user"].tolist() == large
    for stranger in (-1, 2**53 + 2, 2**70, float(2**53 + 2)):
        with pytest.raises(KeyError):
            model.recommend([stranger])


def test_numbers_beyond_64_bits_are_no_ids(few):
    with pytest.raises(ValueError, match="beyond 64 bits"):
        Dataset.from_pandas(few.assign(user_id=[1e19] * 5 + [1.0] * 5))


def test_two_ids_must_not_be_written_alike(few):
    with pytest.raises(ValueError, match="users: two ids are written alike \\('1'\\)"):
        Dataset.from_pandas(few.assign(user_id=[1, "1"] + ["x"] * 8))


def test_ids_must_be_unicode(few):
    with pytest.raises(ValueError, match="no Unicode text"):
        Dataset.from_pandas(few.assign(user_id=["x\ud800"] * 5 + ["y"] * 5))


def test_ids_cannot_be_changed_from_outside(few):
    catalogue = pd.DataFrame({"item_id": [10, 20, 30, 40]})
    numbers = few.assign(item_id=few["item_id"].map(dict(zip(LETTERS, catalogue["item_id"]))))
    data = Dataset.from_pandas(numbers, items=catalogue)
    catalogue["item_id"].to_numpy()[:] = 0
    assert data.items.tolist() == [10, 20, 30, 40]
    with pytest.raises(ValueError, match="read-only"):
        data.items[0] = 5


# ---- columns ----


def test_columns_are_found_by_name_or_given(few):
    expected = Dataset.from_pandas(few)
    for names in (["userID", "asin"], ["User Id", "product-id"], ["user_id:token", "item_id:token"]):
        assert_same(Dataset.from_pandas(few.set_axis(names, axis=1)), expected)
    odd = few.set_axis([0, 1], axis=1)
    assert_same(Dataset.from_pandas(odd, user=0, item=1), expected)


def test_an_unknown_column_is_named_with_what_there_is(few):
    with pytest.raises(ValueError, match="^user: there is no column 'who'; there are user_id, item_id$"):
        Dataset.from_pandas(few, user="who")
    with pytest.raises(ValueError, match="^which column is the item\\? Give item=, one of user_id, thing$"):
        Dataset.from_pandas(few.rename(columns={"item_id": "thing"}))
    with pytest.raises(ValueError, match="^weight: there is no column 'w'"):
        Dataset.from_pandas(few, weight="w")
    with pytest.raises(ValueError, match="^title: there is no column 'name'; there are item_id$"):
        Dataset.from_pandas(few, items=pd.DataFrame({"item_id": LETTERS}), title="name")
    with pytest.raises(ValueError, match="^user: there are several columns 'user_id'$"):
        Dataset.from_pandas(pd.concat([few, few], axis=1))


def test_an_empty_frame_is_refused(few):
    for empty in (pd.DataFrame(), few[:0]):
        with pytest.raises(ValueError, match="^there are no events$"):
            Dataset.from_pandas(empty)


def test_events_are_a_frame(few):
    with pytest.raises(TypeError, match="not list"):
        Dataset.from_pandas([(1, "a")])
    with pytest.raises(TypeError, match="not list"):
        Dataset.from_pandas(few, test=[(1, "a")])


def test_duplicates_are_merged(few):
    assert_same(Dataset.from_pandas(pd.concat([few, few])), Dataset.from_pandas(few))
    assert Dataset.from_pandas(pd.concat([few, few])).notes == ["10 duplicated interactions merged"]


def test_the_index_of_a_frame_does_not_matter(events):
    shuffled = events.set_axis(np.random.default_rng(1).permutation(len(events)), axis=0)
    assert_same(Dataset.from_pandas(shuffled, split="time"), Dataset.from_pandas(events, split="time"))


# ---- splits ----


def test_a_random_split_has_a_seed(events):
    first, again, other = (Dataset.from_pandas(events, seed=seed) for seed in (1, 1, 2))
    assert first.hash == again.hash != other.hash
    every = events.drop_duplicates(["user_id", "item_id"])
    for split in (first, other):
        parts = [pairs(split, part) for part in PARTS]
        assert sum(map(len, parts)) == len(every) == len(set.union(*parts))


def test_the_last_of_a_user_is_test(few):
    data = Dataset.from_pandas(few.assign(when=[3, 1, 2, 6, 5, 4, 1, 2, 3, 4]), split="time", time="when")
    assert pairs(data, "test") == {(1, "a"), (2, "b"), (3, "d")}
    assert pairs(data, "validation") == {(1, "c"), (2, "c"), (3, "c")}
    assert pairs(data, "train") == {(1, "b"), (2, "d"), (3, "a"), (3, "b")}


@pytest.mark.parametrize(
    "times",
    [
        pd.date_range("2020-01-01", periods=10),
        pd.date_range("2020-01-01", periods=10, tz="Asia/Tokyo"),
        [f"2020-01-{day:02}" for day in range(1, 11)],
        np.arange(10.0),
        pd.array(range(10), dtype="Int64"),
    ],
    ids=["datetime", "zone", "text", "float", "Int64"],
)
def test_times_of_any_kind_order(few, times):
    data = Dataset.from_pandas(few.assign(date=times), split="time")
    assert pairs(data, "test") == {(1, "c"), (2, "d"), (3, "d")}


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([np.nan] + [1.0] * 9, "row 0 is missing"),
        (pd.array([1, None] + [1] * 8, dtype="Int64"), "row 1 is missing"),
        (pd.to_datetime([None] + ["2020-01-01"] * 9), "time: row 0 has none"),
        (["hello"] * 10, "time: .*hello"),
        ([True] * 10, "time: .*bool"),
    ],
)
def test_times_that_are_none_are_refused(few, times, message):
    with pytest.raises(ValueError, match=message):
        Dataset.from_pandas(few.assign(time=times), split="time")


def test_a_column_or_a_list_splits(few):
    words = ["train", "Training", 0, "val", "valid", "validation", 1, "test", "2", "train"]
    by_column = Dataset.from_pandas(few.assign(part=words), split="part")
    assert pairs(by_column, "train") == {(1, "a"), (1, "b"), (1, "c"), (3, "d")}
    assert pairs(by_column, "validation") == {(2, "b"), (2, "c"), (2, "d"), (3, "a")}
    assert pairs(by_column, "test") == {(3, "b"), (3, "c")}
    for same in (words, pd.Series(words, index=range(10, 20)), np.array(words, dtype=object), pd.Categorical(words)):
        assert_same(Dataset.from_pandas(few, split=same), by_column)


def test_wrong_splits_are_refused(few):
    with pytest.raises(ValueError, match="^split: 'nope' is not 'random', 'time' or a column"):
        Dataset.from_pandas(few, split="nope")
    with pytest.raises(ValueError, match="^split: 'vall' is not one of train, validation, test$"):
        Dataset.from_pandas(few, split=["train"] * 9 + ["vall"])
    with pytest.raises(ValueError, match="^split: None is not one of"):
        Dataset.from_pandas(few, split=["train"] * 9 + [None])
    with pytest.raises(ValueError, match="^split: 9 labels for 10 events$"):
        Dataset.from_pandas(few, split=["train"] * 9)
    with pytest.raises(ValueError, match="^which column is the time"):
        Dataset.from_pandas(few, split="time")
    with pytest.raises(ValueError, match="no training interactions"):
        Dataset.from_pandas(few, split=["test"] * 10)


def test_frames_of_their_own_split(few):
    data = Dataset.from_pandas(few[:6], validation=few[6:8], test=few[8:])
    assert pairs(data, "train") == set(zip(few["user_id"][:6], few["item_id"][:6]))
    assert pairs(data, "validation") == {(3, "a"), (3, "b")}
    assert pairs(data, "test") == {(3, "c"), (3, "d")}
    for split in ("time", ["train"] * 6, np.array(["train"] * 6)):
        with pytest.raises(ValueError, match="nothing is left to split"):
            Dataset.from_pandas(few[:6], test=few[6:], split=split)
    with pytest.raises(ValueError, match="^item: there is no column 'item_id'; there are user_id$"):
        Dataset.from_pandas(few[:6], test=few[["user_id"]])


def test_a_frame_of_test_alone_leaves_validation_to_be_drawn(few):
    data = Dataset.from_pandas(few[:9], test=few[9:])
    assert pairs(data, "test") == {(3, "d")}
    assert len(pairs(data, "validation")) == 3
    assert pairs(data, "train") | pairs(data, "validation") == set(zip(few["user_id"][:9], few["item_id"][:9]))
    numbered = few.set_axis([0, 1], axis=1)
    assert_same(Dataset.from_pandas(numbered[:9], user=0, item=1, test=numbered[9:]), data)


# ---- weights ----


def test_weights_are_of_the_training_entries(few):
    few["w"] = np.arange(1, 11)
    data = Dataset.from_pandas(few, weight="w", split=["train"] * 8 + ["val", "test"])
    held = data.matrix("train").toarray()
    assert held.tolist() == [[1, 2, 3, 0], [0, 4, 5, 6], [7, 8, 0, 0]]
    assert data.matrix("test").data.tolist() == [1.0]
    assert data.hash != Dataset.from_pandas(few, split=["train"] * 8 + ["val", "test"]).hash


def test_the_largest_weight_of_a_pair_counts(few):
    twice = pd.concat([few.assign(w=2.0), few.assign(w=[5.0] + [1.0] * 9)])
    weights = Dataset.from_pandas(twice, weight="w", split=["train"] * 20).matrix()
    assert weights.toarray()[0].tolist() == [5.0, 2.0, 2.0, 0.0]


@pytest.mark.parametrize("weight", [0, -1, np.nan, np.inf, 1e7])
def test_a_weight_that_is_none_is_refused_with_its_row(few, weight):
    few["w"] = [1.0, 1.0, weight] + [1.0] * 7
    with pytest.raises(monet.DataError, match="weight .* of row 2 is not in \\(0, 1e6\\]"):
        Dataset.from_pandas(few, weight="w")


def test_weights_are_numbers(few):
    with pytest.raises(ValueError, match="^w: weights are numbers"):
        Dataset.from_pandas(few.assign(w="heavy"), weight="w")
    with pytest.raises(ValueError, match="^weight: there is no column 'w'"):
        Dataset.from_pandas(few.assign(w=1.0), weight="w", test=few)


# ---- catalogues ----


def test_a_catalogue_orders_items_and_brings_cold_ones(few):
    catalogue = pd.DataFrame(
        {"item_id": list("dzcba"), "title": list("DZCBA"), "genres": [["x"], None, "y", np.nan, 1]}
    )
    data = Dataset.from_pandas(few, items=catalogue)
    assert data.items.tolist() == list("dzcba")
    assert data.titles == list("DZCBA")
    assert data.categories == ["['x']", "", "y", "", "1"]
    assert data.matrix().shape == (3, 5)
    assert data.matrix()[:, 1].nnz == 0
    assert_same(Dataset.from_pandas(few, items=list("dzcba")), data)
    assert_same(Dataset.from_pandas(few, items=catalogue.set_index("item_id")), data)
    assert_same(Dataset.from_pandas(few.assign(item_id=few["item_id"].astype("category")), items=list("dzcba")), data)
    model = monet.Popularity(threads=1).fit(data)
    assert "z" in model.recommend(k=5)["item"].tolist()


def test_numbers_of_a_catalogue_are_those_of_the_events(few):
    few["item_id"] = [LETTERS.index(item) for item in few["item_id"]]
    expected = Dataset.from_pandas(few, items=range(5))
    for catalogue in (np.arange(5.0), [0.0, 1.0, 2.0, 3.0, 4.0], pd.array(range(5), dtype="Int64")):
        data = Dataset.from_pandas(few, items=catalogue)
        assert_same(data, expected)
        assert data.items.dtype == np.int64
    assert_same(Dataset.from_pandas(few.astype({"item_id": float}), items=range(5)), expected)


def test_wrong_catalogues_are_refused(few):
    with pytest.raises(ValueError, match="^item_id: 2 events are of items that are not in `items`, the first of 'd'$"):
        Dataset.from_pandas(few, items=list("abc"))
    with pytest.raises(ValueError, match="^items: the id 'a' comes twice$"):
        Dataset.from_pandas(few, items=list("abcda"))
    with pytest.raises(ValueError, match="^items: row 4 has no id$"):
        Dataset.from_pandas(few, items=[*LETTERS, None])
    with pytest.raises(TypeError, match="'abcd'"):
        Dataset.from_pandas(few, items="abcd")
    with pytest.raises(ValueError, match="^title: .*no frame$"):
        Dataset.from_pandas(few, items=LETTERS, title="title")


# ---- features ----


def features_of(few, given, **options):
    return Dataset.from_pandas(few, items=LETTERS, features={"image": given}, **options).features("image")


def test_a_float32_matrix_in_order_is_not_copied(few, matrix):
    assert np.shares_memory(features_of(few, matrix), matrix)
    assert np.shares_memory(features_of(few, (LETTERS, matrix)), matrix)
    assert np.shares_memory(features_of(few, ("encoder", np.array(LETTERS), matrix)), matrix)
    data = Dataset.from_csr(scipy.sparse.csr_matrix(np.ones((4, 4))), features={"image": matrix})
    assert np.shares_memory(data.features("image"), matrix)


def test_a_mapped_file_is_not_copied(few, matrix, tmp_path):
    np.save(tmp_path / "x.npy", matrix)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert np.shares_memory(features_of(few, mapped), mapped)


def wide(matrix):
    out = np.full((4, 4), -1, dtype=np.float32)
    out[:, ::2] = matrix
    return out


def unaligned(matrix):
    array = np.frombuffer(b"\0" + matrix.tobytes(), dtype=np.float32, offset=1).reshape(matrix.shape)
    assert not array.flags.aligned
    return array


@pytest.mark.parametrize(
    "convert",
    [
        lambda x: x.astype(np.float64),
        lambda x: x.astype(np.int32),
        lambda x: x.astype(np.uint8),
        lambda x: x.astype(np.float16),
        lambda x: x.astype(">f4"),
        lambda x: np.asfortranarray(x),
        lambda x: x[::-1].copy()[::-1],
        lambda x: np.ascontiguousarray(x[:, ::-1])[:, ::-1],
        lambda x: wide(x)[:, ::2],
        unaligned,
        lambda x: x.tolist(),
        lambda x: pd.Series(x.tolist()),
        lambda x: pd.Series(list(x)).to_numpy(),
        lambda x: x.astype(object),
        lambda x: scipy.sparse.csr_matrix(x),
        lambda x: scipy.sparse.coo_matrix(x),
        lambda x: np.ma.masked_less(x, -1),
        lambda x: pd.DataFrame(x, index=LETTERS),
        lambda x: pd.DataFrame(x[::-1], index=LETTERS[::-1]),
        lambda x: pd.DataFrame(x, index=LETTERS).astype("Float64"),
        lambda x: (LETTERS, x.astype(float)),
        lambda x: (LETTERS[::-1], x[::-1]),
        lambda x: ("encoder", LETTERS[::-1], x[::-1]),
        lambda x: (["unknown", *LETTERS], np.vstack([x[:1], x])),
        lambda x: (pd.Index(LETTERS), pd.DataFrame(x)),
    ],
    ids=[
        "float64", "int32", "uint8", "float16", "big-endian", "fortran", "rows-backwards", "columns-backwards",
        "every-second-column", "unaligned", "lists", "series-of-lists", "array-of-arrays", "objects", "csr", "coo",
        "masked", "frame", "frame-backwards", "frame-Float64", "ids-float64", "ids-backwards",
        "encoder-backwards", "more-ids", "ids-and-frame",
    ],
)  # fmt: skip
def test_features_of_other_kinds_are_converted(few, matrix, convert):
    found = features_of(few, convert(matrix))
    assert found.dtype == np.float32
    assert found.flags.c_contiguous and not found.flags.writeable
    assert found.tolist() == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert not np.shares_memory(found, matrix)


def test_booleans_are_features(few, matrix):
    assert features_of(few, matrix > 3).tolist() == [[0, 0], [0, 0], [1, 1], [1, 1]]


def test_rows_that_are_missing_are_filled(few, matrix):
    matrix[1] = np.nan
    masked = np.ma.masked_invalid(matrix)
    absent = ([*"acd"], matrix[[0, 2, 3]])
    frame = pd.DataFrame(matrix, index=LETTERS).astype("Float32")
    for given in (matrix, masked, absent, frame):
        mean = np.float32(10 / 3), np.float32(13 / 3)
        assert features_of(few, given).tolist()[1] == pytest.approx(mean)
        assert features_of(few, given, missing="mean").tolist()[1] == pytest.approx(mean)
        assert features_of(few, given, missing="zero").tolist() == [[0, 1], [0, 0], [4, 5], [6, 7]]
        with pytest.raises(monet.DataError, match='row 1 is missing .*missing="mean"'):
            features_of(few, given, missing="error")
    assert np.isnan(matrix[1]).all(), "the filling is done in a copy"
    with pytest.raises(ValueError, match="^missing: 'median' is not one of mean, zero, error$"):
        features_of(few, matrix, missing="median")
    with pytest.raises(monet.DataError, match="every row is missing"):
        features_of(few, np.full((4, 2), np.nan))


@pytest.mark.parametrize(("value", "word"), [(np.nan, "NaN"), (np.inf, "infinite"), (-np.inf, "infinite")])
def test_single_values_that_are_not_finite_are_refused(few, matrix, value, word):
    matrix[2, 1] = value
    with pytest.raises(monet.DataError, match=f"image: row 2, column 1 is {word}"):
        features_of(few, matrix)


def test_what_is_beyond_float32_is_refused(few, matrix):
    with pytest.raises(monet.DataError, match="row 2, column 1 is infinite or beyond float32"):
        features_of(few, np.where(matrix == 5, 1e300, matrix))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lambda x: x[:3], "3 rows for 4 items"),
        (lambda x: (list("abc"), x), "3 ids for 4 rows"),
        (lambda x: (list("aabc"), x), "the id 'a' comes twice"),
        (lambda x: (list("wxyz"), x), "none of the 4 ids is an item"),
        (lambda x: ("encoder", LETTERS, x, x), "give X, \\(ids, X\\)"),
        (lambda x: x[0], "a matrix is needed, .* got 1 dimensions"),
        (lambda x: x[None], "got 3 dimensions"),
        (lambda x: x.astype(str), "numbers are needed, not <U"),
        (lambda x: x.astype(complex), "numbers are needed, not complex"),
        (lambda x: [[1], [1, 2], [1], [1]], "not a matrix of numbers"),
        (lambda x: pd.Series([[1], [1, 2], [1], [1]]), "not a matrix of numbers"),
        (lambda x: pd.DataFrame({"a": list("wxyz")}, index=LETTERS), "not a matrix of numbers"),
        (lambda x: x[:, :0], "no columns"),
    ],
)
def test_wrong_features_are_refused(few, matrix, given, message):
    with pytest.raises(ValueError, match=f"^features ('image':|of image:) .*{message}"):
        features_of(few, given(matrix))


def test_rows_without_ids_need_a_catalogue(few, matrix):
    with pytest.raises(ValueError, match="^features 'image': whose rows are these\\?"):
        Dataset.from_pandas(few, features={"image": matrix})
    data = Dataset.from_pandas(few, features={"image": (LETTERS, matrix)})
    assert np.shares_memory(data.features("image"), matrix)


@pytest.mark.parametrize("name", ["", "../image", "a/b", ".hidden", "a\nb", 1])
def test_names_of_modalities_are_those_of_files(few, matrix, name):
    with pytest.raises(ValueError, match="no name of a modality"):
        Dataset.from_pandas(few, items=LETTERS, features={name: matrix})


def test_features_are_a_mapping(few, matrix):
    with pytest.raises(TypeError, match="not ndarray"):
        Dataset.from_pandas(few, items=LETTERS, features=matrix)


def test_modalities_are_told_with_their_shapes(few, matrix):
    data = Dataset.from_pandas(few, items=LETTERS, features={"text": matrix, "image": np.ones((4, 3))})
    assert data.modalities == {"image": (4, 3), "text": (4, 2)}
    with pytest.raises(KeyError, match="audio"):
        data.features("audio")


# ---- files ----


@pytest.mark.parametrize(
    "options",
    [{"seed": 5}, {"split": "time"}, {"weight": "rating", "seed": 9}, {"weight": "rating", "split": "time"}],
    ids=str,
)
def test_a_table_and_its_frame_are_the_same_data(events, tmp_path, options):
    events.to_csv(tmp_path / "events.csv", index=False)
    loaded, made = monet.load(tmp_path / "events.csv", **options), Dataset.from_pandas(events, **options)
    assert_same(loaded, made)
    assert loaded.users.tolist() == [str(user) for user in made.users]


def test_a_labelled_table_and_its_frame_are_the_same_data(events, tmp_path):
    once = events.drop_duplicates(["user_id", "item_id"])
    once = once.assign(x_label=np.arange(len(once)) % 3)
    once.to_csv(tmp_path / "events.csv", index=False)
    assert_same(monet.load(tmp_path / "events.csv"), Dataset.from_pandas(once, split="x_label"))


def test_a_saved_dataset_is_the_same(events, tmp_path):
    rng = np.random.default_rng(2)
    titles = [f'T "{item}", NA' for item in range(40)]
    catalogue = pd.DataFrame({"item_id": range(40), "title": titles, "category": ["NA", None, "x", "ü"] * 10})
    data = Dataset.from_pandas(
        events, items=catalogue, weight="rating", features={"image": rng.standard_normal((40, 5), dtype=np.float32)}
    )
    data.save(tmp_path / "shop")
    again = monet.load(tmp_path / "shop")
    assert_same(again, data)
    assert again.name == "shop"
    assert again.titles == titles
    assert again.categories == data.categories == ["NA", "", "x", "ü"] * 10
    assert np.array_equal(again.features("image"), data.features("image"))


@pytest.mark.parametrize("odd", ['a"b', '"', '"q"', "tab\tx", "a b", "comma,", "ü", "'", "\\n", "#", "nan", "0", "日本"])
def test_odd_ids_are_saved(odd, tmp_path):
    events = pd.DataFrame({"user": np.repeat([odd, "v", "w"], 3), "item": [odd, "p", "q"] * 3})
    data = Dataset.from_pandas(events)
    data.save(tmp_path / "odd")
    assert_same(monet.load(tmp_path / "odd"), data)
    assert odd in monet.load(tmp_path / "odd").items


@pytest.mark.parametrize("odd", ["", " a", "a ", "a\nb", "a\r", "\ufeffa", "a\u200b"])
def test_ids_that_no_line_holds_are_not_saved(few, odd, tmp_path):
    data = Dataset.from_pandas(few.replace({"item_id": {"b": odd}}))
    with pytest.raises(ValueError, match="items: the id .* cannot stand in a line"):
        data.save(tmp_path / "odd")
    assert not (tmp_path / "odd").exists()


def test_what_a_folder_has_no_place_for_is_told(few, tmp_path):
    data = Dataset.from_pandas(few, items=[*LETTERS, "y", "z"])
    with pytest.warns(UserWarning, match="^2 items at the end have no interactions"):
        data.save(tmp_path / "short")
    assert monet.load(tmp_path / "short").items.tolist() == LETTERS
    whole = Dataset.from_pandas(few, items=[*LETTERS, "y", "z"], features={"image": np.ones((6, 2))})
    whole.save(tmp_path / "whole")
    assert_same(monet.load(tmp_path / "whole"), whole)


def test_saving_replaces_only_what_it_wrote(few, tmp_path):
    data, other = Dataset.from_pandas(few), Dataset.from_pandas(few[:9])
    path = tmp_path / "deep" / "shop"
    data.save(path)
    with pytest.raises(ValueError, match="exists; give force=True to replace it"):
        other.save(path)
    assert_same(monet.load(path), data)
    other.save(path, force=True)
    assert_same(monet.load(path), other)
    (path / "mine.txt").write_text("mine")
    with pytest.raises(ValueError, match="holds mine.txt"):
        data.save(path, force=True)
    assert (path / "mine.txt").read_text() == "mine"
    assert_same(monet.load(path), other)
    (path / "mine.txt").unlink()
    (path / "shop.inter").write_text("changed")
    with pytest.raises(ValueError, match="holds shop.inter"):
        data.save(path, force=True)
    assert (path / "shop.inter").read_text() == "changed"
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ValueError, match="is not a folder"):
        data.save(tmp_path / "file", force=True)


def test_loading_takes_modalities(folder):
    assert list(monet.load(folder, modalities=["text"]).modalities) == ["text"]
    assert monet.load(folder, modalities=[]).modalities == {}
    with pytest.raises(ValueError, match="no modality 'audio'.*found: image, text"):
        monet.load(folder, modalities=["audio"])
    with pytest.raises(TypeError, match="'image'"):
        monet.load(folder, modalities="image")


# ---- matrices ----


@pytest.fixture
def ratings():
    matrix = scipy.sparse.random(30, 20, 0.3, format="csr", random_state=0)
    matrix.data[:] = 1 + np.floor(3 * matrix.data)
    return matrix


def test_a_matrix_is_split_by_user(ratings):
    data = Dataset.from_csr(ratings)
    whole = sum(data.matrix(part) > 0 for part in PARTS)
    assert (whole != (ratings > 0)).nnz == 0
    assert whole.max() == 1
    train = data.matrix()
    assert (train != ratings.multiply(train > 0)).nnz == 0
    assert data.users.tolist() == list(range(30)) and data.items.tolist() == list(range(20))
    assert Dataset.from_csr(ratings, seed=1).hash != data.hash


@pytest.mark.parametrize("kind", ["tocsc", "tocoo", "tolil", "todok", "tobsr"])
def test_the_format_of_a_matrix_does_not_matter(ratings, kind):
    assert_same(Dataset.from_csr(getattr(ratings, kind)()), Dataset.from_csr(ratings))


def test_the_type_of_a_matrix_does_not_matter(ratings):
    expected = Dataset.from_csr(ratings)
    for kind in (np.float32, np.int8):
        assert_same(Dataset.from_csr(ratings.astype(kind)), expected)
    assert_same(Dataset.from_csr(scipy.sparse.csr_array(ratings)), expected)


def test_entries_that_come_twice_are_added_up():
    twice = scipy.sparse.coo_matrix(([1.0, 2.0, 1.0], ([0, 0, 1], [0, 0, 1])), shape=(2, 2))
    data = Dataset.from_csr(twice, test=twice)
    assert data.matrix().toarray().tolist() == [[3, 0], [0, 1]]
    unsorted = scipy.sparse.csr_matrix((np.array([1.0, 2, 4]), np.array([1, 0, 1]), np.array([0, 3, 3])), shape=(2, 2))
    data = Dataset.from_csr(unsorted, test=unsorted)
    assert data.matrix().toarray().tolist() == [[2, 5], [0, 0]]
    assert unsorted.data.tolist() == [1, 2, 4]


def test_weights_that_are_all_alike_are_none(ratings):
    ones = (ratings > 0).astype(float)
    assert_same(Dataset.from_csr(3 * ones), Dataset.from_csr(ones))
    assert_same(Dataset.from_csr(ones.astype(bool)), Dataset.from_csr(ones))


def test_entries_of_0_are_no_interactions(ratings):
    zeros = ratings.copy()
    zeros.data[:5] = 0
    data = Dataset.from_csr(zeros, validation=ratings, test=ratings)
    assert data.matrix().nnz == ratings.nnz - 5


def test_validation_and_test_are_matrices_of_their_own(ratings):
    other = scipy.sparse.csr_matrix(ratings.toarray()[::-1])
    data = Dataset.from_csr(ratings, validation=other, test=other)
    assert (data.matrix() != ratings).nnz == 0
    for part in ("validation", "test"):
        assert (data.matrix(part) != (other > 0)).nnz == 0
    alone = Dataset.from_csr(ratings, test=other)
    assert (alone.matrix("test") != (other > 0)).nnz == 0
    assert alone.matrix("validation").nnz > 0
    assert alone.matrix().nnz + alone.matrix("validation").nnz == ratings.nnz
    assert Dataset.from_csr(ratings, validation=other).matrix("test").nnz == 0


def test_a_matrix_may_have_ids_titles_and_features(ratings):
    users, items = [f"u{row}" for row in range(30)], [f"i{row}" for row in range(20)]
    features = np.ones((20, 2), dtype=np.float32)
    data = Dataset.from_csr(
        ratings, users=users, items=items, titles=map(str.upper, items), features={"image": features}, name="mine"
    )
    assert data.users.tolist() == users and data.items.tolist() == items
    assert data.titles == [item.upper() for item in items]
    assert np.shares_memory(data.features("image"), features)
    assert data.name == "mine"
    assert Dataset.from_csr(ratings, users=np.arange(30.0)).users.dtype == np.int64


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: {"train": -x}, "values below 0"),
        (lambda x: {"train": x * np.nan}, "not finite"),
        (lambda x: {"train": x * np.inf}, "not finite"),
        (lambda x: {"train": x * 1e300}, "not finite"),
        (lambda x: {"train": x * 1e7}, "is not in \\(0, 1e6\\]"),
        (lambda x: {"train": scipy.sparse.csr_matrix((3, 3))}, "no training interactions"),
        (lambda x: {"train": scipy.sparse.csr_matrix((0, 3))}, "no training interactions"),
        (lambda x: {"train": x, "test": x[:5]}, "the test matrix has the shape \\(5, 20\\), not \\(30, 20\\)"),
        (lambda x: {"train": x, "users": ["a"]}, "1 ids for 30 users"),
        (lambda x: {"train": x, "users": ["a"] * 30}, "users: the id 'a' comes twice"),
        (lambda x: {"train": x, "users": np.arange(30) + 0.5}, "users: ids are numbers that are not whole"),
        (lambda x: {"train": x, "titles": ["a"]}, "1 titles for 20 items"),
        (lambda x: {"train": x, "seed": -1}, "seed: -1 is not a whole number of at least 0"),
    ],
)
def test_wrong_matrices_are_refused(ratings, change, message):
    with pytest.raises(ValueError, match=message):
        Dataset.from_csr(**change(ratings))


@pytest.mark.parametrize("given", [[[1, 2]], np.ones((2, 2)), None])
def test_a_matrix_is_sparse(given):
    with pytest.raises(TypeError, match="a scipy.sparse matrix is needed"):
        Dataset.from_csr(given)


def test_ids_of_a_matrix_are_a_list(ratings):
    with pytest.raises(TypeError, match="not the text 'abc'"):
        Dataset.from_csr(ratings, users="abc")


# ---- what is in it ----


def test_a_generated_dataset_has_a_seed(made):
    assert Dataset.generate(users=200, items=100, interactions=2500).hash == made.hash
    assert Dataset.generate(users=200, items=100, interactions=2500, seed=8).hash != made.hash
    assert made.modalities == {"image": (100, 64), "text": (100, 48)}
    cold = Dataset.generate(users=200, items=100, interactions=2500, cold_items=0.2)
    assert (sum(cold.matrix(part).getnnz(axis=0) for part in PARTS) == 0).sum() >= 10


def test_a_split_is_a_frame_or_a_matrix(few):
    data = Dataset.from_pandas(few, split=["train"] * 8 + ["val", "test"])
    frame = data.interactions()
    assert frame.columns.tolist() == ["user", "item"]
    assert frame.values.tolist() == [[1, "a"], [1, "b"], [1, "c"], [2, "b"], [2, "c"], [2, "d"], [3, "a"], [3, "b"]]
    assert data.matrix().toarray().tolist() == [[1, 1, 1, 0], [0, 1, 1, 1], [1, 1, 0, 0]]
    for wrong in (data.interactions, data.matrix):
        with pytest.raises(ValueError, match="^split: 'all' is not one of train, validation, test$"):
            wrong("all")


def test_a_dataset_shows_itself(few, matrix):
    data = Dataset.from_pandas(few, items=LETTERS, features={"image": matrix}, name="<b>&")
    assert repr(data) == (
        "Dataset('<b>&': 3 users, 4 items, 10 interactions (4 train, 3 validation, 3 test), image 2 wide)"
    )
    assert "Dataset &lt;b&gt;&amp;" in data._repr_html_()
    assert "<b>&" not in data._repr_html_()


def test_a_pickled_dataset_is_the_same(events, made):
    weighed = Dataset.from_pandas(
        events, weight="rating", items=pd.DataFrame({"id": range(41), "title": "t"}).set_index("id")
    )
    empty = Dataset.from_pandas(events, split=["train"] * 300 + ["val"] * 300)
    for data in (made, weighed, empty, Dataset.from_pandas(events, split="time")):
        again = pickle.loads(pickle.dumps(data))
        assert_same(again, data)
        assert again.users.tolist() == data.users.tolist() and again.users.dtype == data.users.dtype
        assert again.titles == data.titles and again.categories == data.categories
        assert repr(again) == repr(data)


def test_a_pickled_dataset_draws_nothing_anew(events, tmp_path):
    once = events.drop_duplicates(["user_id", "item_id"])
    once.assign(x_label=np.arange(len(once)) % 2 * 2).to_csv(tmp_path / "events.csv", index=False)
    data = monet.load(tmp_path / "events.csv")
    assert data.matrix("validation").nnz == 0 < data.matrix("test").nnz
    assert_same(pickle.loads(pickle.dumps(data)), data)


def test_a_pickled_dataset_keeps_how_missing_rows_are_filled(few, matrix):
    for missing in ("mean", "zero", "error"):
        data = Dataset.from_pandas(few, items=LETTERS, features={"image": matrix}, missing=missing)
        assert pickle.loads(pickle.dumps(data))._engine.missing == missing


def test_copies_share_what_cannot_change(made):
    for other in (copy.copy(made), copy.deepcopy(made)):
        assert other.hash == made.hash
        assert np.shares_memory(other.features("image"), made.features("image"))


def test_without_a_split_everything_is_for_training(few):
    data = monet.Dataset.from_pandas(few, split=None)
    assert [data.matrix(part).nnz for part in ("train", "validation", "test")] == [10, 0, 0]
    csr = monet.Dataset.from_csr(data.matrix(), split=None)
    assert [csr.matrix(part).nnz for part in ("train", "validation", "test")] == [10, 0, 0]
    with pytest.raises(ValueError, match="split: 'time' is not 'random' or None"):
        monet.Dataset.from_csr(data.matrix(), split="time")


@pytest.mark.parametrize("shared", [True, False], ids=["the same objects", "an object each"])
def test_texts_are_numbered_as_pandas_numbers_them(shared):
    rng = np.random.default_rng(0)
    words = [f"id-{n}" for n in range(3000)] + [f"a much longer identifier, the {n}th of its kind" for n in range(3000)]
    words += [
        "",
        "e",
        "\u00e9",
        "\u4e2d",
        "\u4e2d\u6587",
        "\U0001f3b5",
        "0123456789abcdef",
        "0123456789abcdefg",
    ]
    # As many rows as it takes to judge whether objects come again.
    picked = rng.integers(0, len(words), 200_000)
    texts = [words[n] if shared else "".join(list(words[n])) for n in picked]
    column = np.array(texts + [None], dtype=object)[:-1]
    codes, first = monet._engine.factorize(column)
    expected, labels = pd.factorize(column)
    assert np.array_equal(codes, expected)
    assert column[first].tolist() == labels.tolist()
    every_second = monet._engine.factorize(column[::2])
    assert np.array_equal(every_second[0], pd.factorize(column[::2])[0])


def test_texts_with_zeros_are_told_apart():
    codes, _ = monet._engine.factorize(np.array(["\x00", "\x00\x00", "", "\x00"], dtype=object))
    assert codes.tolist() == [0, 1, 2, 0]  # pandas ends a text at a zero


def rotated(word, bits):
    return ((word << bits) | (word >> (64 - bits))) & (2**64 - 1)


def same_hash(first, words):
    """A text of as many bytes whose hash is that of `words` (python/src/factorize.cpp), though it begins otherwise."""

    def after(state, word):
        state = ((rotated(state, 23) ^ word) * 0x9E3779B97F4A7C15) % 2**64
        return state ^ (state >> 29)

    begun = 8 * len(words) + 1
    own, other = after(begun, words[0]), after(begun, first)
    second = rotated(own, 23) ^ rotated(other, 23) ^ words[1]
    return [first, second, *words[2:]]


@pytest.mark.parametrize("words", [2, 3], ids=["beside the code", "longer than that"])
def test_texts_of_one_hash_are_told_apart(words):
    one = [0x6161616161616161 + n for n in range(words)]
    texts = [
        b"".join(word.to_bytes(8, "little") for word in held).decode("latin-1") for held in (one, same_hash(7, one))
    ]
    assert len(texts[0]) == len(texts[1]) and texts[0] != texts[1]
    codes, _ = monet._engine.factorize(np.array([*texts, texts[0]], dtype=object))
    assert codes.tolist() == [0, 1, 0]


def test_what_is_no_text_is_left_to_pandas():
    assert monet._engine.factorize(np.array(["a", 1], dtype=object)) is None
    assert monet._engine.factorize(np.array([1, 2])) is None


def test_columns_are_found_as_the_program_finds_them(tmp_path, few):
    odd = few.rename(columns={"user_id": "reviewerID", "item_id": "parent_asin"})
    odd["clickTime"] = range(len(odd))
    odd.to_csv(tmp_path / "odd.csv", index=False)
    assert monet.Dataset.from_pandas(odd, split="time").hash == monet.load(tmp_path / "odd.csv", split="time").hash
    catalogue = pd.DataFrame({"parent_asin": list("abcd"), "MovieTitle": list("ABCD"), "mainCategory": list("wxyz")})
    data = monet.Dataset.from_pandas(odd, items=catalogue)
    assert (data.titles, data.categories) == (list("ABCD"), list("wxyz"))
