//! Reads the streams of the kettle, without a reader's patience: all must be as it should.

use std::fs;
use std::path::Path;

/// Where fields of the packet's header and context are, in bytes: as features are by default.
const PACKET_SIZE: usize = 12;
const CONTENT_SIZE: usize = 20;
const BEGIN: usize = 28;
const END: usize = 36;
const HEADER_BYTES: usize = 52;
/// An event `heated`: its type, its time, the temperature, the seconds.
const EVENT_BYTES: usize = 24;
const SECONDS: usize = 20;

/// How many events `heated` there are, numbered from 0 by their seconds, and none is missing.
///
/// # Errors
/// What is not as it should be: a packet that is not whole, a time that goes back, a number that is
/// not next.
pub fn events(path: &Path) -> Result<u32, String> {
    let numbers = numbers(path)?;
    match numbers.iter().zip(0..).find(|(found, expected)| **found != *expected) {
        Some((found, expected)) => Err(format!("event {found}, not {expected}")),
        None => Ok(numbers.len() as u32),
    }
}

/// The seconds of all events `heated`.
///
/// # Errors
/// What is not as it should be: a packet that is not whole, a time that goes back.
pub fn numbers(path: &Path) -> Result<Vec<u32>, String> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e.to_string()),
    };
    let (mut rest, mut times, mut numbers) = (&bytes[..], Vec::new(), Vec::new());
    while !rest.is_empty() {
        let (packet, behind) = packet(rest).ok_or_else(|| {
            format!("no packet at {} of {}", bytes.len() - rest.len(), bytes.len())
        })?;
        times.push(number(packet, BEGIN));
        for event in packet[HEADER_BYTES..].chunks(EVENT_BYTES) {
            if event.len() != EVENT_BYTES || number(event, 0) != 0 {
                return Err(format!("another event, behind {} of them", numbers.len()));
            }
            times.push(number(event, 8));
            numbers.push(seconds(event));
        }
        times.push(number(packet, END));
        rest = behind;
    }
    match times.is_sorted() {
        true => Ok(numbers),
        false => Err("the time goes back".to_owned()),
    }
}

/// The content of the first packet, and what is behind the packet.
fn packet(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_packet =
        bytes.len() >= HEADER_BYTES && bytes.starts_with(&0xc1fc_1fc1_u32.to_le_bytes());
    if !is_packet {
        return None;
    }
    let size = usize::try_from(number(bytes, PACKET_SIZE) / 8).ok()?;
    let content = usize::try_from(number(bytes, CONTENT_SIZE) / 8).ok()?;
    if content < HEADER_BYTES || content > size || size > bytes.len() {
        return None;
    }
    Some((&bytes[..content], &bytes[size..]))
}

fn number(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes"))
}

fn seconds(event: &[u8]) -> u32 {
    u32::from_le_bytes(event[SECONDS..].try_into().expect("4 bytes"))
}
