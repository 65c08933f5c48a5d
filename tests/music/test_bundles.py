"""Magenta's files in every form they have had: what is read, and what is said of a file that cannot be."""

import json

import numpy as np
import pytest

from generation.music.magenta.bundle_reader import read_bundle
from generation.music.magenta.crc32c import crc32c
from generation.music.magenta.errors import BundleError
from generation.music.magenta.snappy import decompress
from tests.fuzz import bundles as fuzz

from . import magenta_files as files

NAMES = {"newest": files.NEWEST, "middle": files.MIDDLE, "oldest": files.NEWEST}
FORMS = {
    "mag": files.mag,
    "mag compressed": lambda made: files.mag(made, compressed=True),
    "version 1": files.version_1,
    "version 2": files.version_2_zip,
    "magenta.js": files.magenta_js_zip,
}


def made_of(rng, names="newest", **sizes) -> dict[str, np.ndarray]:
    made = files.tensors(rng, names=NAMES[names], **sizes)
    return files.oldest_names(made) if names == "oldest" else made


def saying(answer: str):
    return pytest.raises(BundleError, match=answer)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("attention", [None, "first", "all"])
def test_every_form_with_old_and_new_names_is_the_same_network(rng, form, names, attention):
    made = made_of(rng, names, units=(8, 8), attention=attention)
    network = read_bundle(FORMS[form](made)).network
    kernels = [values for name, values in made.items() if values.ndim == 2 and values.shape[1] == 32]
    for lstm, kernel in zip(network.lstms, kernels, strict=True):
        assert lstm.kernel.tolist() == kernel.tolist()
    assert network.head[0].tolist() == made["fully_connected/weights"].tolist()
    assert (network.attention.layers if network.attention else None) == {None: None, "first": 1, "all": 2}[attention]


@pytest.mark.parametrize(
    ("inputs", "classes", "family"),
    [
        (38, 38, "basic_rnn"),
        (130, 130, "mono_rnn"),
        (121, 40, "lookback_rnn"),
        (74, 40, "attention_rnn"),
        (356, 356, "performance"),
        (388, 388, "performance_with_dynamics"),
        (259, 259, "polyphony_rnn"),
    ],
)
def test_the_family_is_found_from_the_sizes(rng, inputs, classes, family):
    bundle = read_bundle(files.mag(made_of(rng, inputs=inputs, classes=classes)))
    assert bundle.family.name == family


def test_a_bundle_says_what_it_is(rng):
    bundle = read_bundle(files.mag(made_of(rng, attention="first")), name="my.mag")
    assert bundle.summary == (
        "Magenta bundle with attention_rnn: LSTM 8 + 8, attention over 40 steps around the first layer."
    )
    assert (bundle.name, bundle.identity, bundle.description) == ("my.mag", "attention_rnn", "Made for a test")


def test_the_same_network_in_another_form_has_the_same_digest(rng):
    made = made_of(rng)
    assert len({read_bundle(form(made)).sha256 for form in FORMS.values()}) == 1
    assert read_bundle(files.mag(made_of(rng))).sha256 != read_bundle(files.mag(made)).sha256


def test_how_far_the_attention_looks_back_is_read_where_the_file_tells_it(rng):
    made = made_of(rng, attention="first")
    assert read_bundle(files.magenta_js_zip(made, b'{"attentionLength": 32}')).network.attention.length == 32
    assert read_bundle(files.magenta_js_zip(made)).network.attention.length == 40


def test_cells_made_for_cudnn_have_nothing_added_to_their_forget_gate(rng):
    made = {name.replace("basic_lstm_cell", "cudnn_compatible_lstm_cell"): v for name, v in made_of(rng).items()}
    assert [lstm.forget for lstm in read_bundle(files.mag(made)).network.lstms] == [0.0, 0.0]


def test_weights_rounded_to_save_space_are_restored(rng):
    made = made_of(rng)
    names, data, weights = list(made), b"", []
    for name, kind in zip(names, ["uint8", "uint16", "float16", *["float32"] * 9], strict=False):
        described = {"name": name, "shape": list(made[name].shape), "dtype": "float32"}
        if kind.startswith("uint"):
            least, steps = float(made[name].min()), 255 if kind == "uint8" else 65535
            scale = (float(made[name].max()) - least) / steps
            data += np.round((made[name] - least) / scale).astype(kind).tobytes()
            described["quantization"] = {"dtype": kind, "scale": scale, "min": least}
        else:
            data += made[name].astype(kind).tobytes()
            if kind == "float16":
                described["quantization"] = {"dtype": kind}
        weights.append(described)
    manifest = json.dumps([{"paths": ["a", "b"], "weights": weights}]).encode()
    archive = files.zipped({"weights_manifest.json": manifest, "a": data[:1001], "b": data[1001:]})
    network = read_bundle(archive).network
    np.testing.assert_allclose(network.lstms[0].kernel, made[names[0]], atol=0.01)
    assert network.head[1].tolist() == made["fully_connected/biases"].tolist()


def test_folders_are_read_as_zips_are(rng, tmp_path):
    made = made_of(rng)
    expected = read_bundle(files.mag(made)).sha256
    index, data = files.version_2(made)
    (tmp_path / "model.ckpt-7.index").write_bytes(index)
    (tmp_path / "model.ckpt-7.data-00000-of-00001").write_bytes(data)
    older, older_data = files.version_2(made_of(rng))
    (tmp_path / "model.ckpt-3.index").write_bytes(older)
    (tmp_path / "model.ckpt-3.data-00000-of-00001").write_bytes(older_data)
    for path in (tmp_path, tmp_path / "model.ckpt-7", tmp_path / "model.ckpt-7.index"):
        assert read_bundle(path).sha256 == expected
    assert read_bundle(tmp_path / "model.ckpt-3").sha256 != expected


def test_what_training_keeps_beside_the_network_is_left_out(rng):
    made = made_of(rng)
    kept = made | {f"{name}/Adam": values for name, values in made.items()} | {"global_step": np.zeros(1, "f4")}
    assert read_bundle(files.version_1(kept)).sha256 == read_bundle(files.version_1(made)).sha256


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n and so on", "begins with 89 50 4e 47"),
        (b"\x0a\x02hi", "damaged|no checkpoint"),
        (files.zipped({"notes.txt": b"hello"}), "It contains notes.txt"),
        (b"PK\x03\x04 and then nothing", "damaged zip"),
        (files.zipped({"inner.mag": files.zipped({"a": b""})}), "a zip inside a zip"),
    ],
    ids=["nothing", "a picture", "cut short", "another zip", "a damaged zip", "zip in zip"],
)
def test_an_unknown_file_is_told_what_was_found(data, answer):
    with saying(answer):
        read_bundle(data)


def test_a_path_that_is_not_there_is_named(tmp_path):
    with saying("no file or folder .*nowhere"):
        read_bundle(tmp_path / "nowhere")


def test_another_kind_of_network_is_told_what_it_looks_like(rng):
    with saying("It looks like a MusicVAE"):
        read_bundle(files.version_1({"encoder/kernel": np.zeros((3, 4), "f4"), "decoder/kernel": np.zeros(3, "f4")}))
    with saying("an improv network, which needs chords"):
        read_bundle(files.mag(made_of(rng, inputs=75, classes=38)))
    with saying("17 inputs and 19 classes, which no network"):
        read_bundle(files.mag(made_of(rng, inputs=17, classes=19)))


def test_values_that_are_no_numbers_are_refused(rng):
    made = made_of(rng)
    made["fully_connected/biases"][3] = np.nan
    with saying("fully_connected/biases contains values that are not numbers"):
        read_bundle(files.mag(made))


def test_parts_that_do_not_fit_are_named(rng):
    made = made_of(rng, units=(8, 8))
    del made["rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias"]
    with saying("only a part of layer 0"):
        read_bundle(files.mag(made))
    made = made_of(rng, units=(8, 8), attention="first")
    made["rnn/multi_rnn_cell/cell_0/attention_cell_wrapper/attention/attn_v"] = np.zeros(5, "f4")
    with saying("attention's score is 5. For these layers it should be 8"):
        read_bundle(files.mag(made))
    made = made_of(rng, units=(8, 8))
    made["fully_connected/weights"] = np.zeros((9, 40), "f4")
    with saying("expects 9 inputs, and the layer below gives 8"):
        read_bundle(files.mag(made))


def test_a_flipped_bit_is_found_by_its_checksum(rng):
    for whole in (files.version_1(made_of(rng)), b"".join(files.version_2(made_of(rng)))):
        data = bytearray(whole)
        data[len(data) // 2] ^= 1
        index, shard = files.version_2(made_of(rng))
        with saying("checksum|cut short|damaged"):
            if len(data) == len(index) + len(shard):
                at = len(index)
                read_bundle(files.zipped({"m.index": bytes(data[:at]), "m.data-00000-of-00001": bytes(data[at:])}))
            else:
                read_bundle(bytes(data))


def test_an_index_without_its_data_says_which_file_is_missing(rng):
    with saying(r"model.ckpt.data-00000-of-00001, which is not there"):
        read_bundle(files.zipped({"model.ckpt.index": files.version_2(made_of(rng))[0]}))


def test_a_manifest_cannot_reach_outside_its_folder(tmp_path, rng):
    manifest = json.dumps([{"paths": ["../secret"], "weights": []}]).encode()
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "weights_manifest.json").write_bytes(manifest)
    with saying("Its files must be in the same folder"):
        read_bundle(tmp_path / "run")


def test_a_small_file_cannot_ask_for_much_memory(rng):
    huge = files.field(2, files.field(1, 1_000_000)) * 2
    described = files.field(1, files.field(1, files.field(1, b"w") + files.field(2, huge) + files.field(3, 1)))
    with saying("1000000 x 1000000"):
        read_bundle(files.table([(b"", described)]))
    bomb = files.zipped({"weights_manifest.json": b"[" * 1_900_000})
    with saying("is not JSON"):
        read_bundle(bomb)


def test_checksums_are_those_of_the_standard():
    assert crc32c(b"123456789") == 0xE3069283
    data = bytes(range(256)) * 100
    assert crc32c(data) == crc32c(data[:16_384] + data[16_384:])
    long = bytes(1_000_000)
    assert crc32c(long + b"1") != crc32c(long + b"2")


def test_compressed_data_comes_back(rng):
    data = bytes(rng.integers(0, 256, 5000, dtype=np.uint8)) + b"abcdefgh" * 400 + b"end"
    assert decompress(memoryview(files.snappy(data)), 10_000)[0] == data
    with saying("compressed part"):
        decompress(memoryview(files.snappy(data)), 3)


def test_altered_bundles_are_answered_in_a_sentence_and_at_once():
    fuzz.alter_bundles(200, seed=1)
