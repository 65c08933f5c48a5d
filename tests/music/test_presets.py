"""What a preset says, and what may be typed into it."""

import json

import pytest

from generation.music.training.presets import PRESETS, Preset, PresetError, preset


def test_the_paper_is_as_published():
    paper = preset("paper")
    assert [layer["kind"] for layer in paper.layers(300)] == [
        "scale",
        *["lstm"] * 3,
        *["batchnorm", "dropout", "dense"] * 2,
    ]
    assert [layer.get("units") for layer in paper.layers(300) if "units" in layer] == [512, 512, 512, 256, 300]
    values = paper.values()
    asked = ("encoding", "recurrent_dropout", "dropout", "optimizer", "window", "batch", "epochs", "targets", "reread")
    assert [values[key] for key in asked] == ["pitches", 0.3, 0.3, "rmsprop", 100, 1024, 10, "last", True]


def test_skulis_tutorial_differs_where_it_differs():
    paper, skuli = preset("paper").values(), preset("skuli").values()
    differing = {key: (paper[key], skuli[key]) for key in paper if paper[key] != skuli[key]}
    assert differing == {
        "encoding": ("pitches", "normal-orders"),
        "length": (0.5, 1.0),
        "last_recurrent_dropout": (0.3, 0.0),
        "batch": (1024, 128),
        "micro_batch": (128, 0),
        "epochs": (10, 200),
        "temperature": (1.0, 0.0),
    }


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_survives_json(name):
    there = preset(name).with_values({"epochs": 7})
    assert Preset.from_dict(json.loads(json.dumps(there.to_dict()))) == there


def test_values_are_set_as_they_are_typed():
    changed = preset("paper").with_values({"window": "50", "dropout": "0", "reread": "no", "encoding": "normal-orders"})
    assert (changed.training.window, changed.network.dropout, changed.sampling.reread) == (50, 0.0, False)
    assert changed.encoding.name == "normal-orders"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"windw": 1}, "The preset house has no value 'windw'; there is window, "),
        ({"epochs": "ten"}, "epochs must be a whole number, not 'ten'."),
        ({"epochs": 0}, "epochs must be 1 or more, not 0."),
        ({"dropout": "nan"}, "dropout must be from 0 to 0.95, not nan."),
        ({"learning_rate": "inf"}, "learning_rate must be 0 or more, not inf."),
        ({"optimizer": "adan"}, "optimizer must be adam or rmsprop or sgd, not 'adan'."),
        ({"carried": "maybe"}, "carried must be yes or no, not 'maybe'."),
        ({"encoding": "remy"}, "There is no encoding 'remy'; there is remi, "),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(values, sentence):
    with pytest.raises(PresetError) as refused:
        preset("house").with_values(values)
    assert str(refused.value).startswith(sentence)


def test_an_unknown_preset_is_answered_with_those_there_are_nearest_first():
    with pytest.raises(PresetError, match=r"^There is no preset 'papper'; there is paper, "):
        preset("papper")
