//! Why events and packets were lost.

use marey_recorder::programs::account::Losses;
use marey_recorder::session::Ledger;

/// How many were lost for each reason that there was.
pub fn causes(ledger: &Ledger) -> impl Iterator<Item = (u64, &'static str)> {
    let of_programs = |of: fn(&Losses) -> u64| -> u64 {
        ledger.programs.iter().map(|program| of(&program.lost)).sum()
    };
    let full: u64 = ledger.events.iter().map(|event| event.lost_to_full_ring).sum();
    let packets: u64 = ledger.packets.iter().map(|of| of.lost_to_full_ring).sum();
    let nested: u64 = ledger.events.iter().map(|event| event.lost_to_nesting).sum();
    // What was overwritten in a program was written before it knew that somebody reads it.
    let full = full + packets + of_programs(|lost| lost.ring_full + lost.overwritten);
    let causes = [
        (full, "the ring was full; a larger --buffer helps, or a filter"),
        (nested + of_programs(|lost| lost.nested), "they came within others"),
        (of_programs(|lost| lost.too_long), "they are longer than a ring takes"),
        (of_programs(|lost| lost.no_ring), "there was no ring for their thread"),
        (of_programs(|lost| lost.no_class), "their class could not be described"),
        (of_programs(|lost| lost.unreadable), "they are not what their class says"),
    ];
    causes.into_iter().filter(|(count, _)| *count > 0)
}
