//! What `marey stats` takes.

use std::ffi::OsString;

use clap::{Args as ClapArgs, ValueEnum};
use marey::Timestamp;

use super::of::Of;
use super::times;

/// What `marey stats` takes.
#[derive(Debug, ClapArgs)]
pub struct Stats {
    /// Files, globs, directories, `-`, or URIs such as `erf:FILE`, `ring:eth0`
    #[arg(required = true, value_name = "FILE")]
    pub inputs: Vec<OsString>,
    /// Add a table; several may be given
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    pub by: Vec<Of>,
    /// Count for each interval of the trace's time, from the first packet on: 100ms, 1s, 5m, 1h
    #[arg(long, value_name = "DURATION", value_parser = times::duration)]
    pub every: Option<u64>,
    /// Show so many rows of a table [default: 20; all with --csv and --json]
    #[arg(long, value_name = "N", value_parser = top)]
    pub top: Option<usize>,
    /// Order rows by this [default: bytes; key for sizes]
    #[arg(long, value_enum, value_name = "ORDER")]
    pub sort: Option<Order>,
    /// Which addresses endpoints have
    #[arg(long, value_enum, default_value_t = Endpoint::Ip, value_name = "KIND")]
    pub endpoint: Endpoint,
    /// Write CSV (RFC 4180): one header line for each table
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// Leave out packets before this: 2026-01-31T12:00:00Z, or seconds since 1970
    #[arg(long, value_name = "TIME", value_parser = times::time, allow_hyphen_values = true)]
    pub since: Option<Timestamp>,
    /// Leave out packets from this on
    #[arg(long, value_name = "TIME", value_parser = times::time, allow_hyphen_values = true)]
    pub until: Option<Timestamp>,
    /// End after so many packets of each input
    #[arg(long, value_name = "N", value_parser = count)]
    pub packets: Option<u64>,
    /// Make one trace of all inputs, in the order of time
    #[arg(long)]
    pub merge: bool,
    /// How much memory tables may take before they go to disk
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = times::size)]
    pub memory: u64,
}

/// The order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// Most packets first
    Packets,
    /// Most bytes on the wire first
    Bytes,
    /// By what they are about
    Key,
    /// In the order of their first packets' times
    First,
}

/// Which addresses endpoints have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Endpoint {
    /// IPv4 and IPv6
    Ip,
    /// IPv4
    Ipv4,
    /// IPv6
    Ipv6,
    /// Stations of the link
    Mac,
}

fn top(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => {
            Err("a table has a row\n  To have all rows, use --csv or --json without --top."
                .to_owned())
        }
        Ok(rows) => Ok(rows),
        Err(_) => Err("not a number of rows".to_owned()),
    }
}

fn count(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "not a number of packets".to_owned())
}
