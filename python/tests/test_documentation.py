"""What the documents print is what comes out, and the stubs name every class."""

import ast
import doctest
from pathlib import Path

import pytest

import monet
import monet.dataset
import monet.model

ROOT = Path(__file__).resolve().parents[2]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("document", ["docs/python.md", "python/README.md", "README.md"])
def test_documents_are_true(document):
    result = doctest.testfile(str(ROOT / document), module_relative=False, optionflags=FLAGS)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("module", [monet, monet.dataset], ids=lambda module: module.__name__)
def test_examples_of_docstrings_are_true(module):
    result = doctest.testmod(module, optionflags=FLAGS)
    assert result.attempted > 0
    assert result.failed == 0


def test_every_public_name_has_a_docstring():
    for name in monet.__all__:
        thing = getattr(monet, name)
        if callable(thing):
            assert thing.__doc__, name


def test_the_stub_has_every_model_with_its_options():
    stub = ast.parse((ROOT / "python/monet/__init__.pyi").read_text(encoding="utf-8"))
    classes = {node.name: node for node in stub.body if isinstance(node, ast.ClassDef)}
    for model in monet.MODELS.values():
        init = next(node for node in classes[model.__name__].body if isinstance(node, ast.FunctionDef))
        assert [argument.arg for argument in init.args.kwonlyargs] == list(
            model.__signature__.parameters
        ), "python/stubs writes them anew"
