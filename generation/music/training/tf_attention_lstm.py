"""An LSTM that looks back over its last outputs, over a whole window, with its gradient written out. TensorFlow.

    x' = [x, a] w_in + b_in          what is fed, with what was attended to at the step before
    c, h = LSTM(x')                  gates are input, forget, candidate, output
    q = [c, h] w_q + b_q             what is looked for
    e_k = v . tanh(m_k w_m + q)      how well each remembered output m_k answers
    a = softmax(e) m                 what is attended to
    y = [h, a] w_out + b_out         the output, which is remembered too

Magenta's AttentionCellWrapper, to the same numbers as `attention` gives step by step. TensorFlow's own gradient would
keep the whole memory of every step; this one keeps the outputs, of which a memory is a stretch.
"""

from typing import NamedTuple

import tensorflow as tf


class Weights(NamedTuple):
    w_in: tf.Tensor  # (width + units, width)
    b_in: tf.Tensor
    kernel: tf.Tensor  # (width, 4 units)
    recurrent: tf.Tensor  # (units, 4 units)
    bias: tf.Tensor
    w_q: tf.Tensor  # (2 units, units)
    b_q: tf.Tensor
    w_m: tf.Tensor  # (units, units)
    v: tf.Tensor  # (units,)
    w_out: tf.Tensor  # (2 units, units)
    b_out: tf.Tensor


class State(NamedTuple):
    """What goes on from step to step; or its gradient."""

    h: tf.Tensor  # (batch, units)
    c: tf.Tensor
    a: tf.Tensor
    memory: tf.Tensor  # (length, batch, units), oldest first
    answers: tf.Tensor  # memory w_m


class Kept(NamedTuple):
    """What the way back needs of a step; all (batch, features)."""

    x: tf.Tensor
    gates: tf.Tensor
    c: tf.Tensor
    h: tf.Tensor
    q: tf.Tensor
    share: tf.Tensor  # softmax(e), (batch, length)
    a: tf.Tensor
    y: tf.Tensor


class Gradients(NamedTuple):
    """Gradients of a step, from which those of the weights are had in one product over all steps."""

    x: tf.Tensor
    z: tf.Tensor  # of the gates before their nonlinearity
    q: tf.Tensor
    v: tf.Tensor
    y: tf.Tensor
    answer: tf.Tensor  # y w_m


@tf.custom_gradient
def attention_lstm(x, h0, c0, a0, m0, *weights):
    """One LSTM over a window, looking back.

    Parameters
    ----------
    x : (time, batch, width)
    h0, c0, a0 : (batch, units), output and cell of the LSTM and what was attended to, before the window
    m0 : (length, batch, units), the last outputs before the window, oldest first
    weights : in the order of `Weights`

    Returns
    -------
    All outputs (time, batch, units), and h, c, a and m after the window. All shapes must be known beforehand.
    """
    w = Weights(*weights)
    steps, _, width = x.shape
    from_x = _product(x, w.w_in[:width]) + w.b_in

    def forward(t, state, kept):
        state, step = _step(w, from_x[t] + tf.matmul(state.a, w.w_in[width:]), state)
        return t + 1, state, _store(kept, t, step)

    state = State(h0, c0, a0, m0, _product(m0, w.w_m))
    units = h0.shape[1]
    kept = Kept(*_arrays(x, width, 4 * units, units, units, units, m0.shape[0], units, units))
    loop = (0, state, kept)
    _, state, kept = tf.while_loop(lambda t, *_: t < steps, forward, loop, maximum_iterations=steps)
    kept = Kept(*(array.stack() for array in kept))

    def gradient(d_outputs, d_h, d_c, d_a, d_memory):
        outputs = tf.concat([m0, kept.y], 0)  # the memory of step t is outputs[t : t + length]
        answered = _product(outputs, w.w_m)
        cells_before = tf.concat([c0[None], kept.c[:-1]], 0)

        def backward(t, d, gradients):
            memory, answers = (tf.slice(values, (t, 0, 0), m0.shape) for values in (outputs, answered))
            before = State(None, cells_before[t], None, memory, answers)
            d, step = _step_back(w, Kept(*(values[t] for values in kept)), before, d, d_outputs[t])
            return t - 1, d, _store(gradients, t, step)

        d = State(d_h, d_c, d_a, d_memory, tf.zeros_like(m0))
        gradients = Gradients(*_arrays(x, width, 4 * units, units, units, units, units))
        loop = (steps - 1, d, gradients)
        _, d, gradients = tf.while_loop(lambda t, *_: t >= 0, backward, loop, maximum_iterations=steps)
        gradients = Gradients(*(array.stack() for array in gradients))
        d_states = (d.h, d.c, d.a, d.memory + _product(d.answers, w.w_m, transposed=True))
        return (
            _product(gradients.x, w.w_in[:width], transposed=True),
            *d_states,
            *_of_weights(kept, gradients, x=x, before=State(h0, c0, a0, m0, d.answers)),
        )

    return (kept.y, state.h, state.c, state.a, state.memory), gradient


def _step(w: Weights, x, state: State) -> tuple[State, Kept]:
    z = tf.matmul(x, w.kernel) + tf.matmul(state.h, w.recurrent) + w.bias
    i, f, g, o = tf.split(z, 4, axis=-1)
    i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
    c = f * state.c + i * g
    h = o * tf.tanh(c)
    q = tf.matmul(tf.concat([c, h], -1), w.w_q) + w.b_q
    e = tf.reduce_sum(w.v * tf.tanh(state.answers + q), -1)  # (length, batch)
    share = tf.nn.softmax(e, axis=0)
    a = tf.reduce_sum(share[..., None] * state.memory, 0)
    y = tf.matmul(tf.concat([h, a], -1), w.w_out) + w.b_out
    memory = tf.concat([state.memory[1:], y[None]], 0)
    answers = tf.concat([state.answers[1:], tf.matmul(y, w.w_m)[None]], 0)
    return State(h, c, a, memory, answers), Kept(x, tf.concat([i, f, g, o], -1), c, h, q, tf.transpose(share), a, y)


def _step_back(w: Weights, kept: Kept, before: State, d: State, d_y) -> tuple[State, Gradients]:
    """From the gradient of the state after a step to that of the state before it."""
    units = kept.h.shape[-1]
    d_y = d_y + d.memory[-1] + tf.matmul(d.answers[-1], w.w_m, transpose_b=True)
    d_h, d_a = tf.split(tf.matmul(d_y, w.w_out, transpose_b=True), 2, axis=-1)
    d_h, d_a = d_h + d.h, d_a + d.a

    share = tf.transpose(kept.share)
    d_share = tf.reduce_sum(d_a * before.memory, -1)
    d_e = share * (d_share - tf.reduce_sum(share * d_share, 0))
    fit = tf.tanh(before.answers + kept.q)
    d_fit = d_e[..., None] * w.v * (1 - fit * fit)
    d_q = tf.reduce_sum(d_fit, 0)
    d_ch = tf.matmul(d_q, w.w_q, transpose_b=True)

    d_h += d_ch[:, units:]
    i, f, g, o = tf.split(kept.gates, 4, axis=-1)
    tanh_c = tf.tanh(kept.c)
    d_c = d.c + d_ch[:, :units] + d_h * o * (1 - tanh_c * tanh_c)
    d_i, d_f = d_c * g * i * (1 - i), d_c * before.c * f * (1 - f)
    d_g, d_o = d_c * i * (1 - g * g), d_h * tanh_c * o * (1 - o)
    d_z = tf.concat([d_i, d_f, d_g, d_o], -1)
    d_x = tf.matmul(d_z, w.kernel, transpose_b=True)

    # The memory before this step: every row one place on, and no output of this step in it.
    none = tf.zeros_like(d.memory[:1])
    earlier = State(
        tf.matmul(d_z, w.recurrent, transpose_b=True),
        d_c * f,
        tf.matmul(d_x, w.w_in[d_x.shape[-1] :], transpose_b=True),
        tf.concat([none, d.memory[:-1]], 0) + share[..., None] * d_a,
        tf.concat([none, d.answers[:-1]], 0) + d_fit,
    )
    d_v = tf.reduce_sum(d_e[..., None] * fit, 0)
    return earlier, Gradients(d_x, d_z, d_q, d_v, d_y, d.answers[-1])


def _of_weights(kept: Kept, gradients: Gradients, *, x, before: State) -> Weights:
    """`before` holds the states before the window, and as its answers their gradient."""
    h_before = tf.concat([before.h[None], kept.h[:-1]], 0)
    a_before = tf.concat([before.a[None], kept.a[:-1]], 0)
    return Weights(
        w_in=_outer(tf.concat([x, a_before], -1), gradients.x),
        b_in=tf.reduce_sum(gradients.x, (0, 1)),
        kernel=_outer(kept.x, gradients.z),
        recurrent=_outer(h_before, gradients.z),
        bias=tf.reduce_sum(gradients.z, (0, 1)),
        w_q=_outer(tf.concat([kept.c, kept.h], -1), gradients.q),
        b_q=tf.reduce_sum(gradients.q, (0, 1)),
        w_m=_outer(kept.y, gradients.answer) + _outer(before.memory, before.answers),
        v=tf.reduce_sum(gradients.v, (0, 1)),
        w_out=_outer(tf.concat([kept.h, kept.a], -1), gradients.y),
        b_out=tf.reduce_sum(gradients.y, (0, 1)),
    )


def _arrays(x, *features: int) -> list[tf.TensorArray]:
    """Room for something of every step, (batch, features) each."""
    steps, batch, _ = x.shape
    return [tf.TensorArray(tf.float32, steps, element_shape=(batch, count)) for count in features]


def _store(arrays: NamedTuple, t, values: NamedTuple) -> NamedTuple:
    return type(arrays)(*(array.write(t, value) for array, value in zip(arrays, values, strict=True)))


def _product(values, matrix, *, transposed: bool = False):
    """A matrix applied to the last axis, in one product for all the others."""
    flat = tf.matmul(tf.reshape(values, (-1, values.shape[-1])), matrix, transpose_b=transposed)
    return tf.reshape(flat, (*values.shape[:-1], flat.shape[-1]))


def _outer(inputs, gradients):
    """The gradient of a matrix: inputs times gradients, summed over steps and rows."""
    flat = [tf.reshape(values, (-1, values.shape[-1])) for values in (inputs, gradients)]
    return tf.matmul(*flat, transpose_a=True)
