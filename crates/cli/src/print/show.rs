//! The handler: records become text or JSON on the workers, a piece at a time.

use marey::pipeline::{Cx, GO, Handler, Next};
use marey::{Meta, Packet};

use super::clock::Clock;
use super::look::Look;
use super::{hex, json, line, meta, verbose};

/// Shows records. What it publishes are whole lines, those of a piece at once.
pub struct Show<'l> {
    look: &'l Look,
    /// The input's path, as JSON.
    path: &'l str,
    clock: Clock,
    out: String,
}

impl<'l> Show<'l> {
    /// Shows records of the input at `path`, which is JSON.
    pub fn new(look: &'l Look, path: &'l str) -> Self {
        Show { look, path, clock: Clock::new(look.time), out: String::new() }
    }
}

impl Handler for Show<'_> {
    type Out = String;

    fn on_packet(&mut self, packet: &Packet<'_>, _: &mut Cx<String>) -> Next {
        let Show { look, path, clock, out } = self;
        if look.json {
            json::packet(out, look, path, packet);
            return GO;
        }
        let layers = line::packet(out, look, clock, packet);
        if look.verbose {
            verbose::packet(out, look, packet, &layers);
        }
        if look.hex {
            hex::dump(out, packet.bytes());
        }
        GO
    }

    fn on_meta(&mut self, record: &Meta<'_>, _: &mut Cx<String>) -> Next {
        let Show { look, path, clock, out } = self;
        if look.json {
            json::meta(out, look, path, record);
            return GO;
        }
        meta::line(out, look, clock, record);
        if look.verbose {
            verbose::meta(out, look, record);
        }
        if look.hex && !json::has_secrets(record) {
            hex::dump(out, record.bytes());
        }
        GO
    }

    fn on_piece_end(&mut self, cx: &mut Cx<String>) -> Next {
        if !self.out.is_empty() {
            let next = String::with_capacity(self.out.len());
            cx.publish(std::mem::replace(&mut self.out, next));
        }
        GO
    }
}
