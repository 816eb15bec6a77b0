//! Standard output: buffered, flushed when the input pauses; a closed pipe ends a run quietly.

use std::io::{self, BufWriter, Stdout, Write};

use crate::exit::Exit;

/// Where data goes.
pub struct Out {
    writer: BufWriter<Stdout>,
    failed: Option<io::Error>,
}

impl Out {
    pub fn new() -> Self {
        Out { writer: BufWriter::with_capacity(256 << 10, io::stdout()), failed: None }
    }

    /// Writes bytes; whether more are wanted. Nothing is after a failure.
    pub fn write(&mut self, bytes: &[u8]) -> bool {
        if self.failed.is_none() {
            self.failed = self.writer.write_all(bytes).err();
        }
        self.failed.is_none()
    }

    /// Writes a line.
    pub fn line(&mut self, line: &str) -> bool {
        self.write(line.as_bytes()) && self.write(b"\n")
    }

    /// Writes a value as a line of JSON.
    pub fn json(&mut self, value: &serde_json::Value) -> bool {
        self.line(&value.to_string())
    }

    /// Hands on what is buffered.
    pub fn flush(&mut self) -> bool {
        if self.failed.is_none() {
            self.failed = self.writer.flush().err();
        }
        self.failed.is_none()
    }

    /// Ends marey at once, with the status of a run that has come to `exit` and whose output takes
    /// no more: a worker may be waiting for input that never comes.
    pub fn give_up(&mut self, mut exit: Exit) -> ! {
        std::mem::replace(self, Out::new()).finish(&mut exit);
        std::process::exit(exit.code().into())
    }

    /// Ends the output, and enters a failure into `exit`. A closed pipe is none: the reader has
    /// seen enough.
    pub fn finish(mut self, exit: &mut Exit) {
        self.flush();
        // What could not be written is lost already; dropping must not try again.
        let failed = self.failed.take();
        if let Some(e) = failed.filter(|e| e.kind() != io::ErrorKind::BrokenPipe) {
            eprintln!("marey: writing the output failed: {e}");
            exit.output = true;
        }
    }
}
