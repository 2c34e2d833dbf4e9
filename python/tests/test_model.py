"""Fitting and keeping models."""

import copy
import json
import os
import pickle
import signal
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import monet
import monet.model
from monet._ids import restored


def tensors(model):
    """All of them, as they lie in the artifact."""
    return Path(model._recommender.path(), "model.safetensors").read_bytes()


# ---- the program's twin ----


@pytest.mark.parametrize("name", monet.MODELS)
def test_fit_is_the_programs_training_to_the_bit(name, fitted, artifact):
    ours, theirs = Path(fitted(name)._recommender.path()), artifact(name)
    assert tensors(fitted(name)) == (theirs / "model.safetensors").read_bytes()
    for file in ("users.tsv", "items.tsv"):
        assert (ours / file).read_bytes() == (theirs / file).read_bytes()
    metrics = json.loads((theirs / "config.json").read_text())["metrics"]
    assert (fitted(name).validation_, fitted(name).test_) == (metrics["validation"], metrics["test"])


def test_a_seed_is_a_seed(data, model):
    other = monet.Monet(epochs=2, seed=8, threads=1).fit(data)
    again = monet.Monet(epochs=2, seed=7, threads=1).fit(data)
    assert np.array_equal(again.user_embeddings_, model.user_embeddings_)
    assert not np.array_equal(other.user_embeddings_, model.user_embeddings_)


# ---- fitting ----


def test_what_was_learnt(data, model):
    assert model.user_embeddings_.shape == (200, 128)
    assert model.item_embeddings_.shape == (100, 128)
    assert model.users_.tolist() == data.users.tolist()
    assert model.items_.tolist() == data.items.tolist()
    assert model.stopped_ is False
    assert 0.0 < model.test_["recall@20"] < 1.0
    history = model.history_
    assert history.index.name == "epoch" and history.index.tolist() == [0, 1]
    assert history.loc[model.best_epoch_, "recall@20"] == model.validation_["recall@20"] == history["recall@20"].max()


def test_a_model_that_is_computed_has_no_history(fitted):
    model = fitted("popularity")
    assert len(model.history_) == 0
    assert model.best_epoch_ == -1
    assert fitted("ease").user_embeddings_ is None


def test_fit_starts_from_parameters(data, model, tmp_path):
    start = monet.Monet(epochs=0, threads=1, init=model).fit(data)
    assert np.allclose(start.user_embeddings_, model.user_embeddings_, atol=1e-6)
    model.save(tmp_path / "start")
    for path in (tmp_path / "start", str(tmp_path / "start")):
        assert np.array_equal(
            monet.Monet(epochs=0, threads=1, init=path).fit(data).user_embeddings_, start.user_embeddings_
        )
    with pytest.raises(monet.NotFittedError):
        monet.Monet(init=monet.Monet()).fit(data)
    with pytest.raises(FileNotFoundError, match="no such file"):
        monet.Monet(init=tmp_path / "nowhere", threads=1).fit(data)


def test_a_fit_that_fails_leaves_the_model_as_it_was(data, model, events, leftovers):
    other = copy.copy(model)
    with pytest.raises(monet.DataError, match="needs at least one modality"):
        other.fit(monet.Dataset.from_pandas(events))
    assert other.recommend(["user-0"], k=3).equals(model.recommend(["user-0"], k=3))
    assert leftovers() == []


def test_minutes_end_a_training(made):
    model = monet.Monet(epochs=10**6, patience=10**6, max_minutes=0.005, threads=1).fit(made)
    assert model._recommender.config()["training"]["ended_by"] == "max_minutes"
    assert model.stopped_ is False
    assert len(model.recommend(["user-0"], k=3)) == 3


def test_progress_is_told(data, capsys):
    model = monet.Monet(epochs=2, validate_every=1, threads=1).fit(data, progress=True)
    lines = capsys.readouterr().err.splitlines()
    told = [line for line in lines if line.startswith("epoch ")]
    assert len(told) == 2
    assert told[0].startswith(f"epoch 0: loss {model.history_.loc[0, 'loss']:.4f}, recall@20 ")
    assert lines[-1].startswith("monet: 2 epochs in ")
    monet.Monet(epochs=2, threads=1).fit(data)
    assert capsys.readouterr() == ("", "")


class Watcher:
    """In the place of the display."""

    failing = ""

    def on_start(self, lines):
        self.call("start")

    def on_step(self, progress):
        self.call("step")

    def on_validation(self, validation):
        self.call("validation")

    def close(self, text):
        pass

    def call(self, name):
        if name == self.failing:
            raise RuntimeError(f"at {name}")


@pytest.mark.parametrize("failing", ["start", "step", "validation"])
def test_an_exception_of_the_observer_comes_through(data, monkeypatch, leftovers, failing):
    monkeypatch.setattr(monet.model, "Display", Watcher)
    monkeypatch.setattr(Watcher, "failing", failing)
    model = monet.Monet(epochs=2, threads=1)
    with pytest.raises(RuntimeError, match=f"^at {failing}$") as caught:
        model.fit(data, progress=True)
    assert leftovers() == [], "although the exception holds the frames"
    assert caught.value is not None
    with pytest.raises(monet.NotFittedError):
        model.recommend()


# ---- Ctrl-C ----


@pytest.mark.parametrize("progress", [False, True])
def test_an_interrupt_ends_a_training_in_good_order(made, progress, capsys, leftovers):
    model = monet.Monet(epochs=10**6, patience=10**6, validate_every=1, threads=1)
    timer = threading.Timer(0.7, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.warns(UserWarning, match="^training was interrupted; monet: [0-9]+ epochs"):
        assert model.fit(made, progress=progress) is model
    timer.join()
    assert model.stopped_ is True
    history = model.history_
    assert 1 < len(history) < 10**6
    assert model.best_epoch_ == history["recall@20"].idxmax()
    assert model.validation_["recall@20"] == history["recall@20"].max()
    assert len(model.recommend(["user-0"], k=5)) == 5
    assert pickle.loads(pickle.dumps(model)).stopped_ is True
    assert len(leftovers()) == 1
    assert model.set_params(epochs=1).fit(made).stopped_ is False


def test_an_interrupt_in_the_observer_is_one_of_the_training(made, monkeypatch):
    class Interrupted(Watcher):
        def on_validation(self, validation):
            signal.raise_signal(signal.SIGINT)
            time.sleep(0)

    monkeypatch.setattr(monet.model, "Display", Interrupted)
    model = monet.Monet(epochs=50, validate_every=1, threads=1)
    with pytest.warns(UserWarning, match="interrupted"):
        model.fit(made, progress=True)
    assert model.stopped_ is True
    assert len(model.history_) < 5


def test_an_interrupt_of_another_thread_is_none_of_the_training(made):
    done = []
    thread = threading.Thread(target=lambda: done.append(monet.Monet(epochs=3, threads=1).fit(made)))
    thread.start()
    thread.join()
    assert done[0].stopped_ is False


# ---- events that came later ----


@pytest.fixture
def newer(model):
    return copy.copy(model)


def test_events_are_history_from_then_on(model, newer):
    first = model.recommend(["user-0"], k=3)["item"].tolist()
    assert newer.partial_fit([("user-0", first[0]), ("user-0", first[0])]) is newer
    again = newer.recommend(["user-0"], k=3)
    assert first[0] not in again["item"].tolist()
    assert again.equals(model.recommend(["user-0"], k=3, history=[first[0]]))
    assert newer.recommend(["user-0"], k=3, history=[first[1]]).equals(
        model.recommend(["user-0"], k=3, history=first[:2])
    )
    assert newer.recommend(k=3).query("user == 'user-0'").reset_index(drop=True).equals(again)
    assert model.recommend(["user-0"], k=3)["item"].tolist() == first


def test_events_make_new_users(model, newer):
    pairs = [("new", "item-1"), (17, "item-2"), (17, "item-3")]
    newer.partial_fit(pairs[:1]).partial_fit(np.array(pairs[1:], dtype=object))
    found = newer.recommend(["new", "user-0", 17, "17", 17.0], k=2)
    assert found["user"].tolist() == ["new"] * 2 + ["user-0"] * 2 + [17] * 2 + ["17"] * 2 + [17.0] * 2
    alone = model.recommend(history=["item-2", "item-3"], k=2)
    assert found["item"].tolist()[4:6] == found["item"].tolist()[6:8] == alone["item"].tolist()
    assert found["score"].tolist()[4:6] == pytest.approx(alone["score"].tolist(), rel=1e-5)
    assert newer.explain("new", "item-5").because[0][0] == "item-1"
    with pytest.raises(KeyError, match="unknown users: 'other'"):
        newer.recommend(["new", "other"])


def test_events_come_as_frames(newer):
    frame = pd.DataFrame({"user_id": ["n1", "n2"], "item_id": ["item-1", "item-2"]})
    newer.partial_fit(frame)
    newer.partial_fit(frame.set_axis(["who", "what"], axis=1).replace("n", "m", regex=True), user="who", item="what")
    assert len(newer.recommend(["n1", "n2", "m1", "m2"], k=1)) == 4


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (["ab"], "pairs of user and item, not 'ab'"),
        ([("a", "item-1", 3)], "pairs of user and item"),
        ([5], "pairs of user and item, not 5"),
        ([("a", "item-1"), (None, "item-1")], "row 1 has no user"),
        ([(np.nan, "item-1")], "row 0 has no user"),
        (
            pd.DataFrame({"who": ["a"], "item_id": ["item-1"]}),
            "which column is the user\\? Give user=, one of who, item_id",
        ),
    ],
)
def test_wrong_events_are_refused(newer, events, message):
    with pytest.raises(ValueError, match=message):
        newer.partial_fit(events)
    assert newer._events == {}


def test_events_of_unknown_items_are_refused(newer):
    with pytest.raises(KeyError, match="unknown items: 'nope'"):
        newer.partial_fit([("user-0", "item-1"), ("user-0", "nope")])
    assert newer._events == {}


def test_a_model_without_folding_in_takes_no_events(fitted):
    with pytest.raises(monet.DataError, match="the model mf takes no history"):
        fitted("mf").partial_fit([("user-0", "item-1")])


def test_fitting_again_forgets_events_and_items(data, newer):
    newer.partial_fit([("new", "item-1")]).add_items(features_of(1), ["n"])
    newer.fit(data)
    assert "n" not in newer.items_
    with pytest.raises(KeyError, match="new"):
        newer.recommend(["new"])


# ---- items that came later ----


def features_of(count, seed=0):
    rng = np.random.default_rng(seed)
    return {"image": rng.standard_normal((count, 64)), "text": rng.standard_normal((count, 48))}


def test_added_items_are_items(data, model, newer):
    like = data.items.tolist().index("item-5")
    features = {name: np.repeat(data.features(name)[like : like + 1], 2, axis=0) for name in ("image", "text")}
    assert newer.add_items(features, ["n1", "n2"], titles=["First", "Second"]) is newer
    assert newer.items_.tolist() == [*data.items, "n1", "n2"]
    found = newer.recommend(["user-0"], k=102, only=["n1", "n2"])
    assert sorted(found["item"]) == ["n1", "n2"] and sorted(found["title"]) == ["First", "Second"]
    assert found["score"][0] == found["score"][1]
    assert {"n1", "n2"} <= set(newer.similar_items("item-5", k=3, by="image")["similar"])
    assert newer.explain("user-0", "n1").item == "n1"
    assert len(newer.recommend(history=["n1"], k=3)) == 3
    newer.partial_fit([("user-0", "n1")])
    assert newer.recommend(["user-0"], k=5, only=["n1", "n2"])["item"].tolist() == ["n2"]
    assert len(model.items_) == 100
    with pytest.raises(KeyError, match="n1"):
        model.recommend(only=["n1"])


def test_an_added_item_is_replaced(newer):
    newer.add_items(features_of(2, seed=1), ["n1", "n2"], titles=["old", "old"])
    before = newer.explain("user-0", "n1").score, newer.explain("user-0", "n2").score
    newer.add_items(features_of(1, seed=2), ["n1"], titles=["new"])
    assert newer.items_.tolist()[100:] == ["n1", "n2"]
    after = newer.explain("user-0", "n1"), newer.explain("user-0", "n2")
    assert after[0].score != before[0] and after[1].score == pytest.approx(before[1], rel=1e-6)
    assert (after[0].title, after[1].title) == ("new", "old")


def test_features_of_added_items_come_in_any_form(newer, model):
    features = features_of(2)
    newer.add_items(features, ["n1", "n2"])
    frames = {name: pd.DataFrame(values[::-1], index=["n2", "n1"]) for name, values in features.items()}
    pairs = {name: (["n2", "n1"], values[::-1]) for name, values in features.items()}
    for given in (frames, pairs):
        other = copy.copy(model).add_items(given, ["n1", "n2"])
        for item in ("n1", "n2"):
            assert other.explain("user-0", item).score == newer.explain("user-0", item).score


def test_nan_rows_of_added_items_are_missing(model, newer):
    features = features_of(2)
    features["image"][0] = np.nan
    newer.add_items(features, ["n1", "n2"])
    text_only = copy.copy(model).add_items({"text": features["text"][:1]}, ["n1"])
    assert newer.explain("user-0", "n1").score == text_only.explain("user-0", "n1").score


@pytest.mark.parametrize(
    ("change", "ids", "message"),
    [
        (lambda f: {"image": f["image"][:, :63], "text": f["text"]}, ["n1", "n2"], "'image': 63 columns, .* has 64"),
        (lambda f: {"image": f["image"][:1]}, ["n1", "n2"], "'image': 1 rows for 2 items"),
        (lambda f: {"image": np.where(f["image"] > 2, np.inf, f["image"])}, ["n1", "n2"], "image.*not finite"),
        (lambda f: {"image": np.where(f["image"] > 2, np.nan, f["image"])}, ["n1", "n2"], "image.*not finite"),
        (lambda f: {"image": np.full((2, 64), np.nan)}, ["n1", "n2"], "'n1' cannot be added: it has no features"),
        (lambda f: {}, ["n1", "n2"], "'n1' cannot be added: it has no features"),
        (lambda f: {"imgae": f["image"]}, ["n1", "n2"], "'n1' cannot be added: it has no features"),
        (lambda f: f, ["n1", "n1"], "ids: one comes twice"),
        (lambda f: f, ["n1", None], "ids: row 1 has no id"),
        (lambda f: f, ["n1", "item-1"], "'item-1' is an item the model was trained on"),
    ],
)
def test_wrong_items_are_refused(newer, change, ids, message):
    with pytest.raises(ValueError, match=message):
        newer.add_items(change(features_of(2)), ids)
    assert len(newer.items_) == 100


def test_titles_of_added_items_are_as_many(newer):
    with pytest.raises(ValueError, match="^2 titles for 1 ids$"):
        newer.add_items(features_of(1), ["n1"], titles=["a", "b"])
    with pytest.raises(TypeError, match="'n1'"):
        newer.add_items(features_of(1), "n1")


@pytest.mark.parametrize("name", ["popularity", "mf", "ease"])
def test_a_model_without_features_takes_no_items(name, fitted):
    with pytest.raises(monet.DataError, match="makes no embedding of an item's features"):
        fitted(name).add_items(features_of(1), ["n1"])


# ---- keeping ----


@pytest.fixture
def numbered(events):
    """A model of a dataset whose ids are numbers."""
    features = np.random.default_rng(0).standard_normal((40, 4), dtype=np.float32)
    data = monet.Dataset.from_pandas(events, items=range(40), features={"image": features})
    return data, monet.Monet(epochs=2, threads=1, alpha=0.5).fit(data)


@pytest.mark.parametrize("name", monet.MODELS)
def test_a_saved_model_opens_as_it_was(name, fitted, tmp_path):
    model = fitted(name)
    model.save(tmp_path / "m")
    opened = monet.open(tmp_path / "m")
    assert type(opened) is type(model)
    # What does not concern a model that is computed is not noted.
    noted = {"threads": None} | ({} if model._info["trained"] else {"epochs": model._defaults()["epochs"]})
    assert opened.get_params() == model.get_params() | noted
    assert opened.recommend(k=3).equals(model.recommend(k=3))
    assert opened.history_.equals(model.history_)
    for again in (pickle.loads(pickle.dumps(opened)), pickle.loads(pickle.dumps(model))):
        assert again.recommend(k=3).equals(model.recommend(k=3))
        assert tensors(again) == tensors(model)


def test_ids_stay_numbers(numbered, tmp_path):
    data, model = numbered
    model.save(tmp_path / "m")
    opened = monet.open(str(tmp_path / "m"))
    for other in (opened, pickle.loads(pickle.dumps(model)), copy.copy(model)):
        assert other.users_.dtype == other.items_.dtype == np.int64
        assert other.users_.tolist() == data.users.tolist()
        assert other.recommend([3], k=3).equals(model.recommend([3], k=3))
        assert other.recommend(["3", 3.0, np.int16(3)], k=1)["item"].nunique() == 1
    opened.add_items({"image": np.ones((1, 4))}, [99])
    assert opened.items_.dtype == np.int64 and opened.items_[-1] == 99
    opened.add_items({"image": np.ones((1, 4))}, ["hundred"])
    assert opened.items_.tolist()[-2:] == [99, "hundred"]


@pytest.mark.parametrize(
    "labels", [pd.date_range("2020", periods=40), [f"i{n}" for n in range(40)], [2**63 + n for n in range(40)]]
)
def test_ids_of_other_kinds_are_restored(events, labels, tmp_path):
    events["item_id"] = pd.Series(labels)[events["item_id"].to_numpy()].to_numpy()
    model = monet.Popularity(threads=1).fit(monet.Dataset.from_pandas(events))
    model.save(tmp_path / "m")
    opened = monet.open(tmp_path / "m")
    assert opened.items_.dtype == model.items_.dtype
    assert opened.items_.tolist() == model.items_.tolist()


def test_ids_that_are_no_numbers_any_more_are_text():
    """As after ``monet retrain`` with users of a store."""
    for kind in ("int64", "uint64", "datetime64[ns]"):
        assert restored(["1", "somebody"], kind).tolist() == ["1", "somebody"]
    assert restored(["1", "2"], "int64").tolist() == [1, 2]


def test_a_saved_model_replaces_only_one(model, fitted, tmp_path):
    model.save(tmp_path / "m")
    with pytest.raises(ValueError, match="exists; give force=True to replace it"):
        fitted("popularity").save(tmp_path / "m")
    fitted("popularity").save(str(tmp_path / "m"), force=True)
    assert monet.open(tmp_path / "m").name == "popularity"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    with pytest.raises(ValueError, match="letter.txt"):
        model.save(tmp_path / "mine", force=True)
    assert (tmp_path / "mine" / "letter.txt").read_text() == "mine"
    opened = monet.open(tmp_path / "m")
    with pytest.raises(ValueError, match="which is read for it"):
        opened.save(tmp_path / "m", force=True)
    assert len(opened.recommend(k=1)) == 200


def test_what_an_artifact_does_not_keep_is_told(newer, tmp_path):
    newer.partial_fit([("new", "item-1"), ("new", "item-2")]).add_items(features_of(1), ["n"])
    with pytest.warns(
        UserWarning, match="^2 events and 1 items that came after the training are not part of an artifact"
    ):
        newer.save(tmp_path / "m")
    opened = monet.open(tmp_path / "m")
    assert len(opened.items_) == 100
    with pytest.raises(KeyError):
        opened.recommend(["new"])


def test_pickles_and_copies_keep_what_came_later(newer):
    newer.partial_fit([("new", "item-1")]).add_items(features_of(1), ["n"], titles=["New"])
    expected = newer.recommend(["new", "user-0"], k=101)
    others = [pickle.loads(pickle.dumps(newer)), copy.copy(newer), copy.deepcopy(newer)]
    for other in others:
        assert other.recommend(["new", "user-0"], k=101).equals(expected)
        other.partial_fit([("new", "n"), ("newer", "n")]).add_items(features_of(1, seed=1), ["n2"])
        other.set_params(alpha=0.125)
    assert newer.recommend(["new", "user-0"], k=101).equals(expected)
    assert newer.get_params()["alpha"] == 1.0
    with pytest.raises(KeyError):
        newer.recommend(["newer"])


def test_models_that_are_not_fitted_are_pickled_too():
    for other in (pickle.loads(pickle.dumps(monet.Monet(alpha=0.5))), copy.deepcopy(monet.Monet(alpha=0.5))):
        assert repr(other) == "Monet(alpha=0.5)"
        with pytest.raises(monet.NotFittedError):
            other.recommend()


def test_a_pickle_needs_no_folder(data, leftovers):
    model = monet.Popularity(threads=1).fit(data)
    state, expected = pickle.dumps(model), model.recommend(k=2)
    del model
    assert leftovers() == []
    assert pickle.loads(state).recommend(k=2).equals(expected)


def test_a_blend_opens(artifact, folder, program, tmp_path):
    path = tmp_path / "blend"
    program(
        "blend",
        "--artifacts",
        f"{artifact('monet')},{artifact('ease')}",
        "--data",
        folder,
        "--out",
        path,
        "--weights",
        "0.5,0.5",
    )
    blend = monet.open(path)
    assert type(blend) is monet.Blend and repr(blend) == "Blend()"
    why = blend.recommend(["user-0"], k=1, explain=True)["why"][0]
    assert [name for name, _, _ in why.parts] == ["monet", "ease"]
    assert "ease" in why.to_html()
    assert pickle.loads(pickle.dumps(blend)).recommend(k=2).equals(blend.recommend(k=2))
    blend.save(tmp_path / "again")
    assert monet.open(tmp_path / "again").recommend(k=2).equals(blend.recommend(k=2))
    with pytest.raises(TypeError, match="made of fitted models"):
        blend.fit(monet.load(folder))
    with pytest.raises(TypeError, match="has no option 'alpha'"):
        blend.set_params(alpha=1)


# ---- showing ----


def test_a_model_shows_itself(data, model):
    assert repr(model) == "Monet(epochs=2, seed=7, threads=1)"
    page = model._repr_html_()
    assert "<b>Monet</b>" in page and f"{model.test_['recall@20']:.4f}" in page
    assert "not fitted" in monet.Monet()._repr_html_()
    assert "&lt;i&gt;" in monet.Monet(init="<i>")._repr_html_() and "<i>" not in monet.Monet(init="<i>")._repr_html_()


def test_what_people_wrote_is_escaped(tmp_path):
    evil = "<script>alert(1)</script>&\"'"
    events = pd.DataFrame({"user": np.repeat([evil, "v", "w"], 3), "item": [evil, "p", "q"] * 3})
    catalogue = pd.DataFrame({"item": [evil, "p", "q"], "title": [evil, "", "t"]})
    data = monet.Dataset.from_pandas(events, items=catalogue, name=evil, features={evil.replace("/", ""): np.eye(3)})
    model = monet.Monet(epochs=1, threads=1).fit(data)
    assert evil in model.recommend(k=3)["item"].tolist()
    for item in (evil, "p"):
        why = model.explain(evil, item)
        for page in (why.to_html(), why._repr_html_(), data._repr_html_(), model._repr_html_()):
            assert "<script" not in page
            assert "&lt;script&gt;" in page or page == model._repr_html_()
    (tmp_path / "p.png").write_bytes(b"\x89PNG")
    assert "data:image/png;base64,iVBORw==" in model.explain(None, "p").to_html(tmp_path)
    assert "<img" not in model.explain(None, "q").to_html(tmp_path)
    assert "data:image/png" in model.explain(None, "q").to_html(lambda item: tmp_path / "p.png")


def test_history_is_plotted(model, fitted):
    pytest.importorskip("matplotlib").use("Agg")
    import matplotlib.pyplot as plt

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        axes = model.plot_history()
        assert axes.get_title() == "monet"
        assert axes.lines[0].get_ydata().tolist() == model.history_["loss"].tolist()
        assert "not trained in epochs" in fitted("popularity").plot_history().texts[0].get_text()
    plt.close("all")


def test_added_items_may_be_named_by_their_features(model, data):
    rows = {name: data.features(name)[:2] for name in data.modalities}
    (first, X), (second, Y) = rows.items()
    changed = copy.copy(model).add_items({first: (["n1", "n2"], X), second: pd.DataFrame(Y, index=["n2", "n1"])})
    plain = copy.copy(model).add_items({first: X, second: Y[::-1]}, ids=["n1", "n2"])
    assert changed.items_[-2:].tolist() == ["n1", "n2"]
    for user in data.users[:5]:
        assert changed.recommend(user, k=50).equals(plain.recommend(user, k=50))
    with pytest.raises(ValueError, match="whose features are these"):
        copy.copy(model).add_items(rows)


def test_ctrl_c_while_something_is_computed_at_once_is_not_lost(data, monkeypatch, leftovers):
    class Interrupted:
        def on_start(self, lines):
            raise KeyboardInterrupt

        def close(self, text):
            pass

    monkeypatch.setattr(monet.model, "Display", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        monet.Popularity().fit(data, progress=True)
    assert leftovers() == []
