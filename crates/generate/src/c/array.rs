//! Arrays: where they end, and how they are written.

use super::names::float_type;
use super::runtime::Helper;
use super::write::Body;
use crate::plan::{Array, Bits, Count, Element, Position};

impl Body<'_> {
    /// Computes the base behind an array.
    pub(super) fn behind(&mut self, depth: usize, base: usize, from: &str, array: &Array) {
        let (Some(stride), Some(len)) = (array.stride_bits(), array.element.len_bits()) else {
            self.line(depth, &format!("b{base} = {from};"));
            let name = self.values.text(&array.source);
            return self.walk(depth, base, array, &name, 0);
        };
        let count = self.count(&array.count);
        let line = match stride == len {
            true => format!("b{base} = {from} + (uint64_t) {count} * {len}U;"),
            false => format!(
                "b{base} = {count} == 0 ? {from} : \
                 {from} + (uint64_t) ({count} - 1) * {stride}U + {len}U;"
            ),
        };
        self.line(depth, &line);
    }

    /// Goes from element to element: texts, whose places are aligned to bytes, or compounds.
    fn walk(&mut self, depth: usize, base: usize, array: &Array, from: &str, level: usize) {
        let (head, element) = self.each(array, from, level);
        self.line(depth, &format!("{{\n{}\tuint32_t i{level};\n", "\t".repeat(depth)));
        self.line(depth + 1, &head);
        match &array.element {
            Element::Array(inner) => self.walk(depth + 2, base, inner, &element, level + 1),
            Element::Compound(compound) => {
                let place = format!("b{base}");
                let (aligned, function) =
                    (self.aligned(&place, array.alignment), self.function("end", compound));
                self.line(depth + 2, &format!("{place} = {function}({aligned}, &{element});"));
            }
            _ => {
                let line = format!("b{base} += 8 * ((uint64_t) strlen({element}) + 1);");
                self.line(depth + 2, &line);
            }
        }
        self.line(depth + 1, "}");
        self.line(depth, "}");
    }

    /// The head of a loop over an array, and its element.
    fn each(&self, array: &Array, from: &str, level: usize) -> (String, String) {
        let count = self.count(&array.count);
        let head = format!("for (i{level} = 0; i{level} < {count}; ++i{level}) {{");
        (head, format!("{from}[i{level}]"))
    }

    fn count(&self, count: &Count) -> String {
        match count {
            Count::Static(count) => format!("{count}U"),
            Count::Dynamic(source) => self.values.text(source),
        }
    }

    /// Writes an array.
    pub(super) fn array(&mut self, depth: usize, at: Position, array: &Array) {
        let name = self.values.text(&array.source);
        if array.is_empty() {
            return self.line(depth, &format!("(void) {name};"));
        }
        if let (true, Some(bits)) = (self.is_copied(array), array.whole_bits()) {
            let (to, len) = (self.pointer(at), bits.len / 8);
            return match &array.count {
                Count::Static(count) => {
                    self.line(depth, &format!("memcpy({to}, {name}, {count}U * {len}U);"));
                }
                Count::Dynamic(source) => {
                    let count = self.values.text(source);
                    let function = self.helper(Helper::Copy);
                    let copy = format!("{function}({to}, {name}, (size_t) {count} * {len}U);");
                    self.line(depth, &copy);
                }
            };
        }
        let place = self.place(at);
        self.line(
            depth,
            &format!("{{\n{}\tuint32_t at = (uint32_t) ({place});\n", "\t".repeat(depth)),
        );
        self.elements(depth + 1, array, &name, 0);
        self.line(depth, "}");
    }

    fn elements(&mut self, depth: usize, array: &Array, from: &str, level: usize) {
        let (head, element) = self.each(array, from, level);
        self.line(depth, &format!("{{\n{}\tuint32_t i{level};\n", "\t".repeat(depth)));
        self.line(depth + 1, &head);
        if array.alignment > 1 {
            self.align_element(depth + 2, array);
        }
        match &array.element {
            Element::Array(inner) => self.elements(depth + 2, inner, &element, level + 1),
            Element::Text => {
                let function = self.helper(Helper::Text);
                let line = format!("at += 8 * {function}(buf + (at >> 3), {element});");
                self.line(depth + 2, &line);
            }
            Element::Compound(compound) => {
                let function = self.function("put", compound);
                self.line(depth + 2, &format!("at = {function}(buf, at, &{element});"));
            }
            Element::Bits(bits) => self.element(depth + 2, *bits, &element),
        }
        self.line(depth + 1, "}");
        self.line(depth, "}");
    }

    fn align_element(&mut self, depth: usize, array: &Array) {
        let mask = array.alignment - 1;
        let aligned = format!("(at + {mask}U) & ~(uint32_t) {mask}U");
        let has_gap = array.alignment > 8
            && array.element.len_bits().is_none_or(|len| !len.is_multiple_of(array.alignment));
        if has_gap {
            let function = self.helper(Helper::Zero);
            self.line(depth, &format!("{function}(buf, at, {aligned});"));
        }
        self.line(depth, &format!("at = {aligned};"));
    }

    fn element(&mut self, depth: usize, bits: Bits, element: &str) {
        let len = bits.len;
        if bits.is_float {
            let c_type = float_type(len);
            self.line(depth, "{");
            self.line(depth + 1, &format!("const {c_type} value = {element};"));
            self.line(depth + 1, &format!("uint{len}_t bits_value;\n"));
            self.line(depth + 1, "memcpy(&bits_value, &value, sizeof(bits_value));");
            self.number(depth + 1, bits, "bits_value");
            self.line(depth, "}");
        } else if bits.is_boolean {
            self.number(depth, bits, &format!("({element} != 0)"));
        } else {
            self.number(depth, bits, element);
        }
        self.line(depth, &format!("at += {len}U;"));
    }

    fn number(&mut self, depth: usize, bits: Bits, value: &str) {
        let len = bits.len;
        match (bits.is_whole(), len) {
            (true, 8) => self.line(depth, &format!("buf[at >> 3] = (uint8_t) {value};")),
            (true, _) => {
                let put = Helper::put(u64::from(len / 8), bits.order, self.is_native(bits));
                let function = self.helper(put);
                let line = format!("{function}(buf + (at >> 3), (uint{len}_t) {value});");
                self.line(depth, &line);
            }
            _ => {
                let function = self.helper(Helper::bits(bits.order, false));
                let line = format!("{function}(buf, at, {len}U, (uint64_t) {value});");
                self.line(depth, &line);
            }
        }
    }
}
