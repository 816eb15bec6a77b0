//! How records shall be shown.

use anstyle::Style;

use crate::args::{Common, Print, TimeStyle};
use crate::style::Styles;

/// How records shall be shown.
#[derive(Clone, Debug)]
pub struct Look {
    /// JSON Lines instead of text.
    pub json: bool,
    /// All fields of meta records, options and headers of packets.
    pub verbose: bool,
    /// The bytes.
    pub hex: bool,
    /// How times are written.
    pub time: TimeStyle,
    /// The style of what stands beside what matters.
    pub dim: Paint,
    /// The style of names of interfaces.
    pub name: Paint,
    /// The style of kinds of meta records, and of headings.
    pub title: Paint,
}

impl Look {
    /// What the command line asks for.
    pub fn new(verb: &Print, common: &Common) -> Self {
        let styles = Styles::stdout(common);
        Look {
            json: common.json,
            verbose: verb.verbose,
            hex: verb.hex,
            time: verb.time,
            dim: Paint::new(styles.dim),
            name: Paint::new(styles.name),
            title: Paint::new(styles.title),
        }
    }

    /// How many bytes a block should have.
    pub fn block_len(&self) -> usize {
        if self.verbose || self.hex { BLOCK_LEN_VERBOSE } else { BLOCK_LEN }
    }
}

/// How many bytes a block has: a block's lines are kept until their turn comes, for each of several
/// blocks, so that memory is this times how much longer the lines are than the records.
const BLOCK_LEN: usize = 256 << 10;
/// The same for lines that are much longer.
const BLOCK_LEN_VERBOSE: usize = 32 << 10;

/// A style, ready to be written many times; nothing if there is no colour.
#[derive(Clone, Debug)]
pub struct Paint {
    on: String,
    off: String,
}

impl Paint {
    fn new(style: Style) -> Self {
        Paint { on: style.render().to_string(), off: style.render_reset().to_string() }
    }

    /// Begins it.
    pub fn on(&self, out: &mut String) {
        out.push_str(&self.on);
    }

    /// Ends it.
    pub fn off(&self, out: &mut String) {
        out.push_str(&self.off);
    }
}
