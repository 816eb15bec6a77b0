//! What can be said of a packet, by marey and by `tshark`, in the same words; and where they
//! differ.

/// A fact, with a value for each header that it is about, outermost first.
pub struct Fact {
    pub name: &'static str,
    pub values: Vec<String>,
    /// The values belong to the kind of a difference: those of addresses do not.
    pub is_verdict: bool,
}

impl Fact {
    pub fn new(name: &'static str, values: Vec<String>) -> Fact {
        Fact { name, values, is_verdict: false }
    }

    pub fn verdict(name: &'static str, values: Vec<String>) -> Fact {
        Fact { name, values, is_verdict: true }
    }
}

/// What one of the two says.
pub struct Said {
    /// The headers, outermost first.
    pub layers: Vec<String>,
    /// What is behind the last of them, in a word.
    pub end: String,
    pub facts: Vec<Fact>,
}

/// Headers behind which only one of the two looks for more: what an error quotes, say.
const LAST: [&str; 10] =
    ["icmp", "icmpv6", "igmp", "ospf", "esp", "radius", "arp", "tcp", "sctp", "dccp"];

/// The kinds in which both differ. If the headers do, nothing else is compared.
pub fn differences(ours: &Said, theirs: &Said) -> Vec<String> {
    if let Some(kind) = other_layer(ours, theirs) {
        return vec![kind];
    }
    let pairs = ours.facts.iter().zip(&theirs.facts);
    pairs.filter_map(|(our, their)| other_fact(our, their)).collect()
}

/// The first header that only one has, or that both name otherwise.
fn other_layer(ours: &Said, theirs: &Said) -> Option<String> {
    let same = ours.layers.iter().zip(&theirs.layers).take_while(|(our, their)| our == their);
    let same = same.count();
    let last = match same {
        0 => "start",
        _ => ours.layers[same - 1].as_str(),
    };
    let our = ours.layers.get(same).unwrap_or(&ours.end);
    let their = theirs.layers.get(same).unwrap_or(&theirs.end);
    let both_end = ours.layers.len() == same && theirs.layers.len() == same;
    if both_end || LAST.contains(&last) && ours.layers.len() == same {
        return None;
    }
    Some(format!("{last} > {our}, tshark {their}"))
}

/// `tshark` may say more: of what an error quotes.
fn other_fact(our: &Fact, their: &Fact) -> Option<String> {
    assert_eq!(our.name, their.name, "both list their facts in one order");
    if our.name == "vlans" {
        let is_there = |our: &String| their.values.contains(our);
        return (!our.values.iter().all(is_there)).then(|| "vlans: others".to_owned());
    }
    let pairs = our.values.iter().enumerate().map(|(at, our)| (our, their.values.get(at)));
    let (our_value, their_value) = pairs.into_iter().find(|&(our, their)| their != Some(our))?;
    let their_value = their_value.map_or("nothing", String::as_str);
    Some(match their.is_verdict {
        true => format!("{}: {our_value}, tshark {their_value}", our.name),
        false if their_value == "nothing" => format!("{}: some, tshark nothing", our.name),
        false => format!("{}: others", our.name),
    })
}
