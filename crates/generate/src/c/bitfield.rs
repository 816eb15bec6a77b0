//! The header with macros for bit fields, for platforms that use them.

use super::banner;
use crate::definition::Definition;
use marey_ctf::schema::ByteOrder;

/// The text.
pub fn text(definition: &Definition) -> String {
    let guard = format!("_{}BITFIELD_H", definition.code.identifier_prefix.to_uppercase());
    let macros = match definition.schema.trace.byte_order {
        ByteOrder::Little => LITTLE,
        ByteOrder::Big => BIG,
    };
    format!("#ifndef {guard}\n#define {guard}\n\n{}\n{macros}\n#endif /* {guard} */\n", banner())
}

const LITTLE: &str = "\
/*
 * Writes the low `length` bits of `v` from bit `start` of `ptr` on, counted from the lowest bit of
 * the first byte. Bits around them stay.
 */
#define bt_bitfield_write_le(ptr, start, length, vtype, v) \\
do { \\
	unsigned char *bt_to = (unsigned char *) (ptr); \\
	unsigned long bt_bit = (unsigned long) (start), bt_left = (unsigned long) (length); \\
	vtype bt_value = (vtype) (v); \\
	for (; bt_left > 0; ++bt_bit, --bt_left) { \\
		const unsigned int bt_mask = 1U << (bt_bit % 8); \\
		unsigned char *bt_byte = bt_to + bt_bit / 8; \\
		if (bt_value & 1) { \\
			*bt_byte = (unsigned char) (*bt_byte | bt_mask); \\
		} else { \\
			*bt_byte = (unsigned char) (*bt_byte & ~bt_mask); \\
		} \\
		bt_value = (vtype) (bt_value >> 1); \\
	} \\
} while (0)
";

const BIG: &str = "\
/*
 * Writes the low `length` bits of `v` from bit `start` of `ptr` on, counted from the highest bit of
 * the first byte. Bits around them stay.
 */
#define bt_bitfield_write_be(ptr, start, length, vtype, v) \\
do { \\
	unsigned char *bt_to = (unsigned char *) (ptr); \\
	unsigned long bt_left = (unsigned long) (length); \\
	unsigned long bt_bit = (unsigned long) (start) + bt_left; \\
	vtype bt_value = (vtype) (v); \\
	for (; bt_left > 0; --bt_left) { \\
		const unsigned int bt_mask = 0x80U >> (--bt_bit % 8); \\
		unsigned char *bt_byte = bt_to + bt_bit / 8; \\
		if (bt_value & 1) { \\
			*bt_byte = (unsigned char) (*bt_byte | bt_mask); \\
		} else { \\
			*bt_byte = (unsigned char) (*bt_byte & ~bt_mask); \\
		} \\
		bt_value = (vtype) (bt_value >> 1); \\
	} \\
} while (0)
";
