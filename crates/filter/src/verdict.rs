//! What a handler says of an event.

/// Whether an event is recorded.
///
/// It is what an event handler of QNX's System Analysis Toolkit returns: 0 is [`Verdict::Discard`],
/// anything else is [`Verdict::Keep`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Verdict {
    /// It is recorded, if all others say so too.
    #[default]
    Keep,
    /// It is not.
    Discard,
}

impl Verdict {
    /// Whether it is [`Verdict::Keep`].
    pub fn is_keep(self) -> bool {
        self == Verdict::Keep
    }
}

/// What became of one run of a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It ended with this verdict.
    Verdict(Verdict),
    /// It could not go on. The event is kept: a faulty handler loses nothing.
    Failed(Failure),
}

impl Outcome {
    /// What it means for the event.
    pub fn verdict(self) -> Verdict {
        match self {
            Outcome::Verdict(verdict) => verdict,
            Outcome::Failed(_) => Verdict::Keep,
        }
    }
}

/// Why a handler could not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// The event does not have a field that it asks for.
    Unanswerable,
    /// A map has no place left.
    Full,
    /// A text is longer than state can hold ([`STATE_TEXT_BYTES_MAX`]).
    ///
    /// [`STATE_TEXT_BYTES_MAX`]: crate::code::STATE_TEXT_BYTES_MAX
    TooLong,
}
