//! The network interfaces that this process sees: those of its network namespace.

use std::ffi::CStr;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};

use super::checked;

/// A network interface.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct NetInterface {
    /// What it is called.
    pub name: String,
    /// Its number.
    pub index: u32,
    /// What it is, by its number in the Address Resolution Protocol (`ARPHRD_…`).
    pub hardware: u16,
    /// Its address, of any length.
    pub address: Vec<u8>,
    /// Its addresses in IPv4, with their masks.
    pub ipv4: Vec<(Ipv4Addr, Ipv4Addr)>,
    /// Its addresses in IPv6, with the lengths of their prefixes.
    pub ipv6: Vec<(Ipv6Addr, u8)>,
}

/// All of them, in the order of their numbers.
///
/// # Errors
/// What the kernel says.
pub fn interfaces() -> io::Result<Vec<NetInterface>> {
    /// A kernel has fewer addresses than that.
    const ADDRESSES_MAX: usize = 1 << 20;
    let mut first: *mut libc::ifaddrs = std::ptr::null_mut();
    // SAFETY: the pointer lives over the call.
    checked(unsafe { libc::getifaddrs(&mut first) }.into())?;
    let mut found: Vec<NetInterface> = Vec::new();
    let mut next = first.cast_const();
    for _ in 0..ADDRESSES_MAX {
        // SAFETY: it is null or an element of the list, which lives until `freeifaddrs`.
        let Some(entry) = (unsafe { next.as_ref() }) else { break };
        // SAFETY: the name is a text that ends with a 0.
        let name = unsafe { CStr::from_ptr(entry.ifa_name) }.to_string_lossy();
        let at = found.iter().position(|interface| interface.name == name);
        let at = at.unwrap_or_else(|| {
            found.push(NetInterface { name: name.into_owned(), ..NetInterface::default() });
            found.len() - 1
        });
        if let Some(interface) = found.get_mut(at) {
            // SAFETY: the entry is of the list, so its addresses are null or whole.
            unsafe { take(entry, interface) };
        }
        next = entry.ifa_next;
    }
    // SAFETY: the list is from `getifaddrs`, and nothing refers to it any more.
    unsafe { libc::freeifaddrs(first) };
    found.retain(|interface| interface.index != 0);
    found.sort_by_key(|interface| interface.index);
    Ok(found)
}

/// Takes an address into its interface.
///
/// # Safety
/// The address and the mask of the entry are null, or whole for their families.
unsafe fn take(entry: &libc::ifaddrs, interface: &mut NetInterface) {
    // SAFETY: as the caller promises.
    let Some(address) = (unsafe { entry.ifa_addr.as_ref() }) else { return };
    match i32::from(address.sa_family) {
        libc::AF_PACKET => {
            // SAFETY: an address of this family is one of this type.
            let link = unsafe { entry.ifa_addr.cast::<libc::sockaddr_ll>().read_unaligned() };
            interface.index = link.sll_ifindex.cast_unsigned();
            interface.hardware = link.sll_hatype;
            let bytes = link.sll_addr.get(..link.sll_halen.into()).unwrap_or(&[]);
            interface.address = bytes.to_vec();
        }
        libc::AF_INET if !entry.ifa_netmask.is_null() => {
            // SAFETY: addresses and masks of this family are of this type.
            let [address, mask] = unsafe {
                [entry.ifa_addr, entry.ifa_netmask]
                    .map(|at| at.cast::<libc::sockaddr_in>().read_unaligned())
                    .map(|at| Ipv4Addr::from(at.sin_addr.s_addr.to_ne_bytes()))
            };
            interface.ipv4.push((address, mask));
        }
        libc::AF_INET6 if !entry.ifa_netmask.is_null() => {
            // SAFETY: addresses and masks of this family are of this type.
            let [address, mask] = unsafe {
                [entry.ifa_addr, entry.ifa_netmask]
                    .map(|at| at.cast::<libc::sockaddr_in6>().read_unaligned().sin6_addr.s6_addr)
            };
            let prefix = u128::from_be_bytes(mask).leading_ones() as u8;
            interface.ipv6.push((address.into(), prefix));
        }
        _ => {}
    }
}

/// How fast an interface is, in bits a second, if it says so.
pub fn speed_of(name: &str) -> Option<u64> {
    /// `struct ethtool_cmd`: what is asked stands first, the speed in two halves.
    const COMMAND_BYTES: usize = 44;
    const GET_SETTINGS: u32 = 1;
    const LOW: usize = 12;
    const HIGH: usize = 28;
    let mut command = [0_u32; COMMAND_BYTES / 4];
    *command.first_mut()? = GET_SETTINGS;
    // SAFETY: all bytes 0 are a valid request.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    if name.len() >= request.ifr_name.len() {
        return None;
    }
    for (to, byte) in request.ifr_name.iter_mut().zip(name.bytes()) {
        *to = byte as libc::c_char;
    }
    request.ifr_ifru.ifru_data = command.as_mut_ptr().cast();
    let (family, kind) = (libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC);
    // SAFETY: it has no addresses.
    let socket = checked(unsafe { libc::socket(family, kind, 0) }.into()).ok()?;
    // SAFETY: the kernel has just returned this descriptor, and nobody else has it.
    let socket = unsafe { OwnedFd::from_raw_fd(socket) };
    // SAFETY: the kernel writes at most as long a command as this one, which lives over the call,
    // as the request does.
    let asked = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCETHTOOL as _, &mut request) };
    checked(asked.into()).ok()?;
    let half = |at: usize| {
        let bytes = command.get(at / 4)?.to_ne_bytes();
        Some(u64::from(u16::from_ne_bytes([bytes[0], bytes[1]])))
    };
    let megabits = half(LOW)? | half(HIGH)? << 16;
    // All bits set say that it is not known.
    (megabits != 0 && megabits != 0xffff_ffff && megabits != 0xffff).then_some(megabits * 1_000_000)
}
