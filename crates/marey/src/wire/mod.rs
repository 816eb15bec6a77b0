//! Protocol views over bytes.
