//! In what two structures differ: members that only one has, that stand elsewhere, that are called
//! otherwise, or that are of another class.

use std::collections::HashMap;

use marey_ctf::schema::{ByteOrder, FieldClass, Member, Structure};

use super::Effect;
use super::aspects::{Aspect, aspects, kind};

/// What is different of a member, or of the structure.
pub struct Found {
    /// The path of the member in each of the two, if it is about one.
    pub fields: [Option<String>; 2],
    /// What it is, behind the member's name.
    pub what: String,
    /// What follows from it.
    pub effect: Effect,
    /// What each says.
    pub words: [String; 2],
}

/// Compares two structures, and those in them. `orders` are the byte orders of the traces.
pub fn compare(first: &Structure, second: &Structure, orders: [ByteOrder; 2]) -> Vec<Found> {
    let mut comparer = Comparer { found: Vec::new(), path: String::new(), orders };
    comparer.structures(first, second);
    comparer.found
}

struct Comparer {
    found: Vec<Found>,
    /// What the members' names are behind of.
    path: String,
    orders: [ByteOrder; 2],
}

impl Comparer {
    fn structures(&mut self, first: &Structure, second: &Structure) {
        let (firsts, seconds) = (places(first), places(second));
        let shared = |member: &&Member, others: &HashMap<&str, usize>| {
            others.contains_key(member.name.as_str())
        };
        let kept_first: Vec<_> = first.members.iter().filter(|m| shared(m, &seconds)).collect();
        let kept_second: Vec<_> = second.members.iter().filter(|m| shared(m, &firsts)).collect();
        self.lone(first, second, &firsts, &seconds);
        let moved = kept_first.iter().zip(&kept_second).find(|(a, b)| a.name != b.name);
        if let Some((a, b)) = moved {
            let words = [format!("`{}` stands here", a.name), format!("`{}` stands here", b.name)];
            let fields = [Some(self.path_of(a)), Some(self.path_of(b))];
            let what = "the order of fields".to_owned();
            self.found.push(Found { fields, what, effect: Effect::Bytes, words });
        }
        for a in kept_first {
            if let Some(b) = second.member(&a.name) {
                self.members(a, b);
            }
        }
        let both = [first, second].map(Structure::alignment_bits);
        let is_same_inside = first.members == second.members;
        if is_same_inside && both[0] != both[1] {
            let words = both.map(|bits| format!("aligned to {bits}"));
            let fields = [None, None];
            let what = "the alignment".to_owned();
            self.found.push(Found { fields, what, effect: Effect::Bytes, words });
        }
    }

    /// Members that only one has. Two of one class at one place are one with two names.
    fn lone(
        &mut self,
        first: &Structure,
        second: &Structure,
        firsts: &HashMap<&str, usize>,
        seconds: &HashMap<&str, usize>,
    ) {
        let mut renamed = Vec::new();
        for (at, a) in first.members.iter().enumerate() {
            if seconds.contains_key(a.name.as_str()) {
                continue;
            }
            let other = second.members.get(at);
            let other = other.filter(|b| !firsts.contains_key(b.name.as_str()) && is_same(a, b));
            match other {
                Some(b) => {
                    renamed.push(b.name.as_str());
                    self.renamed(a, b);
                }
                None => self.only(a, true),
            }
        }
        for b in &second.members {
            let is_known =
                firsts.contains_key(b.name.as_str()) || renamed.contains(&b.name.as_str());
            if !is_known {
                self.only(b, false);
            }
        }
    }

    fn renamed(&mut self, a: &Member, b: &Member) {
        let fields = [Some(self.path_of(a)), Some(self.path_of(b))];
        let words = [a, b].map(|member| format!("called `{}`", member.name));
        let what = "its name".to_owned();
        self.found.push(Found { fields, what, effect: Effect::Meaning, words });
    }

    fn only(&mut self, member: &Member, is_first: bool) {
        let (path, there) = (self.path_of(member), kind(&member.class).to_owned());
        let absent = "no such field".to_owned();
        let fields = [Some(path.clone()), Some(path)];
        let words = if is_first { [there, absent] } else { [absent, there] };
        let what = if is_first { "a field less" } else { "a field more" }.to_owned();
        self.found.push(Found { fields, what, effect: Effect::Bytes, words });
    }

    /// Two members of one name.
    fn members(&mut self, a: &Member, b: &Member) {
        if let (FieldClass::Structure(inner), FieldClass::Structure(other)) = (&a.class, &b.class) {
            let inside = self.path_of(a);
            let outer = std::mem::replace(&mut self.path, inside);
            self.structures(inner, other);
            self.path = outer;
            return;
        }
        let found = aspects(&a.class, &b.class, self.orders);
        let Some(effect) = found.iter().map(|aspect| aspect.effect).max() else { return };
        let names: Vec<_> = found.iter().map(|aspect| format!("its {}", aspect.what)).collect();
        let words = [0, 1].map(|side| in_words(&found, side));
        let fields = [Some(self.path_of(a)), Some(self.path_of(b))];
        self.found.push(Found { fields, what: names.join(", "), effect, words });
    }

    fn path_of(&self, member: &Member) -> String {
        match self.path.is_empty() {
            true => member.name.clone(),
            false => format!("{}.{}", self.path, member.name),
        }
    }
}

fn in_words(found: &[Aspect], side: usize) -> String {
    let words = found.iter().filter_map(|aspect| aspect.words.get(side).map(String::as_str));
    words.collect::<Vec<_>>().join(", ")
}

fn places(structure: &Structure) -> HashMap<&str, usize> {
    structure.members.iter().enumerate().map(|(at, member)| (member.name.as_str(), at)).collect()
}

fn is_same(a: &Member, b: &Member) -> bool {
    a.class == b.class
}
