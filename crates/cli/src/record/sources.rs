//! What a recording takes from: the kernel's events, those of programs, packets.

use std::path::Path;

use marey_recorder::error::Error as Obstacle;
use marey_recorder::packets::{self, Recording};
use marey_recorder::parts::Mode;
use marey_recorder::programs;
use marey_recorder::rules::Rule;
use marey_recorder::session::{Ledger, Pauses, Plan, Session};
use marey_recorder::snapshot::{Holding, Snapshot, Snapshots};
use marey_recorder::sys::{ClockPair, realtime_ns};

/// What is recorded.
pub struct Plans {
    /// Events of the kernel.
    pub kernel: Option<Plan>,
    /// Events of programs.
    pub programs: Option<programs::Plan>,
    /// Packets.
    pub packets: Option<packets::Plan>,
}

/// A recording that runs.
pub struct Sources<'f> {
    folder: &'f Path,
    kernel: Option<Session>,
    programs: Option<programs::Recording>,
    packets: Option<Recording>,
    clocks: ClockPair,
    pauses: Pauses,
    is_ring: bool,
    snapshots: Snapshots,
}

impl<'f> Sources<'f> {
    /// Begins to record into a directory.
    pub fn begin(plans: Plans, folder: &'f Path) -> Result<Self, Obstacle> {
        let clocks = clocks()?;
        let modes = plans.kernel.iter().map(|plan| plan.mode);
        let modes = modes.chain(plans.programs.iter().map(|plan| plan.mode));
        let mut modes = modes.chain(plans.packets.iter().map(|plan| plan.mode));
        let is_ring = modes.any(Mode::is_ring);
        let packets = plans.packets.as_ref();
        let mut packets = packets.map(|plan| Recording::new(plan, folder)).transpose()?;
        // What a program writes before it is looked at is in its files.
        let programs = plans.programs.map(|plan| programs::Recording::new(plan, folder));
        let mut programs = programs.transpose()?;
        let mut kernel = plans.kernel.map(|plan| Session::new(plan, folder)).transpose()?;
        if let (Some(programs), Some(kernel)) = (&mut programs, &kernel) {
            programs.set_clocks(kernel.clocks());
        }
        if let Some(kernel) = &mut kernel {
            kernel.begin_with(drained_with(programs.as_mut()))?;
        }
        packets.as_mut().map_or(Ok(()), Recording::begin)?;
        let (pauses, snapshots) = (Pauses::default(), Snapshots::new(folder));
        Ok(Sources { folder, kernel, programs, packets, clocks, pauses, is_ring, snapshots })
    }

    /// Why events of the kernel do not come in the best way that there is, if they do not.
    pub fn why_not_better(&self) -> Option<&str> {
        self.kernel.as_ref().and_then(Session::why_not_better)
    }

    /// Writes what came by now.
    pub fn drain(&mut self) -> Result<(), Obstacle> {
        if let Some(kernel) = &mut self.kernel {
            kernel.drain_with(drained_with(self.programs.as_mut()))?;
        }
        self.programs.as_mut().map_or(Ok(()), programs::Recording::drain)?;
        self.packets.as_mut().map_or(Ok(()), Recording::drain)
    }

    /// Writes all that came by now, also what waits for what may be older.
    pub fn settle(&mut self) -> Result<(), Obstacle> {
        // What the first look finds is decided about at the second one.
        for _ in 0..2 {
            if let Some(kernel) = &mut self.kernel {
                kernel.drain_with(drained_with(self.programs.as_mut()))?;
            }
        }
        self.programs.as_mut().map_or(Ok(()), programs::Recording::decide_all)
    }

    /// Records nothing, and counts nothing, until it is resumed.
    pub fn pause(&mut self) -> Result<(), Obstacle> {
        if self.is_paused() {
            return Ok(());
        }
        self.kernel.as_mut().map_or(Ok(()), Session::pause)?;
        self.programs.as_mut().map_or(Ok(()), programs::Recording::pause)?;
        self.packets.as_mut().map_or(Ok(()), Recording::pause)?;
        self.pauses.begin(now()?);
        Ok(())
    }

    /// Goes on recording.
    pub fn resume(&mut self) -> Result<(), Obstacle> {
        self.pauses.end(now()?);
        self.packets.as_mut().map_or(Ok(()), Recording::resume)?;
        self.programs.as_mut().map_or(Ok(()), programs::Recording::resume)?;
        self.kernel.as_mut().map_or(Ok(()), Session::resume)
    }

    /// Changes what is recorded from now on. Returns for how many events the rule is.
    pub fn change(&mut self, rule: &Rule) -> Result<u64, Obstacle> {
        match &mut self.kernel {
            Some(kernel) => kernel.change_with(rule, drained_with(self.programs.as_mut())),
            None => Err(Obstacle::misuse("a rule", "rules are for events, and there are none")),
        }
    }

    /// Whether there is a pause.
    pub fn is_paused(&self) -> bool {
        self.pauses.since.is_some()
    }

    /// The pauses so far.
    pub fn pauses(&self) -> &Pauses {
        &self.pauses
    }

    /// Whether the newest are kept only.
    pub fn is_ring(&self) -> bool {
        self.is_ring
    }

    /// Saves what the ring holds. Nothing if there are too many snapshots.
    pub fn snapshot(&mut self) -> Result<Option<Snapshot>, Obstacle> {
        let Sources { kernel, programs, packets, .. } = self;
        let sources = Holding {
            kernel: kernel.as_mut(),
            programs: programs.as_mut(),
            packets: packets.as_mut(),
        };
        self.snapshots.take(sources, &self.pauses)
    }

    /// How many snapshots there are.
    pub fn snapshots(&self) -> u64 {
        self.snapshots.taken()
    }

    /// Whether a handler asked for a snapshot since this was asked last.
    pub fn takes_wish_for_snapshot(&mut self) -> bool {
        // Both are asked, so that neither is left over for another one.
        let of_kernel = self.kernel.as_mut().is_some_and(Session::takes_wish_for_snapshot);
        let of_programs = self.programs.as_mut();
        of_programs.is_some_and(programs::Recording::takes_wish_for_snapshot) | of_kernel
    }

    /// How many bytes of events and of packets are there.
    pub fn kept_bytes(&self) -> u64 {
        self.kernel.as_ref().map_or(0, Session::kept_bytes)
            + self.programs.as_ref().map_or(0, programs::Recording::kept_bytes)
            + self.packets.as_ref().map_or(0, Recording::kept_bytes)
    }

    /// How full the kernel's buffer of events was at most since this was asked last, in percent.
    pub fn take_fullest(&mut self) -> u64 {
        self.kernel.as_mut().map_or(0, Session::take_fullest)
    }

    /// How many events and packets were put into the recording.
    pub fn written(&self) -> u64 {
        self.delivered() + self.overwritten()
    }

    /// How many events and packets were in the recording, and are not any more.
    pub fn overwritten(&self) -> u64 {
        self.kernel.as_ref().map_or(0, Session::overwritten)
            + self.programs.as_ref().map_or(0, programs::Recording::overwritten)
            + self.packets.as_ref().map_or(0, Recording::overwritten)
    }

    /// How many events and packets are in the recording so far.
    pub fn delivered(&self) -> u64 {
        self.kernel.as_ref().map_or(0, Session::delivered)
            + self.programs.as_ref().map_or(0, programs::Recording::delivered)
            + self.packets.as_ref().map_or(0, Recording::delivered)
    }

    /// How many bytes they have.
    pub fn bytes(&self) -> u64 {
        self.kernel.as_ref().map_or(0, Session::bytes)
            + self.programs.as_ref().map_or(0, programs::Recording::bytes)
            + self.packets.as_ref().map_or(0, Recording::bytes)
    }

    /// How many were lost so far, as far as it is known.
    pub fn lost(&self) -> u64 {
        self.kernel.as_ref().map_or(0, Session::lost)
            + self.programs.as_ref().map_or(0, programs::Recording::lost)
            + self.packets.as_ref().map_or(0, Recording::lost)
    }

    /// Whether a handler asked to end the recording.
    pub fn is_asked_to_stop(&self) -> bool {
        self.kernel.as_ref().is_some_and(Session::is_asked_to_stop)
            || self.programs.as_ref().is_some_and(programs::Recording::is_asked_to_stop)
    }

    /// Ends the recording, and says what became of all.
    pub fn end(mut self) -> Result<Ledger, Obstacle> {
        self.pauses.end(now()?);
        let packets = self.packets.map(Recording::end).transpose()?;
        self.programs.as_mut().map_or(Ok(()), programs::Recording::stop)?;
        let mut ledger = match self.kernel {
            Some(session) => session.end_with(drained_with(self.programs.as_mut()))?,
            None => Ledger { clocks: vec![self.clocks, clocks()?], ..Ledger::default() },
        };
        ledger.packets = packets.unwrap_or_default();
        let programs = self.programs.map(programs::Recording::end).transpose()?;
        ledger.add_programs(programs.unwrap_or_default());
        ledger.pauses = self.pauses;
        ledger.saved = self.snapshots.taken();
        ledger.unsaved = self.snapshots.failed();
        ledger.write(self.folder)?;
        Ok(ledger)
    }
}

/// Programs about whose events it is decided together with those of the kernel.
fn drained_with(programs: Option<&mut programs::Recording>) -> Option<&mut programs::Recording> {
    programs.filter(|programs| programs.is_drained_elsewhere())
}

fn now() -> Result<i64, Obstacle> {
    realtime_ns().map_err(|e| Obstacle::of_io("the clock", &e))
}

fn clocks() -> Result<ClockPair, Obstacle> {
    ClockPair::read().map_err(|e| Obstacle::of_io("the clocks", &e))
}
