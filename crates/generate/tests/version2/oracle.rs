//! barectf, as it is installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use marey_generate::v2::Compat;

/// Generates for all files in one process, since it takes half a second to start.
const SCRIPT: &str = r#"
import os, sys, traceback
folder, version = sys.argv[1], sys.argv[2]
if version == "2.3":
    import barectf.config, barectf.gen, barectf.tsdl182gen
    packaged = os.path.join(os.path.dirname(barectf.config.__file__), "include")
    def generate(path):
        config = barectf.config.from_yaml_file(path, [packaged], False, False)
        generator = barectf.gen.CCodeGenerator(config)
        yield "metadata", barectf.tsdl182gen.from_metadata(config.metadata)
        yield generator.get_header_filename(), generator.generate_header()
        yield generator.get_bitfield_header_filename(), generator.generate_bitfield_header()
        yield config.prefix.rstrip("_") + ".c", generator.generate_c_src()
else:
    import barectf
    def generate(path):
        with open(path) as file:
            config = barectf.configuration_from_file(file)
        generator = barectf.CodeGenerator(config)
        files = generator.generate_c_headers() + generator.generate_c_sources()
        for file in files + [generator.generate_metadata_stream()]:
            yield file.name, file.contents
for path in sys.argv[3:]:
    name = os.path.splitext(os.path.basename(path))[0]
    there = os.path.join(folder, name, "theirs")
    os.makedirs(there)
    try:
        for file, text in list(generate(path)):
            with open(os.path.join(there, file), "w") as out:
                out.write(text)
    except Exception as error:
        lines = []
        while error is not None:
            lines.append(str(error) or type(error).__name__)
            error = getattr(error, "prev", None)
        with open(os.path.join(there, "error"), "w") as out:
            out.write(": ".join(lines))
"#;

/// The Python that has barectf, if it is installed.
pub fn find(variable: &str) -> Option<PathBuf> {
    let Some(barectf) = std::env::var_os(variable) else {
        println!("skipped: {variable} does not name barectf");
        return None;
    };
    Some(Path::new(&barectf).with_file_name("python3"))
}

/// Generates into the folder `theirs` of each file; there, `error` says what was wrong.
pub fn generate(python: &Path, compat: Compat, folder: &Path, cases: &[PathBuf]) {
    let status = Command::new(python)
        .args(["-c", SCRIPT])
        .arg(folder)
        .arg(compat.as_str())
        .args(cases)
        .status()
        .expect("Python starts");
    assert!(status.success());
}
