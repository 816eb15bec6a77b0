//! Words that pages of all kinds use alike.

use std::net::{IpAddr, SocketAddr};

use marey::wire::FlowKey;

/// Why wrong checksums may be no fault.
pub const OFFLOAD: &str = "packets that the recording host sent may have unfinished checksums: \
                           its network card fills them in later (offload)";

/// Both ends of a flow, with their ports if it has any.
pub fn ends(key: &FlowKey) -> [String; 2] {
    let has_ports = (key.source_port, key.target_port) != (0, 0);
    let end = |address: IpAddr, port: u16| match has_ports {
        true => SocketAddr::new(address, port).to_string(),
        false => address.to_string(),
    };
    [end(key.source, key.source_port), end(key.target, key.target_port)]
}
