//! In what two classes of fields differ.

use marey_ctf::schema::{
    Array, Base, ByteOrder, FieldClass, Float, Integer, Length, Mapping, Meaning, Range, Str,
};

use super::Effect;

/// How many labels of an enumeration are listed.
const LABELS_MAX: usize = 4;

/// One property of a class that is another.
pub struct Aspect {
    /// What it is: `size`.
    pub what: &'static str,
    /// What follows from it.
    pub effect: Effect,
    /// What each says, in words.
    pub words: [String; 2],
}

/// What differs between two classes. Structures are compared by their members, not here. `orders`
/// are the byte orders of the traces: a field that has its trace's differs only as that does.
pub fn aspects(first: &FieldClass, second: &FieldClass, orders: [ByteOrder; 2]) -> Vec<Aspect> {
    let mut found = Aspects { list: Vec::new(), orders };
    found.class(first, second);
    found.list
}

struct Aspects {
    list: Vec<Aspect>,
    orders: [ByteOrder; 2],
}

impl Aspects {
    fn add<T: PartialEq>(
        &mut self,
        what: &'static str,
        effect: Effect,
        values: [T; 2],
        words: impl Fn(&T) -> String,
    ) {
        let [first, second] = &values;
        if first != second {
            self.list.push(Aspect { what, effect, words: [words(first), words(second)] });
        }
    }

    fn class(&mut self, first: &FieldClass, second: &FieldClass) {
        match (first, second) {
            (FieldClass::Integer(first), FieldClass::Integer(second)) => {
                self.integer(first, second);
            }
            (FieldClass::Float(first), FieldClass::Float(second)) => self.float(first, second),
            (FieldClass::Str(first), FieldClass::Str(second)) => self.text(first, second),
            (FieldClass::Array(first), FieldClass::Array(second)) => self.array(first, second),
            (FieldClass::Structure(_), FieldClass::Structure(_)) => {}
            _ if first == second => {}
            _ => {
                let words = [kind(first), kind(second)];
                let words = match words[0] == words[1] {
                    true => {
                        [format!("{} of one kind", words[0]), format!("{} of another", words[1])]
                    }
                    false => words.map(str::to_owned),
                };
                self.list.push(Aspect { what: "type", effect: Effect::Bytes, words });
            }
        }
    }

    fn integer(&mut self, first: &Integer, second: &Integer) {
        let both = [first, second];
        self.add("size", Effect::Bytes, both.map(|class| class.len_bits), bits);
        self.alignment(both.map(|class| class.alignment_bits));
        self.order(both.map(|class| class.byte_order));
        let bit_orders = both.map(|class| class.bit_order);
        if first.byte_order == second.byte_order {
            self.add("bit order", Effect::Bytes, bit_orders, |order| format!("{order:?}"));
        }
        let meanings = both.map(|class| class.meaning);
        self.add("sign", Effect::Meaning, meanings, |meaning| match meaning {
            Meaning::Unsigned => "unsigned".to_owned(),
            Meaning::Signed => "signed".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        });
        let [own, others] = both.map(|class| in_order(&class.mappings));
        if own != others {
            let words = [lacking(&own, &others), lacking(&others, &own)];
            self.list.push(Aspect { what: "labels", effect: Effect::Meaning, words });
        }
        let encodings = both.map(|class| class.is_text);
        self.add("encoding", Effect::Meaning, encodings, |is_text| match is_text {
            true => "a character".to_owned(),
            false => "a number".to_owned(),
        });
        self.add("display base", Effect::None, both.map(|class| class.base), base);
    }

    fn float(&mut self, first: &Float, second: &Float) {
        let both = [first, second];
        self.add("size", Effect::Bytes, both.map(|class| class.len_bits), bits);
        self.alignment(both.map(|class| class.alignment_bits));
        self.order(both.map(|class| class.byte_order));
    }

    fn text(&mut self, first: &Str, second: &Str) {
        let lens = [first, second].map(|class| class.len_bytes.clone());
        self.add("length", Effect::Bytes, lens, |len| match len {
            Some(len) => length(len),
            None => "up to a 0".to_owned(),
        });
        let encodings = [first, second].map(|class| class.encoding.clone());
        self.add("encoding", Effect::Meaning, encodings, String::clone);
    }

    fn array(&mut self, first: &Array, second: &Array) {
        let both = [first, second];
        self.add("length", Effect::Bytes, both.map(|class| class.length.clone()), length);
        self.alignment(both.map(|class| class.minimum_alignment_bits));
        self.class(&first.element, &second.element);
        let is_structure = |class: &Array| matches!(*class.element, FieldClass::Structure(_));
        if is_structure(first) && is_structure(second) && first.element != second.element {
            let words = ["some members".to_owned(), "others".to_owned()];
            self.list.push(Aspect { what: "elements", effect: Effect::Bytes, words });
        }
    }

    fn alignment(&mut self, both: [u32; 2]) {
        self.add("alignment", Effect::Bytes, both, |bits| format!("aligned to {bits}"));
    }

    fn order(&mut self, both: [ByteOrder; 2]) {
        if both == self.orders {
            return;
        }
        self.add("byte order", Effect::Bytes, both, |order| byte_order(*order).to_owned());
    }
}

/// A byte order in words.
pub fn byte_order(order: ByteOrder) -> &'static str {
    match order {
        ByteOrder::Little => "little-endian",
        ByteOrder::Big => "big-endian",
    }
}

/// A class in a word.
pub fn kind(class: &FieldClass) -> &'static str {
    match class {
        FieldClass::Integer(class) if !class.mappings.is_empty() => "an enumeration",
        FieldClass::Integer(_) => "an integer",
        FieldClass::VarInteger(_) => "an integer of variable length",
        FieldClass::Float(_) => "a floating-point number",
        FieldClass::Str(_) => "a string",
        FieldClass::Blob(_) => "a blob",
        FieldClass::Structure(_) => "a structure",
        FieldClass::Array(_) => "an array",
        FieldClass::Optional(_) => "an optional field",
        FieldClass::Variant(_) => "a variant",
    }
}

fn bits(bits: &u32) -> String {
    if *bits == 1 { "1 bit".to_owned() } else { format!("{bits} bits") }
}

fn base(base: &Base) -> String {
    format!("{base:?}").to_lowercase()
}

fn length(length: &Length) -> String {
    match length {
        Length::Static(1) => "1 element".to_owned(),
        Length::Static(count) => format!("{count} elements"),
        Length::Dynamic(_) => "as many elements as the field in front says".to_owned(),
    }
}

/// The same labels and ranges, in one order.
fn in_order(mappings: &[Mapping]) -> Vec<Mapping> {
    let mut sorted = mappings.to_vec();
    for mapping in &mut sorted {
        mapping.ranges.sort_by_key(|range| (range.from, range.to));
    }
    sorted.sort_by(|a, b| a.label.cmp(&b.label));
    sorted
}

/// The labels that one enumeration has, and another has not, or for other values.
fn lacking(mappings: &[Mapping], others: &[Mapping]) -> String {
    let own: Vec<_> = mappings.iter().filter(|mapping| !others.contains(mapping)).collect();
    let range = |range: &Range| match range.from == range.to {
        true => range.from.to_string(),
        false => format!("{} to {}", range.from, range.to),
    };
    let words = own.iter().take(LABELS_MAX).map(|mapping| {
        let ranges: Vec<_> = mapping.ranges.iter().map(range).collect();
        format!("`{}` is {}", mapping.label, ranges.join(", "))
    });
    let words: Vec<_> = words.collect();
    match own.len() {
        0 => "no label for it".to_owned(),
        count if count > LABELS_MAX => format!("{}, and more", words.join(", ")),
        _ => words.join(", "),
    }
}
