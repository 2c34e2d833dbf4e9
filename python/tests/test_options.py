"""Options of every model: their defaults, their domains, and what is refused."""

import math
import re

import numpy as np
import pytest

import monet

OPTIONS = [
    pytest.param(model, option, id=f"{model.name}-{option['name']}")
    for model in monet.MODELS.values()
    for option in model._info["options"] + model._info["training"]
]
BOUNDS = re.compile(
    r"a (?P<whole>whole )?number(?: between (?P<low>\S+) and (?P<high>[\d.]+)| of at least (?P<least>[\d.]+)"
    r"| above (?P<above>[\d.]+)(?:, at most (?P<most>[\d.]+))?)(?:, or (?P<word>\w+))?"
)


def bounds(option):
    found = BOUNDS.fullmatch(option["domain"])
    assert found, option["domain"]
    low = float(found["low"] or found["least"] or found["above"])
    high = float(found["high"] or found["most"] or math.inf)
    return low, high, found["above"] is not None, found["word"]


def legal(option):
    """Values that the option takes, not its default alone."""
    kind = option["type"]
    if kind == "bool":
        return [True, False, np.True_, "on", "off"]
    if kind == "str":
        return option["words"]
    if kind.startswith("Sequence"):
        return [(64,), [64, 32], 16, "16", "64,64,64", np.array([8, 8]), range(1, 4)]
    low, high, above, word = bounds(option)
    words = [] if word is None else [word]
    if kind == "int":
        low, high = int(low), int(min(high, 2**31 - 1))
        return [low, np.int16(low), high, np.int64(min(low + 1, high)), str(low), *words]
    top = high if high < math.inf else 1e6
    inside = (low + top) / 2
    return [inside, np.float32(inside), np.float64(top), str(inside), *words] + (
        [] if above else [low, int(low) or low]
    )


def illegal(option):
    """Values that the option does not take."""
    kind = option["type"]
    wrong = [None, object(), [], {}, b"1", 1j, np.array([1, 2]), "what", "", math.nan]
    if kind == "bool":
        return [*wrong, 1, 0, 1.0, "True", np.int64(1), [True]]
    if kind == "str":
        return [*wrong, 1, True, 0.5, option["words"]]
    if kind.startswith("Sequence"):
        return [
            *wrong[:4],
            *wrong[5:6],
            "what",
            "",
            math.nan,
            True,
            0,
            -1,
            1.5,
            (0,),
            (65537,),
            (1.5,),
            (True,),
            "1,,2",
            {1, 2},
        ]
    low, high, above, _ = bounds(option)
    wrong += [True, False, np.True_, -1, -1.0, np.int64(-1), "-1", low - 1, np.array([low + 1, low + 1]), [low + 1]]
    wrong += [low] if above else []
    if high < math.inf:
        wrong += [high * 2, str(high * 2)]
    if kind == "int":
        wrong += [low + 1.0, low + 0.5, str(low + 0.5), 2**63, 2**70, -(2**70), math.inf]
    else:
        wrong += [math.inf, -math.inf, "inf", 10**400]
    if "word" in option and kind == "int":
        wrong += [0]
    return wrong


@pytest.mark.parametrize(("model", "option"), OPTIONS)
def test_an_option_takes_what_its_domain_says(model, option):
    name = option["name"]
    made = model()
    assert made.get_params()[name] == option["default"]
    assert made.set_params(**{name: option["default"]}) is made
    values = legal(option)
    assert len(values) > 1
    for value in values:
        assert np.array_equal(made.set_params(**{name: value}).get_params()[name], value)
        assert np.array_equal(model(**{name: value}).get_params()[name], value)


@pytest.mark.parametrize(("model", "option"), OPTIONS)
def test_an_option_refuses_everything_else(model, option):
    name = option["name"]
    domain = "True or False" if option["type"] == "bool" else option["domain"]
    made = model()
    for value in illegal(option):
        with pytest.raises(ValueError) as refused:
            made.set_params(**{name: value})
        message = str(refused.value)
        written = name.rstrip("_")
        assert re.match(rf"(\[{model.name}\] )?{written}: ", message), (value, message)
        assert domain in message or (option["type"] == "bool" and "on or off" in message), (value, message)
        assert made.get_params()[name] == option["default"]


@pytest.mark.parametrize("model", monet.MODELS.values(), ids=list(monet.MODELS))
def test_every_model_describes_its_options(model):
    names = list(model.__signature__.parameters)
    assert names == list(model().get_params())
    assert names[-4:] == ["seed", "max_minutes", "threads", "init"]
    for option in model._info["options"]:
        assert f"\n{option['name']} : {option['type']}, default {option['default']!r}\n" in model.__doc__


def test_unknown_options_are_refused_with_a_suggestion():
    for model in monet.MODELS.values():
        with pytest.raises(TypeError, match=f"^{model.__name__} has no option 'epoch'; did you mean 'epochs'\\?$"):
            model(epoch=3)
    with pytest.raises(TypeError, match="^Monet has no option 'alhpa'; did you mean 'alpha'\\?$"):
        monet.Monet().set_params(alhpa=1)
    with pytest.raises(TypeError, match="^Monet has no option 'zzzz'$"):
        monet.Monet(zzzz=1)


def test_nothing_is_set_where_one_value_is_wrong():
    model = monet.Monet(alpha=0.5)
    with pytest.raises(ValueError, match="beta"):
        model.set_params(alpha=0.25, beta=2)
    with pytest.raises(ValueError, match="seed"):
        model.set_params(alpha=0.25, seed=-1)
    assert model.get_params()["alpha"] == 0.5


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("seed", [0, 1, np.uint8(3), 2**64 - 1], [-1, 1.0, True, None, "1", 2**64]),
        ("threads", [None, 1, np.int64(2), 1024], [0, -1, 1.0, True, "1", 1025, 10**30]),
        ("max_minutes", [0, 0.5, 3, np.float32(0.5)], [-1, math.nan, math.inf, True, None, "1", [1]]),
    ],
)
def test_options_of_every_training(name, right, wrong):
    for value in right:
        assert monet.Monet(**{name: value}).get_params()[name] == value
    for value in wrong:
        with pytest.raises(ValueError, match=f"^{name}: .*is not a (whole )?number of at (least|most) "):
            monet.Monet(**{name: value})


def test_parameters_are_copies():
    model = monet.Monet()
    model.get_params()["alpha"] = 7
    assert model.get_params()["alpha"] == 1.0


def test_names_of_python_end_in_a_line():
    assert monet.Ease(lambda_=10).get_params()["lambda_"] == 10
    assert repr(monet.Ease(lambda_=10)) == "Ease(lambda_=10)"


def test_a_model_shows_what_is_not_its_default():
    assert repr(monet.Monet()) == "Monet()"
    assert repr(monet.Monet(alpha=0.5, beta=0.3, epochs=3)) == "Monet(alpha=0.5, epochs=3)"


def test_spelling_of_a_class_is_not_minded():
    assert monet.LightGCN is monet.Lightgcn is monet.MODELS["lightgcn"]
    assert monet.monet_softmax is monet.MonetSoftmax
    with pytest.raises(AttributeError, match="^module 'monet' has no attribute 'Lightgbm'$"):
        monet.Lightgbm  # noqa: B018
    with pytest.raises(TypeError, match="use a subclass"):
        monet.Model()
