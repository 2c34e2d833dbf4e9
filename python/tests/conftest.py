"""Data and models that several tests share. Whoever changes a model works on a copy."""

import os
import subprocess
import tempfile

import numpy as np
import pandas as pd
import pytest

import monet
from monet import _program

SMALL = {"users": 200, "items": 100, "interactions": 2500}


def pytest_collection_modifyitems(items):
    if os.environ.get("MONET_LONG_TESTS"):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="takes minutes; MONET_LONG_TESTS=1 runs it"))


@pytest.fixture(scope="session", autouse=True)
def scratch(tmp_path_factory):
    """Where temporary folders are made: in memory where that is possible, for a disk takes 0.1 s a fit."""
    tmp_path_factory.getbasetemp()  # which stays where it is
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as path:
        tempfile.tempdir = path
        yield path
        tempfile.tempdir = None


@pytest.fixture
def leftovers(scratch):
    """Temporary folders of the package that were not there when the test began."""
    before = set(os.listdir(scratch))
    return lambda: sorted(name for name in set(os.listdir(scratch)) - before if name.startswith("monet-"))


@pytest.fixture(scope="session")
def program():
    """Runs the program; what it printed."""

    def run(*arguments):
        done = subprocess.run([_program.PATH, *map(str, arguments)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def made():
    return monet.Dataset.generate(**SMALL)


@pytest.fixture(scope="session")
def folder(made, tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "shop"
    made.save(path)
    return path


@pytest.fixture(scope="session")
def data(folder):
    return monet.load(folder)


@pytest.fixture(scope="session")
def fitted(data):
    """A model by name, fitted once."""
    models = {}

    def get(name):
        if name not in models:
            models[name] = monet.MODELS[name](epochs=2, seed=7, threads=1).fit(data)
        return models[name]

    return get


@pytest.fixture(scope="session")
def artifact(folder, program, tmp_path_factory):
    """What the program trains of the same with the same options."""
    root = tmp_path_factory.mktemp("artifacts")

    def get(name):
        path = root / name
        if not path.exists():
            program(
                "train", "--data", folder, "--model", name, "--epochs", 2, "--seed", 7, "--threads", 1, "--out", path
            )
        return path

    return get


@pytest.fixture
def model(fitted):
    return fitted("monet")


@pytest.fixture
def events():
    """600 events of 60 users and 40 items, some of them twice."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "user_id": rng.integers(0, 60, 600),
            "item_id": rng.integers(0, 40, 600),
            "timestamp": rng.integers(10**9, 2 * 10**9, 600),
            "rating": rng.integers(1, 11, 600) / 2,
        }
    )


@pytest.fixture
def few():
    """Ten events of three users and the items a, b, c, d."""
    return pd.DataFrame({"user_id": [1, 1, 1, 2, 2, 2, 3, 3, 3, 3], "item_id": list("abcbcdabcd")})


@pytest.fixture
def matrix():
    """Features of the items a, b, c, d."""
    return np.arange(8, dtype=np.float32).reshape(4, 2)
