//! barectf, as it is installed.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Reads lines of a configuration and a folder, and generates into the folder; the file `error`
/// there says what was wrong: which error, in which function of barectf, in words. All in one
/// process, since it takes half a second to start.
const SCRIPT: &str = r#"
import os, sys, traceback
if sys.argv[1] == "2.3":
    import barectf.config, barectf.gen, barectf.tsdl182gen
    packaged = os.path.join(os.path.dirname(barectf.config.__file__), "include")
    def generate(path):
        folders = [os.path.dirname(path), packaged]
        config = barectf.config.from_yaml_file(path, folders, False, False)
        generator = barectf.gen.CCodeGenerator(config)
        yield "metadata", barectf.tsdl182gen.from_metadata(config.metadata)
        yield generator.get_header_filename(), generator.generate_header()
        yield generator.get_bitfield_header_filename(), generator.generate_bitfield_header()
        yield config.prefix.rstrip("_") + ".c", generator.generate_c_src()
else:
    import barectf, jinja2
    import barectf.config_parse_common as common
    # Schemas and templates are the same each time, and most of its work.
    validators, codes = {}, {}
    read_schemas, compile = common._SchemaValidator.__init__, jinja2.Environment.compile
    def remembered_schemas(self, folders):
        key = tuple(sorted(folders))
        if key not in validators:
            read_schemas(self, folders)
            validators[key] = self._store
        self._store = validators[key]
    def remembered_code(self, source, name=None, filename=None):
        if source not in codes:
            codes[source] = compile(self, source, name, filename)
        return codes[source]
    common._SchemaValidator.__init__ = remembered_schemas
    jinja2.Environment.compile = remembered_code
    def generate(path):
        with open(path) as file:
            folders = [os.path.dirname(path)]
            config = barectf.configuration_from_file(file, inclusion_directories=folders)
        generator = barectf.CodeGenerator(config)
        files = generator.generate_c_headers() + generator.generate_c_sources()
        for file in files + [generator.generate_metadata_stream()]:
            yield file.name, file.contents
for line in sys.stdin:
    path, there = line.rstrip("\n").split("\t")
    os.makedirs(there)
    try:
        for file, text in list(generate(path)):
            with open(os.path.join(there, file), "w") as out:
                out.write(text)
    except Exception as error:
        lines = []
        while error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            where = frames[-1].name if frames else ""
            lines.append(type(error).__name__ + " in " + where + ": " + str(error))
            error = getattr(error, "prev", None)
        with open(os.path.join(there, "error"), "w") as out:
            out.write("\n".join(lines))
"#;

/// An installed barectf.
pub struct Barectf {
    python: PathBuf,
    version: &'static str,
}

impl Barectf {
    /// barectf 2.3 or 3.1, if there is one.
    pub fn find(version: &'static str) -> Option<Self> {
        let variable = format!("MAREY_BARECTF{}", &version[..1]);
        let Some(barectf) = std::env::var_os(&variable) else {
            println!("skipped: {variable} does not name barectf {version}");
            return None;
        };
        let python = Path::new(&barectf).with_file_name("python3");
        Some(Barectf { python, version })
    }

    /// Generates for each configuration into a folder; there, `error` says what was wrong.
    pub fn generate(&self, configurations: &[(PathBuf, PathBuf)]) {
        let half = configurations.len().div_ceil(2);
        let halves: Vec<_> = configurations.chunks(half.max(1)).collect();
        let running: Vec<_> = halves.into_iter().map(|some| self.start(some)).collect();
        for mut child in running {
            assert!(child.wait().expect("Python ends").success());
        }
    }

    fn start(&self, configurations: &[(PathBuf, PathBuf)]) -> Child {
        let mut lines = String::new();
        for (path, there) in configurations {
            let _ = writeln!(lines, "{}\t{}", path.display(), there.display());
        }
        let mut python = Command::new(&self.python);
        python.args(["-c", SCRIPT, self.version]).stdin(Stdio::piped());
        let mut child = python.spawn().expect("Python starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        std::thread::spawn(move || stdin.write_all(lines.as_bytes()).expect("Python reads"));
        child
    }
}

/// Why barectf refused what it generated into this folder, the general first.
pub fn error(folder: &Path) -> Option<String> {
    std::fs::read_to_string(folder.join("error")).ok()
}
