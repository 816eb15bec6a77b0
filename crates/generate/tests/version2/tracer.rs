//! Tracers of two headers, and the packets that they write.

use std::path::Path;

use super::driver;
use super::header::{Declared, parse};
use super::machine::{CLANG, HOST, SANITIZED, STRICT};
use super::tokens::{Uuids, with_other_uuid};

/// Compiles both tracers with the same program, and compares what they write: what ours writes.
pub fn compare(folder: &Path, file: &str, uuids: Uuids) -> Result<Vec<u8>, String> {
    let read = |which: &str| {
        let path = folder.join(which).join(format!("{file}.h"));
        std::fs::read_to_string(path).map_err(|e| format!("{which} {file}.h: {e}"))
    };
    let (theirs, ours) = (parse(&read("theirs")?), parse(&read("ours")?));
    let lacking: Vec<_> = theirs.iter().filter_map(|declared| lacks(&ours, declared)).collect();
    if !lacking.is_empty() {
        return Err(format!("not declared: {}", lacking.join("; ")));
    }
    let run = |which: &str, header: &[Declared], warnings: &[&str]| {
        run(&folder.join(which), file, &driver::text(header, &theirs, file), warnings)
    };
    let (theirs, ours) = (run("theirs", &theirs, &["-w"])?, run("ours", &ours, &STRICT)?);
    HOST.check_cplusplus(&folder.join("ours"), file)?;
    same(&theirs, &with_other_uuid(ours.clone(), uuids)).map(|()| ours)
}

/// What a tracer writes when it is called by this program.
pub fn run(folder: &Path, file: &str, driver: &str, warnings: &[&str]) -> Result<Vec<u8>, String> {
    std::fs::write(folder.join("driver.c"), driver).expect("written");
    HOST.compile(folder, file, warnings, &[])?;
    HOST.run(folder)
}

/// Fails where packets differ first.
pub fn same(theirs: &[u8], ours: &[u8]) -> Result<(), String> {
    match theirs == ours {
        true => Ok(()),
        false => {
            let at = theirs.iter().zip(ours).position(|(theirs, ours)| theirs != ours);
            Err(format!("packets differ at {at:?} of {} and {}", theirs.len(), ours.len()))
        }
    }
}

/// Compiles our tracer in another way, and compares what it writes.
pub fn compile_again(folder: &Path, file: &str, written: &[u8]) -> Result<(), String> {
    let folder = folder.join("ours");
    let options: Vec<_> = STRICT.iter().chain(&SANITIZED).copied().collect();
    CLANG.compile(&folder, file, &options, &[])?;
    CLANG.check_cplusplus(&folder, file)?;
    match CLANG.run(&folder)? == written {
        true => Ok(()),
        false => Err("clang makes another tracer of it than gcc".to_owned()),
    }
}

/// What of a declaration is not there, or is there in another way.
fn lacks(ours: &[Declared], theirs: &Declared) -> Option<String> {
    if theirs.name.contains("BYTE_ORDER") {
        return None;
    }
    let Some(own) = ours.iter().find(|declared| declared.name == theirs.name) else {
        return Some(theirs.name.clone());
    };
    let is_structure = theirs.kind == "struct";
    let is_there = |index: usize| {
        let (kind, name) = &theirs.parts[index];
        match own.parts.get(index) {
            _ if is_structure => own.parts.contains(&theirs.parts[index]),
            // How a context is called inside, and constants as parameters, do not matter.
            Some((own_kind, own_name)) => {
                let plain = |kind: &str| kind.trim_start_matches("const").to_owned();
                let is_context = matches!(name.as_str(), "ctx" | "vctx" | "sctx");
                let as_loose = own_kind.replace("float", "uint64_t").replace("double", "uint64_t");
                let is_loose = *kind == as_loose;
                (is_context || own_name == name)
                    && (kind == own_kind
                        || kind.starts_with("struct") && plain(own_kind) == plain(kind)
                        || plain(own_kind).starts_with("struct")
                        || is_loose)
            }
            None => false,
        }
    };
    let wrong: Vec<_> = (0..theirs.parts.len()).filter(|&index| !is_there(index)).collect();
    let is_same = own.kind == theirs.kind
        && wrong.is_empty()
        && (is_structure || own.parts.len() == theirs.parts.len());
    (!is_same).then(|| format!("{theirs:?} (marey: {own:?})"))
}
