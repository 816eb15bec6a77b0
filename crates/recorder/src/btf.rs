//! Where what is in the structures of this kernel: BTF (`Documentation/bpf/btf.rst`).
//!
//! Only what is needed is read: the members of structures, by name.

use std::io;
use std::path::Path;

/// Where a kernel describes itself.
pub const OF_KERNEL: &str = "/sys/kernel/btf/vmlinux";
/// How long it may be.
pub const BYTES_MAX: u64 = 1 << 28;
const MAGIC: u16 = 0xeb9f;
/// How deep structures without a name may be in each other.
const DEPTH_MAX: usize = 16;
/// How many members are looked at for one, structures without a name in others among them.
const MEMBERS_MAX: usize = 1 << 16;
/// How many types a type may stand for on the way to another one.
const STEPS_MAX: usize = 64;

/// Types of a kernel.
#[derive(Clone, Debug)]
pub struct Btf {
    bytes: Vec<u8>,
    /// Where each type begins, by its number; the first is none.
    types: Vec<u32>,
    strings: usize,
}

/// A member of a structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Where it is in the structure, in bytes.
    pub offset: u32,
    /// How many bytes it has.
    pub size: u32,
}

/// What a type begins with.
#[derive(Clone, Copy)]
struct Type {
    name: u32,
    kind: u32,
    count: u32,
    has_bits: bool,
    /// Its size, or the type that it is made of.
    size_or_type: u32,
    /// Where its parts begin.
    parts: usize,
}

const ADDRESS: u32 = 2;
const ARRAY: u32 = 3;
const STRUCTURE: u32 = 4;
const UNION: u32 = 5;
const OTHER_NAME: u32 = 8;
const FUNCTION: u32 = 13;

impl Btf {
    /// That of the kernel that runs.
    ///
    /// # Errors
    /// When it cannot be read, or is not as expected.
    pub fn of_kernel() -> io::Result<Self> {
        let path = Path::new(OF_KERNEL);
        let len = path.metadata()?.len();
        if len > BYTES_MAX {
            return Err(io::Error::other("the kernel's BTF is longer than 256 MiB"));
        }
        let malformed = || io::Error::other("the kernel's BTF is not as expected");
        Btf::parse(std::fs::read(path)?).ok_or_else(malformed)
    }

    /// Reads types. Nothing if they are not as expected.
    pub fn parse(bytes: Vec<u8>) -> Option<Self> {
        if half(&bytes, 0)? != MAGIC {
            return None;
        }
        let header = word(&bytes, 4)? as usize;
        let place = |at: usize| header.checked_add(word(&bytes, at)? as usize);
        let (start, strings) = (place(8)?, place(16)?);
        let end = start.checked_add(word(&bytes, 12)? as usize)?;
        if end > bytes.len() {
            return None;
        }
        let mut btf = Btf { bytes, types: vec![0], strings };
        let mut at = start;
        while at < end {
            let found = btf.at(at)?;
            btf.types.push(u32::try_from(at).ok()?);
            at = found.parts.checked_add(parts_bytes(&found)?)?;
        }
        (at == end).then_some(btf)
    }

    /// A member of a structure, also within structures of it that have no name.
    pub fn member(&self, structure: &str, name: &str) -> Option<Member> {
        let is_it = |number: &u32| {
            let found = self.number(*number).filter(|found| found.kind == STRUCTURE);
            found.and_then(|found| self.string(found.name)) == Some(structure)
        };
        let found = (1..self.types.len() as u32).find(is_it)?;
        let mut left = MEMBERS_MAX;
        self.within(found, name, (0, &mut left))
    }

    /// So deep in others, and while so many members may be looked at.
    fn within(
        &self,
        structure: u32,
        name: &str,
        (depth, left): (usize, &mut usize),
    ) -> Option<Member> {
        let found = self.number(structure)?;
        if depth > DEPTH_MAX || !matches!(found.kind, STRUCTURE | UNION) {
            return None;
        }
        for index in 0..found.count as usize {
            *left = left.checked_sub(1)?;
            let at = found.parts + 12 * index;
            let of = word(&self.bytes, at + 4)?;
            let place = word(&self.bytes, at + 8)?;
            let (bits, field) =
                if found.has_bits { (place & 0xff_ffff, place >> 24) } else { (place, 0) };
            if field != 0 || !bits.is_multiple_of(8) {
                continue;
            }
            let (own, offset) = (self.string(word(&self.bytes, at)?)?, bits / 8);
            if own == name {
                return Some(Member { offset, size: self.size(of)? });
            }
            if own.is_empty()
                && let Some(inner) = self.within(of, name, (depth + 1, left))
            {
                return Some(Member { offset: offset.checked_add(inner.offset)?, ..inner });
            }
        }
        None
    }

    /// The number of what describes an event of a tracepoint, and the structures that its values
    /// lead to; nothing for a number.
    pub fn event(&self, name: &str) -> Option<(u32, Vec<Option<String>>)> {
        let name = format!("btf_trace_{name}");
        let is_it = |number: &u32| {
            let found = self.number(*number).filter(|found| found.kind == OTHER_NAME);
            found.and_then(|found| self.string(found.name)) == Some(&name)
        };
        let number = (1..self.types.len() as u32).find(is_it)?;
        // It stands for the address of a function.
        let address = self.number(self.number(number)?.size_or_type)?;
        let function = self.number(address.size_or_type)?;
        if address.kind != ADDRESS || function.kind != FUNCTION {
            return None;
        }
        // The first value is not the event's.
        let values = (1..function.count as usize).map(|index| {
            let of = word(&self.bytes, function.parts + 8 * index + 4)?;
            Some(self.structure(of))
        });
        Some((number, values.collect::<Option<_>>()?))
    }

    /// The name of the structure that a type leads to; empty where it leads to something else, and
    /// nothing where it is no address.
    fn structure(&self, number: u32) -> Option<String> {
        let mut found = self.named(number)?;
        if found.kind != ADDRESS {
            return None;
        }
        found = self.named(found.size_or_type).unwrap_or(found);
        let name = if found.kind == STRUCTURE { self.string(found.name) } else { None };
        Some(name.unwrap_or_default().to_owned())
    }

    /// A type without what only gives it another name, or says more of it.
    fn named(&self, mut number: u32) -> Option<Type> {
        for _ in 0..STEPS_MAX {
            let found = self.number(number)?;
            match found.kind {
                8..=11 | 18 => number = found.size_or_type,
                _ => return Some(found),
            }
        }
        None
    }

    /// How many bytes a type has.
    fn size(&self, mut number: u32) -> Option<u32> {
        let mut count = 1_u32;
        for _ in 0..STEPS_MAX {
            let found = self.number(number)?;
            match found.kind {
                // Numbers, structures, enumerations, floating-point numbers.
                1 | STRUCTURE | UNION | 6 | 16 | 19 => {
                    return count.checked_mul(found.size_or_type);
                }
                // An address.
                2 => return count.checked_mul(size_of::<usize>() as u32),
                ARRAY => {
                    count = count.checked_mul(word(&self.bytes, found.parts + 8)?)?;
                    number = word(&self.bytes, found.parts)?;
                }
                // What stands for another type, or says more of it.
                8..=11 | 18 => number = found.size_or_type,
                _ => return None,
            }
        }
        None
    }

    fn number(&self, number: u32) -> Option<Type> {
        let at = *self.types.get(number as usize).filter(|at| **at != 0)?;
        self.at(at as usize)
    }

    fn at(&self, at: usize) -> Option<Type> {
        let info = word(&self.bytes, at.checked_add(4)?)?;
        Some(Type {
            name: word(&self.bytes, at)?,
            kind: info >> 24 & 0x1f,
            count: info & 0xffff,
            has_bits: info >> 31 == 1,
            size_or_type: word(&self.bytes, at + 8)?,
            parts: at + 12,
        })
    }

    fn string(&self, offset: u32) -> Option<&str> {
        let bytes = self.bytes.get(self.strings.checked_add(offset as usize)?..)?;
        let end = bytes.iter().position(|byte| *byte == 0)?;
        std::str::from_utf8(bytes.get(..end)?).ok()
    }
}

/// How many bytes follow what a type begins with.
fn parts_bytes(found: &Type) -> Option<usize> {
    let count = found.count as usize;
    Some(match found.kind {
        1 | 14 | 17 => 4,
        ARRAY => 12,
        STRUCTURE | UNION | 15 | 19 => 12 * count,
        6 | 13 => 8 * count,
        2 | 7..=12 | 16 | 18 => 0,
        _ => return None,
    })
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    bytes.try_into().ok().map(u32::from_ne_bytes)
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    bytes.try_into().ok().map(u16::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `struct s { char a; struct { int b[4]; const char *c; }; int d : 3; }`, as this machine has
    /// it.
    fn bytes() -> Vec<u8> {
        const NAMES: &str = "\0s\0char\0int\0a\0b\0c\0d\0btf_trace_e\0";
        let name = |name: &str| NAMES.find(&format!("\0{name}\0")).expect("a name") as u32 + 1;
        let info = |kind: u32, count: u32, bits: u32| kind << 24 | count | bits << 31;
        let types = [
            // 1: char, 2: int, 3: int[4], 4: const char, 5: its address
            vec![name("char"), info(1, 0, 0), 1, 8],
            vec![name("int"), info(1, 0, 0), 4, 32],
            vec![0, info(ARRAY, 0, 0), 0, 2, 2, 4],
            vec![0, info(10, 0, 0), 1],
            vec![0, info(2, 0, 0), 4],
            // 6: the inner structure, 7: the outer one
            vec![0, info(STRUCTURE, 2, 0), 24, name("b"), 3, 0, name("c"), 5, 128],
            vec![name("s"), info(STRUCTURE, 3, 1), 40, name("a"), 1, 0, 0, 6, 64, name("d"), 2]
                .into_iter()
                .chain([3 << 24 | 256])
                .collect(),
            // 8: an event of a number, of `struct s *` and of `const char *`, 9: its address
            vec![0, info(FUNCTION, 4, 0), 0, 0, 5, 0, 2, 0, 10, 0, 5],
            vec![0, info(ADDRESS, 0, 0), 8],
            // 10: the address of the outer structure, 11: what stands for 9
            vec![0, info(ADDRESS, 0, 0), 7],
            vec![name("btf_trace_e"), info(OTHER_NAME, 0, 0), 9],
        ];
        let types: Vec<u32> = types.concat();
        let len = types.len() as u32 * 4;
        let head = [u32::from(MAGIC) | 1 << 16, 24, 0, len, len, NAMES.len() as u32];
        let words = head.into_iter().chain(types).flat_map(u32::to_ne_bytes);
        words.chain(NAMES.bytes()).collect()
    }

    #[test]
    fn members_are_where_they_are() {
        let btf = Btf::parse(bytes()).expect("types");
        let member = |name| btf.member("s", name).map(|found| (found.offset, found.size));
        assert_eq!((member("a"), member("b")), (Some((0, 1)), Some((8, 16))));
        assert_eq!(member("c"), Some((24, size_of::<usize>() as u32)));
        assert_eq!((member("d"), member("e")), (None, None), "bits, and nothing");
        assert_eq!(btf.member("t", "a"), None);
    }

    #[test]
    fn events_have_values() {
        let btf = Btf::parse(bytes()).expect("types");
        let values = [None, Some("s".to_owned()), Some(String::new())].into();
        assert_eq!(btf.event("e"), Some((11, values)));
        assert_eq!(btf.event("f"), None);
    }

    #[test]
    fn what_is_cut_or_wrong_is_no_btf() {
        let whole = bytes();
        for len in 0..whole.len() {
            let _ = Btf::parse(whole[..len].to_vec()).map(|btf| btf.member("s", "c"));
        }
        for at in 0..whole.len() {
            let mut wrong = whole.clone();
            wrong[at] ^= 0xff;
            let _ = Btf::parse(wrong).map(|btf| (btf.member("s", "c"), btf.event("e")));
        }
    }

    #[test]
    fn structures_that_stand_in_each_other_many_times_are_given_up() {
        const DEEP: u32 = 14;
        const WIDE: u32 = 32;
        let structure = |number: u32| {
            let inner = [0, number + 1, 0].repeat(WIDE as usize);
            [vec![u32::from(number == 1), 4 << 24 | WIDE, 4], inner].concat()
        };
        let mut types: Vec<u32> = (1..=DEEP).flat_map(structure).collect();
        types.extend([0, 4 << 24, 4]);
        let len = types.len() as u32 * 4;
        let words = [u32::from(MAGIC) | 1 << 16, 24, 0, len, len, 3].into_iter().chain(types);
        let bytes = words.flat_map(u32::to_ne_bytes).chain(*b"\0s\0").collect();
        let btf = Btf::parse(bytes).expect("types");
        assert_eq!(btf.member("s", "a"), None);
    }

    #[test]
    fn this_kernel_has_threads_with_names() {
        match Btf::of_kernel() {
            Err(e) => println!("skipped: {OF_KERNEL}: {e}"),
            Ok(btf) => {
                let comm = btf.member("task_struct", "comm").expect("it has a name");
                assert_eq!(comm.size, 16);
                assert_eq!(btf.member("task_struct", "pid").map(|pid| pid.size), Some(4));
            }
        }
    }
}
