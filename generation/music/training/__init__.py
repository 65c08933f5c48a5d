"""A corpus and a preset -> a run folder.

configuration.py      what can be set: encoding, network, training, sampling
presets.py            the named presets; magenta_presets.py has Magenta's
training_data.py      a corpus split and encoded; batches.py cuts it into windows
layers.py             a network, built from its description; tf_lstm.py, tf_attention_lstm.py its recurrences
loop.py               the training itself, from top to bottom
training_state.py     how far it has come; stopping_criteria.py when it ends
updates.py            one update of the weights
evaluator.py          the loss of the held-out pieces
progress.py           what it reports
checkpoints.py        what it can be resumed from; checkpoint_writer.py writes and restores it
starting_points.py    stretches of the corpus that composing can continue
runs.py               the run folder
baselines.py          low anchors that count instead of learning
quiet_stderr.py       TensorFlow's messages at its start
"""
