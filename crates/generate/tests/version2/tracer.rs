//! Tracers of two headers, and the packets that they write.

use std::path::Path;
use std::process::Command;

use super::driver;
use super::header::{Declared, parse};
use super::tokens::Uuids;

/// Compiles both tracers with the same program, and compares what they write.
pub fn compare(folder: &Path, file: &str, uuids: Uuids) -> Result<(), String> {
    let read = |which: &str| {
        let path = folder.join(which).join(format!("{file}.h"));
        std::fs::read_to_string(path).map_err(|e| format!("{which} {file}.h: {e}"))
    };
    let (theirs, ours) = (parse(&read("theirs")?), parse(&read("ours")?));
    let lacking: Vec<_> = theirs.iter().filter_map(|declared| lacks(&ours, declared)).collect();
    if !lacking.is_empty() {
        return Err(format!("not declared: {}", lacking.join("; ")));
    }
    let driver = driver::text(&theirs, file);
    let (theirs, mut ours) = (
        run(&folder.join("theirs"), file, &driver, &["-w"])?,
        run(&folder.join("ours"), file, &driver, &STRICT)?,
    );
    compile_as_cpp(&folder.join("ours"), file)?;
    if let Some((own, other)) = uuids {
        replace(&mut ours, own, other);
    }
    same(&theirs, &ours)
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

const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"];

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
                let is_loose =
                    kind == "uint64_t" && matches!(own_kind.as_str(), "float" | "double");
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

/// What a tracer writes when it is called by a program.
pub fn run(folder: &Path, file: &str, driver: &str, warnings: &[&str]) -> Result<Vec<u8>, String> {
    std::fs::write(folder.join("driver.c"), driver).expect("written");
    let mut tracer = Command::new("gcc");
    tracer.current_dir(folder).args(["-std=c89", "-O0", "-c", "-o", "tracer.o"]);
    finish(tracer.args(warnings).arg(format!("{file}.c")))?;
    let mut program = Command::new("gcc");
    finish(
        program.current_dir(folder).args(["-w", "-O0", "-o", "driver", "driver.c", "tracer.o"]),
    )?;
    finish(Command::new(folder.join("driver")).current_dir(folder))
}

fn compile_as_cpp(folder: &Path, file: &str) -> Result<(), String> {
    let mut command = Command::new("g++");
    command.current_dir(folder).args(["-x", "c++", "-fsyntax-only", "-Wall", "-Wextra", "-Werror"]);
    finish(command.arg(format!("{file}.c"))).map(drop)
}

fn finish(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr))),
    }
}

/// Puts one UUID in the place of another.
pub fn replace(bytes: &mut [u8], own: [u8; 16], other: [u8; 16]) {
    for at in 0..bytes.len().saturating_sub(15) {
        if bytes[at..at + 16] == own {
            bytes[at..at + 16].copy_from_slice(&other);
        }
    }
}
