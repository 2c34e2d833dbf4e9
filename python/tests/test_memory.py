"""Who keeps what, for how long, and what runs beside what."""

import copy
import gc
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time

import numpy as np
import pytest
import scipy.sparse

import monet

LONG = bool(os.environ.get("MONET_LONG_TESTS"))
# A sanitizer keeps for a while what was freed.
measured = pytest.mark.skipif("asan" in os.environ.get("LD_PRELOAD", ""), reason="the sanitizer holds memory back")


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def with_features(matrix):
    touched = scipy.sparse.random(50, len(matrix), 0.1, format="csr", random_state=0)
    return monet.Dataset.from_csr(touched, features={"image": matrix})


def fresh():
    rng = np.random.default_rng(0)
    features = {"image": rng.standard_normal((100, 64), dtype=np.float32)}
    return monet.Dataset.from_csr(scipy.sparse.random(200, 100, 0.1, format="csr", random_state=0), features=features)


# ---- views ----


def test_embeddings_outlive_their_model(leftovers):
    model = monet.Monet(epochs=1, threads=1).fit(fresh())
    views = [model.user_embeddings_, model.item_embeddings_]
    copies = [view.copy() for view in views]
    del model
    gc.collect()
    assert leftovers() == []
    for _ in range(3):
        monet.Monet(epochs=1, threads=1, seed=1).fit(fresh())
    for view, copied in zip(views, copies):
        assert np.array_equal(view, copied)


def test_features_outlive_their_dataset():
    data = monet.Dataset.generate(users=200, items=100, interactions=2500)
    view, matrix = data.features("image"), data.matrix()
    indptr, indices = data._engine.part("train")
    copied = view.copy()
    del data
    gc.collect()
    monet.Dataset.generate(users=200, items=100, interactions=2500, seed=2)
    assert np.array_equal(view, copied)
    assert np.array_equal(indptr, matrix.indptr) and np.array_equal(indices, matrix.indices)


def test_a_dataset_keeps_the_matrix_it_was_given():
    matrix = np.arange(400, dtype=np.float32).reshape(100, 4)
    data = with_features(matrix)
    expected = matrix.copy()
    del matrix
    gc.collect()
    np.random.default_rng(0).standard_normal((100, 4), dtype=np.float32)
    assert np.array_equal(data.features("image"), expected)
    view = data.features("image")
    del data
    gc.collect()
    np.random.default_rng(1).standard_normal((100, 4), dtype=np.float32)
    assert np.array_equal(view, expected)


def test_a_matrix_is_let_go_with_the_dataset():
    matrix = np.ones((100, 4), dtype=np.float32)
    before = sys.getrefcount(matrix)
    data = with_features(matrix)
    assert sys.getrefcount(matrix) == before + 1
    del data
    gc.collect()
    assert sys.getrefcount(matrix) == before


def test_the_last_to_let_go_may_be_another_thread():
    matrix = np.ones((100, 4), dtype=np.float32)
    before = sys.getrefcount(matrix)
    held = [with_features(matrix)]
    thread = threading.Thread(target=held.clear)
    thread.start()
    thread.join()
    gc.collect()
    assert sys.getrefcount(matrix) == before


def test_views_cannot_be_written(model, data):
    indptr, indices = data._engine.part("train")
    for view in (
        model.user_embeddings_, model.item_embeddings_, data.features("image"), indptr, indices, data.users, data.items,
        model.users_, model.items_,
    ):  # fmt: skip
        assert not view.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            view[0] = 0


def test_what_is_handed_out_may_be_written(model, data):
    matrix = data.matrix()
    matrix.data[:] = 2
    matrix.indices[:] = 0
    frame = data.interactions()
    frame["user"] = "x"
    items, scores = model.recommend_batch(["user-0"], k=2)
    items[:] = scores[:] = 0
    params = model.get_params()
    params.clear()
    assert data.matrix().max() == 1
    assert data.interactions()["user"][0] == "user-0"
    assert model.recommend_batch(["user-0"], k=2)[0][0, 0].startswith("item-")


# ---- folders and memory ----


def test_a_folder_goes_with_the_last_that_needs_it(data, leftovers):
    model = monet.Popularity(threads=1).fit(data)
    assert len(leftovers()) == 1
    model.fit(data)
    gc.collect()
    assert len(leftovers()) == 1
    other = pickle.loads(pickle.dumps(model))
    assert len(leftovers()) == 2
    third = copy.copy(model)
    del model
    gc.collect()
    assert len(leftovers()) == 2
    assert len(third.recommend(k=1)) == len(other.recommend(k=1)) == 200
    del other, third
    gc.collect()
    assert leftovers() == []


def test_an_opened_folder_stays(fitted, tmp_path):
    fitted("popularity").save(tmp_path / "m")
    opened = monet.open(tmp_path / "m")
    del opened
    gc.collect()
    assert (tmp_path / "m" / "config.json").exists()


@measured
def test_memory_is_given_back(leftovers):
    def once():
        data = fresh()
        model = monet.Monet(epochs=1, threads=1).fit(data)
        model.recommend(k=5, explain=True)
        model.evaluate(data, per_user=True)
        model.similar_items(model.items_[:5], k=3)
        model.partial_fit([("new", 0)]).add_items({"image": np.ones((3, 64))}, [1000, 1001, 1002])
        return model

    for _ in range(40):
        once()
    gc.collect()
    before = resident()
    rounds = 1000 if LONG else 200
    for _ in range(rounds):
        once()
    gc.collect()
    grown = resident() - before
    # A leak of the features alone, the smallest part of a round, would be 25 KiB a round.
    assert grown < rounds * 12 * 1024, f"{grown / rounds / 1024:.1f} KiB a round"
    assert leftovers() == []


@measured
def test_failures_give_memory_back(made):
    def once():
        for call in (
            lambda: monet.Monet(init="/nowhere", threads=1).fit(made),
            lambda: monet.Dataset.from_csr(
                scipy.sparse.eye(9), features={"i": np.full((9, 2000), np.inf, dtype=np.float32)}
            ),
            lambda: monet.Monet(alpha=-1),
        ):
            with pytest.raises((ValueError, OSError)):
                call()

    for _ in range(50):
        once()
    gc.collect()
    before = resident()
    for _ in range(300):
        once()
    gc.collect()
    assert resident() - before < 4 << 20  # a leak of the matrix would be 20 MiB


def test_a_process_leaves_no_folders(tmp_path):
    """Neither at its end nor at that of a child that it forked."""
    script = """
import os, sys, monet
model = monet.Popularity(threads=1).fit(monet.Dataset.generate(users=50, items=30, interactions=400))
child = os.fork()
if child == 0:
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
assert os.path.isdir(model._recommender.path())
model.save(sys.argv[1])
print(len(model.recommend(k=1)))
"""
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", script, str(tmp_path / "kept")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "50\n"), done.stderr
    assert os.listdir(tmp_path) == ["kept"]


# ---- threads ----


def test_threads_ask_at_the_same_time(model):
    users = [model.users_[n::4] for n in range(4)]
    expected = [model.recommend(part, k=10, threads=1) for part in users]
    wrong = []

    def ask(which):
        for _ in range(15):
            if not model.recommend(users[which], k=10, threads=1).equals(expected[which]):
                wrong.append(which)
            if model.similar_items(["item-3"], k=5, threads=1)["item"].tolist() != ["item-3"] * 5:
                wrong.append(which)

    threads = [threading.Thread(target=ask, args=(which,)) for which in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_threads_fit_at_the_same_time(data, fitted):
    expected = fitted("lightgcn").user_embeddings_
    models = [monet.Lightgcn(epochs=2, seed=7, threads=1) for _ in range(3)]
    threads = [threading.Thread(target=model.fit, args=(data,)) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for model in models:
        assert np.array_equal(model.user_embeddings_, expected)


def longest_pause(work):
    """How long `work` took, and how long no other thread came to run meanwhile."""
    ticks, done = [], threading.Event()

    def count():
        while not done.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    while not ticks:
        time.sleep(0.001)
    begin = time.monotonic()
    work()
    end = time.monotonic()
    done.set()
    thread.join()
    inside = [begin, *(tick for tick in ticks if begin < tick < end), end]
    return end - begin, max(np.diff(inside))


def test_others_run_while_a_model_is_fitted(made):
    model = monet.Monet(epochs=10**6, patience=10**6, max_minutes=0.012, validate_every=100, threads=1)
    took, pause = longest_pause(lambda: model.fit(made))
    assert took > 0.6
    assert pause < took / 2


def test_others_run_while_data_are_made():
    took, pause = longest_pause(lambda: monet.Dataset.generate(users=20000, items=5000, interactions=400000))
    assert took > 0.1
    assert pause < 0.8 * took


def test_folders_are_made_where_temporary_ones_are(data, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    model = monet.Popularity(threads=1).fit(data)
    assert model._recommender.path().startswith(str(tmp_path))
