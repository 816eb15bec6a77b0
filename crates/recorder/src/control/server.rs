//! Who is asked.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{FILE, LINE_BYTES_MAX, Reply, Request, in_folder};
use crate::sys::{own_user, peer_user};

/// So many clients are listened to at the same time; others wait until one of them is gone.
const CLIENTS_MAX: usize = 16;
/// A client that says nothing for so long, or does not read, is dropped.
const PATIENCE: Duration = Duration::from_secs(3);

/// The number of a client that waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(u64);

/// What listens to clients of a recording.
#[derive(Debug)]
pub struct Server {
    listener: UnixListener,
    /// The directory stays open: so the path of the socket stays good.
    _folder: File,
    path: PathBuf,
    clients: BTreeMap<ClientId, Client>,
    next: u64,
}

#[derive(Debug)]
struct Client {
    stream: UnixStream,
    /// What it said that is no whole line yet.
    heard: Vec<u8>,
    /// What it was not told yet.
    to_say: Vec<u8>,
    /// It asked, and waits for the answer.
    is_waiting: bool,
    /// It says nothing more, or what it said makes no sense.
    is_ending: bool,
    /// When it last said or read something.
    since: Instant,
}

impl Server {
    /// Listens in a directory. What a recording that was killed left there is gone then.
    ///
    /// # Errors
    /// What the kernel says: not each file system has sockets.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let (open, path) = in_folder(folder, FILE)?;
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        let server = Server { listener, _folder: open, path, clients: BTreeMap::new(), next: 0 };
        // Others may have connected before: they are asked who they are.
        fs::set_permissions(&server.path, Permissions::from_mode(0o600))?;
        server.listener.set_nonblocking(true)?;
        Ok(server)
    }

    /// What was asked since it was called last, at most one request of each client. It never
    /// waits; it is to be called every few milliseconds.
    pub fn requests(&mut self) -> Vec<(ClientId, Request)> {
        self.accept();
        let mut asked = Vec::new();
        for (id, client) in &mut self.clients {
            asked.extend(client.go_on().map(|request| (*id, request)));
        }
        let now = Instant::now();
        self.clients.retain(|_, client| client.is_there(now));
        asked
    }

    /// Answers a client, unless it is gone by now. Then it may ask again.
    pub fn answer(&mut self, client: ClientId, reply: &Reply) {
        if let Some(client) = self.clients.get_mut(&client) {
            client.is_waiting = false;
            client.say(reply);
        }
    }

    fn accept(&mut self) {
        while self.clients.len() < CLIENTS_MAX
            && let Ok((stream, _)) = self.listener.accept()
        {
            if stream.set_nonblocking(true).is_ok() {
                self.clients.insert(ClientId(self.next), Client::new(stream));
                self.next += 1;
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Who asks from now on is told that nobody listens, in any case.
        let _ = fs::remove_file(&self.path);
    }
}

impl Client {
    /// A client; one of another user is told so, and that is all.
    fn new(stream: UnixStream) -> Self {
        const ROOT: u32 = 0;
        let is_allowed = peer_user(&stream).is_ok_and(|user| [ROOT, own_user()].contains(&user));
        let (heard, to_say) = (Vec::new(), Vec::new());
        let (is_waiting, is_ending, since) = (false, false, Instant::now());
        let mut client = Client { stream, heard, to_say, is_waiting, is_ending, since };
        if !is_allowed {
            client.end("another user records here");
        }
        client
    }

    /// Writes what has place, and reads what has come; the request in it, if there is one.
    fn go_on(&mut self) -> Option<Request> {
        self.write();
        if self.is_ending || self.is_waiting || !self.to_say.is_empty() {
            return None;
        }
        self.read();
        let end = self.heard.iter().position(|byte| *byte == b'\n');
        let Some(end) = end else {
            if self.heard.len() > LINE_BYTES_MAX {
                self.end("a request is too long");
            }
            return None;
        };
        let rest = self.heard.split_off(end + 1);
        let line = std::mem::replace(&mut self.heard, rest);
        match Request::parse(&line) {
            Ok(request) => {
                self.is_waiting = true;
                Some(request)
            }
            Err(why) => {
                self.end(&why);
                None
            }
        }
    }

    fn read(&mut self) {
        let mut bytes = [0; 4096];
        match self.stream.read(&mut bytes) {
            Ok(0) => self.is_ending = !self.heard.contains(&b'\n'),
            Ok(read) => {
                self.heard.extend(bytes.iter().take(read));
                self.since = Instant::now();
            }
            Err(e) => self.failed(&e),
        }
    }

    fn write(&mut self) {
        while !self.to_say.is_empty() {
            match self.stream.write(&self.to_say) {
                Ok(0) => return self.failed(&io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    self.to_say.drain(..written.min(self.to_say.len()));
                    self.since = Instant::now();
                }
                Err(e) => return self.failed(&e),
            }
        }
    }

    fn failed(&mut self, error: &io::Error) {
        use io::ErrorKind::{Interrupted, WouldBlock};
        if !matches!(error.kind(), WouldBlock | Interrupted) {
            self.is_ending = true;
            self.to_say.clear();
        }
    }

    fn say(&mut self, reply: &Reply) {
        self.to_say.extend(reply.to_value().to_string().into_bytes());
        self.to_say.push(b'\n');
        self.since = Instant::now();
        self.write();
    }

    /// Says why it is not listened to any more.
    fn end(&mut self, why: &str) {
        self.say(&Reply::refused(why));
        self.is_ending = true;
    }

    fn is_there(&self, now: Instant) -> bool {
        let is_over = self.is_ending && self.to_say.is_empty();
        let is_silent = !self.is_waiting && now.duration_since(self.since) > PATIENCE;
        !is_over && !is_silent
    }
}
