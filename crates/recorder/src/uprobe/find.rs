//! From what a user writes to the places that it stands for, as the kernel would describe them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use marey_diagnostic::nearest;
use marey_filter::glob;

use super::binary::{Binary, Function, Probe, Unreadable, open};
use super::operand::{Argument, Value, arguments};
use super::pattern::{Parameter, ParameterKind, Pattern, What};
use super::registers::{Machine, here};
use super::{Site, VALUES_MAX};
use crate::near;
use crate::tracefs::{FIRST_OFFSET, Field, Format, Kind};

/// How many places a pattern may stand for.
pub const FOUND_MAX: usize = 4096;

/// An event that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it looks like, and where it is.
    pub format: Format,
    /// By which name it is recorded.
    pub recorded: String,
}

/// Why nothing was found.
#[derive(Debug)]
pub enum NotFound {
    /// The registers of this machine are not known.
    Machine,
    /// There is no such file.
    File(String),
    /// The file is no program.
    Unreadable(PathBuf, Unreadable),
    /// The program has nothing of this name.
    Name {
        /// The file.
        path: PathBuf,
        /// What it was to be.
        what: &'static str,
        /// The name.
        name: String,
        /// What would be something, the nearest first.
        nearest: Vec<String>,
        /// The program has nothing of this kind at all.
        is_bare: bool,
    },
    /// There are too many of them.
    Many(usize),
    /// The values of one cannot be recorded so.
    Values(String),
}

/// Finds what a pattern stands for.
///
/// # Errors
/// When it stands for nothing, or for what cannot be recorded.
pub fn find(pattern: &Pattern) -> Result<Vec<Found>, NotFound> {
    let machine = here().ok_or(NotFound::Machine)?;
    let path = path(&pattern.file).ok_or_else(|| NotFound::File(pattern.file.clone()))?;
    let unreadable = |why| NotFound::Unreadable(path.clone(), why);
    let data = open(&path).map_err(|e| unreadable(Unreadable::Io(e)))?;
    let binary = Binary::new(&data).map_err(unreadable)?;
    let parameters = pattern.parameters.as_deref();
    let found = match &pattern.what {
        What::Functions(name) => functions(&path, &binary, name)?
            .into_iter()
            .map(|function| of_function(&path, function, parameters, machine))
            .collect(),
        What::Returns(name) => functions(&path, &binary, name)?
            .into_iter()
            .map(|function| Ok(of_return(&path, function, parameters, machine)))
            .collect(),
        What::Probes { provider, name } => {
            probes(&path, &binary, (provider, name), parameters, machine)
        }
    };
    let found: Vec<Found> = found?;
    match found.len() {
        0..=FOUND_MAX => Ok(found),
        many => Err(NotFound::Many(many)),
    }
}

/// The file: as it is, or in one of the folders where programs are.
fn path(file: &str) -> Option<PathBuf> {
    let named = Path::new(file);
    let folders = std::env::var_os("PATH").filter(|_| !file.contains('/'));
    let folders = folders.iter().flat_map(std::env::split_paths);
    let all = std::iter::once(named.to_owned()).chain(folders.map(|folder| folder.join(named)));
    // The kernel goes by the file, wherever it is called what.
    all.filter(|path| path.exists()).find_map(|path| path.canonicalize().ok())
}

/// The functions of a name, by what their source calls them.
fn functions(
    path: &Path,
    binary: &Binary<'_>,
    glob: &str,
) -> Result<Vec<(String, Function)>, NotFound> {
    let all = binary.functions();
    let named = all.into_iter().map(|function| (readable(&function.symbol), function));
    let named: Vec<(String, Function)> = named.collect();
    let is_meant = |(name, function): &&(String, Function)| {
        [name, &function.symbol].iter().any(|name| is_like(glob, name))
    };
    let meant: BTreeMap<u64, (String, Function)> =
        named.iter().filter(is_meant).map(|found| (found.1.offset, found.clone())).collect();
    match meant.is_empty() {
        false => Ok(meant.into_values().collect()),
        true => Err(NotFound::Name {
            path: path.to_owned(),
            what: "function",
            name: glob.to_owned(),
            nearest: near_to(glob, named.iter().map(|(name, _)| name.as_str())),
            is_bare: named.is_empty(),
        }),
    }
}

/// What the source of a program in Rust calls a function, without what tells it from others.
fn readable(symbol: &str) -> String {
    match rustc_demangle::try_demangle(symbol) {
        Ok(name) => format!("{name:#}"),
        Err(_) => symbol.to_owned(),
    }
}

fn of_function(
    path: &Path,
    (name, function): (String, Function),
    parameters: Option<&[Parameter]>,
    machine: &Machine,
) -> Result<Found, NotFound> {
    let parameters = parameters.unwrap_or_default();
    if parameters.len() > machine.arguments.len() {
        let most = machine.arguments.len();
        return Err(NotFound::Values(format!("only {most} arguments are in registers here")));
    }
    let mut values = vec![whole(machine.instruction)];
    let mut fields = vec![field(0, "ip", whole(machine.instruction), Some(ADDRESS))];
    for (parameter, register) in parameters.iter().zip(machine.arguments) {
        values.push(whole(*register));
        fields.push(field(fields.len(), &parameter.name, whole(*register), parameter.kind));
    }
    let (path, offset) = (path.to_owned(), function.offset);
    let site = Site { path, offset, counter: None, is_return: false, values };
    Ok(found("uprobe", &name, name.clone(), fields, vec![site]))
}

fn of_return(
    path: &Path,
    (name, function): (String, Function),
    parameters: Option<&[Parameter]>,
    machine: &Machine,
) -> Found {
    let named = parameters.and_then(<[Parameter]>::first);
    let called = named.map_or("ret", |named| named.name.as_str());
    let value = Argument { is_signed: true, ..whole(machine.returned) };
    let fields = vec![field(0, called, value, named.and_then(|named| named.kind))];
    let (path, offset, values) = (path.to_owned(), function.offset, vec![value]);
    let site = Site { path, offset, counter: None, is_return: true, values };
    found("uretprobe", &name, format!("{name}_return"), fields, vec![site])
}

/// The probes of a name, each with all its places.
fn probes(
    path: &Path,
    binary: &Binary<'_>,
    (provider, name): (&str, &str),
    parameters: Option<&[Parameter]>,
    machine: &Machine,
) -> Result<Vec<Found>, NotFound> {
    let all = binary.probes();
    let is_meant =
        |probe: &&Probe| is_like(provider, &probe.provider) && is_like(name, &probe.name);
    let mut meant: BTreeMap<(&str, &str), Vec<&Probe>> = BTreeMap::new();
    for probe in all.iter().filter(is_meant) {
        meant.entry((&probe.provider, &probe.name)).or_default().push(probe);
    }
    if meant.is_empty() {
        return Err(no_probe(path, &all, (provider, name)));
    }
    let one = |(key, places): (_, Vec<&Probe>)| of_probe(path, key, &places, parameters, machine);
    meant.into_iter().map(one).collect()
}

/// What is said when there is no probe of a name.
fn no_probe(path: &Path, all: &[Probe], (provider, name): (&str, &str)) -> NotFound {
    let is_bare_name = provider == "*";
    let called = |provider: &str, name: &str| match is_bare_name {
        true => name.to_owned(),
        false => format!("{provider}:{name}"),
    };
    let names: Vec<String> = all.iter().map(|probe| called(&probe.provider, &probe.name)).collect();
    let name = called(provider, name);
    let nearest = near_to(&name, names.iter().map(String::as_str));
    NotFound::Name { path: path.to_owned(), what: "probe", name, nearest, is_bare: all.is_empty() }
}

/// A probe with all its places. They have the same values, which are elsewhere at each.
fn of_probe(
    path: &Path,
    (provider, name): (&str, &str),
    places: &[&Probe],
    parameters: Option<&[Parameter]>,
    machine: &Machine,
) -> Result<Found, NotFound> {
    let refused = |why: String| Err(NotFound::Values(format!("{provider}:{name} {why}")));
    let places = places.iter().map(|probe| (*probe, arguments(&probe.arguments, machine)));
    let places: Vec<(&Probe, Vec<Option<Argument>>)> = places.collect();
    let count = places.iter().map(|(_, values)| values.len()).min().unwrap_or(0).min(VALUES_MAX);
    if let Some(parameters) = parameters.filter(|parameters| parameters.len() > count) {
        return refused(format!("has {count} values, and {} are named", parameters.len()));
    }
    let mut fields = Vec::new();
    let mut sites: Vec<Site> = places.iter().map(|(probe, _)| of_place(path, probe)).collect();
    for index in 0..parameters.map_or(count, <[Parameter]>::len) {
        let parameter = parameters.and_then(|parameters| parameters.get(index));
        let called = parameter.map_or_else(|| format!("arg{index}"), |named| named.name.clone());
        let values = places.iter().map(|(_, values)| values.get(index).copied().flatten());
        let Some(values) = values.collect::<Option<Vec<Argument>>>() else {
            if parameter.is_some() {
                return refused(format!("has a value `{called}` that cannot be recorded"));
            }
            continue;
        };
        // A compiler may know more of it at one place, and pass fewer bytes there.
        let Some(widest) = values.iter().max_by_key(|value| value.bytes) else { continue };
        let place = fields.len();
        fields.push(field(place, &called, *widest, parameter.and_then(|named| named.kind)));
        sites.iter_mut().zip(&values).for_each(|(site, value)| site.values.push(*value));
    }
    let recorded = format!("{provider}:{name}");
    Ok(found(provider, name, recorded, fields, sites))
}

fn of_place(path: &Path, probe: &Probe) -> Site {
    let (offset, counter) = (probe.offset, probe.counter);
    Site { path: path.to_owned(), offset, counter, is_return: false, values: Vec::new() }
}

const ADDRESS: ParameterKind =
    ParameterKind::Number { bytes: size_of::<usize>() as u8, is_signed: false, is_pointer: true };

/// All of a register.
fn whole(register: i16) -> Argument {
    let bytes = size_of::<usize>() as u8;
    Argument { value: Value::Register(register), bytes, is_signed: false }
}

/// A field, with its place of 8 bytes.
fn field(place: usize, name: &str, value: Argument, kind: Option<ParameterKind>) -> Field {
    let Argument { bytes, is_signed, .. } = value;
    let own = ParameterKind::Number { bytes, is_signed, is_pointer: false };
    let (c_type, kind, size) = match kind.unwrap_or(own) {
        ParameterKind::Number { bytes, is_signed, is_pointer } => {
            let letter = if is_signed { 's' } else { 'u' };
            let c_type = match is_pointer {
                true => "void *".to_owned(),
                false => format!("{letter}{}", 8 * u32::from(bytes)),
            };
            (c_type, Kind::Number { is_signed, is_pointer }, bytes.into())
        }
        ParameterKind::Text => ("const char *".to_owned(), Kind::ProcessText, 8),
    };
    let offset = FIRST_OFFSET + 8 * place as u32;
    Field { name: name.to_owned(), c_type, kind, offset, size }
}

fn found(
    system: &str,
    name: &str,
    recorded: String,
    fields: Vec<Field>,
    sites: Vec<Site>,
) -> Found {
    let (system, name) = (system.to_owned(), name.to_owned());
    Found { format: Format { system, name, id: 0, fields, sites }, recorded }
}

fn is_like(pattern: &str, text: &str) -> bool {
    glob::matches(pattern.as_bytes(), text.as_bytes())
}

fn near_to<'n>(name: &str, all: impl Iterator<Item = &'n str>) -> Vec<String> {
    nearest(name, all).into_iter().map(str::to_owned).collect()
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotFound::Machine => f.write_str("marey does not know the registers of this machine"),
            NotFound::File(file) => write!(f, "there is no program `{file}`"),
            NotFound::Unreadable(path, why) => write!(f, "{}: {why}", path.display()),
            NotFound::Name { path, what, name, nearest, is_bare } => {
                match is_bare {
                    true => write!(f, "{} has no {what}s that have a name", path.display()),
                    false => write!(f, "{} has no {what} `{name}`", path.display()),
                }?;
                near::write(f, nearest)
            }
            NotFound::Many(many) => {
                write!(f, "it stands for {many} places; {FOUND_MAX} can be recorded")
            }
            NotFound::Values(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for NotFound {}
