//! The sample `usr_event_simple` of SAT: a program inserts four simple user events and a string.
//!
//! ```text
//! marey record -u -o user_events -- target/debug/examples/usr_event_simple
//! babeltrace2 user_events
//! ```

use marey_layer::sat;

fn main() {
    insert();
}

/// What the sample inserts.
pub fn insert() {
    sat::simple(111, 1, 11);
    sat::simple(222, 2, 22);
    sat::simple(333, 3, 33);
    sat::simple(444, 4, 44);
    sat::string(555, "Hello world");
}
