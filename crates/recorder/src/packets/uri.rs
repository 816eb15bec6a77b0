//! URIs of live packets: `ring:eth0,eth1?snaplen=96&queues=2&buffer=64MiB&promiscuous`.

use marey_diagnostic::nearest;

use super::{Options, Plan};
use crate::error::Error;
use crate::near::Near;
use crate::parts::Mode;
use crate::session::RING_BYTES;
use crate::sizes::buffer;

/// What URIs of live packets begin with.
pub const SCHEME: &str = "ring:";

/// What may stand behind the names of interfaces.
const OPTIONS: [&str; 4] = ["snaplen", "queues", "buffer", "promiscuous"];

/// What a URI asks for: `ring:`, names of interfaces with `,` between them, and maybe `?` and
/// options with `&` between them. `application` is what the stream says of the program.
///
/// # Errors
/// What in it makes no sense, and how it is written.
pub fn plan_of(uri: &str, application: &str) -> Result<Plan, Error> {
    let wrong = |why: String| Error::misuse(uri, why);
    let body = uri.strip_prefix(SCHEME);
    let body = body.ok_or_else(|| wrong(format!("a URI of packets begins with {SCHEME}")))?;
    let (names, options) = body.split_once('?').unwrap_or((body, ""));
    let interfaces: Vec<String> = names.split(',').map(str::to_owned).collect();
    if interfaces.iter().any(String::is_empty) {
        return Err(wrong("name an interface: ring:eth0, ring:eth0,eth1 or ring:any".to_owned()));
    }
    let mut plan = Plan {
        interfaces,
        options: Options { snaplen: 0, promiscuous: false, ring_bytes: RING_BYTES },
        queues: 1,
        mode: Mode::Linear,
        application: application.to_owned(),
    };
    for option in options.split('&').filter(|option| !option.is_empty()) {
        set(&mut plan, option).map_err(wrong)?;
    }
    Ok(plan)
}

/// Takes note of an option; what is wrong with it.
fn set(plan: &mut Plan, option: &str) -> Result<(), String> {
    let (name, value) = match option.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (option, None),
    };
    match (name, value) {
        ("snaplen", Some(value)) => plan.options.snaplen = number(name, value)?,
        ("queues", Some(value)) => plan.queues = number(name, value)?,
        ("buffer", Some(value)) => {
            plan.options.ring_bytes = buffer(value).map_err(|why| format!("buffer: {why}"))?;
        }
        ("promiscuous", None) => plan.options.promiscuous = true,
        ("promiscuous", Some(_)) => return Err("promiscuous stands alone".to_owned()),
        (name, None) if OPTIONS.contains(&name) => {
            return Err(format!("{name} needs a value: {name}=…"));
        }
        (name, _) => {
            let near = Near(nearest(name, OPTIONS));
            return Err(format!("there is no option `{name}`{near}"));
        }
    }
    Ok(())
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{name}: `{value}` is no such number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(uri: &str) -> Result<Plan, String> {
        plan_of(uri, "a test").map_err(|error| error.to_string())
    }

    #[test]
    fn interfaces_and_options_are_taken() {
        let made = plan("ring:eth0,lo?snaplen=96&queues=2&buffer=64MiB&promiscuous").expect("one");
        assert_eq!(made.interfaces, ["eth0", "lo"]);
        let options = Options { snaplen: 96, promiscuous: true, ring_bytes: 64 << 20 };
        assert_eq!((made.options, made.queues), (options, 2));
        let plain = plan("ring:any?").expect("one");
        assert_eq!((plain.options.ring_bytes, plain.queues), (RING_BYTES, 1));
        assert_eq!(plain.interfaces, ["any"]);
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for (uri, why) in [
            ("rung:eth0", "begins with ring:"),
            ("ring:", "name an interface"),
            ("ring:eth0,", "name an interface"),
            ("ring:?snaplen=1", "name an interface"),
            ("ring:lo?snaplem=96", "no option `snaplem`; did you mean `snaplen`?"),
            ("ring:lo?snaplen", "snaplen needs a value"),
            ("ring:lo?snaplen=-1", "snaplen: `-1` is no such number"),
            ("ring:lo?queues=99999999999999999999", "is no such number"),
            ("ring:lo?buffer=3MiB", "buffer: no power of two; 4194304 is"),
            ("ring:lo?buffer=1", "from 4KiB to 2GiB"),
            ("ring:lo?promiscuous=yes", "stands alone"),
        ] {
            let said = plan(uri).expect_err(uri);
            assert!(said.contains(why), "{uri}: {said}");
            assert!(said.starts_with(uri), "{said}");
        }
    }
}
