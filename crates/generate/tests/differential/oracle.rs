//! barectf 3.1, as it is installed.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Generates for all configurations in one process, since it takes half a second to start.
const SCRIPT: &str = r#"
import os, sys, traceback
import barectf
folder, first, end = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for seed in range(first, end):
    here = os.path.join(folder, str(seed))
    there = os.path.join(here, "theirs")
    try:
        with open(os.path.join(here, "config.yaml")) as file:
            config = barectf.configuration_from_file(file)
        generator = barectf.CodeGenerator(config)
        files = generator.generate_c_headers() + generator.generate_c_sources()
        files.append(generator.generate_metadata_stream())
        for file in files:
            with open(os.path.join(there, file.name), "w") as out:
                out.write(file.contents)
    except Exception as error:
        with open(os.path.join(there, "error"), "w") as out:
            out.write(str(error) or traceback.format_exc())
"#;

/// The Python that has barectf, if it is installed.
pub fn find() -> Option<PathBuf> {
    let Some(barectf) = std::env::var_os("MAREY_BARECTF3") else {
        println!("skipped: MAREY_BARECTF3 does not name barectf 3.1");
        return None;
    };
    Some(Path::new(&barectf).with_file_name("python3"))
}

/// Generates into the folder `theirs` of each seed; the file `error` says what was wrong.
pub fn generate(python: &Path, folder: &Path, seeds: Range<u64>) {
    let status = Command::new(python)
        .args(["-c", SCRIPT])
        .arg(folder)
        .args([seeds.start.to_string(), seeds.end.to_string()])
        .status()
        .expect("Python starts");
    assert!(status.success());
}
