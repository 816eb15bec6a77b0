//! Ticks. libtrace: ticks by count come only with a hasher, and end the run when one comes in the
//! middle of a batch (395 packets, every 100: 48 of them were handled).

use std::time::Duration;

use marey::pipeline::{Cx, GO, Handler, Hasher, Next, Tick, TickKind};
use marey::testing::{START_NS, same_for_workers};
use marey::{Packet, Timestamp};

use crate::made::{SECOND, at_times, open, packets};

/// Notes the ticks that it sees, and how many packets it has seen by then.
#[derive(Default)]
struct Notes {
    ticks: Vec<(Tick, u64)>,
    packets: u64,
    /// The numbers of the first and the last packet behind each tick.
    last: Option<u64>,
}

impl Handler for Notes {
    type Out = String;

    fn on_packet(&mut self, packet: &Packet<'_>, cx: &mut Cx<String>) -> Next {
        let number = packet.position().record;
        for (tick, _) in self.ticks.iter().filter(|(tick, _)| tick.kind == TickKind::Records) {
            assert!(tick.number * 100 <= number, "tick {} before packet {number}", tick.number);
        }
        let next = self.ticks.iter().filter(|(t, _)| t.kind == TickKind::Records).count() as u64;
        assert!(number < (next + 1) * 100, "packet {number} before tick {}", next + 1);
        self.packets += 1;
        self.last = Some(number);
        if cx.handler() == 0 {
            cx.publish(format!("packet {number}"));
        }
        GO
    }

    fn on_tick(&mut self, tick: &Tick, cx: &mut Cx<String>) -> Next {
        self.ticks.push((*tick, self.packets));
        cx.publish(format!("tick {} of {}", tick.number, cx.handler()));
        GO
    }
}

#[test]
fn each_handler_sees_each_tick_by_count_once_in_every_mode() {
    let bytes = packets(395);
    for hasher in [None, Some(Hasher::flow()), Some(Hasher::by(|_| 0))] {
        for way in marey::testing::ways() {
            let trace = way.apply(open(&bytes)).tick_every(100);
            let trace = match hasher.clone() {
                Some(hasher) => trace.hasher(hasher),
                None => trace,
            };
            let run = trace.run(|_| Notes::default(), |_, _| GO).expect("a run");
            assert_eq!(run.ledger.delivered, 395, "{way:?}");
            for handler in &run.handlers {
                let numbers: Vec<_> = handler.ticks.iter().map(|(tick, _)| tick.number).collect();
                assert_eq!(numbers, [1, 2, 3], "{way:?}");
            }
        }
    }
}

#[test]
fn with_a_hasher_ticks_are_published_between_the_same_records() {
    let bytes = packets(395);
    let published = same_for_workers(|way| {
        let trace = way.apply(open(&bytes)).tick_every(100).hasher(Hasher::flow());
        let mut seen = Vec::new();
        trace.run(|_| Notes::default(), |place, text| (seen.push((place, text)), GO).1).unwrap();
        seen
    });
    let of_ticks = published.iter().filter(|(_, text)| text.starts_with("tick 1 "));
    assert_eq!(of_ticks.clone().count(), 64, "one of each shard");
    assert!(of_ticks.clone().all(|(place, _)| place.record == 100));
    let order: Vec<_> = published.iter().map(|(place, _)| *place).collect();
    assert!(order.is_sorted() && order.windows(2).all(|pair| pair[0] != pair[1]));
}

/// Counts packets between ticks of time: the tick before, the tick, its time, packets.
#[derive(Default)]
struct Rate(Vec<(u64, u64, Option<Timestamp>, u64)>, u64);

impl Handler for Rate {
    type Out = ();

    fn on_packet(&mut self, _: &Packet<'_>, _: &mut Cx<()>) -> Next {
        self.1 += 1;
        GO
    }

    fn on_tick(&mut self, tick: &Tick, _: &mut Cx<()>) -> Next {
        self.0.push((tick.previous, tick.number, tick.time, std::mem::take(&mut self.1)));
        GO
    }
}

#[test]
fn ticks_of_time_follow_the_latest_time() {
    // The third second has no packet; one comes late, and one jumps over very many ticks.
    let jump = 200_000 * SECOND;
    let times = [0, SECOND / 2, SECOND, 3 * SECOND + 1, SECOND, 3 * SECOND + 2, jump];
    let bytes = at_times(times, 1);
    let at = |seconds: i64| Some(Timestamp::from_ns(START_NS + seconds * SECOND));
    let rates = same_for_workers(|way| {
        let trace = way.apply(open(&bytes)).tick_interval(Duration::from_secs(1));
        let run = trace.hasher(Hasher::by(|_| 0)).run(|_| Rate::default(), |_, ()| GO).unwrap();
        let busy = run.handlers.iter().position(|rate| rate.0.iter().any(|tick| tick.3 > 0));
        run.handlers.into_iter().nth(busy.unwrap()).unwrap().0
    });
    let expected = [(0, 1, at(1), 2), (1, 3, at(3), 1), (3, 200_000, at(200_000), 3)];
    assert_eq!(rates, expected);
    // Without a hasher, what the handlers counted adds up to the same intervals.
    for way in marey::testing::ways() {
        let trace = way.apply(open(&bytes)).tick_interval(Duration::from_secs(1));
        let run = trace.run(|_| Rate::default(), |_, ()| GO).unwrap();
        let mut sums = std::collections::BTreeMap::new();
        for rate in run.handlers {
            assert_eq!(rate.0.last().map(|tick| tick.1), Some(200_000), "{way:?}");
            for (previous, _, _, count) in rate.0.into_iter().filter(|tick| tick.3 > 0) {
                *sums.entry(previous + 1).or_default() += count;
            }
        }
        assert!(sums.into_iter().eq([(1, 2), (2, 1), (4, 3)]), "{way:?}");
    }
}

#[test]
fn ticks_of_the_wall_clock_come_while_nothing_else_does() {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    std::io::Write::write_all(&mut writer, &packets(3)).expect("room");
    let trace = marey::open_live("pipe", reader).expect("a trace");
    let control = trace.control();
    let trace = trace.workers(2).tick_wall(Duration::from_millis(50));
    let mut ticks = 0;
    trace
        .run(
            |_| Notes::default(),
            |_, text| {
                ticks += u64::from(text.starts_with("tick"));
                if ticks >= 3 {
                    control.stop();
                }
                GO
            },
        )
        .expect("a run");
    drop(writer);
    assert!(ticks >= 3);
}
