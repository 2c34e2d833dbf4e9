"""Comparisons, searches, races and preparation, which the program runs."""

import os
import pickle
import signal
import threading

import numpy as np
import pandas as pd
import pytest

import monet
from monet.experiments import label_of, seeds_text

QUICK = {"epochs": 2, "threads": 1}


# ---- comparisons ----


@pytest.fixture(scope="module")
def compared(made, tmp_path_factory):
    out = tmp_path_factory.mktemp("compare") / "out"
    return out, monet.compare(made, ["popularity", monet.Mf(dim=8)], seeds=2, out=out, **QUICK)


def test_models_are_compared(compared, folder):
    _, result = compared
    assert result.table.index.tolist() == ["popularity", "mf:dim=8"]
    assert result.table.index.name == "method"
    assert result.best() == result.table["recall@20"].idxmax()
    assert result.errors == {}
    assert (result.seconds > 0).all()
    scores = [
        monet.Mf(dim=8, seed=seed, epochs=2, threads=1).fit(monet.load(folder)).test_["recall@20"] for seed in (0, 1)
    ]
    assert result.table.loc["mf:dim=8", "recall@20"] == pytest.approx(np.mean(scores), rel=1e-6)
    assert result.deviation.loc["mf:dim=8", "recall@20"] == pytest.approx(np.std(scores, ddof=1), rel=1e-6)
    assert result.deviation.loc["popularity", "recall@20"] == 0
    tests = result.tests.set_index(["method", "metric"])
    row = tests.loc[("mf:dim=8", "recall@20")]
    assert row["against"] == "popularity"
    difference = result.table["recall@20"].diff().iloc[1]
    assert abs(row["difference"]) == pytest.approx(abs(difference), rel=1e-6)
    assert 0 < row["p"] <= row["p_holm"] <= 1


def test_a_comparison_shows_itself(compared):
    _, result = compared
    assert f"{result.table.loc['popularity', 'recall@20']:.4f}" in repr(result)
    assert "<table" in result._repr_html_() and "popularity" in result._repr_html_()
    pytest.importorskip("matplotlib").use("Agg")
    import matplotlib.pyplot as plt

    axes = result.plot("ndcg@20")
    assert axes.get_xlabel() == "ndcg@20 on test"
    assert [label.get_text() for label in axes.get_yticklabels()] == result.table[
        "ndcg@20"
    ].sort_values().index.tolist()
    plt.close("all")


def test_a_comparison_goes_on_with_what_is_there(compared, made):
    out, result = compared
    runs = {path: path.stat().st_mtime_ns for path in out.rglob("model.safetensors")}
    assert len(runs) >= 3
    again = monet.compare(made, ["popularity", monet.Mf(dim=8)], seeds=2, out=str(out), **QUICK)
    assert again.table.equals(result.table)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("model.safetensors")} == runs
    with pytest.raises(monet.DataError, match="'epochs=2', not 'epochs=3'; .*force=True to start over$"):
        monet.compare(made, ["popularity"], seeds=2, out=out, epochs=3, threads=1)
    with pytest.raises(monet.DataError, match="holds something else"):
        monet.compare(made, ["popularity"], seeds=2, out=out.parent, force=True, **QUICK)


def test_a_comparison_starts_over_where_it_is_told(made, tmp_path):
    monet.compare(made, monet.Popularity, seeds=[3], out=tmp_path / "out", **QUICK)
    result = monet.compare(made, "popularity,itemknn", seeds=[3], out=tmp_path / "out", epochs=3, force=True)
    assert result.table.index.tolist() == ["popularity", "itemknn"]


def test_methods_and_seeds_are_written_for_the_program():
    assert label_of("monet:alpha=0.5") == "monet:alpha=0.5"
    assert label_of(monet.MonetSoftmax) == "monet-softmax"
    assert label_of(monet.Monet(alpha=0.5, target_aware=False, seed=3, threads=1)) == "monet:alpha=0.5,target-aware=off"
    assert label_of(monet.Ngcf(layer_widths=(32, 16), dropout=0.2)) == "ngcf:layer-widths=32,16,dropout=0.2"
    assert label_of(monet.Ease(lambda_=10)) == "ease:lambda=10"
    assert [seeds_text(seeds) for seeds in (5, np.int64(5), [5], (1, 2), range(2))] == ["5", "5", "5,", "1,2", "0,1"]


def test_options_of_any_kind_reach_the_program(made):
    models = [monet.Ngcf(layer_widths=(8, 4), dropout=0.0, epochs=1), monet.Itemknn(content=True)]
    result = monet.compare(made, models, seeds=np.int64(1), threads=1, k=[5, 20])
    assert result.table.index.tolist() == ["ngcf:layer-widths=8,4,dropout=0.0,epochs=1", "itemknn:content=on"]
    assert "recall@5" in result.table and "recall@10" not in result.table


@pytest.mark.parametrize("name", ["out", "..", ".", "", "a/b", "-x", "é ü", "x" * 300])
def test_data_of_any_name_are_compared(events, name, leftovers):
    data = monet.Dataset.from_pandas(events, name=name)
    assert monet.compare(data, ["popularity"], seeds=1, threads=1).table.shape[0] == 1
    assert leftovers() == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"models": ["popularityy"]}, "there is no model 'popularityy'; did you mean 'popularity'"),
        ({"models": ["mf:dimm=3"]}, "mf has no option 'dimm'; did you mean 'dim'"),
        ({"seeds": 0}, "^seeds: '0' is not a whole number between 1 and 1000$"),
        ({"epoch": 2}, "^compare has no option 'epoch'; did you mean epochs\\?$"),
        ({"epochs": "x"}, "^epochs: 'x' is not a whole number of at least 0$"),
        ({"learning_rate": -1}, "^learning_rate: '-1' is not a number above 0$"),
        ({"force": "yes"}, "^force: 'yes' is not True or False$"),
        ({"metric": "recall"}, "^compare has no option 'metric'"),
    ],
)
def test_wrong_comparisons_are_refused(made, options, message):
    with pytest.raises(ValueError, match=message):
        monet.compare(made, **({"models": ["popularity"], "seeds": 1} | options))


def test_an_interrupt_ends_a_comparison(made, leftovers):
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        monet.compare(made, ["monet"], seeds=100, epochs=10**6, patience=10**6, threads=1)
    timer.join()
    assert leftovers() == []
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_progress_of_a_comparison_is_told(made, capsys):
    monet.compare(made, ["popularity"], seeds=1, threads=1, progress=True)
    assert "popularity" in capsys.readouterr().err
    monet.compare(made, ["popularity"], seeds=1, threads=1)
    assert capsys.readouterr() == ("", "")


# ---- searches ----


def test_a_grid_is_searched(made, folder, leftovers):
    found = monet.tune(made, monet.Mf(weight_decay=0.001), {"dim": [4, 8]}, **QUICK)
    assert found.metric == "recall@20"
    assert sorted(found.trials["dim"]) == [4, 8]
    best = found.trials.loc[found.trials["recall@20"].idxmax()]
    assert found.best_params == {"dim": best["dim"]}
    assert found.model.get_params()["dim"] == best["dim"]
    assert found.model.get_params()["weight_decay"] == 0.001
    assert found.model.validation_["recall@20"] == best["recall@20"]
    assert len(found.model.recommend(k=3)) == 600
    assert len(leftovers()) == 1, "that of the best model"
    own = monet.Mf(weight_decay=0.001, epochs=2, threads=1, seed=123, **found.best_params).fit(monet.load(folder))
    assert own.validation_["recall@20"] == best["recall@20"]
    assert repr(found) == f"Tuning(mf: 2 trials, best {found.best_params})"
    assert "<table" in found._repr_html_()


@pytest.mark.parametrize(
    ("model", "grid", "best"),
    [
        ("mf", {"dim": [4]}, {"dim": 4}),
        ("ngcf", {"layer_widths": [(8, 4)]}, {"layer_widths": "8,4"}),
        ("ngcf", {"layer_widths": [(8,)]}, {"layer_widths": 8}),
        ("ease", {"lambda_": np.array([10.0])}, {"lambda_": 10}),
        ("itemknn", {"content": [True], "user_exponent": [0.5]}, {"content": True, "user_exponent": 0.5}),
        (monet.Lightgcn, {"weight_decay": [1e-5], "similarity": ["branch-cosine"], "loss": ["softmax"]}, None),
    ],
)
def test_what_is_best_can_be_set(made, model, grid, best):
    found = monet.tune(made, model, grid, **QUICK)
    assert len(found.trials) == 1
    assert found.best_params == (best or {name: values[0] for name, values in grid.items()})
    assert set(found.best_params) <= set(found.trials.columns)
    assert type(found.model)(**found.best_params).get_params()[next(iter(grid))] == next(
        iter(found.best_params.values())
    )


def test_the_best_of_a_search_need_not_be_its_first(made):
    found = monet.tune(made, "monet", {"alpha": [0, 1]}, **QUICK)
    assert found.trials["recall@20"].idxmax() == 1
    assert found.best_params == {"alpha": 1}
    assert found.model.validation_["recall@20"] == found.trials["recall@20"][1]


def test_a_search_is_kept_and_goes_on(made, tmp_path):
    first = monet.tune(made, "mf", {"dim": [4, 8]}, out=tmp_path / "out", metric="ndcg@20", **QUICK)
    assert first.metric == "ndcg@20"
    assert first.model._recommender.path().startswith(str(tmp_path / "out"))
    again = monet.tune(made, "mf", {"dim": [4, 8, 16]}, out=tmp_path / "out", metric="ndcg@20", **QUICK)
    assert sorted(again.trials["dim"]) == [4, 8, 16]
    both = again.trials.merge(first.trials, on="dim")
    assert both["ndcg@20_x"].equals(both["ndcg@20_y"])
    assert monet.open(again.model._recommender.path()).recommend(k=1).equals(again.model.recommend(k=1))


def test_some_of_a_grid_are_drawn(made):
    found = monet.tune(made, "popularity", {"popularity": [0.0, 0.5, 1.0]}, random=2, seed=5, threads=1)
    assert len(found.trials) == 2
    assert found.trials["popularity"].isin([0.0, 0.5, 1.0]).all()


@pytest.mark.parametrize(
    ("grid", "kind", "message"),
    [
        ({"dimm": [4]}, ValueError, "mf has no option 'dimm'; did you mean 'dim'"),
        ({"dim": [0]}, ValueError, "dim: '0' is not a whole number between 1 and 65536"),
        ({"dim": []}, ValueError, "has no values"),
        ({"dim": "48"}, TypeError, "grid: dim: a list of values is needed, not '48'"),
        ({"dim": 4}, TypeError, "grid: dim: a list of values is needed, not 4"),
    ],
)
def test_wrong_grids_are_refused(made, grid, kind, message):
    with pytest.raises(kind, match=message):
        monet.tune(made, "mf", grid, **QUICK)


# ---- races ----


def test_a_race_ends_with_a_model(made, leftovers):
    model = monet.auto(made, minutes=0.3, methods="popularity", seeds=1, threads=1)
    assert type(model) is monet.Popularity
    assert len(model.recommend(k=2)) == 400
    assert len(leftovers()) == 1
    del model
    assert leftovers() == []
    for minutes in (-1, "x"):
        with pytest.raises(ValueError, match=f"^minutes: '{minutes}' is not a number between"):
            monet.auto(made, minutes=minutes)


@pytest.mark.long
def test_a_race_of_all_models(made, tmp_path):
    model = monet.auto(made, minutes=0.5, out=tmp_path / "out", threads=1)
    assert model.name in monet.MODELS or isinstance(model, monet.Blend)
    assert model._recommender.path().startswith(str(tmp_path / "out"))
    assert pickle.loads(pickle.dumps(model)).recommend(k=3).equals(model.recommend(k=3))
    assert model.evaluate(made, force=True)["recall@20"] > 0


# ---- preparation ----


@pytest.fixture
def raw(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "user_id": [f"u{n}" for n in rng.integers(0, 30, 600)],
            "item_id": [f"i{n}" for n in rng.integers(0, 25, 600)],
            "timestamp": rng.integers(10**9, 2 * 10**9, 600),
        }
    )
    frame.to_csv(tmp_path / "raw.csv", index=False)
    return frame, tmp_path / "raw.csv"


def test_raw_data_are_prepared(raw, tmp_path):
    frame, path = raw
    once = frame.drop_duplicates(["user_id", "item_id"])
    data = monet.prepare(path, out=tmp_path / "out", k_core=1, split="time")
    assert sorted(data.users) == sorted(once["user_id"].unique())
    assert sum(data.matrix(part).nnz for part in ("train", "validation", "test")) == len(once)
    assert data.hash == monet.load(tmp_path / "out").hash
    with pytest.raises(monet.DataError, match="out exists; give force=True to replace it"):
        monet.prepare(path, out=tmp_path / "out")
    again = monet.prepare(str(path), out=str(tmp_path / "out"), k_core=1, split="random", seed=3, force=True)
    assert again.hash != data.hash
    assert sorted(again.users) == sorted(data.users)


def test_texts_of_a_catalogue_become_features(raw, tmp_path):
    frame, path = raw
    items = sorted(frame["item_id"].unique())
    words = ["red boot", "blue hat", "green sofa"]
    pd.DataFrame({"item_id": items, "title": [f"{words[n % 3]} {n}" for n in range(len(items))]}).to_csv(
        tmp_path / "items.csv", index=False
    )
    data = monet.prepare(
        path, out=tmp_path / "out", catalogue=tmp_path / "items.csv", k_core=1, text_dim=4, text_features=True
    )
    assert list(data.modalities) == ["text"]
    assert data.modalities["text"][0] == 25 and 1 <= data.modalities["text"][1] <= 4
    assert data.titles[data.items.tolist().index("i0")].startswith("red boot")


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"spilt": "time"}, ValueError, "^prepare has no option 'spilt'; did you mean split\\?$"),
        ({"split": "half"}, ValueError, "^split: "),
        ({"image_dir": "/nowhere"}, FileNotFoundError, "^/nowhere: .*no such file"),
        ({"user_column": "who"}, monet.DataError, "'who'"),
    ],
)
def test_wrong_preparations_are_refused(raw, tmp_path, options, kind, message):
    with pytest.raises(kind, match=message):
        monet.prepare(raw[1], out=tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_prepare_hands_on_what_the_program_said(events, tmp_path, capsys):
    events.to_csv(tmp_path / "events.csv", index=False)
    data = monet.prepare(tmp_path / "events.csv", out=tmp_path / "made")
    assert any("60 users" in note for note in data.notes)
    assert monet.prepare(tmp_path / "events.csv", out=tmp_path / "other", dry_run=True) is None
    assert "user_id" in capsys.readouterr().out
    assert not (tmp_path / "other").exists()
