//! How a run ends before its input does: by a stop of the handler or of the reporter, by an error,
//! by a panic, by a reader that fails. It ends at a record, the same for any number of workers, and
//! it ends: nobody waits for one that is gone.
#![cfg(feature = "testing")]

use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::Duration;

use marey::error::ErrorKind;
use marey::pipeline::{Cx, Handler, Ledger, Next, Stop, Trace};
use marey::testing::large;
use marey::{Error, GO, Packet, STOP};

const WORKERS: [usize; 4] = [1, 2, 3, 8];
const BLOCK_LENS: [usize; 3] = [512, 10_000, 1 << 20];
/// No run of these tests takes as long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A trace of some five thousand packets of 96 bytes, so of many blocks.
fn bytes() -> Vec<u8> {
    let mut bytes = Vec::new();
    large::headers_only(&mut bytes, 500_000, 1).expect("memory");
    bytes
}

fn open(bytes: &[u8], workers: usize, block_len: usize) -> Trace {
    let trace = marey::open_stream("test", Cursor::new(bytes.to_vec())).expect("a pcap");
    trace.workers(workers).block_len(block_len)
}

/// Runs `run` for each number of workers and length of blocks, and fails if it does not end.
fn for_all(run: impl Fn(Trace, &str) + Clone + Send + 'static) {
    let bytes = bytes();
    for workers in WORKERS {
        for block_len in BLOCK_LENS {
            let how = format!("{workers} workers, blocks of {block_len}");
            let trace = open(&bytes, workers, block_len);
            let (run, (done, end)) = (run.clone(), mpsc::channel());
            let of_thread = how.clone();
            let thread = std::thread::spawn(move || {
                run(trace, &of_thread);
                done.send(()).expect("someone waits");
            });
            let ended = end.recv_timeout(PATIENCE);
            assert_ne!(ended, Err(mpsc::RecvTimeoutError::Timeout), "{how}: it does not end");
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    }
}

/// Publishes each record's number twice, and does as `at` says with it.
struct Publish<F>(F);

impl<F: Fn(u64) -> Next + Send> Handler for Publish<F> {
    type Out = u64;

    fn on_packet(&mut self, packet: &Packet<'_>, cx: &mut Cx<u64>) -> Next {
        let number = packet.position().record;
        cx.publish(number);
        let next = (self.0)(number);
        cx.publish(number);
        next
    }
}

/// Twice each number from 0 to `last`.
fn up_to(last: u64) -> Vec<u64> {
    (0..=last).flat_map(|n| [n, n]).collect()
}

#[test]
fn a_handler_stops_at_the_lowest_of_its_records() {
    for_all(|trace, how| {
        let mut seen = Vec::new();
        // Many records stop the run; the first of them wins, whoever comes first to its own.
        let handler = |_| Publish(|n| if n >= 1234 && n % 617 == 0 { STOP } else { GO });
        let report = |_, n| {
            seen.push(n);
            GO
        };
        trace.run(handler, report).expect(how);
        assert_eq!(seen, up_to(1234), "{how}");
    });
}

#[test]
fn a_reporter_stops_and_gets_nothing_more() {
    for_all(|trace, how| {
        let mut seen = Vec::new();
        let report = |_, n| {
            seen.push(n);
            if n == 777 { STOP } else { GO }
        };
        trace.run(|_| Publish(|_| GO), report).expect(how);
        let mut expected = up_to(777);
        expected.pop();
        assert_eq!(seen, expected, "{how}");
    });
}

#[test]
fn an_error_of_a_handler_names_its_record() {
    for_all(|trace, how| {
        let mut seen = Vec::new();
        let handler = |_| {
            Publish(|n| match n {
                2000.. => {
                    Next::Break(Stop::Error(Error::new(ErrorKind::Handler("enough".to_owned()))))
                }
                _ => GO,
            })
        };
        let report = |_, n| {
            seen.push(n);
            GO
        };
        let error = trace.run(handler, report).err().expect(how);
        assert_eq!(seen, up_to(2000), "{how}");
        assert_eq!(error.position().record, Some(2000), "{how}");
        let text = error.to_string();
        assert!(text.starts_with("test: enough (record 2000, byte "), "{how}: {text}");
    });
}

/// Silences the panics that a test makes on purpose.
fn without_noise<T>(run: impl FnOnce() -> T) -> T {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let is_ours = info.payload_as_str().is_some_and(|text| text.contains("on purpose"));
        if !is_ours {
            before(info);
        }
    }));
    run()
}

#[test]
fn a_panic_of_a_handler_names_its_record() {
    without_noise(|| {
        for_all(|trace, how| {
            let mut seen = Vec::new();
            let handler = |_| {
                Publish(|n| {
                    assert!(n < 1500, "on purpose at {n}");
                    GO
                })
            };
            let report = |_, n| {
                seen.push(n);
                GO
            };
            let error = trace.run(handler, report).err().expect(how);
            let mut expected = up_to(1500);
            expected.pop();
            assert_eq!(seen, expected, "{how}");
            assert!(matches!(error.kind(), ErrorKind::Handler(_)), "{how}");
            assert_eq!(error.position().record, Some(1500), "{how}");
            let text = error.to_string();
            assert!(text.contains("the handler panicked: on purpose at 1500"), "{how}: {text}");
        });
    });
}

#[test]
fn a_panic_of_the_reporter_reaches_the_caller() {
    without_noise(|| {
        for_all(|trace, how| {
            let report = |_, n| {
                assert!(n < 100, "on purpose");
                GO
            };
            let ran = catch_unwind(AssertUnwindSafe(|| trace.run(|_| Publish(|_| GO), report)));
            assert!(ran.is_err(), "{how}");
        });
    });
}

/// What is gathered up to a stop is published, and a handler that panicked is left alone.
#[test]
fn what_was_gathered_can_be_published_at_a_stop() {
    struct Gather(Vec<u64>);
    impl Handler for Gather {
        type Out = Vec<u64>;
        fn on_packet(&mut self, packet: &Packet<'_>, _: &mut Cx<Vec<u64>>) -> Next {
            self.0.push(packet.position().record);
            if packet.position().record == 999 { STOP } else { GO }
        }
        fn on_piece_end(&mut self, cx: &mut Cx<Vec<u64>>) -> Next {
            cx.publish(std::mem::take(&mut self.0));
            GO
        }
    }
    for_all(|trace, how| {
        let mut seen = Vec::new();
        let report = |_, gathered: Vec<u64>| {
            seen.extend(gathered);
            GO
        };
        trace.run(|_| Gather(Vec::new()), report).expect(how);
        assert_eq!(seen, (0..1000).collect::<Vec<_>>(), "{how}");
    });
}

/// Gives some bytes and then fails, again and again.
struct Failing(Cursor<Vec<u8>>, usize);

impl Read for Failing {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = self.1 - self.0.position() as usize;
        match out.len().min(left).min(7001) {
            0 if !out.is_empty() => Err(io::Error::other("the disk is gone")),
            len => self.0.read(&mut out[..len]),
        }
    }
}

#[test]
fn what_came_before_a_reader_failed_is_delivered() {
    let bytes = bytes();
    let run = |good: usize, workers: usize, block_len: usize| -> (Vec<u64>, Ledger) {
        let reader = Failing(Cursor::new(bytes.clone()), good);
        let trace = marey::open_stream("test", reader).expect("a pcap");
        let mut seen = Vec::new();
        let report = |_, n| {
            seen.push(n);
            GO
        };
        let trace = trace.workers(workers).block_len(block_len);
        let run = trace.run(|_| Publish(|_| GO), report).expect("a run");
        assert_eq!(run.account.sum(), good as u64);
        (seen, run.ledger)
    };
    for good in [150_000, 200_001, 300_017] {
        let (seen, ledger) = run(good, 1, 4096);
        let last = ledger.damage.last().expect("what went wrong");
        assert!(last.reason.contains("reading failed: the disk is gone"), "{ledger:?}");
        assert_eq!((last.offset, last.len), (good as u64, 0));
        assert!(ledger.is_damaged() && ledger.received > 1000);
        assert_eq!(seen, up_to(ledger.received - 1));
        for workers in WORKERS {
            for block_len in BLOCK_LENS {
                assert_eq!(run(good, workers, block_len), (seen.clone(), ledger.clone()));
            }
        }
    }
}
