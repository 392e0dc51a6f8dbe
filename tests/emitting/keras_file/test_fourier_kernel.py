"""The kernel of a Fourier transform is Keras's, and its windows are those of SciPy."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from spec_compiler.catalog.initializers.fourier import STFT, Window
from spec_compiler.emitting.keras_file.fourier_kernel import fourier_kernel, window

pytestmark = pytest.mark.tensorflow


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("name", get_args(Window))
def test_a_window_is_that_of_scipy(name, periodic):
    from scipy.signal import get_window

    for length in (1, 2, 3, 4, 5, 16, 33):
        expected = get_window(name, length, periodic)
        np.testing.assert_allclose(window(name, length, periodic=periodic), expected, atol=1e-12, err_msg=str(length))


@pytest.mark.parametrize("scaling", [None, "density", "spectrum"])
@pytest.mark.parametrize("side", ["real", "imag"])
@pytest.mark.parametrize("name", [None, "hann"])
def test_a_kernel_is_that_of_keras(name, side, scaling):
    import keras

    config = STFT.model_validate({"window": name, "side": side, "scaling": scaling})
    theirs = keras.initializers.STFT(side, name, scaling)((16, 1, 17))
    np.testing.assert_allclose(fourier_kernel(config, (16, 1, 17)), theirs, atol=1e-5)
