//! Arrays: where they end, and how they are written.

use super::value::{number, order_suffix};
use super::write::Body;
use crate::plan::{Array, Bits, Element, Position};

impl Body<'_> {
    /// Computes the base behind an array.
    pub(super) fn behind(&mut self, depth: usize, base: usize, from: &str, array: &Array) {
        let name = self.values.variable(&array.source);
        let (Some(stride), Some(len)) = (array.stride_bits(), array.element.len_bits()) else {
            self.line(depth, &format!("let mut b{base} = {from};"));
            return self.walk(depth, base, array, &self.values.list(array), 0);
        };
        if stride == 0 {
            return self.line(depth, &format!("let b{base} = {from};"));
        }
        if stride == len {
            let line = format!("let b{base} = {from} + {stride} * {name}.len() as u64;");
            return self.line(depth, &line);
        }
        self.line(depth, &format!("let b{base} = match {name}.len() as u64 {{"));
        self.line(depth + 1, &format!("0 => {from},"));
        self.line(depth + 1, &format!("len => {from} + (len - 1) * {stride} + {len},"));
        self.line(depth, "};");
    }

    /// Goes from element to element: texts, whose places are aligned to bytes, or compounds.
    fn walk(&mut self, depth: usize, base: usize, array: &Array, from: &str, level: usize) {
        self.line(depth, &format!("for e{level} in {from} {{"));
        let element = format!("e{level}");
        match &array.element {
            Element::Array(inner) => self.walk(depth + 1, base, inner, &element, level + 1),
            Element::Compound(compound) => {
                let function = self.calls.name("end", compound);
                let mask = array.alignment - 1;
                let aligned = match mask {
                    0 => format!("b{base}"),
                    mask => format!("(b{base} + {mask}) & !{mask}"),
                };
                self.line(depth + 1, &format!("b{base} = {function}({aligned}, {element});"));
            }
            _ => {
                let line = format!("b{base} += 8 * (write::text({element}).len() as u64 + 1);");
                self.line(depth + 1, &line);
            }
        }
        self.line(depth, "}");
    }

    /// Writes an array.
    pub(super) fn array(&mut self, depth: usize, at: Position, array: &Array) {
        if array.is_empty() {
            return;
        }
        let is_named = self.values.is_named(&array.source);
        let name = self.values.list(array);
        let place = self.found(at);
        if let Some(bits) = array.whole_bits() {
            let order = order_suffix(bits.order);
            let call = match (bits.len, bits.is_signed, is_named) {
                (8, false, false) => format!("put_bytes(packet, {place}, {name})"),
                (_, _, true) => {
                    format!("put_all(packet, {place}, {name}, |value| value.0.to_{order}_bytes())")
                }
                _ => {
                    let element = element_type(bits);
                    format!("put_all(packet, {place}, {name}, {element}::to_{order}_bytes)")
                }
            };
            return self.line(depth, &format!("write::{call}?;"));
        }
        self.line(depth, &format!("let mut at = {place};"));
        self.elements(depth, array, &name, is_named, 0);
    }

    fn elements(&mut self, depth: usize, array: &Array, from: &str, is_named: bool, level: usize) {
        let element = format!("e{level}");
        self.line(depth, &format!("for {element} in {from} {{"));
        if array.alignment > 1 {
            self.align_element(depth + 1, array);
        }
        match &array.element {
            Element::Array(inner) => self.elements(depth + 1, inner, &element, is_named, level + 1),
            Element::Text => {
                self.line(depth + 1, &format!("let text = write::text({element});"));
                self.line(depth + 1, "write::put_text(packet, at, text)?;");
                self.line(depth + 1, "at += 8 * (text.len() as u32 + 1);");
            }
            Element::Compound(compound) => {
                let function = self.calls.name("put", compound);
                self.line(depth + 1, &format!("at = {function}(packet, at, {element})?;"));
            }
            Element::Bits(bits) => self.element(depth + 1, *bits, &element, is_named),
        }
        self.line(depth, "}");
    }

    fn align_element(&mut self, depth: usize, array: &Array) {
        let mask = array.alignment - 1;
        let aligned = format!("(at + {mask}) & !{mask}");
        let has_gap = array.alignment > 8
            && array.element.len_bits().is_none_or(|len| !len.is_multiple_of(array.alignment));
        if has_gap {
            self.line(depth, &format!("write::zero(packet, at, {aligned})?;"));
        }
        self.line(depth, &format!("at = {aligned};"));
    }

    fn element(&mut self, depth: usize, bits: Bits, element: &str, is_named: bool) {
        let element = if bits.is_boolean { &format!("*{element}") } else { element };
        if bits.is_whole() {
            let bytes = number(element.to_owned(), bits, is_named).bytes(bits.len, bits.order);
            self.line(depth, &format!("*write::fixed(packet, at)? = {bytes};"));
        } else {
            let is_plain = !bits.is_float && !bits.is_boolean && !is_named;
            let element = if is_plain { format!("*{element}") } else { element.to_owned() };
            self.bits(depth, bits, "at", &number(element, bits, is_named));
        }
        self.line(depth, &format!("at += {};", bits.len));
    }
}

fn element_type(bits: Bits) -> String {
    let kind = match (bits.is_float, bits.is_signed) {
        (true, _) => 'f',
        (_, true) => 'i',
        _ => 'u',
    };
    format!("{kind}{}", bits.len)
}
