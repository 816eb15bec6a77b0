//! Declarations of variants (CTF 1.8): the selector is an enumeration, and its labels are
//! the names of the options. Fields that may be absent are declared as variants, too.

use super::field::Fields;
use super::number::is_enumeration;
use crate::schema::{
    FieldClass, FieldLocation, Integer, Mapping, Meaning, Optional, Range, Variant, VariantOption,
};

/// What is written for a field that is absent.
const NOTHING: &str = "struct {} align(1)";

impl<'a> Fields<'_, 'a> {
    /// A field that may be absent is a variant whose other options are structures without members.
    pub(super) fn optional(&mut self, class: &'a Optional, declarator: &str) {
        let Some((tag, selector)) = self.tag(&class.selector) else { return };
        // The values that a boolean may have are those of its labels.
        let all = match (class.ranges.as_slice(), selector.meaning) {
            ([], Meaning::Boolean) => &[Range { from: 1, to: i128::MAX }],
            (ranges, _) => ranges,
        };
        let all = union(all);
        let (mut there, mut labels) = (Vec::new(), Vec::new());
        for mapping in &selector.mappings {
            let own = union(&mapping.ranges);
            let is_there = own.iter().all(|range| contains(&all, *range));
            if !is_there && own.iter().any(|range| meets(&all, *range)) {
                let label = &mapping.label;
                self.report.add(format!("the selector's label {label:?} is for both answers"));
            }
            there.extend(if is_there { mapping.ranges.clone() } else { Vec::new() });
            labels.push((mapping.label.as_str(), is_there));
        }
        if there.is_empty() {
            self.report.add("no label of the selector says that the optional field is there");
        }
        self.text.open(&format!("variant <{tag}> {{"));
        for (label, is_there) in labels {
            let name = self.name(label);
            match is_there {
                true => self.class(&class.class, &format!(" {name}")),
                false => self.text.line(&format!("{NOTHING} {name};")),
            }
        }
        self.text.close(&format!("}}{declarator};"));
    }

    /// The path to a selector, which is an enumeration, and its class.
    fn tag(&mut self, location: &'a FieldLocation) -> Option<(String, &'a Integer)> {
        let target = self.find("selector", location)?;
        match target.class {
            FieldClass::Integer(class) if is_enumeration(class) => {
                Some((self.path(&target), class))
            }
            _ => {
                self.report.add("the selector is not an enumeration, as CTF 1.8 wants");
                None
            }
        }
    }

    pub(super) fn variant(&mut self, class: &'a Variant, declarator: &str) {
        let Some((tag, selector)) = self.tag(&class.selector) else { return };
        let mappings = selector.mappings.as_slice();
        if class.options.is_empty() {
            self.report.add("a variant without options");
        }
        self.text.open(&format!("variant <{tag}> {{"));
        for option in &class.options {
            self.option(option, mappings);
        }
        self.text.close(&format!("}}{declarator};"));
    }

    fn option(&mut self, option: &'a VariantOption, mappings: &[Mapping]) {
        let Some(label) = &option.name else {
            return self.report.add("an option without a name; in CTF 1.8 it selects the option");
        };
        self.report.enter(label);
        let labelled = mappings.iter().filter(|mapping| mapping.label == *label);
        let labelled: Vec<Range> =
            labelled.flat_map(|mapping| mapping.ranges.iter().copied()).collect();
        if labelled.is_empty() {
            self.report.add("no label of the selector has the option's name");
        } else if union(&labelled) != union(&option.ranges) {
            self.report.add("the selector's label does not have the values of the option");
        }
        let name = self.name(label);
        self.class(&option.class, &format!(" {name}"));
        self.report.leave();
    }
}

/// Whether all numbers of a range are in one of others.
fn contains(ranges: &[Range], range: Range) -> bool {
    ranges.iter().any(|other| other.from <= range.from && range.to <= other.to)
}

/// Whether a number of a range is in one of others.
fn meets(ranges: &[Range], range: Range) -> bool {
    ranges.iter().any(|other| other.from <= range.to && range.from <= other.to)
}

/// The fewest ranges with the same numbers, in order.
fn union(ranges: &[Range]) -> Vec<Range> {
    let mut sorted: Vec<Range> = ranges.iter().copied().filter(|r| r.from <= r.to).collect();
    sorted.sort_by_key(|range| range.from);
    let mut union: Vec<Range> = Vec::new();
    for range in sorted {
        match union.last_mut() {
            Some(last) if range.from <= last.to.saturating_add(1) => {
                last.to = last.to.max(range.to)
            }
            _ => union.push(range),
        }
    }
    union
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_compared_as_sets() {
        let range = |from, to| Range { from, to };
        let (min, max) = (i128::MIN, i128::MAX);
        assert_eq!(union(&[range(5, 9), range(1, 4), range(2, 3)]), [range(1, 9)]);
        assert_eq!(union(&[range(6, 9), range(1, 4)]), [range(1, 4), range(6, 9)]);
        assert_eq!(union(&[range(4, 1)]), []);
        assert_eq!(union(&[range(min, max), range(max, max)]), [range(min, max)]);
    }
}
