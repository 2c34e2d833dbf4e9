"""Kinds of exceptions, and that their messages speak Python."""

import re
import subprocess

import numpy as np
import pytest
import scipy.sparse

import monet
from monet import _engine, _program


def test_kinds_of_exceptions():
    assert issubclass(monet.DataError, ValueError)
    assert issubclass(monet.InternalError, RuntimeError)
    assert issubclass(monet.NotFittedError, (ValueError, AttributeError))
    assert issubclass(monet.UnknownId, KeyError)
    assert str(monet.UnknownId("unknown users: 'a'")) == "unknown users: 'a'"


UNFITTED = {
    "recommend": lambda m: m.recommend(),
    "recommend_batch": lambda m: m.recommend_batch(),
    "explain": lambda m: m.explain("u", "i"),
    "similar_items": lambda m: m.similar_items(["i"]),
    "similarities": lambda m: m.similarities,
    "evaluate": lambda m: m.evaluate(None),
    "partial_fit": lambda m: m.partial_fit([]),
    "add_items": lambda m: m.add_items({}, []),
    "save": lambda m: m.save("nowhere"),
    "user_embeddings_": lambda m: m.user_embeddings_,
    "item_embeddings_": lambda m: m.item_embeddings_,
    "users_": lambda m: m.users_,
    "items_": lambda m: m.items_,
    "history_": lambda m: m.history_,
    "validation_": lambda m: m.validation_,
    "test_": lambda m: m.test_,
    "best_epoch_": lambda m: m.best_epoch_,
    "plot_history": lambda m: m.plot_history(),
}


@pytest.mark.parametrize("call", UNFITTED.values(), ids=UNFITTED)
def test_a_model_that_is_not_fitted_says_so(call):
    with pytest.raises(monet.NotFittedError, match=r"^this Monet is not fitted yet; call fit\(data\) first$"):
        call(monet.Monet())


def test_what_is_not_fitted_has_no_attribute():
    assert not hasattr(monet.Monet(), "user_embeddings_")
    assert not hasattr(monet.Monet(), "stopped_")


@pytest.mark.parametrize("wrong", [None, "data", np.eye(3), [(1, 2)]])
def test_fit_takes_a_dataset(wrong):
    with pytest.raises(TypeError, match="^fit takes a monet.Dataset, not .*from_pandas"):
        monet.Monet().fit(wrong)


def test_files_that_are_not_there(tmp_path, made):
    nowhere = tmp_path / "nowhere"
    for call in (
        lambda: monet.load(nowhere),
        lambda: monet.load(str(nowhere)),
        lambda: monet.open(nowhere),
        lambda: monet.prepare(nowhere, out=tmp_path / "out"),
        lambda: monet.compare(nowhere, ["popularity"]),
        lambda: monet.tune(str(nowhere), "mf"),
        lambda: monet.auto(nowhere),
        lambda: monet.Monet(init=nowhere, threads=1).fit(made),
    ):
        with pytest.raises(FileNotFoundError, match="nowhere: .*no such file"):
            call()


def test_files_that_are_something_else(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("what\n")
    with pytest.raises(monet.DataError, match="empty: not an artifact: no config.json"):
        monet.open(tmp_path / "empty")
    with pytest.raises(monet.DataError, match="not an artifact but a file"):
        monet.open(tmp_path / "file")
    with pytest.raises(monet.DataError, match="empty: no dataset here"):
        monet.load(tmp_path / "empty")
    with pytest.raises(monet.DataError, match="file:1: "):
        monet.load(tmp_path / "file")


def test_a_damaged_artifact_is_not_opened(fitted, tmp_path):
    fitted("mf").save(tmp_path / "m")
    tensors = tmp_path / "m" / "model.safetensors"
    tensors.write_bytes(tensors.read_bytes()[:-4])
    with pytest.raises(monet.DataError, match="model.safetensors: damaged"):
        monet.open(tmp_path / "m")


def test_folders_that_cannot_be_written(made, fitted, tmp_path):
    (tmp_path / "file").write_text("mine")
    for save in (made.save, fitted("mf").save):
        with pytest.raises((ValueError, OSError), match="file"):
            save(tmp_path / "file" / "below")
        with pytest.raises((ValueError, OSError), match="file"):
            save(tmp_path / "file", force=True)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"user": "who"}, "no column 'who' .*name it with user, "),
        ({"weight": "rating"}, "the weight '-1' .*; weight=\"none\" leaves weights out"),
        ({"split": "time", "time": "item"}, "the time 'a'"),
        ({"separator": ";"}, "give the separator of the file"),
        ({"separator": "ab"}, "^separator: 'ab' is not one character"),
        ({"split": "half"}, "^split: 'half' is not one of random, time"),
        ({"missing": "median"}, "^missing: 'median' is not one of mean, zero, error"),
        ({"seed": -1}, "^seed: -1 is not a whole number of at least 0"),
    ],
)
def test_loading_speaks_of_its_arguments(tmp_path, options, message):
    (tmp_path / "t.csv").write_text("user,item,rating\nu,a,-1\nv,b,1\n")
    with pytest.raises(ValueError, match=message) as refused:
        monet.load(tmp_path / "t.csv", **options)
    assert "--" not in str(refused.value) and "column`" not in str(refused.value)
    assert monet.load(tmp_path / "t.csv", weight="none").matrix().nnz == 2


@pytest.mark.parametrize("name", ["user", "split", "missing", "core"])
def test_loading_takes_texts(tmp_path, name):
    (tmp_path / "t.csv").write_text("user,item\nu,a\n")
    with pytest.raises(TypeError, match=f"^{name}: a text is needed, not 3$"):
        monet.load(tmp_path / "t.csv", **{name: 3})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"users": -1}, "users: -1 is not a whole number of at least 1"),
        ({"users": 2.5}, "users: 2.5 is not"),
        ({"items": True}, "items: True is not"),
        ({"seed": -1}, "seed: -1 is not a whole number of at least 0"),
        ({"cold_items": 2}, "cold_items: 2 is not a number between 0 and 1"),
        ({"users": 10, "items": 5, "interactions": 1000}, "1000 interactions are more than half of all 10 × 5 pairs"),
    ],
)
def test_wrong_numbers_of_what_is_generated(options, message):
    with pytest.raises(ValueError, match=message):
        monet.Dataset.generate(**options)


def test_data_without_what_a_model_needs():
    data = monet.Dataset.from_csr(scipy.sparse.eye(5, format="csr"))
    with pytest.raises(monet.DataError, match=r"^\[monet\] needs at least one modality"):
        monet.Monet(threads=1).fit(data)


def test_no_message_has_options_of_a_command_line(tmp_path, made, fitted, folder):
    """Whatever the library advises, it advises in keyword arguments."""
    made.save(tmp_path / "data")
    fitted("mf").save(tmp_path / "model")
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    (tmp_path / "json.csv").write_text('{"a": 1}\n')
    calls = [
        lambda: made.save(tmp_path / "data"),
        lambda: fitted("mf").save(tmp_path / "model"),
        lambda: monet.load(tmp_path / "t.csv"),
        lambda: monet.load(tmp_path / "json.csv"),
        lambda: monet.load(folder, modalities=["audio"]),
        lambda: fitted("mf").evaluate(monet.Dataset.generate(users=200, items=100, interactions=2500, seed=9)),
        lambda: monet.prepare(tmp_path / "t.csv", out=tmp_path / "data"),
        lambda: monet.prepare(tmp_path / "t.csv", out=tmp_path / "new"),
        lambda: monet.compare(made, ["popularity"], out=tmp_path / "data"),
        lambda: monet.compare(made, ["popularity"], epochs="x"),
    ]
    for call in calls:
        with pytest.raises(ValueError) as refused:
            call()
        message = str(refused.value)
        assert "monet prepare" not in message
        assert not re.search(r"(^|\W)--[a-z]", message), message
        assert not re.search(r"`(force|[a-z]+-column)", message), message
        assert not message.startswith(("error", "monet "))


def test_options_of_the_program_are_keyword_arguments():
    words = _program.in_python_words
    assert words("compare", "give --force, or another --out") == "give force=True, or another out"
    assert words("compare", "see --split-by time") == "see split_by time"
    assert words("compare", "no --such-option") == "no such_option"


@pytest.mark.parametrize(
    ("code", "said", "kind", "message"),
    [
        (1, ["monet compare: wrong"], monet.DataError, "wrong"),
        (1, ["monet compare: /x: no such file or directory"], FileNotFoundError, "/x: no such file or directory"),
        (2, ["note", "monet compare: --epochs: 'x'", ""], ValueError, "epochs: 'x'"),
        (3, ["monet compare: internal error: x"], monet.InternalError, "internal error: x"),
        (130, ["monet compare: interrupted"], KeyboardInterrupt, "interrupted"),
        (-9, [], RuntimeError, "monet compare ended with exit code -9"),
    ],
)
def test_exit_codes_become_exceptions(code, said, kind, message):
    error = _program._error("compare", code, said)
    assert type(error) is kind and str(error) == message


def test_the_programs_flags_are_read_from_its_help():
    flags = _program.flags("compare")
    assert flags["models"] and flags["seeds"] and flags["split-by"] and flags["keep-models"] and flags["separator"]
    assert not flags["force"]
    for command in ("compare", "sweep", "auto", "prepare"):
        text = subprocess.run([_program.PATH, command, "--help"], capture_output=True, text=True, check=True).stdout
        assert set(_program.flags(command)) == set(re.findall(r"^ +(?:-\w,)?--([a-z][a-z0-9-]*)", text, re.MULTILINE))


def test_the_engine_says_what_it_refuses():
    with pytest.raises(ValueError, match="there is no model 'nope'"):
        _engine.check_options("nope", {}, {})
    with pytest.raises(ValueError, match="mf has no option 'dimm'; did you mean 'dim'"):
        _engine.check_options("mf", {"dimm": 1}, {})
    with pytest.raises(ValueError, match="no option 'epoch'"):
        _engine.check_options("mf", {}, {"epoch": 1})
