//! What an input of no format that marey reads looks like: a name for the error message.

use crate::error::{Error, ErrorKind};

/// First bytes, and whose they are.
const MAGICS: &[(&[u8], &str)] = &[
    (b"\x54\x52\x00\x64\x00", "an HP-UX nettl trace (nettl)"),
    (b"GMBU", "a Microsoft Network Monitor 2 capture (NetMon)"),
    (b"RTSS", "a Microsoft Network Monitor 1 capture (NetMon)"),
    (b"\xaa\xaa\xaa\xaa", "a 5Views capture (InfoVista 5View)"),
    (b"TRSNIFF data    \x1a", "a Network General Sniffer capture"),
    (b"XCP\0", "a NetXray or Windows Sniffer capture"),
    (b"btsnoop\0", "a Bluetooth btsnoop log"),
    (b"\x17\x08\x44tracing", "a Linux kernel trace of trace-cmd (trace.dat)"),
    (b"PERFILE2", "a Linux perf recording (perf.data)"),
    (b"2ELIFREP", "a Linux perf recording (perf.data, big-endian)"),
    (b"\xc1\x1f\xfc\xc1", "a CTF data stream; name the directory that holds its metadata"),
    (b"\xc1\xfc\x1f\xc1", "a CTF data stream; name the directory that holds its metadata"),
    (b"/* CTF ", "CTF metadata; CTF is not read yet"),
    (b"\x75\xd1\x1d\x57", "CTF metadata in packets; CTF is not read yet"),
    (b"\x57\x1d\xd1\x75", "CTF metadata in packets; CTF is not read yet"),
    (b"\xcb\xc3\xb2\xa1", "a saved classic BPF program (cbpf-savefile)"),
    (b"\xa1\xb2\xc3\xcb", "a saved classic BPF program (cbpf-savefile)"),
    (b"\xcd\x34\xb2\xa1", "a pcap file with a reserved magic number (0xa1b234cd)"),
    (b"\xa1\xb2\x34\xcd", "a pcap file with a reserved magic number (0xa1b234cd)"),
    (b"\x4d\x3c\x2b\xa1", "a pcap file with a reserved magic number (0xa12b3c4d)"),
    (b"\xa1\x2b\x3c\x4d", "a pcap file with a reserved magic number (0xa12b3c4d)"),
    (b"+---------+---------------+----------+", "a Tektronix K12 text capture"),
    (b"\x00\x00\x02\x00\x12\x05\x00\x10", "a Tektronix K12 capture"),
    (b"\x9bSIMULA", "an EyeSDN capture"),
    (b"EyeSDN", "an EyeSDN capture"),
    (b"\x7fELF", "a program (ELF)"),
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\x89PNG", "a PNG picture"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x9d", "data of compress (.Z) that cannot be unpacked"),
    (b"\x1f\x8b", "gzip data that cannot be unpacked"),
];

/// Where tar writes its magic.
const TAR_MAGIC_AT: usize = 257;

/// What is told by name although it is not read, each once.
pub fn names() -> impl Iterator<Item = &'static str> {
    let name = |index: usize| MAGICS.get(index).map(|(_, name)| *name);
    let is_first = move |&index: &usize| (0..index).all(|before| name(before) != name(index));
    (0..MAGICS.len()).filter(is_first).filter_map(name)
}

/// The error for an input whose (decompressed) first bytes are of no known format.
pub fn error(bytes: &[u8]) -> Error {
    if bytes.is_empty() {
        return Error::new(ErrorKind::Truncated("it is empty: 0 bytes".to_owned()));
    }
    if let Some(reason) = mangled(bytes) {
        return Error::new(ErrorKind::Malformed(reason));
    }
    let known = MAGICS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name);
    if let Some(name) = known {
        return Error::new(ErrorKind::Unsupported(format!("it looks like {name}")));
    }
    Error::new(ErrorKind::Unknown(format!("no known trace format; it looks like {}", shape(bytes))))
}

/// pcapng that was sent as text (pcapng draft, section 10.1: reserved block types).
fn mangled(bytes: &[u8]) -> Option<String> {
    let crlf = bytes.starts_with(b"\x0d\x0a\x0d\x0d\x0a") || bytes.starts_with(b"\x0d\x0d\x0a");
    let stripped = bytes.starts_with(b"\x0a\x0a") || bytes.starts_with(b"\x0a\x0d\x0a");
    (crlf || stripped).then(|| {
        "it looks like pcapng with changed line ends: it was transferred as text; transfer it \
         again as binary"
            .to_owned()
    })
}

/// What bytes without a magic number look like.
fn shape(bytes: &[u8]) -> &'static str {
    let head = bytes.get(..512).unwrap_or(bytes);
    if bytes.get(TAR_MAGIC_AT..).is_some_and(|rest| rest.starts_with(b"ustar")) {
        return "a tar archive; unpack it first";
    }
    if head.iter().all(|&b| b == 0) {
        return "nothing but zero bytes";
    }
    let is_text = |&b: &u8| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..);
    match head.iter().all(is_text) && str_or_cut(head) {
        true => "text",
        false => "binary data",
    }
}

/// Whether the bytes are UTF-8, apart from a character cut off at their end.
fn str_or_cut(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(e) => e.error_len().is_none(),
    }
}
