//! Functions that all tracers share; those that are used are written.

use marey_ctf::schema::ByteOrder;

/// A function of the source, local to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Helper {
    /// Stores a word of 2, 4 or 8 bytes in the order of the target.
    PutNative(u64),
    /// Stores a word of 2, 4 or 8 bytes, the lowest byte first.
    PutLittle(u64),
    /// Stores a word of 2, 4 or 8 bytes, the highest byte first.
    PutBig(u64),
    /// Writes bits anywhere, from the lowest bits of bytes on.
    BitsLittle,
    /// Writes bits anywhere, from the highest bits of bytes on.
    BitsBig,
    /// The same for bits that are 0 so far.
    SetLittle,
    /// The same for bits that are 0 so far.
    SetBig,
    /// Sets whole bytes between two places to 0.
    Zero,
    /// Copies bytes.
    Copy,
    /// Copies a text.
    Text,
}

impl Helper {
    /// Its name.
    pub fn name(self) -> String {
        match self {
            Helper::PutNative(len) => format!("marey_put_u{}", 8 * len),
            Helper::PutLittle(len) => format!("marey_put_u{}_le", 8 * len),
            Helper::PutBig(len) => format!("marey_put_u{}_be", 8 * len),
            Helper::BitsLittle => "marey_put_bits_le".to_owned(),
            Helper::BitsBig => "marey_put_bits_be".to_owned(),
            Helper::SetLittle => "marey_set_bits_le".to_owned(),
            Helper::SetBig => "marey_set_bits_be".to_owned(),
            Helper::Zero => "marey_zero".to_owned(),
            Helper::Copy => "marey_copy".to_owned(),
            Helper::Text => "marey_put_text".to_owned(),
        }
    }

    /// What stores a word.
    pub fn put(len_bytes: u64, order: ByteOrder, is_native: bool) -> Self {
        match (is_native, order) {
            (true, _) => Helper::PutNative(len_bytes),
            (false, ByteOrder::Little) => Helper::PutLittle(len_bytes),
            (false, ByteOrder::Big) => Helper::PutBig(len_bytes),
        }
    }

    /// What writes bits anywhere; `is_set` if they are 0 so far.
    pub fn bits(order: ByteOrder, is_set: bool) -> Self {
        match (order, is_set) {
            (ByteOrder::Little, false) => Helper::BitsLittle,
            (ByteOrder::Big, false) => Helper::BitsBig,
            (ByteOrder::Little, true) => Helper::SetLittle,
            (ByteOrder::Big, true) => Helper::SetBig,
        }
    }

    /// Its definition.
    pub fn text(self) -> String {
        let name = self.name();
        match self {
            Helper::PutNative(len) => put(&name, len, "\tmemcpy(to, &value, sizeof(value));\n"),
            Helper::PutLittle(len) => put(&name, len, &bytes(len, |index| 8 * index)),
            Helper::PutBig(len) => put(&name, len, &bytes(len, |index| 8 * (len - 1 - index))),
            Helper::BitsLittle => bits(&name, BITS_LITTLE, ""),
            Helper::BitsBig => bits(&name, BITS_BIG, ""),
            Helper::SetLittle => bits(&name, BITS_LITTLE, "*to | "),
            Helper::SetBig => bits(&name, BITS_BIG, "*to | "),
            Helper::Zero => ZERO.to_owned(),
            Helper::Copy => COPY.to_owned(),
            Helper::Text => TEXT.to_owned(),
        }
    }
}

fn put(name: &str, len: u64, body: &str) -> String {
    let bits = 8 * len;
    format!("static void {name}(uint8_t *to, uint{bits}_t value)\n{{\n{body}}}\n\n")
}

fn bytes(len: u64, shift: impl Fn(u64) -> u64) -> String {
    let byte = |index| format!("\tto[{index}] = (uint8_t) (value >> {});\n", shift(index));
    (0..len).map(byte).collect::<String>().replace(" >> 0", "")
}

/// `KEEP` stands for the bits that a whole byte has already, if they stay.
fn bits(name: &str, body: &str, keep: &str) -> String {
    let body = body.replace("KEEP", keep);
    format!(
        "static void {name}(uint8_t *buf, uint32_t at, uint32_t len, uint64_t value)\n\
         {BITS_HEAD}{body}"
    )
}

/// What writing bits begins with, in either order.
const BITS_HEAD: &str = "\
{
	uint8_t *to = buf + (at >> 3);
	const uint32_t used = at & 7U;

	if (len < 64) {
		value &= ~(uint64_t) 0 >> (64 - len);
	}
	if (used != 0) {
";

const BITS_LITTLE: &str = "		*to = (uint8_t) (*to | (value << used));
		if (len <= 8 - used) {
			return;
		}
		value >>= 8 - used;
		len -= 8 - used;
		++to;
	}
	for (;;) {
		*to = (uint8_t) (KEEP(value));
		if (len <= 8) {
			return;
		}
		value >>= 8;
		len -= 8;
		++to;
	}
}

";

const BITS_BIG: &str = "		if (len <= 8 - used) {
			*to = (uint8_t) (*to | (value << (8 - used - len)));
			return;
		}
		len -= 8 - used;
		*to = (uint8_t) (*to | (value >> len));
		++to;
	}
	for (; len >= 8; ++to) {
		len -= 8;
		*to = (uint8_t) (KEEP(value >> len));
	}
	if (len > 0) {
		*to = (uint8_t) (KEEP(value << (8 - len)));
	}
}

";

const ZERO: &str = "\
static void marey_zero(uint8_t *buf, uint32_t from, uint32_t to)
{
	for (from = (from + 7U) >> 3; from < to >> 3; ++from) {
		buf[from] = 0;
	}
}

";

/// A call of `memcpy` costs more than most arrays are long, where vectors move 16 bytes at a time.
/// The empty assembly keeps the compiler from finding a `memcpy` in the loop again.
const COPY: &str = "\
static void marey_copy(uint8_t *to, const void *from, size_t len)
{
	const uint8_t *bytes = (const uint8_t *) from;

#if defined(__GNUC__) && !defined(__OPTIMIZE_SIZE__) && (defined(__SSE2__) || defined(__ARM_NEON))
	if (len >= 16 && len <= 256) {
		uint8_t * const last = to + (len - 16);
		const uint8_t * const from_last = bytes + (len - 16);

		while (to < last) {
			memcpy(to, bytes, 16);
			__asm__ (\"\" : \"+r\" (to));
			if (to + 16 >= last) {
				break;
			}
			memcpy(to + 16, bytes + 16, 16);
			to += 32;
			bytes += 32;
			__asm__ (\"\" : \"+r\" (to));
		}
		memcpy(last, from_last, 16);
		return;
	}
#endif
	if (len != 0) {
		memcpy(to, bytes, len);
	}
}

";

const TEXT: &str = "\
static uint32_t marey_put_text(uint8_t *to, const char *text)
{
	const size_t len = strlen(text) + 1;

	memcpy(to, text, len);
	return (uint32_t) len;
}

";
