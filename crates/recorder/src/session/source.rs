//! Where the drain takes records from: the ring that programs in the kernel write to, or the rings
//! of samples, whose records pass a gate.

use super::samples::{Admitted, Gate, Rings};
use crate::error::Error;
use crate::held::Held;
use crate::kernel::record::Record;
use crate::rules::State;
use crate::sys::Ring;

/// Where records come from.
#[derive(Debug, Default)]
pub enum Source {
    /// Programs decided about them.
    Ring(Ring),
    /// All samples, and who decides about them.
    Samples(Box<(Rings, Gate)>),
    /// Nowhere.
    #[default]
    None,
}

impl Source {
    /// How many bytes wait there.
    pub fn fill(&self) -> u64 {
        match self {
            Source::Ring(ring) => ring.fill(),
            Source::Samples(samples) => samples.0.fill(),
            Source::None => 0,
        }
    }

    /// Takes what is there, about as much as this: a fast producer must not keep it here for ever.
    pub fn take(&mut self, most: usize, held: &mut Held<()>) {
        let ring = match self {
            Source::Ring(ring) => ring,
            Source::Samples(samples) => return samples.0.take(most, held),
            Source::None => return,
        };
        let mut taken = 0;
        while taken < most
            && let Some(record) = ring.take()
        {
            taken += record.bytes.len();
            if let Some(time) = Record::new(record.bytes).map(|record| record.time()) {
                held.push((time, 0), (), [record.bytes]);
            }
        }
    }

    /// Decides about a record, where that was not done in the kernel.
    pub fn admit(&mut self, record: Record<'_>) -> Admitted<'_> {
        match self {
            Source::Ring(_) | Source::None => Admitted::AsItIs,
            Source::Samples(samples) => samples.1.admit(record),
        }
    }

    /// The rings of samples, and who decides about these.
    pub fn samples(&self) -> Option<(&Rings, &Gate)> {
        match self {
            Source::Ring(_) | Source::None => None,
            Source::Samples(samples) => Some((&samples.0, &samples.1)),
        }
    }

    /// From now on threads are followed, and those that are there are known.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn follow(&mut self) -> Result<(), Error> {
        if let Source::Samples(samples) = self {
            samples.0.follow().map_err(|e| Error::of_io("threads (perf)", &e))?;
            samples.1.look();
        }
        Ok(())
    }

    /// How many threads came or went of which nobody knows.
    ///
    /// # Errors
    /// When the kernel does not say it.
    pub fn unfollowed(&self) -> Result<u64, Error> {
        match self {
            Source::Ring(_) | Source::None => Ok(0),
            Source::Samples(samples) => {
                let lost = samples.0.unfollowed();
                let lost = lost.map_err(|e| Error::of_io("threads (perf)", &e))?;
                Ok(lost + samples.1.unfollowed())
            }
        }
    }

    /// How often there was something in the rings that can't be.
    pub fn damaged(&self) -> u64 {
        self.samples().map_or(0, |(rings, _)| rings.damaged())
    }

    /// What rules come to from now on, where they are asked here.
    pub fn set_rules(&mut self, states: &[State]) {
        if let Source::Samples(samples) = self {
            samples.1.set_rules(states);
        }
    }
}
