//! What frames carry: a little DNS and TLS, enough for a dissector to be content.

use std::net::Ipv4Addr;

/// A DNS query for the address of `name`.
pub fn dns_query(id: u16, name: &str) -> Vec<u8> {
    let mut message = id.to_be_bytes().to_vec();
    message.extend([0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]);
    question(&mut message, name);
    message
}

/// The DNS answer that `name` is at `address`.
pub fn dns_answer(id: u16, name: &str, address: Ipv4Addr) -> Vec<u8> {
    let mut message = id.to_be_bytes().to_vec();
    message.extend([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    question(&mut message, name);
    message.extend([0xC0, 12, 0, 1, 0, 1, 0, 0, 1, 0x2C, 0, 4]);
    message.extend(address.octets());
    message
}

fn question(message: &mut Vec<u8>, name: &str) {
    for label in name.split('.') {
        message.push(label.len() as u8);
        message.extend_from_slice(label.as_bytes());
    }
    message.extend([0, 0, 1, 0, 1]);
}

/// A TLS 1.2 record: 22 is handshake, 20 change cipher spec, 23 application data.
pub fn tls_record(kind: u8, body: &[u8]) -> Vec<u8> {
    let len = (body.len() as u16).to_be_bytes();
    [&[kind, 3, 3][..], &len, body].concat()
}

/// A TLS 1.2 client hello that names `host`, as a record. `random` fills what is random in it.
pub fn tls_client_hello(host: &str, random: &[u8; 32]) -> Vec<u8> {
    let name = host.as_bytes();
    let len = name.len() as u16;
    let mut extension = vec![0, 0]; // server_name
    extension.extend((len + 5).to_be_bytes());
    extension.extend((len + 3).to_be_bytes());
    extension.push(0);
    extension.extend(len.to_be_bytes());
    extension.extend_from_slice(name);
    let mut hello = vec![3, 3];
    hello.extend_from_slice(random);
    // No session, two ciphers, no compression.
    hello.extend([0, 0, 4, 0xC0, 0x2F, 0xC0, 0x30, 1, 0]);
    hello.extend((extension.len() as u16).to_be_bytes());
    hello.extend(extension);
    tls_record(22, &handshake(1, &hello))
}

/// A TLS 1.2 server hello, as a record.
pub fn tls_server_hello(random: &[u8; 32]) -> Vec<u8> {
    let mut hello = vec![3, 3];
    hello.extend_from_slice(random);
    hello.extend([0, 0xC0, 0x2F, 0]);
    tls_record(22, &handshake(2, &hello))
}

fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    let [_, a, b, c] = (body.len() as u32).to_be_bytes();
    [&[kind, a, b, c][..], body].concat()
}
