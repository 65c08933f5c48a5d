import io
import json
import stat
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

from generation.music.corpora import archives, corpora
from generation.music.corpora.corpora import (
    CorpusError,
    ReadCorpus,
    Refusal,
    open_corpus,
    read_corpus,
    save_corpus,
    split,
)
from generation.music.score.notes import Note, Piece, write_midi


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of two entries with one name
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def songs(count: int) -> dict[str, bytes]:
    return {f"{number:03}.mid": write_midi(Piece.of([Note(30 + number, 0, 1)])) for number in range(count)}


def names(corpus: ReadCorpus) -> list[str]:
    return [piece.name for piece in corpus.pieces]


def test_a_folder_is_read_with_its_subfolders_and_what_is_damaged_is_named(music_folder, tune, waltz):
    corpus = read_corpus(music_folder)
    assert corpus.pieces == [tune, waltz]
    assert names(corpus) == ["tune", "waltz"]
    assert corpus.refused == [Refusal("dances/broken.midi", "is damaged: its MIDI data cannot be read to the end.")]


def test_a_zip_gives_what_its_folder_gives(music_folder, tmp_path):
    files = {path.relative_to(music_folder).as_posix(): path for path in music_folder.rglob("*.*")}
    archive = zipped(tmp_path / "music.zip", {f"all/{name}": path.read_bytes() for name, path in files.items()})
    assert read_corpus(archive).fingerprint == read_corpus(music_folder).fingerprint
    assert read_corpus(archive).refused[0].name == "all/dances/broken.midi"


def test_a_single_file_is_a_corpus_of_one(music_folder, tune):
    assert read_corpus(music_folder / "tune.mid").pieces == [tune]


def test_what_editors_and_macs_leave_behind_is_no_music(tmp_path, tune):
    data = write_midi(tune)
    archive = zipped(tmp_path / "m.zip", {"__MACOSX/tune.mid": b"", "._tune.mid": b"", "tune.mid": data})
    assert names(read_corpus(archive)) == ["tune"]
    assert read_corpus(archive).refused == []


def test_the_same_music_twice_counts_once(tmp_path, tune):
    archive = zipped(tmp_path / "m.zip", {"a.mid": write_midi(tune), "b.mid": write_midi(tune)})
    corpus = read_corpus(archive)
    assert names(corpus) == ["a"]
    assert corpus.refused == [Refusal("b.mid", same_as="a.mid")]


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path, tune, waltz):
    archive = zipped(tmp_path / "m.zip", {"x/1.mid": write_midi(tune), "y/1.mid": write_midi(waltz)})
    assert names(read_corpus(archive)) == ["x/1", "y/1"]


def test_songs_are_drawn_by_seed(tmp_path):
    archive = zipped(tmp_path / "m.zip", songs(40))
    drawn = [names(read_corpus(archive, songs=5, seed=seed)) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[0] == sorted(drawn[0])
    assert len(drawn[0]) == 5


def test_a_damaged_song_is_replaced_by_the_next_drawn(tmp_path):
    files = songs(12)
    first = read_corpus(zipped(tmp_path / "whole.zip", files), songs=3, seed=4)
    files[f"{names(first)[0]}.mid"] = b"damaged"
    corpus = read_corpus(zipped(tmp_path / "damaged.zip", files), songs=3, seed=4)
    assert len(corpus.pieces) == 3
    assert set(names(first)[1:]) < set(names(corpus))
    assert [refusal.name for refusal in corpus.refused] == [f"{names(first)[0]}.mid"]


def test_more_songs_than_there_are_is_all_of_them(tmp_path):
    assert len(read_corpus(zipped(tmp_path / "m.zip", songs(4)), songs=10).pieces) == 4


def test_progress_is_told(tmp_path):
    heard = []
    read_corpus(zipped(tmp_path / "m.zip", songs(3)), progress=lambda *what: heard.append(what))
    assert heard == [(1, 3, "songs"), (2, 3, "songs"), (3, 3, "songs")]


def test_pop909_is_recognised_and_only_its_songs_are_read(tmp_path):
    # A song whose bars begin a third into the file's first beat; the file itself calls every beat a bar.
    song = Piece.of([Note(60 + n, 1 / 3 + n, 1) for n in range(12)], meter=(1, 4), tempo=60)
    beats = "".join(f"{1 / 3 + n} {float(n % 2 == 1)} {float(n % 4 == 1)}\n" for n in range(12)).encode()
    top = "POP909-Dataset-master/POP909/007"
    archive = zipped(
        tmp_path / "pop.zip",
        {
            f"{top}/007.mid": write_midi(song),
            f"{top}/versions/007-v1.mid": write_midi(song.transpose(1)),
            f"{top}/beat_midi.txt": beats,
            f"{top}/chord_midi.txt": b"0 1 C:maj",
            "POP909-Dataset-master/data_process/processor.py": b"",
        },
    )
    corpus = read_corpus(archive)
    assert names(corpus) == ["007"]
    assert corpus.refused == []
    piece = corpus.pieces[0]
    assert np.allclose(piece.notes["start"], np.arange(12) + 3)
    assert piece.bar_lines().tolist() == [0, 4, 8, 12, 16]
    assert read_corpus(archive).fingerprint == corpus.fingerprint


def test_a_zip_that_is_none_is_refused(tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 but no more")
    with pytest.raises(CorpusError, match=r"^broken\.zip is not a zip file, or is damaged\. Zip the files again\.$"):
        read_corpus(tmp_path / "broken.zip")


@pytest.mark.parametrize(
    ("origin", "sentence"),
    [
        ("nowhere", "nowhere does not exist. Give a folder, a zip or a file."),
        ("music21:nobody", "music21 has no corpus 'nobody'."),
        ("ftp://example.org/x.zip", "cannot be downloaded. Give an address that begins with https://."),
    ],
)
def test_an_origin_that_is_none_is_named(origin, sentence):
    with pytest.raises(CorpusError) as refusal:
        read_corpus(origin)
    assert sentence in str(refusal.value)


def test_a_folder_without_music_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="contains no music"):
        read_corpus(tmp_path)


def test_a_folder_with_nothing_whole_is_refused_with_the_first_reason(tmp_path):
    (tmp_path / "a.mid").write_bytes(b"")
    with pytest.raises(CorpusError, match=r"None of the 1 files of .* could be read\. a\.mid is empty\."):
        read_corpus(tmp_path)


def test_no_songs_at_all_is_no_wish(tmp_path):
    with pytest.raises(CorpusError, match="0 songs are not a corpus"):
        read_corpus(tmp_path, songs=0)


def entry(name: str, *, mode: int = 0o100644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def test_tricks_in_a_zip_are_refused_one_by_one_and_the_rest_goes_on(tmp_path, tune):
    path = tmp_path / "uploads" / "tricks.zip"
    path.parent.mkdir()
    inner = io.BytesIO()
    zipped(inner, {"x.mid": write_midi(tune)})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry("../../etc/up.mid"), write_midi(tune))
        archive.writestr(entry("/root/absolute.mid"), write_midi(tune))
        archive.writestr(entry("C:\\windows\\drive.mid"), write_midi(tune))
        archive.writestr(entry("link.mid", mode=stat.S_IFLNK | 0o777), b"/etc/passwd")
        archive.writestr("inner.zip", inner.getvalue())
        archive.writestr("bomb.mid", bytes(5_000_000), zipfile.ZIP_DEFLATED)
        archive.writestr("fine.mid", write_midi(tune))
    corpus = read_corpus(path)
    assert names(corpus) == ["fine"]
    assert {refusal.name: refusal.reason for refusal in corpus.refused} == {
        "../../etc/up.mid": "has a name that points outside the zip.",
        "/root/absolute.mid": "has a name that points outside the zip.",
        "C:\\windows\\drive.mid": "has a name that points outside the zip.",
        "link.mid": "is a link, not a file.",
        "inner.zip": "is a zip inside the zip. Unpack it first.",
        "bomb.mid": "is compressed far more than music can be, which suggests a zip bomb.",
    }
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path]


def test_a_damaged_entry_is_named(tmp_path, tune, waltz):
    path = zipped(tmp_path / "m.zip", {"first.mid": write_midi(tune), "second.mid": write_midi(waltz)})
    data = bytearray(path.read_bytes())
    data[60:70] = bytes(10)
    path.write_bytes(data)
    assert read_corpus(path).refused == [Refusal("first.mid", "is damaged: it cannot be unpacked.")]


def test_a_locked_entry_is_named(tmp_path, tune, waltz):
    path = zipped(tmp_path / "m.zip", {"first.mid": write_midi(tune), "second.mid": write_midi(waltz)})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert read_corpus(path).refused == [Refusal("first.mid", "is locked with a password. Zip it without one.")]


def test_a_zip_of_absurd_size_is_refused_as_a_whole(tmp_path, monkeypatch):
    path = zipped(tmp_path / "m.zip", songs(5))
    monkeypatch.setattr(archives, "MOST_FILES", 4)
    with pytest.raises(
        CorpusError, match=r"m\.zip would unpack to 5 files and 0\.0 GB of music\. The limits are 4 files"
    ):
        read_corpus(path)


def test_scores_are_read_like_midi(tmp_path, tune):
    (tmp_path / "tune.mid").write_bytes(write_midi(tune))
    (tmp_path / "air.abc").write_text("X:1\nT:Air\nM:3/4\nL:1/4\nK:G\nG A B | c2 d |]\n")
    (tmp_path / "broken.musicxml").write_text("<score-partwise><part")
    corpus = read_corpus(tmp_path)
    assert names(corpus) == ["air", "tune"]
    assert corpus.pieces[0].notes["pitch"].tolist() == [67, 69, 71, 72, 74]
    assert corpus.pieces[0].bar_lines().tolist() == [0, 3, 6]
    assert corpus.refused == [Refusal("broken.musicxml", "cannot be read as a score.")]


def test_music21s_own_corpus_is_drawn_from_before_it_is_read():
    corpus = read_corpus("music21:bach", songs=2, seed=2)
    assert names(corpus) == ["bwv369", "bwv90.5"]
    assert [len(piece) for piece in corpus.pieces] == [190, 233]
    assert [piece.bar_lines()[:4].tolist() for piece in corpus.pieces] == [[0, 1, 5, 9]] * 2  # an upbeat, then bars


def test_a_corpus_that_was_kept_comes_back(music_folder, tmp_path):
    corpus = read_corpus(music_folder)
    save_corpus(corpus, tmp_path / "kept" / "dances")
    kept = open_corpus(tmp_path / "kept" / "dances")
    assert kept.pieces == corpus.pieces
    assert (names(kept), kept.refused, kept.origin) == (names(corpus), corpus.refused, corpus.origin)
    assert kept.fingerprint == corpus.fingerprint
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["dances"]


def test_keeping_again_replaces_what_was_there(tmp_path, tune, waltz):
    save_corpus(ReadCorpus([tune]), tmp_path / "c")
    save_corpus(ReadCorpus([waltz]), tmp_path / "c")
    assert open_corpus(tmp_path / "c").pieces == [waltz]


def test_a_corpus_is_kept_whole_or_not_at_all(tmp_path, tune, waltz, monkeypatch):
    folder = tmp_path / "kept" / "c"
    save_corpus(ReadCorpus([tune]), folder)

    def full(*args, **arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(corpora.np, "savez_compressed", full)
    with pytest.raises(CorpusError, match=r"could not be saved in .*: No space left on device"):
        save_corpus(ReadCorpus([waltz]), folder)
    assert open_corpus(folder).pieces == [tune]
    assert list(folder.parent.iterdir()) == [folder]


def test_a_changed_corpus_is_not_opened(tmp_path, tune):
    save_corpus(ReadCorpus([tune]), tmp_path / "c")
    about = json.loads((tmp_path / "c" / "corpus.json").read_text())
    about["pieces"][0]["tempos"] = [[0.0, 61.0]]
    (tmp_path / "c" / "corpus.json").write_text(json.dumps(about))
    with pytest.raises(CorpusError, match=r"was changed after it was imported\. Import it again"):
        open_corpus(tmp_path / "c")
    (tmp_path / "c" / "notes.npz").write_bytes(b"nothing")
    with pytest.raises(CorpusError, match=r"is not a complete corpus\. Import it again"):
        open_corpus(tmp_path / "c")


def test_the_fingerprint_is_that_of_the_music_in_any_order(tune, waltz):
    assert ReadCorpus([tune, waltz]).fingerprint == ReadCorpus([waltz, tune]).fingerprint
    assert ReadCorpus([tune]).fingerprint != ReadCorpus([waltz]).fingerprint


def test_a_split_is_by_piece_and_by_seed():
    pieces = [Piece.of([Note(30 + number, 0, 1)], name=str(number)) for number in range(40)]
    training, validation = split(pieces, validation=0.1, seed=1)
    assert len(validation) == 4
    assert sorted(training + validation, key=pieces.index) == pieces
    assert split(pieces, seed=1) == (training, validation)
    assert split(pieces, seed=2) != (training, validation)


def test_two_pieces_are_split_one_to_one_and_a_single_one_is_for_training(tune, waltz):
    training, validation = split([tune, waltz], seed=1)
    assert len(training) == len(validation) == 1
    assert split([tune], seed=1) == ([tune], [])
