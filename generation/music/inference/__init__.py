"""A run folder -> pieces. numpy, no TensorFlow.

composing.py        clips from a run and a seed
stepper.py          a network in numpy; numpy_attention.py is one of its layers
sampling.py         probabilities -> a token
shuffled_notes.py   the clips of the simplest low anchor
check_run.py        whether a run from elsewhere is what it says
"""
