//! Version 2 as version 3: the same trace, and the same packets from the tracer, unless a warning
//! says what is lost.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use marey_ctf::schema::{Schema, Structure};
use marey_ctf::tsdl::{self, Style};
use marey_generate::configuration::{Configuration, Conversion, Options};
use marey_generate::definition::{CodeOptions, Definition};
use marey_generate::diagnostic::render;
use marey_generate::v2::Compat;
use marey_generate::yaml::emit;

use super::each::scratch;
use super::goldens::check;
use super::oracle::{self, Barectf};
use super::tokens::with_other_uuid;
use super::{driver, files, header, name_of, read, tracer};

/// What of version 2 can be read, and what becomes of it.
fn conversions(compat: Compat) -> Vec<(PathBuf, Configuration, Conversion)> {
    let cases = files("version2/cases").into_iter();
    let converted = cases.filter_map(|case| {
        let configuration = read(&case, compat);
        let conversion = configuration.to_version_3()?;
        Some((case, configuration, conversion))
    });
    converted.collect()
}

fn again(conversion: &Conversion) -> Option<Definition> {
    let text = emit(conversion.effective.as_ref()?, 2);
    let read = Configuration::of_bytes("new.yaml", text.into_bytes(), &Options::default());
    let read = read.expect("it is read as it is");
    let said: String =
        read.problems.sorted().iter().map(|found| render(found, &read.sources, false)).collect();
    assert_eq!(read.version, Some(3));
    assert!(read.definition.is_some(), "{said}");
    read.definition
}

#[test]
fn what_is_lost_is_said() {
    let mut said = String::new();
    for (case, configuration, conversion) in conversions(Compat::Barectf23) {
        let name = name_of(&case);
        let found = conversion.problems.sorted();
        assert_eq!(conversion.effective.is_none(), conversion.problems.has_errors(), "{name}");
        assert!(found.iter().all(|found| found.span.is_some()), "{name}: no place");
        if conversion.losses == 0 && conversion.effective.is_some() {
            continue;
        }
        let folder = case.parent().expect("a folder").display().to_string();
        for found in found {
            let text = render(found, &configuration.sources, false);
            said += &text.replace(&format!("{folder}/"), "");
        }
        said += &format!("{name}: {} lost\n\n", conversion.losses);
    }
    check("version2/losses.txt", &said);
}

#[test]
fn what_is_not_lost_is_the_same() {
    let folder = scratch("version2/convert");
    let all = conversions(Compat::Barectf23);
    let (next, same) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let wrong = Mutex::new(Vec::new());
    let work = || {
        while let Some((case, old, conversion)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Some(new) = again(conversion) else { continue };
            if conversion.losses > 0 {
                continue;
            }
            let old = old.definition.as_ref().expect("it is right");
            let name = name_of(case);
            match compare(old, &new, &folder.join(name)) {
                Ok(()) => {
                    same.fetch_add(1, Ordering::Relaxed);
                }
                Err(what) => wrong.lock().expect("no panic").push(format!("{name}: {what}")),
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let wrong = wrong.into_inner().expect("no panic");
    assert!(wrong.is_empty(), "{} of them differ:\n{}", wrong.len(), wrong.join("\n"));
    let same = same.into_inner();
    assert!(same >= 40, "{same} are the same");
    println!("{} conversions, {same} of them lose nothing", all.len());
}

/// The schema without what says nothing: headers without fields, alignments that a field asks for
/// as well, and who made the tracer. A UUID that is made of the file is another in another file.
fn plain(definition: &Definition) -> Schema {
    let mut schema = definition.schema.clone();
    schema.trace.uuid = None;
    schema.trace.environment.retain(|(name, _)| !name.starts_with("tracer_"));
    normalise(&mut schema.trace.packet_header);
    for stream in &mut schema.streams {
        normalise(&mut stream.packet_context);
        normalise(&mut stream.event_header);
        // Where there is no payload, the metadata of barectf 2.3 says that it is empty.
        for event in stream.events.iter_mut().filter(|event| event.payload.is_none()) {
            normalise(&mut event.payload);
        }
    }
    schema
}

fn normalise(structure: &mut Option<Structure>) {
    let structure = structure.get_or_insert_default();
    structure.minimum_alignment_bits = structure.alignment_bits().max(8);
}

fn compare(old: &Definition, new: &Definition, folder: &Path) -> Result<(), String> {
    if plain(old) != plain(new) {
        let text = |definition| tsdl::write(&plain(definition), Style::Barectf3).expect("metadata");
        return Err(format!("the schemas differ:\n{}\n{}", text(old), text(new)));
    }
    let is_kept = |old: &CodeOptions, new: &CodeOptions| {
        old.identifier_prefix == new.identifier_prefix
            && old.file_prefix == new.file_prefix
            && old.default_stream == new.default_stream
            && old.defines_prefix == new.defines_prefix
            && old.clock_c_types == new.clock_c_types
    };
    if !is_kept(&old.code, &new.code) {
        return Err(format!("the options differ: {:?}, {:?}", old.code, new.code));
    }
    let uuids = new.schema.trace.uuid.zip(old.schema.trace.uuid);
    let packets = |definition: &Definition, folder: &Path| {
        std::fs::create_dir_all(folder).expect("a folder");
        let files = marey_generate::c::files(definition).map_err(|found| format!("{found:?}"))?;
        for file in files {
            std::fs::write(folder.join(file.name), file.text).expect("written");
        }
        let prefix = &definition.code.file_prefix;
        let declared = std::fs::read_to_string(folder.join(format!("{prefix}.h"))).expect("read");
        let declared = header::parse(&declared);
        let driver = driver::text(&declared, &declared, prefix);
        tracer::run(folder, prefix, &driver, &["-w"])
    };
    let (old, new) = (packets(old, &folder.join("old"))?, packets(new, &folder.join("new"))?);
    tracer::same(&old, &with_other_uuid(new, uuids))
}

#[test]
fn barectf_3_1_takes_what_is_converted() {
    let Some(barectf) = Barectf::find(Compat::Barectf31.as_str()) else { return };
    let folder = scratch("version2/converted");
    let mut configurations = Vec::new();
    for compat in [Compat::Barectf23, Compat::Barectf31] {
        for (case, _, conversion) in conversions(compat) {
            let Some(effective) = &conversion.effective else { continue };
            let name = format!("{}-{}", name_of(&case), compat.as_str().replace('.', "-"));
            // What barectf does not know is no loss, and is not for it.
            if name == "struct-inner-3-1" {
                continue;
            }
            let path = folder.join(format!("{name}.yaml"));
            std::fs::write(&path, emit(effective, 2)).expect("written");
            configurations.push((path, folder.join(name)));
        }
    }
    barectf.generate(&configurations);
    let mut wrong = String::new();
    for (path, folder) in &configurations {
        if let Some(error) = oracle::error(folder) {
            wrong += &format!("{}: {error}\n", name_of(path));
        }
    }
    assert!(wrong.is_empty(), "barectf refuses:\n{wrong}");
    assert!(configurations.len() >= 150, "{} conversions", configurations.len());
}
