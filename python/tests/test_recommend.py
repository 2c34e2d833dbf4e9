"""Asking a model: the program's answers, and what is asked wrongly."""

import json

import numpy as np
import pandas as pd
import pytest

import monet

MODELS = ["monet", "lightgcn", "mf", "itemknn", "ease", "popularity"]


def lines(text):
    return [line.split("\t") for line in text.splitlines() if line]


def rows(frame, columns):
    """A frame as the program prints it: float32 in the fewest digits."""
    return [[str(value) for value in row] for row in zip(*(frame[column].to_numpy() for column in columns))]


# ---- the program's twin ----


@pytest.mark.parametrize("name", MODELS)
def test_lists_are_the_programs(name, fitted, artifact, program):
    model = fitted(name)
    printed = lines(
        program(
            "recommend", "--artifact", artifact(name), "--users", "all", "--format", "tsv", "--k", 5, "--threads", 1
        )
    )
    frame = model.recommend(k=5, threads=1)
    assert len(printed) == len(frame) == 1000
    assert [row[:3] for row in printed] == rows(frame, ["user", "rank", "item"])
    assert [np.float32(row[3]) for row in printed] == frame["score"].tolist()
    items, scores = model.recommend_batch(k=5, threads=1)
    assert items.shape == scores.shape == (200, 5)
    assert items.ravel().tolist() == frame["item"].tolist()
    assert scores.ravel().tolist() == frame["score"].tolist()
    assert scores.dtype == frame["score"].dtype == np.float32


@pytest.mark.parametrize("name", MODELS)
def test_metrics_are_the_programs(name, fitted, artifact, program, folder, data):
    model = fitted(name)
    for split, word in (("test", "test"), ("validation", "val")):
        printed = json.loads(
            program("evaluate", "--artifact", artifact(name), "--data", folder, "--split", word, "--json", "-")
        )
        assert model.evaluate(data, split, beyond_accuracy=True) == printed["metrics"]
        assert model.evaluate(data, word) == {key: printed["metrics"][key] for key in model.evaluate(data, split)}
    assert model.evaluate(data, k=[10, 20]) == model.test_


def test_metrics_of_users_are_the_programs(fitted, artifact, program, folder, data):
    header, *printed = lines(
        program(
            "evaluate", "--artifact", artifact("monet"), "--data", folder, "--per-user", "-", "--auc", "--k", "5,10"
        )
    )[-201:]
    frame = fitted("monet").evaluate(data, k=np.array([5, 10]), per_user=True, auc=True)
    assert frame.index.name == "user" and frame.index.tolist() == [row[0] for row in printed]
    assert frame.columns.tolist() == header[1:]
    assert np.array_equal(frame.to_numpy(), np.array([row[1:] for row in printed], dtype=float))
    assert frame["recall@10"].mean() == pytest.approx(fitted("monet").test_["recall@10"])


@pytest.mark.parametrize("by", ["fused", "image", "text", "model"])
def test_similar_items_are_the_programs(by, model, artifact, program):
    items = ["item-3", "item-50"]
    printed = lines(
        program(
            "similar",
            "--artifact",
            artifact("monet"),
            "--items",
            ",".join(items),
            "--k",
            4,
            "--by",
            by,
            "--format",
            "tsv",
        )
    )
    frame = model.similar_items(items, k=4, by=by)
    assert [row[:3] for row in printed] == rows(frame, ["item", "rank", "similar"])
    assert [np.float32(row[3]) for row in printed] == frame["similarity"].tolist()
    assert frame["title"].tolist() == [model._titles[model.items_.tolist().index(item)] for item in frame["similar"]]


def test_similar_items_of_one(fitted):
    for name in ("monet", "itemknn", "ease"):
        alone = fitted(name).similar_items("item-3", k=4)
        assert alone.equals(fitted(name).similar_items(["item-3"], k=4))
        assert len(alone) == 4 and "item-3" not in alone["similar"].tolist()
        assert (np.diff(alone["similarity"]) <= 0).all()


def test_reasons_are_the_programs(model, artifact, program):
    printed = program(
        "recommend",
        "--artifact",
        artifact("monet"),
        "--users",
        "user-0,user-9",
        "--format",
        "jsonl",
        "--k",
        3,
        "--explain",
    )
    frame = model.recommend(["user-0", "user-9"], k=3, explain=True)
    expected = [item for line in printed.splitlines() for item in json.loads(line)["items"]]
    assert frame.columns.tolist() == ["user", "rank", "item", "score", "title", "why"]
    assert frame.drop(columns="why").equals(model.recommend(["user-0", "user-9"], k=3))
    for why, item in zip(frame["why"], expected, strict=True):
        told = item["explanation"]
        assert (why.item, why.title) == (item["item"], item["title"])
        assert np.float32(why.score) == np.float32(item["score"])
        assert why.general == told["general"]["share"]
        assert why.target == told["target_oriented"]["share"]
        assert why.because == [(past["item"], past["weight"]) for past in told["because"]]
        assert why.modalities == {name: part["share"] for name, part in told["modalities"].items()}
        assert why.general + why.target == pytest.approx(1)
    first = frame["why"][0]
    assert repr(first).startswith(f"{first.title}: {first.score:.3f} because of ")
    again = model.explain("user-0", first.item)
    assert (again.because, again.modalities) == (first.because, first.modalities)
    assert again.score == pytest.approx(first.score, rel=1e-6)


def test_lists_of_new_users_are_the_programs(model, artifact, program):
    printed = lines(
        program("recommend", "--artifact", artifact("monet"), "--history", "item-1,item-2", "--format", "tsv", "--k", 4)
    )
    frame = model.recommend(history=["item-1", "item-2"], k=4)
    assert [row[1:3] for row in printed] == rows(frame, ["rank", "item"])
    assert [np.float32(row[3]) for row in printed] == frame["score"].tolist()
    assert frame["user"].tolist() == [None] * 4
    named = model.recommend("somebody", history=["item-1", "item-2"], k=4)
    assert named["user"].tolist() == ["somebody"] * 4
    assert named["item"].tolist() == frame["item"].tolist()


# ---- what can be asked ----


def test_users_are_asked_for_in_many_ways(model, data):
    expected = model.recommend(["user-3", "user-1"], k=2)
    assert expected["user"].tolist() == ["user-3"] * 2 + ["user-1"] * 2
    assert expected["rank"].tolist() == [1, 2, 1, 2]
    same = [
        ("user-3", "user-1"),
        np.array(["user-3", "user-1"]),
        pd.Series(["user-3", "user-1"], index=[5, 5]),
        pd.Index(["user-3", "user-1"]),
        pd.Categorical(["user-3", "user-1"]),
        (user for user in ["user-3", "user-1"]),
        {"user-3": 0, "user-1": 0},
    ]
    for users in same:
        assert model.recommend(users, k=2).equals(expected)
    assert model.recommend("user-3", k=2).equals(expected[:2])
    twice = model.recommend(["user-3", "user-3"], k=2)
    assert twice[2:].reset_index(drop=True).equals(twice[:2])
    everybody = model.recommend(k=1)
    assert everybody["user"].tolist() == data.users.tolist()
    assert everybody.index.tolist() == list(range(200))


def test_no_users_are_no_rows(model):
    assert model.recommend([]).columns.tolist() == ["user", "rank", "item", "score", "title"]
    assert len(model.recommend([])) == len(model.recommend([], explain=True)) == len(model.similar_items([])) == 0
    items, scores = model.recommend_batch([], k=3)
    assert items.shape == scores.shape == (0, 3)


def test_the_history_is_left_out_but_where_it_may_come_again(model, data):
    past = set(data.interactions().query("user == 'user-0'")["item"])
    everything = model.recommend("user-0", k=1000)
    assert set(everything["item"]) == set(data.items) - past
    assert set(model.recommend("user-0", k=1000, repeat=True)["item"]) == set(data.items)
    more = model.recommend("user-0", k=1000, history=["item-90"])
    assert set(more["item"]) == set(data.items) - past - {"item-90"}
    assert more["score"].tolist() != everything["score"].tolist()[: len(more)]


def test_items_are_left_out_or_chosen(model):
    best = model.recommend("user-0", k=6)["item"].tolist()
    assert model.recommend("user-0", k=4, exclude=best[:2])["item"].tolist() == best[2:]
    assert model.recommend("user-0", k=9, only=[best[4], best[1]])["item"].tolist() == [best[1], best[4]]
    assert (
        model.recommend("user-0", k=9, only=np.array(best[:3]), exclude=pd.Series(best[:1]))["item"].tolist()
        == best[1:3]
    )
    assert len(model.recommend("user-0", only=[])) == 0
    items, scores = model.recommend_batch(["user-0", "user-1"], k=3, only=[best[1]])
    assert items.shape == (2, 1)
    assert items[0].tolist() == [best[1]]


def test_short_lists_of_a_batch_are_filled(model, data):
    train = data.interactions()
    past = [set(train.loc[train["user"] == user, "item"]) for user in ("user-0", "user-1")]
    mine, nobodys = sorted(past[0] - past[1])[0], sorted(set(data.items) - past[0] - past[1])[0]
    items, scores = model.recommend_batch(["user-0", "user-1"], k=9, only=[mine, nobodys])
    assert items.shape == scores.shape == (2, 2)
    assert items[0].tolist() == [nobodys, None] and set(items[1]) == {mine, nobodys}
    assert np.isnan(scores[0, 1]) and np.isfinite(scores[0, 0]) and np.isfinite(scores[1]).all()
    frame = model.recommend(["user-0", "user-1"], k=9, only=[mine, nobodys])
    assert frame["item"].tolist() == [nobodys, *items[1]]


@pytest.mark.parametrize(
    ("kind", "filler"), [(np.int64, -1), (np.int8, -1), (np.uint64, None), (float, -1), (str, None)]
)
def test_ids_that_fill_short_lists(events, kind, filler):
    few = pd.DataFrame({"user": [0, 0, 1], "item": np.array([0, 1, 2]).astype(kind)})
    model = monet.Popularity(threads=1).fit(monet.Dataset.from_pandas(few, split=["train"] * 3))
    items, scores = model.recommend_batch(k=3)
    assert items.shape == (2, 3)
    assert items[0].tolist() == [few["item"][2], filler, filler]
    assert sorted(items[1, :2]) == few["item"][:2].tolist() and items[1, 2] == filler
    assert np.isnan(scores).tolist() == [[False, True, True], [False, False, True]]


def test_beta_weighs_the_past(model):
    general, target = (model.recommend("user-0", k=100, beta=beta).set_index("item")["score"] for beta in (0, 1))
    own = model.recommend("user-0", k=100).set_index("item")["score"]
    mixed = 0.7 * general + 0.3 * target
    assert np.allclose(own, mixed[own.index], rtol=1e-4)
    assert model.recommend("user-0", k=100, beta=np.float32(0.3)).set_index("item")["score"].equals(own)


def test_somebody_without_history_is_given_what_is_popular(model, fitted):
    frame = model.recommend(history=[], k=3)
    assert frame["popular"].tolist() == [True] * 3
    assert frame["item"].tolist() == fitted("popularity").recommend(history=[], k=3)["item"].tolist()
    assert "popular" not in model.recommend("user-0").columns
    why = model.explain(None, frame["item"][0])
    assert why.because == [] and why.score == frame["score"][0]


def test_one_item_is_explained_for_anybody(model, data):
    past = data.interactions().query("user == 'user-0'")["item"].tolist()
    assert model.explain("user-0", past[0]).item == past[0]
    assert {item for item, _ in model.explain("user-0", "item-99", drivers=100).because} == set(past)
    assert model.explain("user-0", "item-99", drivers=0).because == []
    assert "item-98" in dict(model.explain("user-0", "item-99", history=["item-98"], drivers=100).because)
    assert [item for item, _ in model.explain(None, "item-99", history=["item-98"]).because] == ["item-98"]
    assert len(model.recommend("user-0", k=1, explain=True, drivers=1)["why"][0].because) == 1


def test_numbers_find_ids_that_are_text(events, tmp_path):
    events.to_csv(tmp_path / "events.csv", index=False)
    model = monet.Popularity(threads=1).fit(monet.load(tmp_path / "events.csv", seed=3))
    assert model.users_[0] == str(events["user_id"][0])
    number = int(model.users_[0])
    expected = model.recommend([str(number)], k=3)
    for asked in ([number], number, np.int32(number), [float(number)], np.array([number])):
        found = model.recommend(asked, k=3, exclude=[1, "2"])
        assert found["item"].tolist() == model.recommend([str(number)], k=3, exclude=["1", "2"])["item"].tolist()
        assert model.recommend(asked, k=3)["score"].tolist() == expected["score"].tolist()
    assert model.recommend([number], k=3)["user"].tolist() == [number] * 3


def test_more_threads_find_the_same(model):
    one, two = model.recommend(k=5, threads=1), model.recommend(k=5, threads=2)
    assert one["item"].tolist() == two["item"].tolist()
    assert np.allclose(one["score"], two["score"], rtol=1e-5)


# ---- what is asked wrongly ----


def test_unknown_users_and_items_are_named(model):
    with pytest.raises(KeyError) as unknown:
        model.recommend(["user-0", "a", "b", "c", "d"])
    assert isinstance(unknown.value, monet.UnknownId)
    assert str(unknown.value) == "unknown users: 'a', 'b', 'c' and 1 more"
    for call, message in [
        (lambda: model.recommend("nobody"), "unknown users: 'nobody'"),
        (lambda: model.recommend([1.5]), "unknown users: 1.5"),
        (lambda: model.recommend([None]), "unknown users: None"),
        (lambda: model.recommend_batch(["user-0", 7]), "unknown users: 7"),
        (lambda: model.recommend("user-0", history=["x"]), "unknown items in history: 'x'"),
        (lambda: model.recommend("user-0", exclude=["x", "item-0"]), "unknown items in exclude: 'x'"),
        (lambda: model.recommend("user-0", only=[3]), "unknown items in only: 3"),
        (lambda: model.similar_items(["item-0", "x"]), "unknown items: 'x'"),
        (lambda: model.explain("user-0", "x"), "unknown item: 'x'"),
        (lambda: model.explain("x", "item-0"), "unknown users: 'x'"),
        (lambda: model.explain(["user-0"], "item-0"), "unknown users: \\['user-0'\\]"),
    ]:
        with pytest.raises(KeyError, match=f"^{message}$"):
            call()


@pytest.mark.parametrize("name", ["history", "exclude", "only"])
def test_a_text_is_no_list(model, name):
    with pytest.raises(TypeError, match="not the text 'item-1'; write \\['item-1'\\]"):
        model.recommend("user-0", **{name: "item-1"})
    with pytest.raises(TypeError):
        model.recommend("user-0", **{name: 5})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"k": 0}, "k: 0 is not a whole number of at least 1"),
        ({"k": -1}, "k: -1 is not"),
        ({"k": 2.0}, "k: 2.0 is not"),
        ({"k": True}, "k: True is not"),
        ({"k": "5"}, "k: '5' is not"),
        ({"k": None}, "k: None is not"),
        ({"k": 10**30}, "k: 10+ is not a whole number of at most"),
        ({"threads": 0}, "threads: 0 is not a whole number of at least 1"),
        ({"threads": 10**6}, "threads: 1000000 is not a whole number of at most 1024"),
        ({"beta": 2}, "beta: 2 is not a number between 0 and 1"),
        ({"beta": np.nan}, "beta: nan is not"),
        ({"beta": "0.5"}, "beta: '0.5' is not"),
        ({"beta": True}, "beta: True is not"),
        ({"explain": True, "drivers": -1}, "drivers: -1 is not a whole number of at least 0"),
    ],
)
def test_wrong_numbers_are_refused(model, options, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        model.recommend("user-0", **options)


def test_a_list_as_long_as_can_be(model):
    assert len(model.recommend("user-0", k=np.int64(2**31 - 1), only=["item-98", "item-99"])) == 2


def test_history_is_of_one_user(model):
    with pytest.raises(ValueError, match="history is that of one user, but 2 are asked for"):
        model.recommend(["user-0", "user-1"], history=["item-1"])


def test_what_a_model_cannot_is_said(fitted, data):
    with pytest.raises(monet.DataError, match="mf are not target-aware and have no beta"):
        fitted("mf").recommend("user-0", beta=0.5)
    with pytest.raises(monet.DataError, match="cannot take a history"):
        fitted("mf").recommend(history=["item-1"])
    with pytest.raises(monet.DataError, match="no similarity by 'audio'; it has fused, model, image, text"):
        fitted("monet").similar_items(["item-1"], by="audio")
    assert fitted("monet").similarities == ["fused", "model", "image", "text"]
    for k in (0, "10", True):
        with pytest.raises(ValueError, match="^k: "):
            fitted("monet").similar_items(["item-1"], k=k)


def test_evaluation_is_of_the_data_of_the_training(model, data, made):
    with pytest.raises(ValueError, match="^split: 'train' is not one of test, validation$"):
        model.evaluate(data, "train")
    with pytest.raises(TypeError, match="takes a monet.Dataset, not str"):
        model.evaluate("data")
    for k in (0, [10, -1], True, [2.5], "10"):
        with pytest.raises(ValueError, match="^k: "):
            model.evaluate(data, k=k)
    other = monet.Dataset.generate(users=200, items=100, interactions=2500, seed=8)
    with pytest.raises(monet.DataError, match=f"hash {other.hash}, not {data.hash}\\); give that, or force=True$"):
        model.evaluate(other)
    assert 0 < model.evaluate(other, force=True)["recall@20"] < model.test_["recall@20"]
    smaller = monet.Dataset.generate(users=100, items=100, interactions=1500)
    with pytest.raises(monet.DataError, match="has 100 users and 100 items, but .* 200 and 100"):
        model.evaluate(smaller, force=True)


def test_masking_validation_changes_the_candidates(model, data):
    assert model.evaluate(data, mask_validation=True)["recall@20"] >= model.evaluate(data)["recall@20"]
    assert list(model.evaluate(data, k=7, auc=True)) == [
        "auc", "hit@7", "map@7", "mrr@7", "ndcg@7", "ndcg_paper@7", "precision@7", "recall@7"
    ]  # fmt: skip
