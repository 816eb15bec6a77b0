//! What the metadata says of who made the tracer.

use marey_ctf::schema::Value;

use crate::definition::Profile;

/// The environment with what barectf puts there. Readers mend what some versions of barectf did
/// wrong, and know them by these variables; so they are those of the version whose tracer it is.
pub fn with_defaults(own: Vec<(String, Value)>, profile: Profile) -> Vec<(String, Value)> {
    let text = |text: &str| Value::Text(text.to_owned());
    let [major, minor, patch] = match profile {
        Profile::Barectf3 => [3, 1, 2],
        Profile::Barectf2 => [2, 3, 1],
    };
    let build = concat!("+marey.", env!("CARGO_PKG_VERSION"));
    let defaults = [
        ("domain", text("bare")),
        ("tracer_name", text("barectf")),
        ("tracer_major", Value::Integer(major)),
        ("tracer_minor", Value::Integer(minor)),
        ("tracer_patch", Value::Integer(patch)),
        ("tracer_pre", text(build)),
    ];
    // barectf 2 says nothing of this kind.
    let defaults = match profile {
        Profile::Barectf3 => &defaults[..],
        Profile::Barectf2 => &defaults[..5],
    };
    let named = |(name, value): &(&str, Value)| ((*name).to_owned(), value.clone());
    let mut environment: Vec<_> = defaults.iter().map(named).collect();
    for (name, value) in own {
        match environment.iter_mut().find(|(there, _)| *there == name) {
            Some((_, default)) => *default = value,
            None => environment.push((name, value)),
        }
    }
    environment
}
