//! Standard output: buffered, flushed when the input pauses; a closed pipe ends a run quietly.

use std::io::{self, BufWriter, Stdout, Write};

use serde_json::Value;

use crate::escape;
use crate::exit::{self, Exit};

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
    pub fn json(&mut self, value: &Value) -> bool {
        let mut line = String::new();
        push_json(&mut line, value);
        self.line(&line)
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
            exit::say(&format!("marey: writing the output failed: {e}\n"));
            exit.output = true;
        }
    }
}

/// Appends a value as JSON that a terminal can show. The member `type` comes first: it says what
/// the others are.
fn push_json(out: &mut String, value: &Value) {
    match value {
        Value::String(text) => escape::push_json(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                push_json(out, item);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let is_type = |member: &(&String, &Value)| member.0 == "type";
            let others = members.iter().filter(|member| !is_type(member));
            out.push('{');
            for (index, (name, value)) in
                members.iter().find(is_type).into_iter().chain(others).enumerate()
            {
                out.push_str(if index == 0 { "" } else { "," });
                escape::push_json(out, name);
                out.push(':');
                push_json(out, value);
            }
            out.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_is_first_and_terminals_are_safe() {
        let value = serde_json::json!({"a": [1, null], "type": "x\u{9b}", "b": {}});
        let mut out = String::new();
        push_json(&mut out, &value);
        assert_eq!(out, r#"{"type":"x\u009b","a":[1,null],"b":{}}"#);
        assert_eq!(serde_json::from_str::<Value>(&out).expect("JSON"), value);
    }
}
