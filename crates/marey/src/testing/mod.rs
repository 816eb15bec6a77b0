//! Deterministic traces, made by our own generator.
