//! What is recorded: interfaces, by their names.

use marey_diagnostic::nearest;

use super::link::{LOOPBACK, Link};
use crate::error::{Error, ErrorKind};
use crate::near::Near;
use crate::pcapng::Description;
use crate::sys::{NetInterface, interfaces, speed_of};

/// The name for all interfaces at once.
pub const ANY: &str = "any";

/// An interface that can be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// What the kernel says about it; for all at once a name and the number 0.
    pub net: NetInterface,
    /// What its packets begin with.
    pub link: Link,
    /// Its packets come twice, as going out and as coming in: those that go out are left out.
    pub(super) loopback: Option<u32>,
}

impl Interface {
    /// The interface of this name, or [`ANY`].
    ///
    /// # Errors
    /// When there is none, or when its packets are of a kind that is not known.
    pub fn of(name: &str) -> Result<Self, Error> {
        let all = interfaces().map_err(|e| Error::of_io("the network interfaces", &e))?;
        let loopback = all.iter().find(|interface| interface.hardware == LOOPBACK);
        let loopback = loopback.map(|interface| interface.index);
        if name == ANY {
            let net = NetInterface { name: name.to_owned(), ..NetInterface::default() };
            return Ok(Interface { net, link: Link::ANY, loopback });
        }
        let Some(net) = all.iter().find(|interface| interface.name == name).cloned() else {
            return Err(unknown(name, &all));
        };
        let link = Link::of(net.hardware).ok_or_else(|| {
            let why = format!("its packets are of a kind that is not known ({})", net.hardware);
            let help = Some("-i any records it as well, without the headers of its link");
            Error { kind: ErrorKind::Unsupported, what: name.to_owned(), why, help }
        })?;
        let loopback = loopback.filter(|index| *index == net.index);
        Ok(Interface { net, link, loopback })
    }

    /// As it stands in the file.
    pub(super) fn description(&self, snaplen: u32, os: &str) -> Description {
        Description {
            link_type: self.link.link_type,
            snaplen,
            name: self.net.name.clone(),
            ipv4: self.net.ipv4.clone(),
            ipv6: self.net.ipv6.clone(),
            mac: self.net.address.as_slice().try_into().ok(),
            speed: speed_of(&self.net.name),
            os: os.to_owned(),
        }
    }
}

fn unknown(name: &str, all: &[NetInterface]) -> Error {
    let names = all.iter().map(|interface| interface.name.as_str()).chain([ANY]);
    Error::misuse(name, format!("there is no such interface here{}", Near(nearest(name, names))))
}
