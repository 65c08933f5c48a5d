"""The recurrence of an LSTM over a whole window, with its gradient written out. TensorFlow.

To the same numbers as Keras's, but for processors without cuDNN: what does not depend on the step before (the input's
part of the gates, and the gradients of all weights) is one large matrix product over all steps, where Keras makes a
small one at each.
"""

from functools import partial

import tensorflow as tf


def product(a: tf.Tensor, b: tf.Tensor, *, half: bool, **transposed: bool) -> tf.Tensor:
    """A matrix product; with `half` its factors are rounded to 16 bits (bfloat16), for GPUs that are made for it."""
    if not half:
        return tf.matmul(a, b, **transposed)
    a, b = tf.cast(a, tf.bfloat16), tf.cast(b, tf.bfloat16)
    return tf.cast(tf.matmul(a, b, **transposed), tf.float32)


def lstm(x, h0, c0, kept, kernel, recurrent, bias, *, half: bool = False):
    """One LSTM over a window.

    Parameters
    ----------
    x : (time, batch, width)
    h0, c0 : (batch, units), output and cell before the window
    kept : (batch, units), the mask of recurrent dropout, the same at every step
    kernel, recurrent, bias : (width, 4 units), (units, 4 units), (4 units,); gates are input, forget, candidate, output

    Returns
    -------
    All outputs (time, batch, units), the last output and the last cell. All shapes must be known beforehand.
    """

    @tf.custom_gradient
    def read(*inputs):
        return _lstm(*inputs, times=partial(product, half=half))

    return read(x, h0, c0, kept, kernel, recurrent, bias)


def _lstm(x, h0, c0, kept, kernel, recurrent, bias, *, times):
    steps, batch, width = x.shape
    units = recurrent.shape[0]
    flat_x = tf.reshape(x, (-1, width))
    from_input = tf.reshape(times(flat_x, kernel) + bias, (steps, batch, 4 * units))

    def all_steps(features: int) -> tf.TensorArray:
        return tf.TensorArray(tf.float32, steps, element_shape=(batch, features))

    def forward(t, h, c, outputs, gates, cells):
        z = from_input[t] + times(h * kept, recurrent)  # (batch, 4 units)
        i, f, g, o = tf.split(z, 4, axis=-1)
        i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
        c = f * c + i * g
        h = o * tf.tanh(c)
        return t + 1, h, c, outputs.write(t, h), gates.write(t, tf.concat([i, f, g, o], -1)), cells.write(t, c)

    loop = (0, h0, c0, all_steps(units), all_steps(4 * units), all_steps(units))
    _, h, c, outputs, gates, cells = tf.while_loop(lambda t, *_: t < steps, forward, loop, maximum_iterations=steps)
    outputs, gates, cells = outputs.stack(), gates.stack(), cells.stack()

    def gradient(d_outputs, d_h, d_c):
        cells_before = tf.concat([c0[None], cells[:-1]], 0)

        def backward(t, d_h, d_c, d_gates):
            i, f, g, o = tf.split(gates[t], 4, axis=-1)
            tanh_c = tf.tanh(cells[t])
            d_h = d_h + d_outputs[t]
            d_c = d_c + d_h * o * (1 - tanh_c * tanh_c)
            d_i, d_f = d_c * g * i * (1 - i), d_c * cells_before[t] * f * (1 - f)
            d_g, d_o = d_c * i * (1 - g * g), d_h * tanh_c * o * (1 - o)
            d_z = tf.concat([d_i, d_f, d_g, d_o], -1)
            d_h = times(d_z, recurrent, transpose_b=True) * kept
            return t - 1, d_h, d_c * f, d_gates.write(t, d_z)

        loop = (steps - 1, d_h, d_c, all_steps(4 * units))
        _, d_h0, d_c0, d_gates = tf.while_loop(lambda t, *_: t >= 0, backward, loop, maximum_iterations=steps)
        d_z = tf.reshape(d_gates.stack(), (-1, 4 * units))
        h_before = tf.reshape(tf.concat([h0[None], outputs[:-1]], 0) * kept, (-1, units))
        d_x = tf.reshape(times(d_z, kernel, transpose_b=True), x.shape)
        d_kernel = times(flat_x, d_z, transpose_a=True)
        d_recurrent = times(h_before, d_z, transpose_a=True)
        return d_x, d_h0, d_c0, None, d_kernel, d_recurrent, tf.reduce_sum(d_z, 0)

    return (outputs, h, c), gradient
