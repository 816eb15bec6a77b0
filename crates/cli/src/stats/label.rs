//! What a key is called, and the fields it has for programs.

use marey::wire::FlowKey;
use marey::wire::tcp::Flags;
use serde_json::{Value, json};

use super::key::{Key, Vlans};
use super::names::Names;
use super::of::{Of, SIZES, kinds_in};
use crate::report::interfaces;

impl Of {
    /// Its name on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Of::Whole => "time",
            Of::Protocol => "protocol",
            Of::Flow => "flow",
            Of::Endpoint => "endpoint",
            Of::Conversation => "conversation",
            Of::Port => "port",
            Of::Interface => "interface",
            Of::Vlan => "vlan",
            Of::Size => "size",
            Of::Ttl => "ttl",
            Of::Tos => "tos",
            Of::TcpFlags => "tcp-flags",
            Of::TcpOptions => "tcp-options",
            Of::SynOptions => "syn-options",
            Of::Direction => "direction",
        }
    }

    /// What stands above it on a page.
    pub fn title(self) -> &'static str {
        match self {
            Of::Whole => "Packets over time",
            Of::Protocol => "Protocols",
            Of::Flow => "Flows",
            Of::Endpoint => "Endpoints",
            Of::Conversation => "Conversations",
            Of::Port => "Server ports",
            Of::Interface => "Interfaces",
            Of::Vlan => "VLANs",
            Of::Size => "Sizes on the wire",
            Of::Ttl => "Time to live",
            Of::Tos => "Classes of service",
            Of::TcpFlags => "TCP flags",
            Of::TcpOptions => "TCP options",
            Of::SynOptions => "TCP options of SYNs",
            Of::Direction => "Directions",
        }
    }

    /// What packets have that are under no key.
    pub fn nothing(self) -> &'static str {
        match self {
            Of::Whole | Of::Interface | Of::Size => "others",
            Of::Protocol => "no known header",
            Of::Flow | Of::Conversation => "no IP flow",
            Of::Endpoint => "no such addresses",
            Of::Port => "no ports",
            Of::Vlan => "no tag",
            Of::Ttl | Of::Tos => "no IP header",
            Of::TcpFlags | Of::TcpOptions => "no TCP header",
            Of::SynOptions => "no SYN",
            Of::Direction => "unknown direction",
        }
    }

    /// The names of its keys' fields.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Of::Whole => &[],
            Of::Protocol => &["protocol"],
            Of::Flow => {
                &["protocol", "source", "source_port", "target", "target_port", "flow_vlan"]
            }
            Of::Conversation => &["protocol", "a", "a_port", "b", "b_port", "flow_vlan"],
            Of::Endpoint => &["address"],
            Of::Port => &["protocol", "port"],
            Of::Interface => &["file", "section", "interface", "name"],
            Of::Vlan => &["vlan", "stack"],
            Of::Size => &["from", "to"],
            Of::Ttl => &["ttl"],
            Of::Tos => &["dscp", "dscp_name", "ecn", "ecn_name"],
            Of::TcpFlags => &["flags", "bits"],
            Of::TcpOptions => &["kind", "option"],
            Of::SynOptions => &["kinds", "options"],
            Of::Direction => &["direction"],
        }
    }

    /// The values of a key's fields, in the order of their names; none if the key is of no kind
    /// that this table has.
    pub fn values(self, key: &Key, names: &Names) -> Vec<Value> {
        match (self, key) {
            (Of::Flow | Of::Conversation, Key::Flow(flow)) => flow_values(flow),
            (Of::Protocol, Key::Number(number)) => vec![names.protocol(*number).into()],
            (_, Key::Ip(address)) => vec![address.to_string().into()],
            (_, Key::Mac(mac)) => vec![mac.to_string().into()],
            (_, Key::Port(protocol, port)) => vec![protocol.to_string().into(), (*port).into()],
            (_, Key::Interface(of)) => {
                let name = names.interface(of).into();
                vec![of.file.into(), of.section.into(), shown_id(of.id).into(), name]
            }
            (_, Key::Vlans(vlans)) => vlan_values(vlans),
            (Of::Size, Key::Number(number)) => {
                let (from, to) = size(*number);
                vec![from.into(), to.into()]
            }
            (Of::Ttl, Key::Number(ttl)) => vec![(*ttl).into()],
            (Of::Tos, Key::Number(byte)) => {
                let (dscp, ecn) = (byte >> 2, byte & 3);
                vec![dscp.into(), dscp_name(dscp).into(), ecn.into(), ecn_name(ecn).into()]
            }
            (Of::TcpFlags, Key::Number(bits)) => {
                vec![Flags(*bits).to_string().into(), (*bits).into()]
            }
            (Of::TcpOptions, Key::Number(kind)) => {
                vec![(*kind).into(), option_name(*kind as u8).into()]
            }
            (Of::TcpOptions, Key::NoOption) => vec![Value::Null, "none".into()],
            (Of::SynOptions, Key::NoOption) => vec![json!([]), json!([])],
            (_, Key::Options(kinds)) => {
                let names: Vec<String> = kinds_in(kinds).map(option_name).collect();
                vec![kinds_in(kinds).collect::<Vec<u8>>().into(), names.into()]
            }
            (Of::Direction, Key::Number(number)) => vec![direction(*number).into()],
            _ => vec![Value::Null; self.fields().len()],
        }
    }

    /// A key for a person; text from the trace is not escaped.
    pub fn label(self, key: &Key, names: &Names, has_files: bool) -> String {
        match (self, key) {
            (Of::Flow, Key::Flow(flow)) => flow.to_string(),
            (Of::Conversation, Key::Flow(flow)) => flow.to_string().replace(" > ", " - "),
            (Of::Protocol, Key::Number(number)) => names.protocol(*number).to_owned(),
            (_, Key::Ip(address)) => address.to_string(),
            (_, Key::Mac(mac)) => mac.to_string(),
            (_, Key::Port(protocol, port)) => format!("{protocol} {port}"),
            (_, Key::Interface(of)) => {
                let file = if has_files { format!("file {}: ", of.file) } else { String::new() };
                let section = match of.section {
                    0 => String::new(),
                    section => format!("section {section}: "),
                };
                let name = names.interface(of).map(|name| format!(" {name}")).unwrap_or_default();
                format!("{file}{section}{}{name}", shown_id(of.id))
            }
            (_, Key::Vlans(vlans)) => stack(vlans),
            (Of::Size, Key::Number(number)) => match size(*number) {
                (from, Some(to)) => format!("{from} to {to}"),
                (from, None) => format!("from {from}"),
            },
            (Of::Ttl, Key::Number(ttl)) => ttl.to_string(),
            (Of::Tos, Key::Number(byte)) => {
                let name = dscp_name(byte >> 2).map(|name| format!(" {name}"));
                format!("dscp {}{}, {}", byte >> 2, name.unwrap_or_default(), ecn_name(byte & 3))
            }
            (Of::TcpFlags, Key::Number(0)) => "none".to_owned(),
            (Of::TcpFlags, Key::Number(bits)) => Flags(*bits).to_string(),
            (Of::TcpOptions, Key::Number(kind)) => option_name(*kind as u8),
            (_, Key::NoOption) => "none".to_owned(),
            (_, Key::Options(kinds)) => {
                kinds_in(kinds).map(option_name).collect::<Vec<_>>().join(" ")
            }
            (Of::Direction, Key::Number(number)) => direction(*number).to_owned(),
            _ => String::new(),
        }
    }
}

fn flow_values(flow: &FlowKey) -> Vec<Value> {
    let (source_port, target_port) = flow.ports().unzip();
    vec![
        flow.protocol.to_string().into(),
        flow.source.to_string().into(),
        source_port.into(),
        flow.target.to_string().into(),
        target_port.into(),
        flow.vlan.into(),
    ]
}

/// The number of an interface; of one that an ERF trace has not described, the port of the card,
/// after the source that it belongs to.
fn shown_id(id: u32) -> String {
    match id.to_be_bytes() {
        [0x80, 0, 0, port] => format!("port{port}"),
        [0x80, 0, source, port] => format!("{source}/port{port}"),
        _ => interfaces::shown_id(id),
    }
}

fn vlan_values(vlans: &Vlans) -> Vec<Value> {
    let outermost = vlans.ids().first().copied();
    vec![outermost.into(), stack(vlans).into()]
}

/// `100`, or `100/7` for a tag in a tag.
fn stack(vlans: &Vlans) -> String {
    let mut text = vlans.ids().iter().map(u16::to_string).collect::<Vec<_>>().join("/");
    if vlans.more() > 0 {
        text.push_str(&format!("/+{}", vlans.more()));
    }
    text
}

/// The first and the last length of a range.
fn size(number: u16) -> (u32, Option<u32>) {
    let index = usize::from(number);
    let from = SIZES.get(index).copied().unwrap_or(0);
    (from, SIZES.get(index + 1).map(|next| next - 1))
}

fn direction(number: u16) -> &'static str {
    if number == 0 { "inbound" } else { "outbound" }
}

/// RFC 3168 §5, in the words of tools.
fn ecn_name(ecn: u16) -> &'static str {
    match ecn {
        0 => "not-ect",
        1 => "ect1",
        2 => "ect0",
        _ => "ce",
    }
}

/// The names in IANA's register of DSCP values.
fn dscp_name(dscp: u16) -> Option<&'static str> {
    Some(match dscp {
        0 => "cs0",
        1 => "le",
        8 => "cs1",
        10 => "af11",
        12 => "af12",
        14 => "af13",
        16 => "cs2",
        18 => "af21",
        20 => "af22",
        22 => "af23",
        24 => "cs3",
        26 => "af31",
        28 => "af32",
        30 => "af33",
        32 => "cs4",
        34 => "af41",
        36 => "af42",
        38 => "af43",
        40 => "cs5",
        44 => "voice-admit",
        46 => "ef",
        48 => "cs6",
        56 => "cs7",
        _ => return None,
    })
}

/// The names in IANA's register of TCP options, shortened.
fn option_name(kind: u8) -> String {
    let name = match kind {
        0 => "eol",
        1 => "nop",
        2 => "mss",
        3 => "wscale",
        4 => "sack-ok",
        5 => "sack",
        6 => "echo",
        7 => "echo-reply",
        8 => "timestamps",
        14 => "alt-checksum",
        19 => "md5",
        27 => "quick-start",
        28 => "user-timeout",
        29 => "tcp-ao",
        30 => "mptcp",
        34 => "fast-open",
        69 => "tcp-eno",
        172 | 174 => "accurate-ecn",
        _ => return format!("option {kind}"),
    };
    name.to_owned()
}
