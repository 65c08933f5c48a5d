import numpy as np
import pytest

from generation.music.analysis.overlap import overlap, overlapping_area


def test_equal_samples_overlap_wholly_and_distant_ones_not_at_all():
    rng = np.random.default_rng(1)
    sample = rng.gamma(2.0, 1.0, 300)
    assert overlapping_area(sample, sample) == pytest.approx(1.0, abs=1e-3)
    assert overlapping_area(sample, sample + 1000) == pytest.approx(0.0, abs=1e-6)


def test_the_area_is_that_of_scipys_densities():
    from scipy.stats import gaussian_kde

    rng = np.random.default_rng(2)
    for shift, count in ((0.0, 40), (0.7, 190), (2.0, 600)):
        first, second = rng.gamma(2.0, 1.0, count), rng.gamma(2.0, 1.0, 2 * count) + shift
        line = np.linspace(-5, 25, 20001)
        expected = np.trapezoid(np.minimum(gaussian_kde(first)(line), gaussian_kde(second)(line)), line)
        assert overlapping_area(first, second) == pytest.approx(expected, abs=2e-3)


def test_samples_without_spread_are_points():
    assert overlapping_area(np.ones(5), np.ones(9)) == 1.0
    assert overlapping_area(np.ones(5), np.zeros(9)) == 0.0
    assert overlapping_area(np.ones(5), np.arange(9.0)) == 0.0


def test_sets_from_one_source_overlap_more_than_sets_from_two():
    rng = np.random.default_rng(3)
    originals, others, strangers = rng.normal(0, 1, 40), rng.normal(0, 1, 40), rng.normal(3, 1, 40)
    alike = overlap(originals, others, np.random.default_rng(1), draws=100)
    different = overlap(originals, strangers, np.random.default_rng(1), draws=100)
    assert alike.area > 0.9 > 0.6 > different.area
    assert different.high < alike.low
    assert different.low <= different.area <= different.high


def test_the_interval_is_the_same_for_the_same_seed():
    values = np.random.default_rng(4).normal(size=(2, 12))
    one, two = (overlap(*values, np.random.default_rng(5), draws=50) for _ in range(2))
    assert one == two


def test_too_few_pieces_have_no_overlap():
    nothing = overlap([1.0, 2.0, np.nan], [1.0, 2.0, 3.0], np.random.default_rng(1))
    assert np.isnan([nothing.area, nothing.low, nothing.high]).all()
    assert (nothing.first, nothing.second) == (2, 3)
