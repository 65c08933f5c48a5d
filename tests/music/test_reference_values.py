"""Every published formula about music and sound beside a number from a standard, a paper, other software or by hand.

Measures of pieces have muspy's numbers in `test_measures`; loudness is compared with pyloudnorm in `test_loudness`.
"""

import itertools
import math

import numpy as np
import pytest
from music21.analysis.discrete import KrumhanslKessler
from scipy.stats import rankdata

from generation.music.analysis.fairness import FEATURES, compare, permutation_p
from generation.music.analysis.measures import describe
from generation.music.analysis.originality import Index, melody_events, originality
from generation.music.analysis.overlap import overlap, overlapping_area
from generation.music.audio.levels import Level, check_level, fit_to_length, gain_to, measure_level, quantise
from generation.music.audio.loudness import loudness_of
from generation.music.audio.policy import RATE, STANDARD, RenderingError
from generation.music.audio.sound_measures import bandwidth, leading_silence
from generation.music.inference.sampling import choose
from generation.music.score.keys import key_of, semitones_to_one_key
from generation.music.score.meter import align_to_annotated_bars, align_to_bars
from generation.music.score.notes import Note, Piece

from .test_originality import walk

# Loudness: BS.1770-4 and EBU Tech 3341, table 1 (a tolerance of 0.1 LU).


def tone(*stretches: tuple[float, float], frequency: float = 1000) -> np.ndarray:
    """A sine in both channels at so many dBFS for so many seconds, one stretch after the other."""
    level = np.concatenate([np.full(round(seconds * RATE), 10 ** (decibels / 20)) for decibels, seconds in stretches])
    return (level * np.sin(2 * np.pi * frequency * np.arange(len(level)) / RATE))[:, None].repeat(2, axis=1)


@pytest.mark.parametrize(
    ("stretches", "lufs"),
    [
        ([(-23, 20)], -23.0),  # test signal 1
        ([(-33, 20)], -33.0),  # 2
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),  # 3
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),  # 4
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),  # 5
        # By hand: energies mean to -22.70, so that the gate lies at -32.70 and takes in what is at -31.5 ...
        ([(-20, 20), (-31.5, 20)], -22.70),
        # ... and what is at -34 not, with a gate at -32.84.
        ([(-20, 20), (-34, 20)], -20.0),
        # Above the absolute gate at -70, with nothing beside it that would raise the relative one.
        ([(-68, 10)], -68.0),
    ],
)
def test_loudness_of_the_test_signals_is_the_one_prescribed(stretches, lufs):
    assert loudness_of(tone(*stretches)) == pytest.approx(lufs, abs=0.1)


def test_what_lies_below_the_absolute_gate_is_silence():
    assert loudness_of(tone((-71, 5))) == -np.inf


def test_levels_are_decibels_of_amplitude():
    level = Level(loudness=-23.0, true_peak=-4.0, sounding=10.0)
    assert gain_to(-20.0, level) == pytest.approx(1.4125375446)  # 10^(3 / 20)
    # 4 dB under full scale, of which 1 dB is kept, and 0.02 for rounding.
    assert level.highest_loudness(-1.0) == pytest.approx(-20.02)
    assert measure_level(tone((-6.0206, 2)), 2.0).true_peak == pytest.approx(-6.02, abs=0.02)


def test_a_clip_is_refused_that_is_too_short_or_would_lower_the_others_too_much():
    """With peaks at 0.88 dBTP a clip of -23 LUFS becomes -24.9 LUFS at most: 5.9 less than the wanted -19."""
    check_level(Level(-23.0, 0.88, 0.4), STANDARD, "one")
    with pytest.raises(RenderingError, match=r"it is 6\.1 LU quieter than the -19 LUFS"):
        check_level(Level(-23.0, 1.08, 10.0), STANDARD, "one")
    with pytest.raises(RenderingError, match=r"sounds for 0\.39 s"):
        check_level(Level(-23.0, -4.0, 0.39), STANDARD, "one")


def test_a_fade_is_half_way_in_amplitude_where_it_is_half_way_in_time():
    """sin² of 45 degrees; 15 ms in, and 1.5 s out where the music goes on."""
    clip, sounding = fit_to_length(np.ones((25 * RATE, 2), np.float32), STANDARD)
    middle_in, middle_out = round(0.0075 * RATE), len(clip) - round(0.75 * RATE)
    assert (clip[middle_in, 0], clip[middle_out, 0]) == pytest.approx((0.5, 0.5), abs=0.003)
    assert (len(clip), sounding) == (20 * RATE, 20.0)


def test_dither_is_triangular_over_two_steps():
    """Silence becomes -1 or 1 in an eighth of the samples each, where the sum of two even distributions passes 0.5."""
    silence = quantise(np.zeros((200_000, 2), np.float32))
    assert [(silence == step).mean() for step in (-1, 0, 1)] == pytest.approx([0.125, 0.75, 0.125], abs=0.005)
    assert quantise(np.full((200_000, 2), 0.5, np.float32)).mean() == pytest.approx(0.5 * 32_767, abs=0.01)


def test_a_sound_60_decibels_below_the_peak_is_heard_and_one_below_is_not():
    amplitude = np.concatenate([np.full(RATE, 10 ** (-61 / 20)), np.full(RATE, 10 ** (-59 / 20)), np.ones(RATE)])
    assert leading_silence(amplitude) == 1.0


def test_the_bandwidth_is_that_of_the_highest_tone_within_80_decibels():
    time = np.arange(4 * RATE) / RATE
    tones = [(1_000, 0), (6_000, -75), (12_000, -95)]
    sound = sum(10 ** (level / 20) * np.sin(2 * np.pi * frequency * time) for frequency, level in tones)
    assert bandwidth(np.column_stack([sound, sound])) == pytest.approx(6_000, abs=30)


# Measures


def test_measures_without_a_peer_are_sums_by_hand():
    notes = [Note(60, 0, 1, 40), Note(64, 1, 2, 60), Note(62, 3, 3, 80)]
    piece = Piece.of(notes)
    piece = Piece(piece.notes, tempos=np.array([[0.0, 60.0], [3.0, 180.0]]))
    measured = describe(piece)
    assert measured["loudness_spread"] == pytest.approx(math.sqrt(800 / 3))  # 20² + 0 + 20², over three notes
    assert measured["note_length"] == 2.0
    assert measured["onset_interval"] == 1.5
    assert measured["pitch_interval"] == 3.0
    assert measured["tempo"] == 90.0  # three beats in 3 s and three in 1 s
    assert measured["note_density"] == 0.75


def test_onsets_are_told_apart_at_a_twelfth_of_a_beat():
    piece = Piece.of([Note(60, start, 0.1) for start in (0, 1 / 12, 1 / 12 + 0.02, 1)])
    assert describe(piece)["onset_interval"] == pytest.approx(0.5)


def test_a_scale_is_major_or_natural_minor():
    """A harmonic minor has a G sharp that fits neither: six of seven notes."""
    piece = Piece.of(Note(pitch, beat, 1) for beat, pitch in enumerate([57, 59, 60, 62, 64, 65, 68]))
    assert describe(piece)["scale_consistency"] == pytest.approx(6 / 7)


def test_an_overlap_is_that_of_distances_within_a_set_and_between_the_sets():
    """Yang & Lerch 2018: distances within the first set, and from each of it to each of the second."""
    found = overlap([1, 2, 4, 7, 11], [2, 3, 5, 6, 12, 13], np.random.default_rng(1), draws=20)
    # From scipy 1.17.1: gaussian_kde of the 10 and of the 30 distances, quad over the lower of the two.
    assert found.area == pytest.approx(0.8797819, abs=1e-3)


def test_the_interval_of_an_overlap_is_that_of_pieces_drawn_anew():
    """Percentiles of the redrawn areas, moved so that their median is the area itself; no piece beside itself."""
    first, second = np.array([1.0, 2, 4, 7, 11, 12, 15]), np.array([2.0, 3, 5, 6, 12, 13])
    found = overlap(first, second, np.random.default_rng(5), draws=300)
    rng, areas = np.random.default_rng(5), []
    for _ in range(300):
        ours, theirs = rng.integers(7, size=7), rng.integers(6, size=6)
        within = [abs(first[i] - first[j]) for i, j in itertools.combinations(ours, 2) if i != j]
        areas.append(overlapping_area(np.array(within), np.abs(first[ours][:, None] - second[theirs]).ravel()))
    moved = np.percentile(areas, [2.5, 97.5]) + found.area - np.median(areas)
    assert (found.low, found.high) == pytest.approx(tuple(moved.clip(0, 1)))


# Keys: Krumhansl & Kessler 1982.


def test_keys_are_those_of_krumhansl_and_kesslers_profiles():
    """Against the profiles that music21 keeps, for pieces in which no key is clear."""
    judge = KrumhanslKessler()
    profiles = {
        (tonic, mode): np.roll(judge.getWeights(mode), tonic) for mode in ("major", "minor") for tonic in range(12)
    }
    rng = np.random.default_rng(1)
    for _ in range(400):
        weights = rng.uniform(0.2, 1.0, 12)
        fit = {key: np.corrcoef(profile, weights)[0, 1] for key, profile in profiles.items()}
        piece = Piece.of(Note(60 + pitch, 2 * pitch, float(length)) for pitch, length in enumerate(weights))
        assert key_of(piece) == max(fit, key=fit.get)


def test_a_key_is_left_by_the_shorter_way():
    scale = (0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 0)
    moves = []
    for tonic in range(12):
        piece = Piece.of(Note(60 + tonic + step, beat, 1) for beat, step in enumerate(scale))
        moves.append(semitones_to_one_key(piece))
    assert moves == [0, -1, -2, -3, -4, -5, 6, 5, 4, 3, 2, 1]


# Meter: Lerdahl & Jackendoff's levels, 4 on one, 3 on three, 2 on two and four, 1 on the eighths between.


def bars_of(*lengths: float, late: float = 0.0, meter: tuple[int, int] = (1, 4)) -> Piece:
    """Four bars with a note on each beat, so many beats long; the first has pitch 40."""
    rows = [
        Note(40 + beat, 4 * bar + beat + late, length)
        for bar in range(4)
        for beat, length in enumerate(lengths)
        if length
    ]
    return Piece.of(rows, meter=meter)


def beat_of_pitch_40(piece: Piece) -> float:
    settled = align_to_bars(piece)
    return float(settled.notes["start"][settled.notes["pitch"] == 40][0] % 4)


def test_a_bar_begins_where_one_and_three_weigh_most_together():
    """Weights 1, 1.1, 0.9 and 0: 4 + 2.2 + 2.7 = 8.9 from one, 4.4 + 1.8 + 2 = 8.2 from two, the longest."""
    assert beat_of_pitch_40(bars_of(1.0, 1.1, 0.9, 0.0, late=1.0)) == 0
    # 1, 1.5, 0.9 and 0: 9.7 from one, 9.8 from two.
    assert beat_of_pitch_40(bars_of(1.0, 1.5, 0.9, 0.0, late=1.0)) == 3


def test_a_note_of_more_than_two_beats_weighs_as_one_of_two():
    """Weights 2, 3 and 1, of which 3 counts 2: 15 from the first and 14 from the second; with 3 it were 17 and 18."""
    assert beat_of_pitch_40(bars_of(2.0, 3.0, 1.0, 0.0, late=1.0)) == 0


@pytest.mark.parametrize(("steady", "moves"), [(13, True), (11, False)])
def test_six_tenths_of_the_onsets_make_a_steady_grid(steady, moves):
    """Of 20 onsets so many lie on the sixteenths, the rest evenly around them, where they cancel each other."""
    on = [Note(60, n + 0.1, 0.1) for n in range(steady)]
    off = [Note(64, 30 + n + 0.1 + n / (20 - steady) / 4, 0.1) for n in range(20 - steady)]
    piece = Piece.of([*on, *off], meter=(1, 4))
    assert (align_to_bars(piece) is not piece) == moves


@pytest.mark.parametrize(("between", "moves"), [(1.4, False), (1.6, True)])
def test_a_meter_that_says_something_gives_way_to_half_as_much_again_elsewhere(between, moves):
    rows = [Note(40, beat, 1.0) for beat in range(16)] + [Note(60, beat + 0.5, between) for beat in range(16)]
    piece = Piece.of(rows, meter=(4, 4))
    assert (align_to_bars(piece) is not piece) == moves


@pytest.mark.parametrize(("bar", "holds"), [(12, True), (13, False)])
def test_an_annotated_bar_has_twelve_beats_at_most(bar, holds):
    piece = Piece.of([Note(60 + n % 12, n, 1) for n in range(40)], tempo=60)
    settled = align_to_annotated_bars(piece, np.array([0.0, bar, 2 * bar]))
    assert (settled.meters.tolist() == [[0, bar, 4]]) == holds
    assert holds or settled == align_to_bars(piece)


@pytest.mark.parametrize(("apart", "holds"), [(0.02, True), (0.05, False)])
def test_annotated_bars_must_lie_on_a_beat(apart, holds):
    """Downbeats early and late by turns: cos(2π 0.02) = 0.992 and cos(2π 0.05) = 0.951; 0.99 is asked for."""
    piece = Piece.of([Note(60 + n % 12, n, 1) for n in range(40)], tempo=60, meter=(1, 4))
    downbeats = np.arange(0, 36, 3) + apart * np.resize([1, -1], 12)
    assert (align_to_annotated_bars(piece, downbeats).meters[0, 1] == 3) == holds


# Fairness: Kruskal & Wallis 1952 with labels exchanged at random.


def exact(groups: list[list[float]]) -> float:
    """Of all ways to share out the values, those whose statistic is as high."""
    values, sizes = list(itertools.chain(*groups)), [len(group) for group in groups]
    ranks, first = rankdata(values), range(len(values))
    statistics = []
    for chosen in itertools.combinations(first, sizes[0]):
        rest = [place for place in first if place not in chosen]
        statistics.append(ranks[list(chosen)].sum() ** 2 / sizes[0] + ranks[rest].sum() ** 2 / sizes[1])
    own = ranks[: sizes[0]].sum() ** 2 / sizes[0] + ranks[sizes[0] :].sum() ** 2 / sizes[1]
    return float(np.mean(np.array(statistics) >= own * (1 - 1e-12)))


@pytest.mark.parametrize(
    ("groups", "p"),
    [
        ([[1, 2, 3], [4, 5, 6]], 0.1),  # 2 of 20
        ([[3, 0, 0, 3], [1, 1, 1, 1, 1]], 1.0),  # ties share the middle of their ranks: both means are 5
        ([[8, 9], [1, 2, 3, 4, 5, 6, 7]], None),  # groups of unequal size
        ([[3, 9], [1, 2, 4, 5, 6, 7, 8]], None),
    ],
)
def test_p_is_the_share_of_all_exchanges(groups, p):
    expected = exact(groups)
    assert p is None or expected == pytest.approx(p)
    assert permutation_p(groups, np.random.default_rng(1), draws=20_000) == pytest.approx(expected, abs=0.01)


def test_what_was_observed_counts_among_the_draws():
    """Phipson & Smyth 2010: (1 + 0) / (1 + draws), never 0."""
    apart = [list(range(15)), list(range(100, 115))]
    assert permutation_p(apart, np.random.default_rng(1), draws=99) == 0.01


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.key)
def test_a_difference_is_told_from_the_least_that_is_heard(feature):
    """The two sides of each limit, in the unit that the page names."""
    limits = {
        "loudness": 0.5,  # LU
        "true_peak": 3.0,  # dB
        "sounding": 0.5,  # s
        "leading_silence": 0.05,  # s
        "tempo": 5.0,  # quarter notes/min
        "note_density": 0.5,  # notes/s
        "loudness_spread": 4.0,  # velocity
        "pitch_range": 4.0,  # semitones
        "polyphony": 0.3,  # pitches
        "instruments": 1.0,
        "bandwidth": 1_500.0,  # Hz
        "sample_rate": 1.0,  # Hz
    }
    for share, differs in ((0.98, False), (1.02, True)):
        apart = share * limits[feature.key]
        clips = [(source, {feature.key: value}) for source, value in [("A", 0.0)] * 10 + [("B", apart)] * 10]
        assert compare(clips).findings[0].differs is differs


def test_p_of_a_report_has_five_thousand_draws_to_judge_by():
    apart = [("A", {"tempo": 50.0 + n}) for n in range(20)] + [("B", {"tempo": 150.0 + n}) for n in range(20)]
    assert compare(apart).findings[0].p == 1 / 5_000


@pytest.mark.parametrize(("melody", "several", "warned"), [(1.2, 1.8, 1), (1.25, 1.8, 0), (1.2, 1.75, 0)])
def test_up_to_1_2_pitches_at_a_time_are_one_voice_and_from_1_8_on_several(melody, several, warned):
    report = compare([("A", {"polyphony": melody})] * 3 + [("B", {"polyphony": several})] * 3)
    assert len(report.warnings) == warned


def test_a_feature_among_many_must_pass_five_percent_after_holm():
    """p alone is 2 of 70 = 0.029; doubled for two features it passes 0.05 no longer."""
    apart = [("A", {"tempo": 100.0 + n}) for n in range(4)] + [("B", {"tempo": 140.0 + n}) for n in range(4)]
    assert compare(apart).findings[0].differs
    beside = [(source, features | {"note_density": 4.0 + (n % 4) / 4}) for n, (source, features) in enumerate(apart)]
    finding = next(one for one in compare(beside).findings if one.feature.key == "tempo")
    assert (finding.differs, finding.may_differ) == (False, True)


# Originality: after Yin, Reuben, Stepney & Collins 2022.


def test_a_melody_is_written_as_intervals_and_ratios_of_waits():
    """+4, -2, +5, 0 semitones; waits of 1, 1/2, 2, 1/2 beats, so that ratios are 1/2, 4, 1/4: -2, 4 and -4 halves."""
    melody = [Note(60, 0, 0.25), Note(64, 1, 0.25), Note(62, 1.5, 0.25), Note(67, 3.5, 0.25), Note(67, 4, 0.25)]
    events, beats = melody_events(Piece.of(melody))
    intervals, ratios = events // 17 - 24, events % 17 - 8
    assert (intervals.tolist(), ratios.tolist()) == ([4, -2, 5, 0], [0, -2, 4, -4])
    assert beats.tolist() == [1, 1.5, 3.5, 4]


def test_leaps_of_more_than_two_octaves_and_waits_of_more_than_16_times_are_all_one():
    def second(interval: int, wait: float) -> int:
        return int(
            melody_events(Piece.of([Note(36, 0, 0.2), Note(40, 0.25, 0.2), Note(40 + interval, 0.25 + wait, 0.2)]))[0][
                1
            ]
        )

    assert second(24, 1) == second(30, 1) != second(23, 1)
    assert second(5, 4) == second(5, 8) != second(5, 2.75)


def with_start_of(corpus: Piece, notes: int, own: Piece) -> Piece:
    """So many notes of one piece, and another after them."""
    begin = corpus.notes[:notes]
    rest = own.notes.copy()
    rest["start"] += begin["start"][-1] + 1.5
    return Piece(np.concatenate([begin, rest]), name=own.name)


@pytest.fixture(scope="module")
def corpus() -> list[Piece]:
    return [walk(seed, name=f"song {seed}") for seed in range(6)]


def test_a_clip_is_flagged_that_shares_more_than_99_of_100_people(corpus):
    """Each human piece is as long as the clip and so one excerpt: of 200, sorted, 99 % lies at 197.01, the 199th."""
    copied = {0: 30, 1: 24, 2: 18} | dict.fromkeys(range(3, 30), 12)
    held_out = [with_start_of(corpus[0], copied.get(n, 2), walk(1000 + n, 45 - copied.get(n, 2))) for n in range(200)]
    runs = sorted(Index(corpus).longest_match(piece).events for piece in held_out)
    assert len(set(runs[-3:])) == 3
    judged = originality([with_start_of(corpus[1], 25, walk(3000, 20))], corpus, held_out)[0]
    assert judged.excerpts == 200
    assert judged.human_most == runs[198]
    assert judged.human_run == np.median(runs)
    assert judged.rank == np.mean([run < judged.match.events for run in runs])


def test_human_excerpts_follow_each_other_by_a_quarter_and_end_where_they_end(corpus):
    """A clip of 40 events beside a human piece of 199 that is in the corpus: an excerpt each 10 events, all copies."""
    judged = originality(
        [corpus[2].excerpt(0, float(corpus[2].notes["start"][41]))], corpus, [walk(2, name="again").transpose(1)]
    )[0]
    assert judged.events == 40
    assert judged.excerpts == 16
    assert (judged.human_run, judged.human_most) == (40, 40)
    assert judged.human_grams == 1.0
    assert (judged.match.events, judged.rank, judged.is_flagged) == (40, 0.0, False)  # as much as people, not more
    assert judged.grams == 1.0


def test_an_n_gram_is_eight_events(corpus):
    """Ten notes of a song share eight events, as the first has no interval and the second no ratio of waits."""
    for notes, grams in ((9, 0), (10, 1)):
        clip = with_start_of(Piece(corpus[3].notes[20:]), notes, walk(5000, 30))
        judged = originality([clip], corpus, [])[0]
        assert judged.grams == pytest.approx(grams / (judged.events - 7))


# Sampling


def test_weights_are_raised_to_one_over_the_temperature():
    """At 2 the square roots of 0.1, 0.2, 0.3 and 0.4: 0.3162, 0.4472, 0.5477, 0.6325 of 1.9436."""
    rows = np.repeat([[0.1, 0.2, 0.3, 0.4]], 40_000, axis=0)
    chosen = choose(rows, np.random.default_rng(1), temperature=2.0)
    assert np.bincount(chosen) / len(chosen) == pytest.approx([0.1627, 0.2301, 0.2818, 0.3254], abs=0.008)


def test_the_likeliest_few_keep_a_tie_and_the_nucleus_stops_at_its_share():
    """Holtzman et al. 2019: the smallest set whose probability is at least p."""
    rows = np.repeat([[0.125, 0.125, 0.25, 0.5]], 4_000, axis=0)
    assert set(choose(rows, np.random.default_rng(1), top_k=3).tolist()) == {0, 1, 2, 3}
    assert set(choose(rows, np.random.default_rng(1), top_p=0.75).tolist()) == {2, 3}
