//! The file of packets is whole whenever its recorder is killed.
#![cfg(target_os = "linux")]

#[path = "support/killed.rs"]
mod killed;
#[path = "support/net.rs"]
mod net;

use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use marey_recorder::packets::Recording;
use net::{AtEnd, ENDS, Sender, capinfos, folder, frame, is_inside, packets, plan, wireshark};

const KILLS: u64 = 100;

#[test]
fn a_killed_recording_is_whole() {
    if !is_inside("a_killed_recording_is_whole") {
        return;
    }
    // Blocks that lie in one page each, and come slowly: no guard is needed, unless the machine is
    // so busy that many of them wait.
    let frames: Vec<_> = (0..3).map(|number| frame(number, 60 + number * 1300)).collect();
    let alone = Cell::new(0);
    kills("slow", &frames, Duration::from_millis(4), |file| match guards(file) {
        0 => alone.set(alone.get() + 1),
        _ => wait_for_guard(file),
    });
    assert!(alone.get() > KILLS / 2, "{} of {KILLS} had no guard", alone.get());
}

#[test]
fn a_killed_recording_of_many_packets_is_whole_when_its_guard_ends() {
    if !is_inside("a_killed_recording_of_many_packets_is_whole_when_its_guard_ends") {
        return;
    }
    let frames: Vec<_> = (0..500).map(|number| frame(number, 60 + number * 7 % 3900)).collect();
    kills("short", &frames, Duration::ZERO, wait_for_guard);
}

#[test]
fn a_killed_recording_of_long_packets_is_whole_when_its_guard_ends() {
    if !is_inside("a_killed_recording_of_long_packets_is_whole_when_its_guard_ends") {
        return;
    }
    let frames: Vec<_> = (0..200).map(|number| frame(number, 60 + number * 97 % 8950)).collect();
    kills("long", &frames, Duration::ZERO, wait_for_guard);
}

fn wait_for_guard(file: &Path) {
    let start = Instant::now();
    while guards(file) > 0 {
        assert!(start.elapsed() < Duration::from_secs(10), "the guard does not end");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Kills recorders at moments that are spread evenly, while packets are sent with such pauses.
fn kills(name: &str, frames: &[Vec<u8>], pause: Duration, wait: impl Fn(&Path)) {
    let (sender, folder) = (Sender::new(ENDS[0]), folder(name));
    let (mut all, done) = (0, AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                sender.send(frames);
                std::thread::sleep(pause);
            }
        });
        let _end = AtEnd(&done);
        for kill in 0..KILLS {
            let folder = folder.join(kill.to_string());
            let file = folder.join("packets.pcapng");
            std::fs::create_dir_all(&folder).expect("a folder");
            let mut recorder = killed::recorder(&folder).spawn().expect("it runs");
            while !file.exists() {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_micros(20_000 + kill * 7919 % 50_000));
            recorder.kill().expect("it runs");
            recorder.wait().expect("it ended");
            wait(&file);
            let (stored, _) = packets(&file);
            let is_sent = |bytes: &Vec<u8>| frames.contains(bytes);
            assert!(stored.iter().step_by(100).all(|packet| is_sent(&packet.bytes)));
            all += stored.len();
            capinfos(&file);
            if kill.is_multiple_of(20) {
                wireshark(&file);
            }
            std::fs::remove_dir_all(&folder).expect("it is there");
        }
    });
    println!("{all} packets in {KILLS} recordings");
    assert!(all > 0);
}

#[test]
#[ignore = "it is what the other tests kill"]
fn records_until_it_is_killed() {
    let Some(folder) = killed::folder() else { return };
    let plan = plan(&[ENDS[1]], 1 << 20);
    let mut recording = Recording::new(&plan, &folder).expect("it is allowed");
    recording.begin().expect("it begins");
    killed::until_killed(|| recording.drain().expect("it is written"));
}

/// How many guards of a file there are.
fn guards(file: &Path) -> usize {
    let processes = std::fs::read_dir("/proc").expect("/proc").flatten();
    let holds = |process: &std::fs::DirEntry| {
        let is_guard = std::fs::read_to_string(process.path().join("comm"));
        is_guard.is_ok_and(|name| name.trim() == "marey-guard")
            && std::fs::read_link(process.path().join("fd/1")).is_ok_and(|held| {
                let name = file.with_file_name(".packets.pcapng");
                held == file || held == name
            })
    };
    processes.filter(holds).count()
}
