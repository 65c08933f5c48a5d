"""Ratings collected elsewhere: what is wrong is said with its row and column."""

import pandas as pd
import pytest

from evaluation.answers.ratings_file import RatingsError, read_ratings, read_scale
from evaluation.statistics.rating_results import describe_ratings

GOOD = """participant,clip,source,origin,verdict,enjoyment,age
A,bach-1,Bach,human,human,5,30
A,lstm-1,LSTM,ai,ai,2,30
B,bach-1,Bach,human,,4,NA
B,lstm-1,LSTM,ai,human,,NA
"""


@pytest.fixture
def read(tmp_path):
    def read(text, aspects=("enjoyment",), **more):
        path = tmp_path / "ratings.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_ratings(path, list(aspects), **more)

    return read


def test_a_tidy_file_becomes_the_same_table_as_a_survey(read):
    answer_table = read(GOOD)
    assert len(answer_table) == 4
    assert answer_table.sources.values.tolist() == [["Bach", "human"], ["LSTM", "ai"]]
    assert answer_table.answers["enjoyment"].tolist()[:3] == [5, 2, 4]
    assert answer_table.answers["verdict"].isna().tolist() == [False, False, True, False]
    assert answer_table.aspects[0].label == "Enjoyment"


def test_other_columns_are_kept(read):
    ages = read(GOOD).answers["age"]
    assert ages[:2].tolist() == [30, 30] and ages[2:].isna().all()


def test_a_byte_order_mark_windows_lines_and_empty_lines_at_the_end_are_no_matter(read):
    text = "\ufeff" + GOOD.replace("\n", "\r\n") + ",,,,,,\r\n\r\n"
    assert len(read(text)) == 4


def test_a_file_without_verdicts_is_read(read):
    table = pd.read_csv(pd.io.common.StringIO(GOOD)).drop(columns="verdict")
    assert not read(table.to_csv(index=False)).has_verdicts


def test_clips_stand_in_the_order_that_people_expect(read):
    rows = "".join(f"A,clip-{number},Bach,human,human,3,1\n" for number in (10, 9, 1))
    assert read(GOOD.split("\n")[0] + "\n" + rows).clips["clip"].tolist() == ["clip-1", "clip-9", "clip-10"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            ("A,bach-1,Bach,human,human,5", "A,bach-1,Bach,human,human,7"),
            'Row 2, column "enjoyment": "7" is outside 1 to 5',
        ),
        (("ai,2,30", "ai,two,30"), 'Row 3, column "enjoyment": "two" is not a number'),
        (("ai,2,30", "ai,inf,30"), 'Row 3, column "enjoyment": "inf" is not a number'),
        (("Bach,human,,4", "Bach,human,maybe,4"), 'Row 4, column "verdict": "maybe" must be human, ai or empty'),
        (("LSTM,ai,ai", "LSTM,machine,ai"), 'Row 3, column "origin": "machine" must be human, ai or anchor'),
        (("B,lstm-1", ",lstm-1"), 'Row 5, column "participant": "" is empty'),
        (
            ("B,lstm-1,LSTM,ai,human", "B,bach-1,Bach,human,human"),
            'participant "B" already answered clip "bach-1" in row 4',
        ),
        (
            ("B,lstm-1,LSTM", "B,lstm-1,Bach"),
            'Row 5: the clip "lstm-1" has the source "Bach" here and "LSTM" in an earlier row',
        ),
        (("B,bach-1,Bach,human", "B,bach-1,Bach,ai"), 'Row 4: the source "Bach" has the origin "ai" here and "human"'),
        (("enjoyment,age", "enjoymnt,age"), 'has no column "enjoyment". Its columns are participant, clip, source'),
        (("enjoyment,age", "enjoymnt,age"), 'Did you mean "enjoymnt"?'),
        (("4,NA", "4,NA,extra,cells"), "cannot be read as a table"),
    ],
)
def test_what_is_wrong_is_one_sentence(read, change, sentence):
    assert change[0] in GOOD
    with pytest.raises(RatingsError) as error:
        read(GOOD.replace(*change))
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_more_mistakes_of_a_kind_are_counted(read):
    with pytest.raises(
        RatingsError, match=r'Row 2, column "enjoyment": "5" is outside 1 to 3 \(see --scale\) \(and in 1 more row\)'
    ):
        read(GOOD, scale=(1, 3))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "is empty"),
        (b"\x00\x01\xff\xfe\x89PNG", "is not UTF-8 text"),
        (GOOD.split("\n")[0], "has a header but no rows"),
        (GOOD.replace(",", ";"), "are separated by semicolons"),
        ("participant,clip,source,origin,verdict,enjoyment\nA,a,Bach,human,,\n", "contains no ratings"),
    ],
)
def test_a_file_that_is_no_table_of_ratings_is_named(read, text, sentence):
    with pytest.raises(RatingsError, match=r"ratings\.csv") as error:
        read(text)
    assert sentence in str(error.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(RatingsError, match="There is no file"):
        read_ratings(tmp_path / "none.csv", ["enjoyment"])
    with pytest.raises(RatingsError, match="is a folder"):
        read_ratings(tmp_path, ["enjoyment"])


def test_a_column_with_a_meaning_is_no_aspect(read):
    with pytest.raises(RatingsError, match='"verdict" is a reserved column'):
        read(GOOD, aspects=["verdict"])


def test_a_scale_is_two_numbers():
    assert read_scale("0-100") == (0, 100)
    for wrong in ("five", "5", "5-1", "1-2-3", ""):
        with pytest.raises(RatingsError, match="for example 1-5"):
            read_scale(wrong)


def test_a_scale_of_a_hundred_is_worked_out(read):
    text = GOOD.replace("human,5,", "human,87.5,")
    results = describe_ratings(read(text, scale=(0, 100)))
    assert results.ratings["mean"].tolist() == [(87.5 + 4) / 2, 2.0]
    assert results.categories.empty


def test_a_quarter_of_a_million_rows_are_read_in_seconds(tmp_path):
    import time

    people, clips = 2500, 100
    table = pd.DataFrame(
        {
            "participant": [f"P{person}" for person in range(people) for _ in range(clips)],
            "clip": [f"c{clip}" for _ in range(people) for clip in range(clips)],
            "source": [f"s{clip % 4}" for _ in range(people) for clip in range(clips)],
            "origin": ["human" if clip % 4 == 0 else "ai" for _ in range(people) for clip in range(clips)],
            "enjoyment": 3,
        }
    )
    table.to_csv(tmp_path / "many.csv", index=False)
    begin = time.perf_counter()
    assert len(read_ratings(tmp_path / "many.csv", ["enjoyment"])) == 250_000
    assert time.perf_counter() - begin < 15  # 1.5 s on an idle core
