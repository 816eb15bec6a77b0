//! A program under test, and its directory.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use marey_layer::drain::{self, Counts, Found, Program};
use marey_layer::layout::control::Lost;
use marey_layer::layout::value::Value;

/// A directory for programs, which goes with this value.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let nth = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("marey-layer-{}-{nth}", std::process::id());
        let path = std::env::temp_dir().join(name);
        // One that was killed may have left it, and had the same number.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).expect("a new directory");
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// This program of [`programs`](super::programs), with its events on.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().expect("this executable"));
        command.args(["programs::program", "--exact", "--test-threads=1", "--nocapture"]);
        command.env("MAREY_DIR", &self.0).env("MAREY_EVENTS", "*");
        command.env("MAREY_TEST_PROGRAM", name);
        command.stdout(std::process::Stdio::null());
        command
    }

    /// Runs a program to its end, which has to be good.
    pub fn run(&self, name: &str) {
        self.run_with(name, |_| {});
    }

    pub fn run_with(&self, name: &str, change: impl FnOnce(&mut Command)) {
        let mut command = self.program(name);
        change(&mut command);
        let status: ExitStatus = command.status().expect("it starts");
        assert!(status.success(), "{name}: {status}");
    }

    /// The programs that left something.
    pub fn found(&self) -> Vec<Found> {
        drain::find(&self.0).expect("the directory is there")
    }

    /// The one program that did.
    pub fn only(&self) -> Found {
        let found = self.found();
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].clone()
    }

    /// Waits until there is a program that can be opened.
    pub fn wait_for_program(&self) -> Program {
        for _ in 0..2000 {
            if let Some(program) = self.found().first().and_then(|it| Program::open(it).ok()) {
                return program;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        panic!("no program came");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A child that is killed with this value.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// An event, as text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    pub time_ns: u64,
    pub thread: u32,
    pub level: usize,
    pub name: String,
    pub fields: BTreeMap<String, String>,
}

/// All that was read of a program.
#[derive(Default)]
pub struct All {
    pub events: Vec<Event>,
    pub counts: Counts,
    pub lost: Lost,
}

impl All {
    /// Reads all streams to their ends.
    pub fn of(program: &mut Program) -> Self {
        program.update().expect("it can be read");
        let mut streams = program.take_streams();
        let mut all = All { lost: program.lost(), ..All::default() };
        for stream in &mut streams {
            let (_, level) = stream.place();
            let read = stream.read(|record| {
                let class = program.class(record.class).expect("its class is known");
                let values: Vec<_> = class.values(record.payload).collect();
                assert_eq!(values.len(), class.fields.len(), "{record:?} {class:?}");
                let fields =
                    values.into_iter().map(|(field, value)| (field.name.clone(), text(value)));
                all.events.push(Event {
                    time_ns: record.time_ns,
                    thread: record.thread,
                    level,
                    name: class.full_name(),
                    fields: fields.collect(),
                });
                Some(())
            });
            read.expect("it can be read");
            stream.commit().expect("it can be written");
            add(&mut all.counts, stream.counts());
        }
        all
    }

    pub fn of_found(found: &Found) -> Self {
        Self::of(&mut Program::open(found).expect("it can be opened"))
    }

    /// The values of a field, in order.
    pub fn values(&self, field: &str) -> Vec<u64> {
        let number = |event: &Event| event.fields.get(field)?.parse().ok();
        self.events.iter().filter_map(number).collect()
    }

    /// Events that were lost, wherever.
    pub fn lost(&self) -> u64 {
        lost(self.counts) + self.lost.events()
    }
}

/// Adds the counts of another stream.
pub fn add(sum: &mut Counts, more: Counts) {
    sum.read += more.read;
    sum.overwritten += more.overwritten;
    sum.discarded += more.discarded;
    sum.too_long += more.too_long;
    sum.filtered += more.filtered;
    sum.lost_nested += more.lost_nested;
    sum.damaged += more.damaged;
}

/// Events that were lost in rings.
pub fn lost(counts: Counts) -> u64 {
    assert_eq!(counts.damaged, 0, "{counts:?}");
    counts.overwritten + counts.discarded + counts.too_long + counts.lost_nested
}

fn text(value: Value<'_>) -> String {
    match value {
        Value::Bool(it) => it.to_string(),
        Value::Unsigned(it) => it.to_string(),
        Value::Signed(it) => it.to_string(),
        Value::Float(it) => it.to_string(),
        Value::Text { bytes, is_cut } => {
            format!("{}{}", String::from_utf8_lossy(bytes), if is_cut { "…" } else { "" })
        }
        Value::Bytes { bytes, is_cut } => format!("{bytes:?}{}", if is_cut { "…" } else { "" }),
    }
}

/// A word that this process shares with programs, for what a program knows of itself.
pub struct Word(*mut libc::c_void);

impl Word {
    /// The word in this file, which is made if it is not there.
    pub fn of(path: &Path) -> Self {
        use std::os::fd::AsRawFd;
        let mut options = fs::OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path);
        let file = file.expect("it can be opened");
        file.set_len(4096).expect("it can be longer");
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let (any, descriptor) = (std::ptr::null_mut(), file.as_raw_fd());
        // SAFETY: the kernel chooses the place.
        let at = unsafe { libc::mmap(any, 4096, protection, libc::MAP_SHARED, descriptor, 0) };
        assert_ne!(at, libc::MAP_FAILED);
        Word(at)
    }

    pub fn get(&self) -> &AtomicU64 {
        // SAFETY: mapped as long as this value is, and a page has room for a word.
        unsafe { AtomicU64::from_ptr(self.0.cast()) }
    }
}

impl Drop for Word {
    fn drop(&mut self) {
        // SAFETY: mapped with this length, and `get` lends no longer than this value is.
        unsafe { libc::munmap(self.0, 4096) };
    }
}

/// Numbers without an order, the same each time.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % end
    }
}
