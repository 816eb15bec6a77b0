//! Declarations of variants (CTF 1.8): the selector is an enumeration, and its labels are
//! the names of the options.

use super::field::Fields;
use super::number::is_enumeration;
use crate::schema::{FieldClass, Mapping, Range, Variant, VariantOption};

impl<'a> Fields<'_, 'a> {
    pub(super) fn variant(&mut self, class: &'a Variant, declarator: &str) {
        let Some(target) = self.find("selector", &class.selector) else { return };
        let mappings = match target.class {
            FieldClass::Integer(class) if is_enumeration(class) => class.mappings.as_slice(),
            _ => return self.report.add("the selector is not an enumeration, as CTF 1.8 wants"),
        };
        if class.options.is_empty() {
            self.report.add("a variant without options");
        }
        let tag = self.path(&target);
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
