"""Fixtures of the facts: a variable, what TensorFlow logs, no garbage collection."""

import gc
import io
import logging

import helpers  # noqa: F401 (loads TensorFlow without its log lines)
import pytest
import tensorflow as tf


@pytest.fixture
def x():
    return tf.Variable(10.0)


@pytest.fixture
def log():
    """Return a buffer that gets what TensorFlow logs."""
    logger, buffer = tf.get_logger(), io.StringIO()
    before, logger.handlers = logger.handlers, [logging.StreamHandler(buffer)]
    yield buffer
    logger.handlers = before


@pytest.fixture
def no_gc():
    """Leave freeing to reference counts: what is gone is gone without gc."""
    gc.disable()
    yield
    gc.enable()
